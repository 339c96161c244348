"""What the translation core registers at start: nothing yet, it only tells."""


def register() -> None:
    """Part of the wiring's round."""
