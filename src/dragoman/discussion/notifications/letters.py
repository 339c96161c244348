"""What an e-mail says: composed when it leaves, from what can be read then, in its recipient's language."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import unescape
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Count, Max
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.translation import gettext, ngettext

from dragoman.discussion.models import Comment, CommentState
from dragoman.discussion.notifications import unsubscribing
from dragoman.discussion.notifications.models import ABOUT_OWN, Ignoring, Kind, Mail, Notification
from dragoman.discussion.notifications.pages import told
from dragoman.discussion.notifications.queries import visible
from dragoman.discussion.notifications.readings import Told
from dragoman.discussion.queries import comment_readings
from dragoman.discussion.readings import CommentReading, Part
from dragoman.discussion.rendering import markup
from dragoman.languages import addresses, formats
from dragoman.languages.registry import default_language, direction, is_offered
from dragoman.languages.view import View
from dragoman.people import queries as people
from dragoman.text.blocks import Block
from dragoman.text.passages import cut
from dragoman.translation.actions import request_editions
from dragoman.translation.readings import ReadBlock, Reading, Why

PATIENCE = timedelta(minutes=5)
"""How long an e-mail waits for a translation; then it leaves with the original, labelled as such."""
LISTED = 20  # notifications an e-mail tells one by one; the rest is a number and a link
WORDS = 1_200  # characters of a comment; whole sentences
WORDS_OF_MANY = 400
COMMENTS_OF_A_THREAD = 3  # of a followed discussion
_COVERED = "\u2592"  # a spoiler, which mail programs would show


class _Message(EmailMultiAlternatives):
    """Headers on one line each: a link that is folded before its first sign is not found by every mail program."""

    def message(self, **options: Any) -> Any:
        """As Django makes it; what is not ASCII is folded there already."""
        made = super().message(**options)
        made.policy = made.policy.clone(max_line_length=0)
        return made


class NotReady(Exception):
    """A translation is on its way; the e-mail waits a little."""


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as an e-mail shows it."""

    author: str
    parts: tuple[Part, ...]
    text: str
    label: str
    address: str
    when: str
    language: str

    @property
    def direction(self) -> str:
        """`dir` of the words."""
        return direction(self.language)


@dataclass(frozen=True, slots=True)
class Item:
    """One notification of an e-mail. `more`: new comments of a followed discussion that are not shown."""

    told: Told
    said: tuple[Said, ...]
    address: str
    more: int = 0
    unfollow: str = ""
    mailed_to: int = 0  # the last comment that is told of


@dataclass(frozen=True, slots=True)
class _Fresh:
    """The comments of a followed discussion that no e-mail has told yet: the first ones, their number, the last."""

    first: Sequence[int] = ()
    number: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail that can leave, and up to which comment it tells each notification."""

    message: EmailMultiAlternatives
    mailed_to: dict[int, int]


def compose(mail: Mail, now: datetime) -> Letter | None:
    """The e-mail as it is now; None where there is nothing left to tell, or nobody. Raises NotReady."""
    recipient = mail.recipient
    if not people.takes_mail(recipient):
        return None
    rows = visible(recipient).filter(mail=mail, read_at=None).select_related("comment__thread__document")
    found = list(rows.order_by("-pk"))
    language = recipient.language if is_offered(recipient.language) else default_language()
    with translation.override(language):
        items = _items(found[:LISTED], View(language), patient=now < mail.created_at + PATIENCE)
        if not items:
            return None
        message = _message(mail, items, len(found) - len(items), language)
    return Letter(message, {item.told.id: item.mailed_to for item in items})


# --- what is told ----------------------------------------------------------------------------------------------------


def _items(rows: Sequence[Notification], view: View, *, patient: bool) -> list[Item]:
    fresh = {row.pk: _fresh(row) for row in rows if row.kind == Kind.FOLLOWED}
    wanted = {row.comment_id for row in rows if row.comment_id and row.kind != Kind.FOLLOWED}
    read = comment_readings(wanted.union(*(each.first for each in fresh.values())), view)
    if patient:
        _refuse_pending(read.values(), view)
    longest = WORDS if len(rows) == 1 else WORDS_OF_MANY
    items = []
    for row, each in zip(rows, told(rows, view), strict=True):
        new = fresh.get(row.pk, _Fresh([row.comment_id] if row.comment_id else []))
        said = tuple(_said(read[pk], view, longest) for pk in new.first if pk in read)
        if said or row.kind in ABOUT_OWN:
            items.append(_item(row, each, said, new, view))
    return items


def _fresh(row: Notification) -> _Fresh:
    ignored = Ignoring.objects.filter(person=row.recipient_id).values("ignored")
    rows = Comment.objects.filter(
        thread=row.thread_id, state=CommentState.LIVE, pk__gte=row.comment_id, pk__gt=row.mailed_to
    )
    others = rows.exclude(author__isnull=False, author__in=ignored)
    others = others.exclude(author__isnull=False, author=row.recipient_id)
    found = others.aggregate(number=Count("pk"), last=Max("pk"))
    first = list(others.order_by("pk").values_list("pk", flat=True)[:COMMENTS_OF_A_THREAD])
    return _Fresh(first, found["number"], found["last"] or 0)


def _refuse_pending(read: Iterable[CommentReading], view: View) -> None:
    """A language that is translated on view is asked for: the recipient is about to view it."""
    pending = [each.reading.document for each in read if each.reading and _is_pending(each.reading)]
    if pending:
        request_editions(pending, language=view.language)
        raise NotReady


def _is_pending(reading: Reading) -> bool:
    return reading.why is Why.PENDING or any(read.pending for read in reading.blocks("body"))


def _item(row: Notification, each: Told, said: tuple[Said, ...], fresh: _Fresh, view: View) -> Item:
    followed = row.kind == Kind.FOLLOWED
    return Item(
        told=replace(each, count=fresh.number) if followed else each,
        said=said,
        address=said[0].address if said else addresses.absolute(each.address),
        more=max(0, fresh.number - len(said)) if followed else 0,
        unfollow=addresses.absolute(addresses.address("follow", language=view.language, thread=row.thread_id))
        if followed
        else "",
        mailed_to=fresh.last,
    )


# --- a comment's words -----------------------------------------------------------------------------------------------


def _said(comment: CommentReading, view: View, longest: int) -> Said:
    reading = comment.reading
    assert reading is not None  # `comment_readings` gives those with words
    if reading.why is Why.PENDING:  # it was waited for: here it is the original, and stays so
        reading = replace(reading, why=Why.ASKED)
    words = list(_excerpt(reading.blocks("body"), longest))
    label = render_to_string("translation/label.html", {"reading": reading, "language": view.language})
    row = Comment.objects.select_related("thread__document").get(pk=comment.id)
    moment, language = comment.created_at, view.language
    when = f"{formats.date_and_time(moment, language)} ({formats.zone_name(moment, language)})"
    return Said(
        author=" ".join(comment.author.label.split()),
        parts=tuple(_parts(words, view)),
        text="\n\n".join(read.block.text for read in words),
        label=unescape(strip_tags(label)).strip(),
        address=addresses.absolute(addresses.address("comment", language=view.language, comment=row)),
        when=when,
        language=reading.language,
    )


def _parts(words: Iterable[ReadBlock], view: View) -> Iterator[Part]:
    for language, reads in groupby(words, key=lambda read: read.language):
        yield Part(markup([read.block for read in reads], language, view), language)


def _excerpt(blocks: Iterable[ReadBlock], longest: int) -> Iterator[ReadBlock]:
    """The writer's own words from the beginning, whole sentences, at least one."""
    left = longest
    for read in blocks:
        if read.block.kind == "reference":
            continue
        if left <= 0:
            yield replace(read, block=Block("paragraph", "…"))
            return
        block = _covered(read.block)
        fitting = _fitting(block, left)
        left -= len(block.text)
        yield replace(read, block=fitting)


def _fitting(block: Block, longest: int) -> Block:
    if len(block.text) <= longest or not block.sentences:
        return block
    last = max((index for index, (_, end) in enumerate(block.sentences) if end <= longest), default=0)
    return cut(block, 0, last)


def _covered(block: Block) -> Block:
    """Spoilers are covered: what hides them on the site is not there in a mail program."""
    text = block.text
    for each in block.ranges:
        if each.kind == "spoiler":
            text = text[: each.start] + _COVERED * (each.end - each.start) + text[each.end :]
    return replace(block, text=text, ranges=tuple(each for each in block.ranges if each.kind != "spoiler"))


# --- the message -----------------------------------------------------------------------------------------------------


def _message(mail: Mail, items: Sequence[Item], rest: int, language: str) -> EmailMultiAlternatives:
    stop = addresses.absolute(
        addresses.address("unsubscribe", language=language, token=unsubscribing.token_of(mail, _kinds(items)))
    )
    subject = _subject(mail, items, rest, language)
    context = {
        "items": items,
        "rest": rest,
        "language": language,
        "page_direction": direction(language),
        "publication_name": settings.PUBLICATION_NAME,
        "home": addresses.absolute(addresses.address("home", language=language)),
        "all": addresses.absolute(addresses.address("notifications", language=language)),
        "settings": addresses.absolute(addresses.address("notification_settings", language=language)),
        "unsubscribe": stop,
        "is_digest": mail.is_digest,
        "subject": subject,
    }
    message = _Message(
        subject=subject,
        body=render_to_string("discussion/mail/notifications.txt", context),
        to=[mail.recipient.email],
        headers=_headers(mail, items, stop, language),
    )
    message.attach_alternative(render_to_string("discussion/mail/notifications.html", context), "text/html")
    return message


def _kinds(items: Sequence[Item]) -> list[str]:
    return sorted({item.told.kind.value for item in items})


def _subject(mail: Mail, items: Sequence[Item], rest: int, language: str) -> str:
    """One line, whatever a name or a headline holds."""
    number = len(items) + rest
    if mail.is_digest:
        subject = gettext("Your day in the discussions: {number} new").format(
            number=formats.number(number, language)
        )
    elif number == 1:
        story = items[0].told.headline
        subject = items[0].told.subject + (f" – {story.text}" if story else "")
    else:
        subject = ngettext("{number} new notification", "{number} new notifications", number).format(
            number=formats.number(number, language)
        )
    return " ".join(f"{subject}".split())[:200]


def _headers(mail: Mail, items: Sequence[Item], stop: str, language: str) -> dict[str, str]:
    host = urlsplit(settings.PUBLICATION_BASE_URL).hostname or "localhost"
    threads = {item.told.thread for item in items}
    together = {}
    if len(threads) == 1 and None not in threads:  # mail programs lay what is said in one discussion together
        root = f"<discussion.{threads.pop()}@{host}>"
        together = {"References": root, "In-Reply-To": root}
    return {
        "Message-ID": f"<notification.{mail.pk}.{mail.created_at:%Y%m%d%H%M%S}@{host}>",
        "List-Id": f"<discussion.{host}>",
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "Content-Language": language,
    } | together
