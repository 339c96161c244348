"""What the discussion gives lower packages, and what it hears from them."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from dragoman.discussion import actions, facts, personal, queries, tasks
from dragoman.discussion.models import Comment
from dragoman.discussion.notifications import registration as notifications
from dragoman.discussion.readings import Sort
from dragoman.discussion.rendering import author_from
from dragoman.languages import addresses
from dragoman.languages.view import View
from dragoman.people import erasures, profiles
from dragoman.people import facts as people_facts
from dragoman.people.models import User
from dragoman.translation import facts as translation_facts
from dragoman.translation.desk import kinds, precedence
from dragoman.translation.models import Document, LanguageOrigin, Revision

DISCUSSED_KINDS = frozenset({"article"})
_OF_COMMENTS = ("reply", "edit", "delete", "vote", "report", "language", "fragment")


def register() -> None:
    """Called once by the site's wiring; Django keeps only weak references, so receivers are module functions."""
    addresses.register("comment", comment)
    addresses.register("comment_finder", comment_finder)
    addresses.register("document:comment", document_comment)
    addresses.register("own_comment", own_comment)
    for kind in _OF_COMMENTS:
        addresses.register(kind if kind != "fragment" else "comment_fragment", _of_comment(kind))
    addresses.register("thread", thread)
    addresses.register("thread_fragment", thread_fragment)
    addresses.register("write", write)
    addresses.register("me", me)
    addresses.register("written_by", written_by)
    addresses.register("preview", preview)
    addresses.register("quote", quote)
    addresses.register("moderation", moderation)
    addresses.register("decisions", decisions)
    addresses.register("decide_at_once", decide_at_once)
    addresses.register("history", history)
    addresses.register("own_decisions", own_decisions)
    addresses.register("appeal", appeal)
    addresses.register("decide_appeal", decide_appeal)
    addresses.register("person_note", person_note)
    addresses.register("delete_note", delete_note)
    addresses.register("decide_comment", decide_comment)
    addresses.register("decide_thread", decide_thread)
    addresses.register("decide_person", decide_person)
    profiles.register(recent_comments)
    personal.register()
    notifications.register()
    erasures.register("discussion", actions.erase_person)
    precedence.register(_featured)
    kinds.register("comment")  # reasons and appeals are between moderators and whom they concern
    people_facts.account_closed.connect(_account_closed)
    people_facts.account_reopened.connect(_account_reopened)
    translation_facts.document_changed.connect(_document_changed)
    translation_facts.translation_report_closed.connect(_translation_report_closed)


def _featured() -> Exists:
    """Whether a document is a comment that is featured and read: it is translated with more care."""
    standing = Comment.objects.filter(featured_at__isnull=False, document__visible=True)
    return Exists(standing.filter(document=OuterRef("pk")))


def _document_changed(
    document: Document, old_revision: Revision | None, new_revision: Revision, **_: Any
) -> None:
    """A new story opens its thread; what quotes a changed text follows it."""
    if old_revision is not None:
        actions.follow_revision(document, new_revision)
        if document.kind == "comment" and document.language_origin == LanguageOrigin.DETECTED:
            _language_found(document)
    elif document.kind in DISCUSSED_KINDS:
        actions.open_thread(document)


def _language_found(document: Document) -> None:
    """Not by an edit: then it was judged by those words already."""
    found = Comment.objects.filter(document=document).first()
    if found is not None:
        actions.judge_again(found)


def _translation_report_closed(document_id: int, reporter_id: int | None, **_: Any) -> None:
    actions.settle_translation_report(document_id, reporter_id)


def _account_closed(person: User, **_: Any) -> None:
    tasks.withdraw_words.defer(person_id=person.pk)


def _account_reopened(person: User, **_: Any) -> None:
    tasks.bring_words_back.defer(person_id=person.pk)


def recent_comments(person: User, view: View) -> SafeString:
    """What a person's page shows of the discussion."""
    facts.person_wrote_read.happened(person_id=person.pk)
    author, wrote = author_from(person), queries.wrote(person, view)
    context = {"author": author, "wrote": wrote, "person": person, "view": view}
    return render_to_string("discussion/by_person.html", context)


# --- addresses -------------------------------------------------------------------------------------------------------


def comment(*, language: str, comment: Comment, sort: str = "", place: str = "") -> str:
    """A comment under its story, in an order of the comments. `place`: where that is read, if it is known."""
    story = comment.thread.document
    place = place or addresses.address(f"document:{story.kind}", language=language, document=story.pk)
    order = Sort.of(sort)
    query = {"sort": order.value} if order is not Sort.OLDEST else {}
    if comment.thread.comment_count > queries.COMMENTS_ON_PAGE:
        query["from"] = str(comment.pk)
    return f"{place}{'?' if query else ''}{urlencode(query)}#c{comment.pk}"


def comment_finder(*, comment: int) -> str:
    """The short address that finds a comment in the reader's language."""
    return f"/c/{comment}"


def document_comment(*, language: str, document: int) -> str:
    """Where a comment's words are read. Raises LookupError; also where its story is not published."""
    rows = Comment.objects.select_related("thread__document").filter(document=document)
    found = rows.filter(thread__document__visible=True).first()
    if found is None:
        raise LookupError(f"document {document} is no comment's that can be read")
    return comment(language=language, comment=found)


def own_comment(*, language: str, comment: int) -> str:
    """Where an author sees that their comment waits."""
    return f"/{language}/comments/{comment}/"


def _of_comment(kind: str) -> addresses.Builder:
    def build(*, language: str, comment: int) -> str:
        return f"/{language}/comments/{comment}/{kind}/"

    return build


def thread(*, language: str, thread: int) -> str:
    """Leads to the discussion under its story."""
    return f"/{language}/threads/{thread}/"


def thread_fragment(*, language: str, thread: int) -> str:
    """The discussion alone."""
    return f"/{language}/threads/{thread}/fragment/"


def write(*, language: str, thread: int) -> str:
    """The form for a comment under the story."""
    return f"/{language}/threads/{thread}/write/"


def preview(*, language: str, preview: object) -> str:
    """A draft as others will read it, for its author."""
    return f"/{language}/previews/{preview}/"


def written_by(*, language: str, person: int, before: int) -> str:
    """What somebody wrote before a comment of theirs."""
    return f"/{language}/people/{person}/comments/?before={before}"


def me(*, language: str, thread: int | None = None) -> str:
    """The one small personal request."""
    return f"/{language}/me.json" + (f"?thread={thread}" if thread is not None else "")


def quote(*, language: str) -> str:
    """Makes a selection a quotation."""
    return f"/{language}/quote/"


def moderation(*, language: str) -> str:
    """What waits for a moderator."""
    return f"/{language}/moderation/"


def decisions(*, language: str) -> str:
    """The log of decisions."""
    return f"/{language}/moderation/decisions/"


def decide_at_once(*, language: str) -> str:
    """A moderator's act on several comments."""
    return f"/{language}/moderation/at-once/"


def history(*, language: str, person: int) -> str:
    """What moderators know about a person."""
    return f"/{language}/moderation/people/{person}/"


def own_decisions(*, language: str) -> str:
    """What was decided about oneself."""
    return f"/{language}/decisions/"


def appeal(*, language: str, decision: int) -> str:
    """Where one asks another moderator."""
    return f"/{language}/decisions/{decision}/appeal/"


def decide_appeal(*, language: str, appeal: int) -> str:
    """Where another moderator decides."""
    return f"/{language}/moderation/appeals/{appeal}/"


def person_note(*, language: str, person: int) -> str:
    """Where a note on a person is written."""
    return f"/{language}/moderation/people/{person}/notes/"


def delete_note(*, language: str, note: int) -> str:
    """Where a note is taken away."""
    return f"/{language}/moderation/notes/{note}/delete/"


def decide_comment(*, language: str, comment: int, act: str) -> str:
    """A moderator's act on a comment."""
    return f"/{language}/moderation/comments/{comment}/{act}/"


def decide_thread(*, language: str, thread: int, act: str) -> str:
    """A moderator's act on a thread."""
    return f"/{language}/moderation/threads/{thread}/{act}/"


def decide_person(*, language: str, person: int, act: str) -> str:
    """A moderator's act on an account."""
    return f"/{language}/moderation/people/{person}/{act}/"
