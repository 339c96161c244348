"""Which texts the desk is to look at before others: upper packages know (comments that are featured)."""

from collections.abc import Callable

from django.db.models import Exists, Q, Value

_chosen: list[Callable[[], Exists]] = []


def register(condition: Callable[[], Exists]) -> None:
    """`condition` gives an EXISTS about the document of the outer query (`OuterRef("pk")`). Once, at start."""
    if condition not in _chosen:
        _chosen.append(condition)


def chosen() -> Q | Value:
    """Whether a document is one of those; for annotating documents."""
    if not _chosen:
        return Value(False)
    found = Q()
    for condition in _chosen:
        found |= Q(condition())
    return found
