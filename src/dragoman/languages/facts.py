"""Facts: how a lower package tells upper ones what happened, without knowing them.

A fact is sent inside the transaction that made it true; receivers that reach outside the database
(live events are NOTIFY, and so inside it) act after commit.
"""

from django.dispatch import Signal


class Fact(Signal):
    """A named happening. Receivers are wired in `site.wiring`; an error in one is an error of the sender's."""

    def __init__(self, *carries: str) -> None:
        super().__init__()
        self.carries = frozenset(carries)

    def happened(self, **what: object) -> None:
        """Tell every receiver. Raises TypeError where the keywords are not the fact's own."""
        if frozenset(what) != self.carries:
            raise TypeError(f"this fact carries {sorted(self.carries)}, not {sorted(what)}")
        self.send(sender=None, **what)
