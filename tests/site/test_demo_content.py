"""The demo publication is whole: its shape, its quotations, and a translation of every sentence."""

import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from dragoman.text.blocks import Block, plain, with_sentences
from dragoman.text.emoticons import emoji_for
from dragoman.text.markdown import blocks_from_markdown, reference_markdown
from dragoman.text.richtext import blocks_from_html
from tests.shared import ROOT

DEMO = ROOT / "src" / "dragoman" / "site" / "demo"
LANGUAGES = ("en", "fr", "es", "pt", "ru", "ar")
NEURAL = frozenset({"en", "pt"})
XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
QUOTE_LINE = re.compile(
    r"^\{\{quote (?P<document>(?:article|comment):\w+) (?P<field>\w+) (?P<block>\d+) (?P<first>\d+)-(?P<last>\d+)\}\}$",
    re.MULTILINE,
)
EMOTICON = re.compile(r"(?<!\w):([a-z0-9_+-]+):(?!\w)")
MENTION = re.compile(r"(?<!\w)@\w+")
ADDRESS = re.compile(r"https?://\S+")
NUMBER = re.compile(r"(\d+(?:[.,\u00a0\u202f]\d+)*)(\s(?:thousand|mil|тысяч[аи]?|ألف|آلاف)\b)?")
NO_BREAK = "\u00a0\u202f"
GROUPING = {"en": ",", "ar": ",", "pt": ".", "fr": NO_BREAK, "es": NO_BREAK, "ru": NO_BREAK}
DECIMAL = {"en": ".", "ar": ".", "pt": ",", "fr": ",", "es": ",", "ru": ","}


# --- reading the files --------------------------------------------------------


@cache
def publication() -> dict[str, Any]:
    return json.loads((DEMO / "publication.json").read_text(encoding="utf-8"))


@cache
def articles() -> dict[str, dict[str, Any]]:
    found = [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted((DEMO / "articles").glob("*.json"))
    ]
    return {article["key"]: article for article in found}


@cache
def comments() -> dict[str, dict[str, Any]]:
    found = json.loads((DEMO / "comments.json").read_text(encoding="utf-8"))
    keyed = {comment["key"]: comment for comment in found}
    assert len(keyed) == len(found), "two comments have the same key"
    return keyed


@dataclass(frozen=True, slots=True)
class Unit:
    """A translation unit: where it comes from, and its segment elements by language."""

    name: str
    source: str
    segments: dict[str, ET.Element]

    def text(self, language: str) -> str:
        return "".join(self.segments[language].itertext())

    def texts(self) -> dict[str, str]:
        return {language: self.text(language) for language in self.segments}


@cache
def units() -> tuple[Unit, ...]:
    root = ET.parse(DEMO / "demo.tmx").getroot()
    return tuple(
        Unit(
            name=unit.attrib["tuid"],
            source=unit.attrib["srclang"],
            segments={tuv.attrib[XML_LANGUAGE]: tuv.find("seg") for tuv in unit.findall("tuv")},
        )
        for unit in root.iter("tu")
    )


@cache
def memory() -> dict[tuple[str, str], Unit]:
    return {(unit.source, unit.text(unit.source)): unit for unit in units()}


# --- documents as blocks ------------------------------------------------------


def body_blocks(article: dict[str, Any]) -> list[Block]:
    return [block for part in article["body"] for block in part_blocks(part)]


def part_blocks(part: dict[str, Any]) -> Iterator[Block]:
    match part["type"]:
        case "paragraph":
            yield from blocks_from_html(part["html"])
        case "heading":
            yield plain(part["text"])
        case "list":
            for item in part["items"]:
                yield from blocks_from_html(item)
        case "quotation":
            yield from (plain(part["text"]), plain(part["attribution"]))
        case "picture":
            yield from (plain(part["caption"]), plain(part["alt"]))


def comment_blocks(comment: dict[str, Any]) -> list[Block]:
    """The comment's blocks, each quotation line as the reference that it becomes when loaded."""
    references = QUOTE_LINE.sub(lambda _: reference_markdown("as quoted", "1.1.body.0.0-0"), comment["text"])
    return list(blocks_from_markdown(references))


def documents() -> Iterator[tuple[str, str, list[Block], bool]]:
    """(name, language, blocks, translated by the neural engine) of every document of the demo."""
    yield "home", "en", [plain(publication()["name"]), plain(publication()["tagline"]["en"])], False
    for section in publication()["sections"]:
        yield (
            section["slug"],
            section["language"],
            [plain(section["name"]), plain(section["description"])],
            False,
        )
    for article in articles().values():
        blocks = [plain(article["headline"]), plain(article["standfirst"]), *body_blocks(article)]
        yield article["key"], article["language"], blocks, False
    for comment in comments().values():
        yield comment["key"], comment["language"], comment_blocks(comment), comment["machine"]


def sentences(block: Block, language: str) -> list[str]:
    return [block.text[start:end] for start, end in with_sentences(block, language).sentences]


def quoted_sentences(quotation: dict[str, Any]) -> list[str]:
    kind, key = quotation["document"].split(":")
    document = articles()[key] if kind == "article" else comments()[key]
    blocks = body_blocks(document) if kind == "article" else comment_blocks(document)
    found = sentences(blocks[quotation["block"]], document["language"])
    return found[quotation["first"] : quotation["last"] + 1]


def depth(comment: dict[str, Any]) -> int:
    return 1 if comment["parent"] is None else 1 + depth(comments()[comment["parent"]])


# --- the publication ----------------------------------------------------------


def test_publication_names_its_languages_zone_sections_and_people() -> None:
    found = publication()
    assert tuple(found["languages"]) == LANGUAGES
    assert set(found["tagline"]) == set(LANGUAGES)
    assert ZoneInfo(found["time_zone"]).key == found["time_zone"]
    assert len(found["sections"]) == 3
    people = [found["editor"], found["moderator"], *found["readers"]]
    assert len(found["readers"]) >= 14
    assert {person["language"] for person in found["readers"]} == set(LANGUAGES)
    for unique in ("key", "name", "email"):
        assert len({person[unique] for person in people}) == len(people)
    assert all(person["email"].endswith("@example.org") for person in people)


def test_readers_names_are_in_the_scripts_of_their_languages() -> None:
    scripts = {"ru": "CYRILLIC", "ar": "ARABIC"}
    for reader in publication()["readers"]:
        letters = [sign for sign in reader["name"] if sign.isalpha()]
        script = scripts.get(reader["language"], "LATIN")
        assert all(unicodedata.name(sign).startswith(script) for sign in letters), reader["name"]


# --- articles -----------------------------------------------------------------

ARTICLE_KEYS = {
    "key",
    "section",
    "language",
    "published_days_ago",
    "published_time",
    "byline",
    "headline",
    "standfirst",
    "body",
    "sources",
}
PART_KEYS = {
    "paragraph": {"type", "html"},
    "heading": {"type", "text"},
    "list": {"type", "ordered", "items"},
    "quotation": {"type", "text", "attribution"},
    "picture": {"type", "file", "caption", "alt", "credit"},
}


def test_enough_articles_in_enough_languages() -> None:
    languages = Counter(article["language"] for article in articles().values())
    assert len(articles()) >= 6
    assert len(languages) >= 4
    assert languages["en"] + languages["pt"] >= 2
    assert {article["section"] for article in articles().values()} == {
        section["slug"] for section in publication()["sections"]
    }


def test_articles_have_the_agreed_shape() -> None:
    for key, article in articles().items():
        assert set(article) == ARTICLE_KEYS, key
        assert article["language"] in LANGUAGES
        assert article["published_days_ago"] >= 1
        assert re.fullmatch(r"[012]\d:[0-5]\d", article["published_time"])
        assert all(set(part) == PART_KEYS[part["type"]] for part in article["body"]), key
        assert all(
            source["name"] and source["url"].startswith("https://example.org/")
            for source in article["sources"]
        )


def test_every_part_gives_the_blocks_that_quotations_count_by() -> None:
    expected = {"paragraph": 1, "heading": 1, "quotation": 2, "picture": 2}
    for key, article in articles().items():
        for part in article["body"]:
            wanted = len(part["items"]) if part["type"] == "list" else expected[part["type"]]
            assert len(list(part_blocks(part))) == wanted, (key, part)


def test_the_set_shows_everything_that_an_article_can_have() -> None:
    everything = list(articles().values())
    parts = [part for article in everything for part in article["body"]]
    markup = json.dumps(parts, ensure_ascii=False)
    assert any(article["headline"][0] in "“«„" for article in everything)
    assert all(article["sources"] and article["byline"] for article in everything)
    assert {part["ordered"] for part in parts if part["type"] == "list"} == {True, False}
    assert all(any(part["type"] == kind for part in parts) for kind in PART_KEYS)
    assert all(part["text"] and part["attribution"] for part in parts if part["type"] == "quotation")
    assert all(tag in markup for tag in ("<b>", "<i>", "<a href="))
    for shown in ("km²", "°C", "€", "%", "9 тысяч", "19:30", "19h30", "50–70"):
        assert shown in markup.replace("\u00a0", " "), shown


def test_pictures_are_there_with_text_alternative_and_credit() -> None:
    pictures = [
        part for article in articles().values() for part in article["body"] if part["type"] == "picture"
    ]
    assert len({picture["file"] for picture in pictures}) >= 5
    for picture in pictures:
        assert picture["alt"].strip()
        assert picture["caption"].strip()
        assert picture["credit"].strip()
        file = DEMO / "pictures" / picture["file"]
        assert file.stat().st_size <= 150_000, picture["file"]
        assert file.with_suffix(".svg").exists(), "the drawing it was rendered from"
        with Image.open(file) as image:
            assert (image.format, image.size) == ("WEBP", (1600, 1000))


# --- comments -----------------------------------------------------------------

COMMENT_KEYS = {
    "key",
    "article",
    "parent",
    "author",
    "language",
    "minutes_after_article",
    "score",
    "machine",
    "text",
    "quotes",
}


def test_enough_comments_by_people_writing_in_every_language() -> None:
    found = list(comments().values())
    assert len(found) >= 60
    assert max(Counter(comment["article"] for comment in found).values()) >= 22
    assert {comment["language"] for comment in found} == set(LANGUAGES)
    assert min(comment["score"] for comment in found) < 0
    assert max(map(depth, found)) == 5


def test_comments_have_the_agreed_shape() -> None:
    readers = {reader["key"]: reader for reader in publication()["readers"]}
    for key, comment in comments().items():
        assert set(comment) == COMMENT_KEYS, key
        assert comment["article"] in articles()
        assert readers[comment["author"]]["language"] == comment["language"], key
        assert len(comment["text"]) <= 10_000


def test_replies_follow_what_they_answer() -> None:
    for key, comment in comments().items():
        if comment["parent"] is not None:
            parent = comments()[comment["parent"]]
            assert parent["article"] == comment["article"], key
            assert parent["minutes_after_article"] < comment["minutes_after_article"], key
            assert parent["author"] != comment["author"], key


def test_one_comment_in_six_is_left_to_the_neural_engine() -> None:
    machine = [comment for comment in comments().values() if comment["machine"]]
    assert len(machine) >= len(comments()) // 6
    assert {comment["language"] for comment in machine} == NEURAL


def test_comments_show_the_whole_markdown_of_readers() -> None:
    blocks = [block for comment in comments().values() for block in comment_blocks(comment)]
    assert {"paragraph", "list_item", "reference"} <= {block.kind for block in blocks}
    kinds = {found.kind for block in blocks for found in block.ranges}
    assert {"bold", "italic", "strike", "code", "link"} <= kinds


def test_quotations_resolve() -> None:
    quotations = [(c, quotation) for c in comments().values() for quotation in c["quotes"]]
    assert {quotation["document"].split(":")[0] for _, quotation in quotations} == {"article", "comment"}
    for comment, quotation in quotations:
        wanted = quotation["last"] - quotation["first"] + 1
        assert wanted >= 1
        assert len(quoted_sentences(quotation)) == wanted, (comment["key"], quotation)
        kind, key = quotation["document"].split(":")
        if kind == "comment":
            assert comments()[key]["article"] == comment["article"]
            assert comments()[key]["minutes_after_article"] < comment["minutes_after_article"]


def test_quotation_lines_and_the_list_of_quotations_agree() -> None:
    for key, comment in comments().items():
        lines = [
            {name: int(value) if value.isdigit() else value for name, value in found.groupdict().items()}
            for found in QUOTE_LINE.finditer(comment["text"])
        ]
        assert lines == comment["quotes"], key
        assert comment["text"].count("{{") == len(lines), key
        assert [block.kind for block in comment_blocks(comment)].count("reference") == len(lines), key


def test_emoticon_codes_are_known() -> None:
    codes = [code for comment in comments().values() for code in EMOTICON.findall(comment["text"])]
    assert len(codes) >= 8
    assert all(emoji_for(f":{code}:") or emoji_for(code) for code in codes)


def test_mentions_name_readers() -> None:
    names = {f"@{reader['name']}" for reader in publication()["readers"]}
    mentions = {found for comment in comments().values() for found in MENTION.findall(comment["text"])}
    assert mentions
    assert mentions <= names


# --- the memory ---------------------------------------------------------------


def test_exchange_file_says_what_it_is() -> None:
    root = ET.parse(DEMO / "demo.tmx").getroot()
    header = root.find("header")
    assert (root.tag, root.attrib["version"]) == ("tmx", "1.4")
    assert header.attrib["creationtool"] == "dragoman"
    assert header.attrib["srclang"] == "*all*"
    for unit in root.iter("tu"):
        origin = unit.find("prop[@type='x-dragoman-origin']")
        assert origin is not None
        assert origin.text == "demo translation"


def test_every_sentence_is_translated_into_every_language() -> None:
    for name, language, blocks, machine in documents():
        wanted = set(LANGUAGES) - (NEURAL - {language} if machine else set())
        for sentence in (s for block in blocks for s in sentences(block, language)):
            unit = memory().get((language, sentence))
            assert unit is not None, f"{name}: no unit for {sentence!r}"
            assert set(unit.segments) == wanted, f"{name}: {sentence!r}"


def test_no_unit_is_left_over() -> None:
    written = {
        (lang, s) for _, lang, blocks, _ in documents() for block in blocks for s in sentences(block, lang)
    }
    assert {key for key in memory() if key not in written} == set()
    assert len(memory()) == len(units()), "two units translate the same sentence"


def test_no_wording_has_two_translations() -> None:
    """An exchange file is read in every direction: what two units share would be recalled from either."""
    wordings = Counter((language, text) for unit in units() for language, text in unit.texts().items())
    assert [wording for wording, count in wordings.items() if count > 1] == []


def test_segments_are_clean() -> None:
    for unit in units():
        for language, text in unit.texts().items():
            assert text == unicodedata.normalize("NFC", text).strip(), unit.name
            assert text, unit.name
            assert not re.search(r"  |\n|\{|\}", text), (unit.name, language)


def test_formatting_is_marked_in_every_language() -> None:
    for unit in units():
        marked = {
            language: sorted((mark.attrib["x"], mark.attrib["type"]) for mark in segment.iter("hi"))
            for language, segment in unit.segments.items()
        }
        assert all(found == marked[unit.source] for found in marked.values()), unit.name
        assert all(
            "".join(mark.itertext()).strip() for seg in unit.segments.values() for mark in seg.iter("hi")
        )


def formatted_pieces(block: Block, language: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """(sentence, its formatted pieces in order) for each sentence of the block."""
    for start, end in with_sentences(block, language).sentences:
        inside = sorted((r.start, r.end, r.kind) for r in block.ranges if start <= r.start and r.end <= end)
        yield block.text[start:end], [(kind, block.text[first:last]) for first, last, kind in inside]


def test_marked_formatting_is_that_of_the_source() -> None:
    for name, language, blocks, _ in documents():
        for sentence, pieces in (found for block in blocks for found in formatted_pieces(block, language)):
            marks = list(memory()[language, sentence].segments[language].iter("hi"))
            assert [(mark.attrib["type"], "".join(mark.itertext())) for mark in marks] == pieces, name
            assert [mark.attrib["x"] for mark in marks] == [str(n + 1) for n in range(len(marks))], name


def numbers(text: str, language: str) -> Counter[Decimal]:
    return Counter(
        Decimal(part) * (1000 if scale else 1)
        for written, scale in NUMBER.findall(text)
        for part in values(written, language)
    )


def values(written: str, language: str) -> list[str]:
    grouped = re.sub(rf"(?<=\d)[{re.escape(GROUPING[language])}](?=\d{{3}}(?!\d))", "", written)
    if grouped.count(DECIMAL[language]) == 1:
        return [grouped.replace(DECIMAL[language], ".")]
    return re.split(r"\D", grouped)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("4,400 km²", "en", "4400"),
        ("13\u202f500 km²", "fr", "13500"),
        ("13.500 km²", "pt", "13500"),
        ("15,8", "ru", "15.8"),
        ("15.8", "ar", "15.8"),
        ("1,8 km", "es", "1.8"),
        ("12 mil barcos", "pt", "12000"),
        ("9 тысяч томов", "ru", "9000"),
    ],
)
def test_numbers_are_read_as_each_language_writes_them(text: str, language: str, expected: str) -> None:
    assert numbers(text, language) == Counter([Decimal(expected)])


def test_numbers_are_kept() -> None:
    for unit in units():
        found = {language: numbers(text, language) for language, text in unit.texts().items()}
        assert all(kept == found[unit.source] for kept in found.values()), (unit.name, found)


def unchanging(text: str) -> Counter[str]:
    emoji = [sign for sign in text if unicodedata.category(sign) == "So" and sign > "\u2600"]
    return Counter([*EMOTICON.findall(text), *MENTION.findall(text), *ADDRESS.findall(text), *emoji])


def test_emoticons_mentions_and_addresses_are_kept() -> None:
    for unit in units():
        expected = unchanging(unit.text(unit.source))
        assert all(unchanging(text) == expected for text in unit.texts().values()), unit.name


def test_code_is_kept() -> None:
    for unit in units():
        code = {
            tuple("".join(mark.itertext()) for mark in segment.iter("hi") if mark.attrib["type"] == "code")
            for segment in unit.segments.values()
        }
        assert len(code) == 1, unit.name


# --- typography ---------------------------------------------------------------

WRONG_TYPOGRAPHY = {
    "en": r"[«»]|\w'\w|\"",
    "fr": r"[“”]|\w'\w|\"|« | »| [;?!]| :(?=\s|$)|[^\s\u00a0\u202f][;?!»](?!\w)",
    "es": r"\"|[“”]",
    "pt": r"\"|[«»]",
    "ru": r"\"|[“”]|\w - \w",
    "ar": r"[“”\"٠-٩]|[؀-ۿ] ?[?;]|[؀-ۿ],",
}


def test_typography_is_that_of_the_language() -> None:
    for unit in units():
        for language, text in unit.texts().items():
            found = re.search(WRONG_TYPOGRAPHY[language], text)
            assert found is None, (unit.name, language, found, text)


def test_spanish_questions_and_exclamations_open() -> None:
    for unit in units():
        text = unit.texts().get("es", "")
        assert (text.count("?"), text.count("!")) == (text.count("¿"), text.count("¡")), text


def test_translations_are_in_the_script_of_their_language() -> None:
    scripts = {"ru": "CYRILLIC", "ar": "ARABIC"}
    for unit in units():
        for language, script in scripts.items():
            text = MENTION.sub("", unit.text(language))
            letters = [unicodedata.name(sign, "") for sign in text if sign.isalpha()]
            assert unit.name == "home.title.0.0" or any(name.startswith(script) for name in letters), text
