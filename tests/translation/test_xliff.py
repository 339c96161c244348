"""XLIFF 2.1: out to a professional translator and back, and what is not taken back."""

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.engines.fake import FakeEngine
from dragoman.people.models import User
from dragoman.text.blocks import Block, Range, clean, normal
from dragoman.translation.actions import correct_target, create_document, revise
from dragoman.translation.desk.actions import lock_target
from dragoman.translation.desk.bringing import Brought, Reason, bring_xliff
from dragoman.translation.errors import MalformedExchange, NotGivenOut, NotPermitted
from dragoman.translation.exchange.inline import codes_of, read_inline, target_places, write_inline
from dragoman.translation.exchange.xliff import NAMESPACE, read_xliff, write_xliff
from dragoman.translation.models import Document, Edition, Origin, Scope, Segment, Target
from tests.translation.conftest import Write, body, edition, read

Jobs = Callable[[], int]
IN = f"{{{NAMESPACE}}}"
KEEPER = "The lighthouse keeper counts the ships every evening."
STEPS = "The tower has 184 steps and one very small kitchen."
HREF = "https://example.org/ships"


def formatted() -> Block:
    text = "The keeper wrote to @anna about the old ships and `x=1` again."
    link, bold, code = text.index("old ships"), text.index("keeper"), text.index("`x=1`")
    ranges = (
        Range(bold, bold + 6, "bold"),
        Range(link, link + 9, "link", {"href": HREF}),
        Range(code, code + 5, "code"),
    )
    return normal(Block("paragraph", text, ranges))


@pytest.fixture
def document(db: None, fake_engine: FakeEngine, run_jobs: Jobs) -> Document:
    made = create_document(
        kind="article",
        scope=Scope.NEWSROOM,
        language="en",
        fields={"body": (*body(f"{KEEPER} {STEPS}"), formatted())},
    )
    run_jobs()
    return made


def out(document: Document) -> str:
    return write_xliff(edition(document))


def units(text: str) -> list[Element]:
    return list(fromstring(text).iter(f"{IN}unit"))


def back(text: str, reviewer: User | None = None, **more: bool) -> Brought:
    return bring_xliff(text.encode(), reviewer=reviewer, **more)


def saying(text: str, number: int, words: str, state: str = "translated") -> str:
    """The file with other words as the target of its `number`-th sentence."""
    targets = list(re.finditer(r"<target>.*?</target>", text, re.DOTALL))
    found = targets[number]
    return f"{text[: found.start()]}<target>{words}</target>{text[found.end() :]}".replace(
        'state="translated"', f'state="{state}"'
    )


def target(document: Document, position: int = 0) -> Target:
    return Target.objects.get(edition=edition(document), segment__position=position)


def segment(document: Document, position: int = 0) -> Segment:
    return Segment.objects.get(revision=document.current_id, position=position)


class TestOut:
    def test_a_unit_for_each_sentence_in_groups_by_block(self, document: Document) -> None:
        root = fromstring(out(document))
        assert (root.get("version"), root.get("srcLang"), root.get("trgLang")) == ("2.1", "en", "pt")
        assert [file.get("id") for file in root.iter(f"{IN}file")] == [f"d{document.pk}"]
        assert [len(group) for group in root.iter(f"{IN}group")] == [2, 1]
        assert [unit.get("id") for unit in units(out(document))] == ["s1", "s2", "s3"]

    def test_formatting_is_codes_and_what_is_never_translated_a_placeholder(self, document: Document) -> None:
        last = units(out(document))[-1]
        source = last.find(f"{IN}segment/{IN}source")
        assert source is not None
        kinds = [(each.tag.removeprefix(IN), each.get("subType")) for each in source]
        assert kinds == [("pc", "xlf:b"), ("ph", None), ("pc", "dragoman:link"), ("ph", None)]
        behind = {each.get("id"): each.text for each in last.iter(f"{IN}data")}
        assert set(behind.values()) == {"@anna", HREF, "`x=1`"}
        assert {each.get("canDelete") for each in source if each.get("subType") == "dragoman:link"} == {"no"}

    def test_states(self, document: Document, reviewer: User) -> None:
        correct_target(edition=edition(document), segment=segment(document), text="Dito.", reviewer=reviewer)
        lock_target(edition=edition(document), segment=segment(document, 1), reviewer=reviewer)
        states = [each.find(f"{IN}segment").attrib for each in units(out(document))]  # type: ignore[union-attr]
        assert [each["state"] for each in states] == ["reviewed", "final", "translated"]
        assert states[2]["subState"].startswith("dragoman:")

    def test_what_was_refused_or_is_missing_has_no_target(self, document: Document) -> None:
        Target.objects.filter(pk=target(document).pk).update(state="refuse")
        first = units(out(document))[0].find(f"{IN}segment")
        assert first is not None
        assert first.get("state") == "initial"
        assert first.find(f"{IN}target") is None

    def test_findings_and_earlier_words_stand_in_notes(self, document: Document) -> None:
        Target.objects.filter(pk=target(document).pk).update(
            findings=[{"check": "numbers", "message": "?"}], outdated="Antes.", outdated_source="Before."
        )
        notes = [each.text for each in units(out(document))[0].iter(f"{IN}note")]
        assert notes == ["The numbers are not the same as in the original.", "Before. → Antes."]

    def test_comments_are_not_given_out(self, write: Write) -> None:
        with pytest.raises(NotGivenOut):
            write_xliff(edition(write(KEEPER, scope=Scope.DISCUSSION)))


class TestBack:
    def test_unchanged_it_changes_nothing(self, document: Document) -> None:
        brought = back(out(document))
        assert (brought.applied, brought.unchanged, brought.left) == (0, 3, ())
        assert target(document).origin == Origin.MACHINE

    def test_words_are_applied_where_the_source_is_the_same(self, document: Document, reviewer: User) -> None:
        brought = back(saying(out(document), 0, "O faroleiro conta\n os navios."), reviewer)
        assert (brought.applied, brought.unchanged) == (1, 2)
        now = target(document)
        assert (now.text, now.origin, now.reviewer) == (
            "O faroleiro conta os navios.",
            Origin.HUMAN,
            reviewer,
        )
        assert read(document).text("body").startswith("O faroleiro conta os navios.")

    def test_what_a_translator_stands_in_for_becomes_a_persons(self, document: Document) -> None:
        brought = back(out(document).replace('state="translated"', 'state="reviewed"'))
        assert brought.applied == 3
        assert {target(document, place).origin for place in range(3)} == {Origin.HUMAN}

    def test_formatting_comes_back_where_the_translator_put_it(self, document: Document) -> None:
        words = (
            'Sobre os <pc id="3">navios velhos</pc> o <pc id="1">faroleiro</pc>'
            ' escreveu a <ph id="2"/> e <ph id="4"/>.'
        )
        back(saying(out(document), 2, words))
        block = read(document).blocks("body")[1].block
        assert block.text == "Sobre os navios velhos o faroleiro escreveu a @anna e `x=1`."
        found = {each.kind: block.text[each.start : each.end] for each in block.ranges}
        assert found == {"link": "navios velhos", "bold": "faroleiro", "code": "`x=1`"}

    def test_typographic_spaces_stay(self, document: Document) -> None:
        back(saying(out(document), 0, "«\u00a0Sim\u202f!\u00a0»"))
        assert target(document).text == "«\u00a0Sim\u202f!\u00a0»"

    def test_our_checks_tell_and_do_not_refuse(self, document: Document) -> None:
        brought = back(saying(out(document), 1, "A torre tem 148 degraus e uma cozinha bem pequena."))
        assert brought.applied == 1
        assert brought.findings >= 1
        assert "numbers" in {finding["check"] for finding in target(document, 1).findings}

    def test_a_dry_run_changes_nothing(self, document: Document) -> None:
        before = target(document).text
        assert back(saying(out(document), 0, "Outra frase."), dry_run=True).applied == 1
        assert target(document).text == before

    def test_a_revised_source_is_reported_and_the_rest_applied(
        self, document: Document, run_jobs: Jobs
    ) -> None:
        text = saying(saying(out(document), 0, "Uma."), 1, "Duas.")
        revise(document, fields={"body": body("Quite another sentence stands here today.", STEPS)})
        run_jobs()
        document.refresh_from_db()
        brought = back(text)
        assert [left.reason for left in brought.left] == [Reason.REVISED, Reason.REVISED]
        assert text.splitlines()[brought.left[0].line - 1].startswith("<unit")
        assert (brought.applied, target(document, 1).text) == (1, "Duas.")
        assert "Uma." not in read(document).text("body")

    def test_somebodys_later_correction_stays(self, document: Document, reviewer: User) -> None:
        text = saying(out(document), 0, "Do tradutor.")
        correct_target(
            edition=edition(document), segment=segment(document), text="Da redação.", reviewer=reviewer
        )
        brought = back(text)
        assert [left.reason for left in brought.left] == [Reason.CORRECTED]
        assert target(document).text == "Da redação."

    def test_a_correction_that_was_given_out_may_be_bettered(
        self, document: Document, reviewer: User
    ) -> None:
        correct_target(
            edition=edition(document), segment=segment(document), text="Da redação.", reviewer=reviewer
        )
        back(saying(out(document), 0, "Melhor."))
        assert target(document).text == "Melhor."

    def test_a_locked_sentence_stays(self, document: Document, reviewer: User) -> None:
        lock_target(edition=edition(document), segment=segment(document), reviewer=reviewer)
        before = target(document).text
        brought = back(saying(out(document), 0, "Outra.", "final"))
        assert [left.reason for left in brought.left] == [Reason.LOCKED]
        assert target(document).text == before
        assert "locked" in brought.left[0].sentence

    def test_equal_sentences_are_told_apart_by_their_place(self, write: Write, run_jobs: Jobs) -> None:
        twice = write(f"{KEEPER} {STEPS}", KEEPER)
        run_jobs()
        Target.objects.filter(edition=edition(twice)).update(text="Igual.", state="pass")
        back(saying(out(twice), 2, "Outra vez."))
        assert [target(twice, place).text for place in range(3)] == ["Igual.", "Igual.", "Outra vez."]


REFUSED = {
    "an unknown code": ("<target>", '<target><ph id="9"/>', "the code 9 is not in the original"),
    "a code twice": (
        '<ph id="2"',
        '<ph id="2"/><ph id="2"',
        "the code 2 stands there twice",
    ),
    "no end of a sentence": ("</target>", "", "mismatched tag"),
    "a document type": (
        "<xliff",
        '<!DOCTYPE x [<!ENTITY a "b">]><xliff',
        "document types and entities are not read",
    ),
    "markup in a sentence": (
        "<target>",
        "<target><script>x</script>",
        "<script> cannot stand in a sentence",
    ),
    "another text's file": ("dragoman:document/", "elsewhere/", "does not say which text"),
    "no text of ours": ("dragoman:document/", "dragoman:document/999", "is not here"),
    "another language": ('srcLang="en"', 'srcLang="de"', "in another language than the file says"),
    "a language there is not": ('trgLang="pt"', 'trgLang="tlh"', "is not translated to the language"),
    "no language": (' trgLang="pt"', "", "the language is missing"),
    "something else": ('version="2.1"', 'version="1.2"', "this is no XLIFF 2 file"),
    "two texts": ("</file>", "</file><file/>", "one text only"),
    "sentences cut anew": ("</segment>", "</segment><segment/>", "cut anew"),
}


class TestRefused:
    @pytest.mark.parametrize("name", REFUSED)
    def test_with_the_line_and_nothing_changed(self, document: Document, name: str) -> None:
        old, new, said = REFUSED[name]
        text = saying(out(document), 0, "Nunca guardado.")
        place = text.rindex(old) if old == '<ph id="2"' else text.index(old)
        broken = text[:place] + new + text[place + len(old) :]
        before = list(Target.objects.order_by("pk").values_list("text", flat=True))
        with pytest.raises(MalformedExchange, match=r"^Line \d+: ") as refusal:
            back(broken)
        assert said in refusal.value.sentence
        assert list(Target.objects.order_by("pk").values_list("text", flat=True)) == before

    def test_the_line_is_that_of_the_fault(self, document: Document) -> None:
        text = saying(out(document), 2, "Sem códigos.")
        with pytest.raises(MalformedExchange) as refusal:
            back(text)
        line = next(n for n, each in enumerate(text.splitlines(), 1) if "Sem códigos." in each)
        assert refusal.value.sentence == f"Line {line}: the code 2 of the original is missing."

    def test_only_with_the_permission(self, document: Document) -> None:
        reader = User.objects.create_user("reader@example.org", display_name="R")
        with pytest.raises(NotPermitted):
            back(out(document), reader)

    @pytest.mark.parametrize(
        "content", [b"", b"\x00\xff", b"<", b"<a>" * 100_000, b'<?xml version="1.0" encoding="nope"?><a/>']
    )
    def test_what_is_no_xml(self, content: bytes) -> None:
        with pytest.raises(MalformedExchange, match=r"^Line \d+: "):
            read_xliff(content)


# --- properties ------------------------------------------------------------------------------------------------------

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=40).map(
    clean
)
KINDS = st.sampled_from(["bold", "italic", "strike", "spoiler", "link", "code"])


@st.composite
def sentences(draw: st.DrawFn) -> Block:
    text = draw(WORDS)
    length = max(1, len(text))
    ranges = draw(
        st.lists(
            st.builds(
                lambda start, size, kind: Range(
                    start, min(length, start + size), kind, {"href": HREF} if kind == "link" else {}
                ),
                st.integers(0, length - 1),
                st.integers(1, length),
                KINDS,
            ),
            max_size=6,
        )
    )
    return normal(Block("paragraph", text, tuple(ranges)))


def parsed(text: str) -> tuple[object, ...]:
    """The items of a target, by our own reader of files."""
    head = f'<xliff xmlns="{NAMESPACE}" version="2.1" srcLang="en" trgLang="pt">'
    unit = f'<unit id="s1"><segment>{text}</segment></unit>'
    whole = f'{head}<file original="dragoman:document/1/1">{unit}</file></xliff>'
    return read_xliff(whole.encode()).units[0].target or ()


@given(sentences(), WORDS)
@settings(max_examples=60, deadline=None)
def test_codes_out_and_in_are_the_same(block: Block, said: str) -> None:
    from xml.etree.ElementTree import tostring

    codes = codes_of(block.text, block.ranges, "en")
    target = " ".join([said, *codes.protected.values()])
    places = target_places(codes, target, {})
    element = Element("target")
    write_inline(element, target, codes, places, "")
    items = parsed(tostring(element, encoding="unicode"))
    if set(codes.needed) <= set(places):
        text, fragments = read_inline(items, codes, 1)  # type: ignore[arg-type]
        assert text == target
        for number in places.keys() & codes.ranges.keys():
            start, end = places[number]
            if words := " ".join(target[start:end].split()):
                first, last = codes.places[number]
                assert codes.text[first:last] in fragments
                assert words in fragments.values()


@given(sentences())
@settings(max_examples=150, deadline=None)
def test_a_source_with_its_codes_reads_back_whole(block: Block) -> None:
    from xml.etree.ElementTree import tostring

    codes = codes_of(block.text, block.ranges, "en")
    element = Element("target")
    write_inline(element, block.text, codes, codes.places, "")
    text, _ = read_inline(parsed(tostring(element, encoding="unicode")), codes, 1)  # type: ignore[arg-type]
    assert text == block.text


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_refused_with_a_line(content: bytes) -> None:
    with pytest.raises(MalformedExchange, match=r"^Line \d+: "):  # none of them is a whole file by chance
        read_xliff(content)


@pytest.mark.django_db
def test_an_edition_is_needed(write: Write) -> None:
    document = write(KEEPER)
    text = write_xliff(edition(document))
    Edition.objects.filter(document=document, language="pt").delete()
    with pytest.raises(MalformedExchange):
        back(text)
