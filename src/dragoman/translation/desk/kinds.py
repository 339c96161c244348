"""Which kinds of texts the desk offers: the packages above name theirs, and what nobody named stays between those it
concerns (a moderator's reason, an appeal): not on the desk, not in memory, which the desk shows and files give out."""

from django.db.models import Q

_editorial: list[str] = []  # the desk opens on these
_public: list[str] = []  # offered while readers may read them


def register(*kinds: str, editorial: bool = False) -> None:
    """The desk offers these kinds: `editorial` ones also before they are published, others while they are visible.
    Once, at start."""
    known = _editorial if editorial else _public
    known.extend(kind for kind in kinds if kind not in known)


def editorial_kinds() -> tuple[str, ...]:
    """What editors are responsible for, in the order of registration."""
    return tuple(_editorial)


def is_for_desk(kind: str) -> bool:
    """Whether texts of a kind come to the desk at all."""
    return kind in _editorial or kind in _public


def offered(document: str = "") -> Q:
    """Which documents the desk offers; `document` is the path to them ("edition__document")."""
    path = f"{document}__" if document else ""
    seen = Q(**{f"{path}kind__in": _public, f"{path}visible": True})
    return Q(**{f"{path}kind__in": _editorial}) | seen
