"""`translation.queries.readings` is the one accessor of text: who reads words in any other way is on a list."""

import ast
from collections.abc import Iterator
from pathlib import Path

import dragoman

ROOT = Path(dragoman.__file__).parent
RAW_NAMES = frozenset({"source_blocks", "source_blocks_of", "reviews", "fields_from_json"})
RAW_LOOKUPS = (
    "current__fields",
    "revision__fields",
    "revisions__fields",
    "editions__content",
    "targets__text",
)

# What each may read, and why it is no reader's page.
ALLOWED = {
    "translation/queries.py": {"content", "blocks", "fields_from_json"},  # the accessor itself
    "translation/compose.py": {"content", "blocks"},  # makes what it reads
    "translation/models/document.py": {"fields_from_json"},  # the values of a stored revision
    "translation/actions.py": {"blocks"},  # compares, detects, remembers
    "translation/work.py": {"blocks"},  # asks engines
    "translation/revising.py": {"blocks"},  # aligns
    "translation/segmenting.py": {"blocks"},  # keeps boundaries
    "translation/terms/redoing.py": {"blocks", "current__fields"},  # finds the sentences a term stands in
    "translation/terms/suggesting.py": {"blocks"},  # the sentence that an editor corrects
    "translation/desk/queries.py": {"source_blocks", "current__fields"},  # the desk: reviewers only
    "discussion/moderation/about.py": {"reviews"},  # moderators, and whom a decision concerns
    "discussion/moderation/cases.py": {"reviews"},  # moderators only
    "discussion/actions/classifying.py": {"source_blocks"},  # looks words up in lists
    "discussion/moderation/classifier.py": {"source_blocks"},  # what the configured service is told
    "discussion/moderation/pace.py": {"source_blocks_of"},  # whether one says the same again
    "discussion/drafting.py": {
        "source_blocks",
        "blocks",
    },  # one's own words; how many sentences a comment has
    "discussion/personal.py": {"blocks"},  # one's own words, for oneself
    "discussion/previewing.py": {"content", "fields_from_json"},  # one's own draft, for oneself
    "discussion/quoting.py": {"blocks"},  # where quoted sentences went
    "discussion/actions/importing.py": {"blocks"},  # whether an imported comment has changed elsewhere
    "discussion/actions/threads.py": {"blocks"},  # the same, after a revision
    "newsroom/previews.py": {"source_blocks"},  # which blocks of a draft are published already
    "delivery/registration.py": {
        "blocks"
    },  # whether a revision changes words, or only what they are known by
    "site/demo/loader.py": {"blocks"},  # finds what the demo's comments quote
}


def test_nobody_else_reads_words_past_the_accessor() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): names
        for path in sorted(ROOT.rglob("*.py"))
        if path.relative_to(ROOT).parts[0] not in ("text", "engines", "fidelity")
        and path.relative_to(ROOT).parts[:2] != ("site", "bench")
        and (names := set(_raw_reads(ast.parse(path.read_text("utf-8")))))
    }
    assert found == ALLOWED


def test_the_scan_sees_every_raw_way() -> None:
    code = """
from dragoman.translation.queries import source_blocks
a = queries.reviews([1], view)
b = edition.content["fields"]
c = document.current.blocks()
d = reading.blocks("body")
e = Document.objects.filter(current__fields__contains="x")
f = Document.objects.values_list("editions__content")
"""
    assert set(_raw_reads(ast.parse(code))) == {
        "source_blocks",
        "reviews",
        "content",
        "blocks",
        "current__fields",
        "editions__content",
    }


def _raw_reads(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(names=names):
                yield from (each.name for each in names if each.name in RAW_NAMES)
            case ast.Attribute(attr=name) if name in RAW_NAMES or name == "content":
                yield name
            case ast.Call(func=ast.Attribute(attr="blocks"), args=[], keywords=[]):
                yield "blocks"
            case ast.keyword(arg=str(name)) | ast.Constant(value=str(name)):
                yield from (raw for raw in RAW_LOOKUPS if raw in name.split() or name.startswith(raw))
