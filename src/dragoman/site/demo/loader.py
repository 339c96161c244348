"""Loading the demo publication, through the same actions that editors, importers and readers use.

Memory comes first, so that every text finds its translations when it is published. What is there already
stays: loading twice changes nothing, and an article keeps the time it was first loaded at.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, TypedDict

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.files.images import ImageFile
from django.db import transaction
from django.utils import timezone
from wagtail.images import get_image_model

from dragoman.discussion.actions import import_comment, open_thread, vote
from dragoman.discussion.actions.importing import ForeignComment
from dragoman.discussion.actions.posting import worded
from dragoman.discussion.models import Comment
from dragoman.discussion.quoting import Place, passage_text
from dragoman.discussion.references import Reference
from dragoman.languages.formats import publication_zone
from dragoman.languages.registry import default_language
from dragoman.newsroom.actions import ArticleText, ensure_home, ensure_section, write_article
from dragoman.newsroom.models import ArticlePage, SectionPage
from dragoman.people.models import User
from dragoman.text.markdown import reference_markdown
from dragoman.translation.exchange.tmx import import_tmx
from dragoman.translation.models import Document, Scope

FOLDER = Path(__file__).resolve().parent
PASSWORD = "dragoman-demo"  # noqa: S105 - printed for everyone who tries the demo, used nowhere else
VOTES_PER_COMMENT = 2  # of the score; the rest stands as its baseline, as in an import
_QUOTE = re.compile(
    r"\{\{quote (?P<kind>article|comment):(?P<key>[a-z0-9]+) (?P<field>[a-z]+)"
    r" (?P<block>\d+) (?P<first>\d+)-(?P<last>\d+)\}\}"
)


class Account(TypedDict):
    """An account of the demo, as the command prints it."""

    role: str
    name: str
    email: str
    password: str
    language: str


class MalformedDemo(Exception):
    """A file of the demo that does not fit the others: a fault of ours, said where."""


def load(folder: Path = FOLDER) -> list[Account]:
    """Load everything; gives the accounts one can sign in with."""
    publication = _read(folder / "publication.json")
    import_tmx(folder / "demo.tmx", scope=Scope.NEWSROOM)
    people = _people(publication)
    sections = _home_and_sections(publication)
    articles = {
        text["key"]: _article(text, sections, folder / "pictures") for text in _articles(folder / "articles")
    }
    _comments(_read(folder / "comments.json"), articles, people)
    return [_account(role, entry) for role, entry in _entries(publication)]


def _read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def _articles(folder: Path) -> list[dict[str, Any]]:
    """Oldest first, as they were written."""
    found = [_read(file) for file in sorted(folder.glob("*.json"))]
    return sorted(found, key=lambda text: -int(text["published_days_ago"]))


# --- people ----------------------------------------------------------------------------


def _entries(publication: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    yield "editor", publication["editor"]
    yield "moderator", publication["moderator"]
    for entry in publication["readers"]:
        yield "reader", entry


def _account(role: str, entry: Mapping[str, str]) -> Account:
    return Account(
        role=role, name=entry["name"], email=entry["email"], password=PASSWORD, language=entry["language"]
    )


@transaction.atomic
def _people(publication: Mapping[str, Any]) -> dict[str, User]:
    hashed = make_password(PASSWORD)  # once: a sixth of a second, and it is printed anyhow
    return {entry["key"]: _person(role, entry, hashed) for role, entry in _entries(publication)}


def _person(role: str, entry: Mapping[str, str], hashed: str) -> User:
    person = User.objects.filter(email__iexact=entry["email"]).first()
    if person is None:
        person = User.objects.create_user(
            entry["email"],
            display_name=entry["name"],
            language=entry["language"],
            is_staff=role in ("editor", "moderator"),
            is_superuser=role == "editor",
        )
        person.password = hashed
        person.save(update_fields=["password"])
    EmailAddress.objects.get_or_create(
        user=person, email=person.email, defaults={"verified": True, "primary": True}
    )
    return person


# --- pages -----------------------------------------------------------------------------


def _home_and_sections(publication: Mapping[str, Any]) -> dict[str, SectionPage]:
    taglines, language = publication["tagline"], default_language()
    ensure_home(title=publication["name"], tagline=taglines.get(language, ""), language=language)
    return {
        entry["slug"]: ensure_section(
            slug=entry["slug"],
            name=entry["name"],
            language=entry["language"],
            description=entry.get("description", ""),
        )
        for entry in publication["sections"]
    }


def _article(text: Mapping[str, Any], sections: Mapping[str, SectionPage], pictures: Path) -> ArticlePage:
    key = f"demo:{text['key']}"
    is_new = not ArticlePage.objects.filter(external_id=key).exists()
    article, _changed = write_article(
        sections[text["section"]],
        ArticleText(
            key=key,
            language=text["language"],
            headline=text["headline"],
            standfirst=text["standfirst"],
            byline=text["byline"],
            body=[_block(block, f"{key}/{place}", pictures) for place, block in enumerate(text["body"])],
            sources=[("source", {"name": each["name"], "url": each["url"]}) for each in text["sources"]],
            published_at=_published_at(text) if is_new else None,
        ),
    )
    return article


def _published_at(text: Mapping[str, Any]) -> datetime:
    """So many days ago at that hour, in the publication's zone; never in the future."""
    now = timezone.now().astimezone(publication_zone())
    day = (now - timedelta(days=int(text["published_days_ago"]))).date()
    moment = datetime.combine(day, time.fromisoformat(text["published_time"]), publication_zone())
    return min(moment, now)


def _block(block: Mapping[str, Any], key: str, pictures: Path) -> tuple[str, Any]:
    kind = str(block["type"])
    if kind == "paragraph":
        return kind, f"<p>{block['html']}</p>"
    if kind == "heading":
        return kind, {"text": block["text"], "level": str(block.get("level", 2))}
    if kind == "list":
        return kind, {"ordered": bool(block.get("ordered")), "items": list(block["items"])}
    if kind == "quotation":
        attribution = block.get("attribution", "")
        return kind, {"quotation": f"<p>{block['text']}</p>", "attribution": attribution}
    if kind == "picture":
        return kind, _picture(block, pictures)
    raise MalformedDemo(f"{key}: {kind!r} is not a kind of block.")


def _picture(block: Mapping[str, Any], pictures: Path) -> dict[str, Any]:
    return {
        "image": _image(pictures / block["file"], block.get("alt", "")),
        "caption": block.get("caption", ""),
        "alt": block.get("alt", ""),
        "decorative": not block.get("alt"),
        "credit": block.get("credit", ""),
    }


def _image(file: Path, description: str) -> int:
    """The stored picture, by its file's name."""
    model = get_image_model()
    found = model.objects.filter(title=file.stem).values_list("pk", flat=True).first()
    if found is not None:
        return int(found)
    with file.open("rb") as opened:
        image = model(title=file.stem, file=ImageFile(opened, name=file.name), description=description[:255])
        image.save()
    return int(image.pk)


# --- the discussion --------------------------------------------------------------------


def _comments(
    entries: Iterable[Mapping[str, Any]], articles: Mapping[str, ArticlePage], people: Mapping[str, User]
) -> None:
    made: dict[str, Comment] = {}
    for place, entry in enumerate(entries):
        made[entry["key"]] = _comment(entry, place, articles, people, made)


@transaction.atomic
def _comment(
    entry: Mapping[str, Any],
    place: int,
    articles: Mapping[str, ArticlePage],
    people: Mapping[str, User],
    made: Mapping[str, Comment],
) -> Comment:
    article = articles[entry["article"]]
    assert article.document is not None
    voters = _voters(people, entry, place)
    comment, is_new = import_comment(
        open_thread(article.document),
        ForeignComment(
            external_id=f"demo:{entry['key']}",
            blocks=worded(_with_references(entry["text"], articles, made)),
            language=entry["language"],
            created_at=_written_at(entry, article),
            author=people[entry["author"]],
            baseline=_baseline(entry["score"], len(voters)),
        ),
        parent=made[entry["parent"]] if entry["parent"] else None,
    )
    if is_new:
        for voter in voters:
            comment = vote(comment, voter=voter, value=1 if entry["score"] > 0 else -1)
    return comment


def _voters(people: Mapping[str, User], entry: Mapping[str, Any], place: int) -> list[User]:
    """Whose votes make up part of the score: each comment another few, never its author."""
    keys = sorted(key for key in people if key != entry["author"])
    start = place * VOTES_PER_COMMENT % len(keys)
    count = min(abs(int(entry["score"])), VOTES_PER_COMMENT)
    return [people[key] for key in islice([*keys[start:], *keys[:start]], count)]


def _baseline(score: int, votes: int) -> int:
    return score - votes if score > 0 else score + votes


def _written_at(entry: Mapping[str, Any], article: ArticlePage) -> datetime:
    assert article.published_at is not None
    return min(article.published_at + timedelta(minutes=int(entry["minutes_after_article"])), timezone.now())


def _with_references(text: str, articles: Mapping[str, ArticlePage], made: Mapping[str, Comment]) -> str:
    """The comment's Markdown, its quotations by reference to sentences as they stand now."""

    def reference(found: re.Match[str]) -> str:
        subjects: Mapping[str, ArticlePage | Comment] = articles if found["kind"] == "article" else made
        document = subjects[found["key"]].document
        if document is None:
            raise MalformedDemo(f"{found[0]} quotes what is not there.")
        return _reference(document, found)

    return _QUOTE.sub(reference, text)


def _reference(document: Document, found: re.Match[str]) -> str:
    document = Document.objects.select_related("current").get(pk=document.pk)
    assert document.current is not None
    place = Place(int(found["block"]), int(found["first"]), int(found["last"]))
    wording = passage_text(document.current.blocks(), found["field"], place)
    if wording is None:
        raise MalformedDemo(f"{found[0]} quotes sentences that are not there.")
    number = document.current.number
    target = Reference(document.pk, number, found["field"], place.block, place.first, place.last)
    return reference_markdown(wording, str(target))
