"""What Wagtail keeps of somebody of the newsroom: a chapter of their export, and what goes with their account.

Articles stay, and so do their bylines, which are the articles' words. Who made and changed them is forgotten.
"""

from collections.abc import Iterator

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import ModelLogEntry, Page, PageLogEntry
from wagtail.users.models import UserProfile

from dragoman.newsroom.models import ArticlePage
from dragoman.people import erasures, exports
from dragoman.people.exports import Chapter, Record
from dragoman.people.models import User

_COMMENTS = "wagtail.comments."  # editors' remarks on drafts: their log repeats the words


def register() -> None:
    """Part of the wiring's round."""
    exports.register(PAGES)
    erasures.register("newsroom", forget_editor)


def forget_editor(person: User) -> None:
    """The portrait of the admin, remarks on drafts, and the name where the log speaks of the account."""
    for profile in UserProfile.objects.filter(user=person):
        profile.avatar.delete(save=False)
        profile.delete()
    PageLogEntry.objects.filter(user=person, action__startswith=_COMMENTS).update(data={})
    about = ContentType.objects.get_for_model(User)
    ModelLogEntry.objects.filter(content_type=about, object_id=str(person.pk)).update(label="", data={})


def _pages(person: User) -> Iterator[Record]:
    written = ArticlePage.objects.filter(writer=person).values("pk")
    for page in Page.objects.filter(Q(owner=person) | Q(pk__in=written)).order_by("pk"):
        yield {"number": page.pk, "title": page.title, "made_at": page.first_published_at}


PAGES = Chapter(
    "pages",
    _("Pages you made or wrote in the newsroom"),
    {"number": _("Number of the page"), "title": _("Title"), "made_at": _("Published on")},
    _pages,
)
