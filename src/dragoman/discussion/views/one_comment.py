"""The address of one comment, and the buttons under it.

All buttons of a comment stand in one form with this address: on a page with two hundred comments, an address for each
button weighed more than a tenth of the page. With script the buttons go to the addresses behind this one by themselves.
"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from dragoman.discussion.views.answers import see_other, view_of
from dragoman.discussion.views.taking_part import vote
from dragoman.discussion.views.writing import own_comment
from dragoman.languages import addresses

_LEADS_TO = {"reply": ("reply", ""), "quote": ("reply", "?quote=comment"), "report": ("report", "")}


@require_http_methods(["GET", "HEAD", "POST"])
def at_hand(request: HttpRequest, comment_id: int) -> HttpResponse:
    """`do` leads to where one replies, quotes or reports; a POST is a vote; else the comment with all one may do."""
    if request.method == "POST":
        return vote(request, comment_id)
    kind, query = _LEADS_TO.get(request.GET.get("do", ""), ("", ""))
    if kind:
        address = addresses.address(kind, language=view_of(request).language, comment=comment_id)
        return see_other(request, address + query)
    return own_comment(request, comment_id)
