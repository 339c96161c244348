"""Terms in files: TBX and CSV lose nothing, refuse what is hostile, and name the line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from dragoman.translation.errors import InvalidTerm, MalformedExchange
from dragoman.translation.exchange.tbx import read_tbx, write_tbx
from dragoman.translation.exchange.terms import read_terms, write_terms
from dragoman.translation.exchange.terms_csv import read_terms_csv, write_terms_csv
from dragoman.translation.models import Term
from dragoman.translation.terms.actions import import_terms
from dragoman.translation.terms.entries import Entry, TargetEntry, checked
from dragoman.translation.terms.queries import entries as stored_entries

FORMAT = Entry(
    "ru",
    "нормандский формат",
    ("нормандская четвёрка",),
    (
        TargetEntry("en", "Normandy format"),
        TargetEntry("fr", "format Normandie", ("formats Normandie",)),
        TargetEntry("fr", "format de Normandie"),
        TargetEntry("fr", "quatuor", status="proposed"),
        TargetEntry("fr", "format normand", status="forbidden"),
        TargetEntry("fr", "norme", status="dismissed"),
    ),
    note="Since 2014.\nAlways in the singular.",
)
NAME = Entry("fr", "Le Monde", (), (), match_case=True, inflected=False, keep=True)
ODD = Entry(
    "en",
    "=cmd|' /C calc'!A0",
    ("a | b", "back\\slash", "'=quoted", "<b>&amp;"),
    (TargetEntry("pt-BR", '+1 "x", y;\tz'), TargetEntry("zh-Hant", "停火", ("停\u200d火",))),
    status="retired",
    note="dragoman:keep",
)
GLOSSARY = [checked(entry) for entry in (FORMAT, NAME, ODD)]

words = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30)
targets = st.builds(
    TargetEntry,
    language=st.sampled_from(["fr", "pt-BR", "ar"]),
    text=words,
    forms=st.lists(words, max_size=2).map(tuple),
    status=st.sampled_from(["approved", "proposed", "forbidden", "dismissed"]),
)
any_entry = st.builds(
    Entry,
    source_language=st.just("en"),
    source=words,
    variants=st.lists(words, max_size=3).map(tuple),
    targets=st.lists(targets, max_size=3).map(tuple),
    match_case=st.booleans(),
    inflected=st.booleans(),
    keep=st.booleans(),
    status=st.sampled_from(["approved", "proposed", "retired"]),
    note=st.text(max_size=40),
)


class TestRoundTrip:
    def test_tbx_loses_nothing(self) -> None:
        assert read_tbx(write_tbx(GLOSSARY).encode()) == GLOSSARY

    def test_csv_loses_nothing(self) -> None:
        assert read_terms_csv(write_terms_csv(GLOSSARY)) == GLOSSARY

    @settings(max_examples=150, deadline=None)
    @given(any_entry)
    def test_whatever_can_be_stored_comes_back(self, entry: Entry) -> None:
        try:
            entry = checked(entry)
        except InvalidTerm:
            return
        assert checked(entry) == entry
        assert read_terms(write_tbx([entry]).encode()) == [entry]
        assert read_terms(write_terms_csv([entry]).encode()) == [entry]

    @pytest.mark.django_db
    @pytest.mark.parametrize("kind", ["tbx", "csv"])
    def test_through_the_database(self, kind: str) -> None:
        import_terms(GLOSSARY, editor=None)
        assert sorted(stored_entries(), key=lambda each: each.source) == sorted(
            GLOSSARY, key=lambda each: each.source
        )
        written = write_terms(kind)
        report = import_terms(read_terms(written.encode()), editor=None)
        assert (report.added, report.changed, report.unchanged) == (0, 0, 3)
        Term.objects.all().delete()
        import_terms(read_terms(written.encode()), editor=None)
        assert write_terms(kind) == written


def test_what_is_written_is_tbx_basic_in_its_dca_style() -> None:
    root = etree.fromstring(write_tbx(GLOSSARY).encode())
    name = {"t": "urn:iso:std:iso:30042:ed-2"}
    assert (root.get("type"), root.get("style")) == ("TBX-Basic", "dca")
    assert len(root.findall("t:text/t:body/t:conceptEntry", name)) == 3
    statuses = root.xpath("//t:termNote[@type='administrativeStatus']/text()", namespaces=name)
    allowed = {f"{each}Term-admn-sts" for each in ("preferred", "admitted", "deprecated", "superseded")}
    assert set(statuses) <= allowed


def test_a_spreadsheet_takes_no_cell_for_a_formula() -> None:
    written = write_terms_csv(GLOSSARY)
    assert ",'=cmd" in written
    assert not any(
        cell.startswith(("=", "+", "@")) for line in written.splitlines() for cell in line.split(",")
    )


OTHERS = """<?xml version="1.0"?>
<!DOCTYPE martif SYSTEM "TBXcoreStructV02.dtd">
<martif type="TBX" xml:lang="ru"><martifHeader><fileDesc><sourceDesc><p>x</p></sourceDesc></fileDesc></martifHeader>
<text><body><termEntry id="1">
<langSet xml:lang="fr"><tig><term>format normand</term>
<termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote></tig>
<ntig><termGrp><term>format <hi>Normandie</hi></term></termGrp></ntig></langSet>
<langSet xml:lang="ru"><tig><term>нормандский формат</term></tig></langSet>
</termEntry></body></text></martif>"""
DCT = """<tbx style="dct" type="TBX-Basic" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2" xmlns:min="http://www.tbxinfo.net/ns/min">
<tbxHeader><fileDesc><sourceDesc><p>x</p></sourceDesc></fileDesc></tbxHeader><text><body>
<conceptEntry id="1"><langSec xml:lang="en"><termSec><term>truce</term></termSec>
<termSec><term>ceasefire</term><min:administrativeStatus>preferredTerm-admn-sts</min:administrativeStatus></termSec></langSec>
<langSec xml:lang="pt"><termSec><term>trégua</term>
<min:administrativeStatus>supersededTerm-admn-sts</min:administrativeStatus></termSec>
<termSec><term>cessar-fogo</term></termSec></langSec></conceptEntry></body></text></tbx>"""


def test_older_tbx_of_other_tools_is_read() -> None:
    assert read_tbx(OTHERS.encode()) == [
        Entry(
            "ru",
            "нормандский формат",
            targets=(
                TargetEntry("fr", "format Normandie"),
                TargetEntry("fr", "format normand", status="forbidden"),
            ),
        )
    ]


def test_the_other_style_is_read() -> None:
    assert read_tbx(DCT.encode()) == [
        Entry(
            "en",
            "ceasefire",
            ("truce",),
            (TargetEntry("pt", "cessar-fogo"), TargetEntry("pt", "trégua", status="forbidden")),
        )
    ]


BOMB = """<!DOCTYPE tbx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>
<tbx><text><body><conceptEntry><langSec xml:lang="en">
<termSec><term>&b;</term></termSec></langSec></conceptEntry></body></text></tbx>"""
THEFT = """<!DOCTYPE tbx [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<tbx><text><body><conceptEntry><langSec xml:lang="en">
<termSec><term>&x;</term></termSec></langSec></conceptEntry></body></text></tbx>"""


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (BOMB, 1),
        (THEFT, 1),
        ("<tbx>\n<text>\n<body></text></tbx>", 3),
        ("<html>\n</html>", 1),
        ("<tbx>" + "\n<a>" * 40, 31),
        (write_tbx(GLOSSARY).replace("<term>Normandy format</term>", "<term> </term>"), 27),
        (write_tbx([NAME]).replace("<note>dragoman:keep</note>", "<note>dragoman:status=x</note>"), 12),
        (write_tbx([NAME, NAME]), 24),
        (DCT.replace(' xml:lang="pt"', ""), 5),
        ("source_language,source\nen,\n", 2),
        ("source_language,source\nen,one\n\nxx_yy!,two\n", 4),
        ("source_language,wrong\nen,one\n", 1),
        ("source\nen\n", 1),
        ("source_language,source\nen,one,two\n", 2),
        ("source_language,source,keep\nen,one,perhaps\n", 2),
        ("source_language,source,target\nen,one,um\n", 2),
        ('source_language,source,note\nen,"two\nlines",\nen,"x"y,\n', 4),
        ("source_language,source,keep\nen,one,yes\nen,one,no\n", 3),
        (b"source_language,source\nen,one\nen,\xff\n", 3),
        ("", 1),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(content: str | bytes, line: int) -> None:
    with pytest.raises(MalformedExchange) as refusal:
        read_terms(content if isinstance(content, bytes) else content.encode())
    assert refusal.value.sentence.startswith(f"Line {line}: ")
    assert refusal.value.sentence.endswith(".")


@given(st.binary(max_size=200))
def test_whatever_the_bytes_they_are_read_or_refused(content: bytes) -> None:
    def told() -> object:
        try:
            return read_terms(content)
        except MalformedExchange as refusal:
            return refusal.sentence

    assert isinstance(told(), list | str)


def test_columns_that_are_not_there_have_their_defaults() -> None:
    assert read_terms_csv("\ufeffSource_Language;source;target_language;target\nen;truce;pt;trégua\n") == [
        Entry("en", "truce", targets=(TargetEntry("pt", "trégua"),))
    ]
