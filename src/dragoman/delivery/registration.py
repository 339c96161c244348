"""Facts from below that become dependencies of a render or live events of an open page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from weakref import WeakKeyDictionary

from dragoman.database import prepared
from dragoman.delivery.dependencies import depends_on, pending, valid_until
from dragoman.delivery.live import announce, notification, repeat, send
from dragoman.discussion import facts as discussion_facts
from dragoman.discussion.models import Comment, Thread
from dragoman.languages.view import View
from dragoman.newsroom import facts as newsroom_facts
from dragoman.newsroom.models import ArticlePage, SectionPage
from dragoman.people import facts as people_facts
from dragoman.people.models import User
from dragoman.translation import facts as translation_facts
from dragoman.translation.models import Document, Revision

TOPICS_PER_EVENT = 200  # some 20 bytes each: a notification takes 8,000
_OF_THREADS = "comment"  # the kind of document that a thread's topic stands for


def register() -> None:
    """Wire the receivers; Django keeps only weak references, so they are functions of this module."""
    translation_facts.documents_read.connect(_documents_read)
    translation_facts.languages_read.connect(_languages_read)
    translation_facts.edition_ready.connect(_edition_ready)
    translation_facts.edition_given_up.connect(_edition_changed)
    translation_facts.document_changed.connect(_document_changed)
    translation_facts.document_visibility_changed.connect(_visibility_changed)
    discussion_facts.comments_posted.connect(_comments_posted)
    discussion_facts.comment_stored.connect(_comment_stored)
    discussion_facts.comment_changed.connect(_comment_changed)
    discussion_facts.comment_withdrawn.connect(_comment_withdrawn)
    discussion_facts.score_changed.connect(_score_changed)
    discussion_facts.thread_changed.connect(_thread_changed)
    discussion_facts.thread_read.connect(_thread_read)
    discussion_facts.read_until.connect(_read_until)
    discussion_facts.counts_read.connect(_counts_read)
    discussion_facts.person_wrote_read.connect(_person_wrote_read)
    newsroom_facts.lists_read.connect(_lists_read)
    newsroom_facts.article_published.connect(_article_changed)
    newsroom_facts.article_unpublished.connect(_article_unpublished)
    newsroom_facts.article_moved.connect(_article_changed)
    newsroom_facts.section_changed.connect(_section_changed)
    people_facts.person_read.connect(_person_read)
    people_facts.person_changed.connect(_person_changed)


# --- what a render used ----------------------------------------------------------------------------------------------


def _documents_read(kinds: Mapping[int, str], view: View, until: datetime | None, **what: object) -> None:
    """Comments, and what they quote, are told to their threads: ten thousand of them are one dependency."""
    depends_on("document", *(pk for pk, kind in kinds.items() if kind != _OF_THREADS))
    depends_on("language", view.language)
    if until is not None:
        valid_until(until)
    if what["pending"]:
        pending()


def _languages_read(document_id: int, **_: object) -> None:
    depends_on("editions", document_id)


def _thread_read(thread_id: int, **_: object) -> None:
    depends_on("thread", thread_id)


def _read_until(moment: datetime, **_: object) -> None:
    valid_until(moment)


def _counts_read(document_ids: Iterable[int], **_: object) -> None:
    depends_on("count", *document_ids)


def _lists_read(lists: Iterable[str], **_: object) -> None:
    depends_on("list", *lists)


def _person_wrote_read(person_id: int, **_: object) -> None:
    depends_on("wrote", person_id)


def _person_read(person_id: int, **_: object) -> None:
    depends_on("person", person_id)


# --- what happened ---------------------------------------------------------------------------------------------------


def _tell(
    topics: Iterable[str],
    event: str,
    *,
    language: str | None = None,
    withdraws: bool = False,
    **ids: int | str | None,
) -> None:
    """One event, in as many notifications as its topics need."""
    wanted = sorted(set(topics))
    for start in range(0, len(wanted), TOPICS_PER_EVENT):
        some = wanted[start : start + TOPICS_PER_EVENT]
        announce(some, event, language=language, withdraws=withdraws, **ids)


def topics_of(document_id: int) -> list[str]:
    """The topics of renders that show a document: its own, its thread's where it is a comment, and those of threads
    where it is quoted."""
    return _shown_in(document_id)[1]


def _shown_in(document_id: int) -> tuple[int | None, list[str]]:
    """The comment whose words a document is, None where it is none's; and the topics. One query."""
    rows = prepared(_SHOWN_IN, {"document": document_id})
    comment = next((own for own, _ in rows if own is not None), None)
    return comment, [
        f"document:{document_id}",
        *(f"thread:{thread}" for thread in sorted({pk for _, pk in rows})),
    ]


_SHOWN_IN = """
    SELECT comment.id, comment.thread_id FROM discussion_comment AS comment WHERE comment.document_id = %(document)s
    UNION
    SELECT NULL::bigint, quoting.thread_id FROM discussion_quotation AS quotation
    JOIN discussion_comment AS quoting ON quoting.id = quotation.comment_id
    WHERE quotation.document_id = %(document)s
"""


def _edition_ready(document_id: int, kind: str, language: str, **_: object) -> None:
    _edition_changed(document_id, kind, language)
    if kind != _OF_THREADS:  # pages in every language name those that are ready
        _tell([f"editions:{document_id}"], "editions", document=document_id)


def _edition_changed(document_id: int, kind: str, language: str, **_: object) -> None:
    comment, topics = _shown_in(document_id)
    _tell(
        topics,
        "edition",
        language=language,
        document=document_id,
        kind=kind,
        comment=comment,
    )


def _document_changed(
    document: Document, old_revision: Revision | None, new_revision: Revision, **_: object
) -> None:
    """Of words that were changed, the earlier ones are not read any more (rules of reading 2 and 6). Where only their
    language was found out, they may be for a moment."""
    if old_revision is None and document.kind == _OF_THREADS:
        return  # nobody has read it yet: its thread tells of a new comment
    _tell(
        topics_of(document.pk),
        "document",
        withdraws=old_revision is not None and old_revision.blocks() != new_revision.blocks(),
        document=document.pk,
        kind=document.kind,
    )


def _visibility_changed(document: Document, **_: object) -> None:
    """A story's discussion comes and goes with it, wherever something of it is shown."""
    _tell(
        {*topics_of(document.pk), *_discussed(document)},
        "document",
        withdraws=not document.visible,
        document=document.pk,
        kind=document.kind,
    )


def _discussed(story: Document) -> Iterator[str]:
    """The topics of renders that show anything of a story's discussion: its own, those where its comments are quoted,
    and of everything that somebody wrote and that is counted together."""
    thread = Thread.objects.filter(document=story).first()
    if thread is None:
        return
    quoting = Comment.objects.filter(quotations__document__comment__thread=thread)
    wrote = Comment.objects.filter(thread=thread, author__isnull=False)
    yield f"thread:{thread.pk}"
    yield from (f"thread:{pk}" for pk in quoting.values_list("thread_id", flat=True).distinct())
    yield from (f"wrote:{pk}" for pk in wrote.values_list("author_id", flat=True).distinct())


def _of_comment(comment: Comment) -> list[str]:
    """The topics of a comment: its thread's, and that of all its author wrote."""
    wrote = [f"wrote:{comment.author_id}"] if comment.author_id is not None else []
    return [f"thread:{comment.thread_id}", *wrote]


_told: WeakKeyDictionary[Comment | Thread, str] = WeakKeyDictionary()  # of what is just being stored


def _comments_posted(comments: Sequence[Comment], **_: object) -> None:
    texts = [
        notification(_of_comment(each), "comment", comment=each.pk, parent=each.parent_id)
        for each in comments
    ]
    send(texts)
    _told.update(zip(comments, texts, strict=True))


def _comment_stored(comment: Comment, **_: object) -> None:
    """Several are stored together, for as many requests: each answer tells of its own."""
    texts = [_told.get(comment.thread), _told.pop(comment, None)]
    repeat(text for text in texts if text is not None)


def _comment_changed(comment: Comment, **_: object) -> None:
    _tell(_of_comment(comment), "comment-changed", comment=comment.pk)


def _comment_withdrawn(comment: Comment, **_: object) -> None:
    _tell(_of_comment(comment), "comment-changed", withdraws=True, comment=comment.pk)


def _score_changed(comment: Comment, **_: object) -> None:
    _tell(_of_comment(comment), "score", comment=comment.pk, score=comment.score)


def _thread_changed(thread: Thread, **_: object) -> None:
    topics = [f"thread:{thread.pk}", f"count:{thread.document_id}"]
    _told[thread] = announce(topics, "thread", thread=thread.pk, count=thread.comment_count)


def _article_changed(article: ArticlePage, **_: object) -> None:
    """It entered lists, changed its place there, or its address."""
    _tell_of_article(article, withdraws=False)


def _article_unpublished(article: ArticlePage, **_: object) -> None:
    _tell_of_article(article, withdraws=True)


def _tell_of_article(article: ArticlePage, *, withdraws: bool) -> None:
    section = article.get_parent()
    own = [f"document:{article.document_id}"] if article.document_id else []
    above = [f"list:section.{section.pk}"] if section else []
    _tell(["list:home", *own, *above], "lists", withdraws=withdraws, article=article.pk)


def _section_changed(section: SectionPage, **_: object) -> None:
    """The addresses of its articles begin with its own; their pages name it, and so depend on its words. It may now
    be for some readers only: what was rendered before is not shown any more."""
    own = [f"document:{section.document_id}"] if section.document_id else []
    _tell(["list:home", f"list:section.{section.pk}", *own], "lists", withdraws=True, section=section.pk)


def _person_changed(person: User, **_: object) -> None:
    """A name stands beside every comment of theirs, over what others quoted of them, and where they are mentioned."""
    wrote = Comment.objects.filter(author=person).values_list("thread_id", flat=True)
    quoted = Comment.objects.filter(quotations__document__comment__author=person)
    mentioned = Comment.objects.filter(mentions__person=person)
    named = (rows.values_list("thread_id", flat=True).distinct() for rows in (quoted, mentioned))
    threads = set(wrote.distinct()).union(*named)
    _tell([f"person:{person.pk}", *(f"thread:{thread}" for thread in threads)], "person", person=person.pk)
