"""A text translated on its own: no document, no memory, the same path and the same gate."""

from dataclasses import asdict, dataclass

from dragoman.engines.protocol import Pair
from dragoman.fidelity.findings import Finding, Verdict
from dragoman.text.blocks import Block, normal_blocks, plain, with_sentences
from dragoman.text.passages import within
from dragoman.text.projection import project
from dragoman.text.richtext import blocks_from_html, html_from_blocks
from dragoman.text.segments import TargetText, compose_block
from dragoman.text.terms import Glossary, Term
from dragoman.translation import engines
from dragoman.translation.asking import Asked, Told, ask

DEADLINE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class PlainResult:
    """The text in the other language; a refused sentence stands in the original."""

    text: str
    findings: tuple[Finding, ...]
    engine: str
    model: str
    refused: int

    def to_json(self) -> dict[str, object]:
        """As `dragoman translate --json` prints it."""
        return {
            "text": self.text,
            "findings": [asdict(finding) for finding in self.findings],
            "engine": self.engine,
            "model": self.model,
            "refused": self.refused,
        }


def translate_text(
    text: str, source: str, target: str, *, markup: bool = False, glossary: Glossary | None = None
) -> PlainResult:
    """Translate a text or an HTML fragment, honouring a glossary. Raises EngineError, UnsupportedPair among them."""
    blocks = blocks_from_html(text) if markup else normal_blocks(plain(line) for line in text.split("\n\n"))
    bounded = [with_sentences(block, source) for block in blocks]
    sentences = [asked for block in bounded for asked in _sentences(block, glossary)]
    router = engines.router()
    told = ask(sentences, Pair(source, target), router.translate, DEADLINE_SECONDS)
    waiting = iter(told)
    done = [_translated(block, [next(waiting) for _ in block.sentences]) for block in bounded]
    written = html_from_blocks(done) if markup else "\n\n".join(block.text for block in done)
    answered = next((each for each in told if each.engine), None)
    return PlainResult(
        text=written,
        findings=tuple(finding for each in told for finding in each.findings),
        engine=answered.engine if answered else "",
        model=answered.model if answered else "",
        refused=sum(each.verdict is Verdict.REFUSE for each in told),
    )


def _sentences(block: Block, glossary: Glossary | None = None) -> list[Asked]:
    return [
        Asked(text, within(block.ranges, start, end), _terms_in(text, glossary))
        for start, end in block.sentences
        for text in (block.text[start:end],)
    ]


def _terms_in(text: str, glossary: Glossary | None) -> tuple[Term, ...]:
    found = glossary.find(text) if glossary else ()
    return tuple(dict.fromkeys(each.term for each in found))


def _translated(block: Block, told: list[Told]) -> Block:
    asked = _sentences(block)
    return compose_block(block, [_placed(*pair) for pair in zip(asked, told, strict=True)])


def _placed(asked: Asked, told: Told) -> TargetText:
    if told.verdict is Verdict.REFUSE:
        return TargetText(asked.text, asked.ranges)
    return TargetText(told.text, project(asked.text, asked.ranges, told.text, told.fragments)[0])
