"""`GET /api/comment-counts`: how many comments stand under articles, for front pages and apps of others.

`docs/api.md` describes it. The same for everybody, open to scripts of any origin, kept by every cache for a minute and
by our own until a count changes.
"""

import re
from collections.abc import Iterable
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from dragoman.discussion.queries import comment_counts
from dragoman.languages.registry import default_language, is_offered
from dragoman.languages.view import View
from dragoman.newsroom.models import ArticlePage
from dragoman.newsroom.queries import public
from dragoman.translation import facts as translation_facts

ARTICLES_AT_MOST = 100
ADDRESS_LONGEST = 2_000
KEPT_SECONDS = 60
_LARGEST = 2**63 - 1
_PATH = re.compile(r"/([A-Za-z-]{2,12})/[^/]+/([0-9]{1,15})(?:-[^/]*)?/?")


class BadQuestion(Exception):
    """What is wrong with the query: a stable code and a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """Counts by article number (`ids=1,2`) and by address (`address=…`, as often as needed)."""
    try:
        asked = _asked(request.GET.getlist("ids"), request.GET.getlist("address"))
    except BadQuestion as fault:
        response = JsonResponse({"code": fault.code, "message": str(fault)}, status=HTTPStatus.BAD_REQUEST)
        response.headers["Cache-Control"] = "no-store"
    else:
        found = _counts(set(asked.values()))
        response = JsonResponse({"counts": {name: found.get(number) for name, number in asked.items()}})
        response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _asked(ids: list[str], addresses: list[str]) -> dict[str, int]:
    """Number of the article by what the asker calls it. Raises BadQuestion."""
    numbers = [part.strip() for text in ids for part in text.split(",") if part.strip()]
    if not numbers and not addresses:
        raise BadQuestion("nothing_asked", gettext("Say which articles: ids=1,2 or address=…"))
    if len(numbers) + len(addresses) > ARTICLES_AT_MOST:
        sentence = ngettext(
            "At most %(number)d article at once.", "At most %(number)d articles at once.", ARTICLES_AT_MOST
        )
        raise BadQuestion("too_many", sentence % {"number": ARTICLES_AT_MOST})
    return {text: _number(text) for text in numbers} | {text: _number_at(text) for text in addresses}


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= _LARGEST):
        raise BadQuestion("bad_id", gettext("The number of an article is a whole number."))
    return int(text)


def _number_at(address: str) -> int:
    """The number in an address of an article here, with or without the host."""
    try:
        parts = urlsplit(address[:ADDRESS_LONGEST])
    except ValueError:
        parts = urlsplit("")
    match = _PATH.fullmatch(parts.path)
    own = urlsplit(settings.PUBLICATION_BASE_URL).netloc
    if match is None or not is_offered(match[1]) or parts.netloc not in ("", own):
        raise BadQuestion(
            "bad_address", gettext("This is not the address of an article of this publication.")
        )
    return int(match[2])


def _counts(numbers: Iterable[int]) -> dict[int, int]:
    """By article number; what nobody may read is left out. Two queries."""
    rows = public(ArticlePage.objects.filter(pk__in=list(numbers))).values_list("pk", "document")
    documents = dict(rows)
    kinds = dict.fromkeys(documents.values(), "article")
    # What is not public yet may become so: an answer that says so is not kept for long.
    until = timezone.now() + timedelta(seconds=KEPT_SECONDS)
    view = View(default_language())
    translation_facts.documents_read.happened(kinds=kinds, view=view, until=until, pending=False)
    found = comment_counts(documents.values())
    return {number: found.get(document, 0) for number, document in documents.items()}
