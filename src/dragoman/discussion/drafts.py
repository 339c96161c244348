"""What someone typed before signing in, kept in their session until the form is open again."""

from django.http import HttpRequest, QueryDict

KEPT_AT_MOST = 3
LONGEST = 40_000  # characters; four times a comment, so that what is too long comes back too
_KEY = "discussion_drafts"
_FIELDS = ("source", "language")


def keep(request: HttpRequest) -> None:
    """Remember what was sent to this address."""
    drafts = dict(request.session.get(_KEY, {}))
    drafts.pop(request.path, None)
    drafts[request.path] = {name: request.POST.get(name, "")[:LONGEST] for name in _FIELDS}
    request.session[_KEY] = dict(list(drafts.items())[-KEPT_AT_MOST:])


def take(request: HttpRequest) -> dict[str, str]:
    """What was kept for this address, once; {} for nothing."""
    drafts = dict(request.session.get(_KEY, {}))
    kept = drafts.pop(request.path, None)
    if kept is None:
        return {}
    request.session[_KEY] = drafts
    return {name: value for name, value in kept.items() if name in _FIELDS and value}


def typed(query: QueryDict) -> bool:
    """Whether there is anything worth keeping."""
    return bool(query.get("source", "").strip())
