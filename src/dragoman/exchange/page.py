"""A news page with its thread, as plain text: structure read from its layout.

The kind of text is a page copied out of a browser: the headline, a comment count by itself, paragraphs with
blank lines between, a displayed quotation followed by a line that begins with a dash and names the speaker,
sources as bullets, what the site says about itself, "N comments", and numbered comments with a score, a date
line and their text; replies are indented under what they answer. Pure: nothing is written.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from babel import Locale, UnknownLocaleError

from dragoman.exchange.agencies import agencies
from dragoman.exchange.errors import ImportRefused
from dragoman.exchange.moments import moment

LONGEST = 5_000_000  # characters
_COUNT = re.compile(r"\s*\d{1,7}\s*")
_BULLET = re.compile(r"\s*[•●▪◦*·]\s+(?P<text>\S.*)")
_ATTRIBUTION = re.compile(r"[-–—]\s+(?P<text>\S.{0,200})")
_URL = re.compile(r"https?://\S+")
_MARKER = re.compile(r"(?P<indent>\s*)(?P<number>\d{1,6})\.(?:\s+(?P<score>[-−–+]?\d{1,7}))?\s*")
_COMMENTS = r"comments?|commentaires?|comentarios?|comentários?|комментари(?:й|я|ев)|تعليق(?:ات|ًا|ا|ان)?"
_HEADING = re.compile(rf"\s*(?P<count>\d{{1,7}})\s+(?:{_COMMENTS})\s*:?\s*", re.I)
# Where a site begins to speak of itself, for pages without sources to end the article.
_CHANNELS = re.compile(
    r"\s*(?:our news channels|nos chaînes d['’]information|nuestros canales de noticias"
    r"|nossos canais de notícias|наши новостные каналы|قنواتنا الإخبارية)\s*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class ImportedText:
    """A paragraph of the article; with `attribution` where it is a displayed quotation."""

    text: str
    attribution: str | None = None

    @property
    def is_quotation(self) -> bool:
        """Whether somebody is quoted here."""
        return self.attribution is not None


@dataclass(frozen=True, slots=True)
class ImportedSource:
    """A source: a name, an address, or both."""

    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ImportedComment:
    """One comment. `parent` is the index of what it answers; `at` is naive, in the publication's zone."""

    score: int
    at: datetime
    date_line: str  # as written: a broken time is a finding
    paragraphs: tuple[str, ...]
    parent: int | None = None
    author: str = ""


@dataclass(frozen=True, slots=True)
class ImportedPage:
    """An article with its thread."""

    language: str
    headline: str
    body: tuple[ImportedText, ...]
    sources: tuple[ImportedSource, ...]
    comments: tuple[ImportedComment, ...]
    count: int  # as the page says it

    @property
    def missing(self) -> int:
        """Comments the page counts but does not show."""
        return max(0, self.count - len(self.comments))


def parse_page(text: str, language: str) -> ImportedPage:
    """Read a page. Raises ImportRefused: `unknown_language`, `too_large`, `empty`, `not_such_a_page`."""
    require_language(language)
    lines = _lines(text)
    heading = _comments_heading(lines)
    count = _HEADING.fullmatch(lines[heading])
    assert count is not None
    headline, body, bullets = _article(lines[:heading])
    return ImportedPage(
        language=language,
        headline=headline,
        body=body,
        sources=_sources(body, bullets, language),
        comments=tuple(_comments(lines[heading + 1 :], language)),
        count=int(count["count"]),
    )


def require_language(language: str) -> None:
    """Raises ImportRefused for what CLDR does not know."""
    try:
        Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        raise ImportRefused(
            "unknown_language", f"{language!r} is not a language code that CLDR knows."
        ) from None


def _lines(text: str) -> list[str]:
    if len(text) > LONGEST:
        raise ImportRefused("too_large", f"It has more than {LONGEST:,} characters.")
    if not text.strip():
        raise ImportRefused("empty", "It is empty.")
    return [line.replace("\t", "    ") for line in text.removeprefix("\ufeff").splitlines()]


def _comments_heading(lines: Sequence[str]) -> int:
    """The last line that counts comments and stands before the first of them."""
    for index, line in enumerate(lines):
        if _HEADING.fullmatch(line):
            return index
    sentence = (
        "The file is not a page with its thread: no line says how many comments there are (“6 comments”)."
    )
    raise ImportRefused("not_such_a_page", sentence)


# --- the article -------------------------------------------------------------


def _article(lines: Sequence[str]) -> tuple[str, tuple[ImportedText, ...], tuple[str, ...]]:
    paragraphs, bullets = _until_sources(_paragraphs(lines))
    if not paragraphs:
        raise ImportRefused("not_such_a_page", "It has no headline above its comments.")
    headline, rest = paragraphs[0], paragraphs[1:]
    body = tuple(_with_quotations([text for text in rest if not _COUNT.fullmatch(text)]))
    if not body:
        sentence = f"It has no text between its headline, “{headline[:60]}”, and its comments."
        raise ImportRefused("not_such_a_page", sentence)
    return headline, body, bullets


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """Lines between blank ones, joined; a bullet and a dash line each stand by themselves."""
    waiting: list[str] = []
    for line in lines:
        alone = bool(_BULLET.fullmatch(line) or _ATTRIBUTION.fullmatch(line.strip()))
        if waiting and (alone or not line.strip()):
            yield " ".join(waiting)
            waiting = []
        if alone:
            yield line.strip()
        elif line.strip():
            waiting.append(line.strip())
    if waiting:
        yield " ".join(waiting)


def _until_sources(found: Iterator[str]) -> tuple[list[str], tuple[str, ...]]:
    """What stands before the bullets, and the bullets; what follows them is the site speaking of itself."""
    paragraphs: list[str] = []
    bullets: list[str] = []
    for text in found:
        bullet = _BULLET.fullmatch(text)
        if bullet:
            bullets.append(bullet["text"].strip())
        elif bullets or _CHANNELS.fullmatch(text):
            break
        else:
            paragraphs.append(text)
    return paragraphs, tuple(bullets)


def _with_quotations(paragraphs: Sequence[str]) -> Iterator[ImportedText]:
    """A paragraph that a dash line follows is displayed as a quotation of whom the line names."""
    index = 0
    while index < len(paragraphs):
        following = paragraphs[index + 1] if index + 1 < len(paragraphs) else ""
        attribution = _ATTRIBUTION.fullmatch(following)
        if attribution and not _ATTRIBUTION.fullmatch(paragraphs[index]):
            yield ImportedText(paragraphs[index], attribution["text"])
            index += 2
        else:
            yield ImportedText(paragraphs[index])
            index += 1


def _sources(
    body: Sequence[ImportedText], bullets: Sequence[str], language: str
) -> tuple[ImportedSource, ...]:
    named = [ImportedSource(name) for piece in body for name in agencies(piece.text, language)]
    listed = [_source(bullet) for bullet in bullets]
    return tuple(dict.fromkeys([*named, *listed]))


def _source(bullet: str) -> ImportedSource:
    url = _URL.search(bullet)
    if url is None:
        return ImportedSource(bullet)
    name = (bullet[: url.start()] + bullet[url.end() :]).strip(" :–—-()")
    return ImportedSource(name or _host(url[0]), url[0])


def _host(url: str) -> str:
    return url.split("/")[2].removeprefix("www.") if url.count("/") >= 2 else url


# --- the thread --------------------------------------------------------------


@dataclass(slots=True)
class _Open:
    """A comment being read."""

    indent: int
    score: int
    at: datetime
    date_line: str
    author: str
    parent: int | None
    lines: list[str] = field(default_factory=list)

    def closed(self) -> ImportedComment:
        return ImportedComment(
            self.score, self.at, self.date_line, tuple(_texts(self.lines)), self.parent, self.author
        )


def _comments(lines: Sequence[str], language: str) -> Iterator[ImportedComment]:
    """Comments in the page's order. What stands before the first one is the site speaking to its readers."""
    read: list[_Open] = []
    index = 0
    while index < len(lines):
        begun = _beginning(lines, index, language)
        if begun is not None:
            comment, index = begun
            comment.parent = _parent(read, comment.indent)
            read.append(comment)
            continue
        if read:
            read[-1].lines.append(lines[index])
        index += 1
    for comment in read:
        yield comment.closed()


def _beginning(lines: Sequence[str], index: int, language: str) -> tuple[_Open, int] | None:
    """The comment that begins here, and where its text does: a number, perhaps a name, a date line."""
    marker = _MARKER.fullmatch(lines[index])
    if marker is None:
        return None
    for dated in (index + 1, index + 2):
        at = moment(lines[dated], language) if dated < len(lines) else None
        if at is not None:
            author = lines[index + 1].strip() if dated == index + 2 else ""
            score = int((marker["score"] or "0").replace("−", "-").replace("–", "-"))
            line = lines[dated].strip()
            return _Open(len(marker["indent"]), score, at, line, author[:60], None), dated + 1
    return None


def _parent(read: Sequence[_Open], indent: int) -> int | None:
    """The nearest comment above that is indented less, unless one in between closed its thread."""
    for index in range(len(read) - 1, -1, -1):
        if read[index].indent < indent:
            return index
        if read[index].indent == indent:
            return read[index].parent
    return None


def _texts(lines: Sequence[str]) -> Iterator[str]:
    """Paragraphs of a comment: between blank lines, line breaks kept."""
    waiting: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            waiting.append(line.strip())
        elif waiting:
            yield "\n".join(waiting)
            waiting = []
