"""What is known of words beyond our own lists, by models that an installation may lack and a process may not want.

They are loaded when a check first asks. A web process withholds them: there the gate asks what needs none.
"""

_withheld = False


def withhold() -> None:
    """Load no model in this process: not of meanings, frequencies or language identification."""
    global _withheld
    _withheld = True


def may_load() -> bool:
    return not _withheld
