"""From sentences to checked targets: protect, ask the engine once, restore, examine, and ask again where refused.

Nothing here touches the database: engines never run inside a transaction.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dragoman.engines.errors import EngineError
from dragoman.engines.protocol import Answer, Pair, Request
from dragoman.fidelity.findings import Finding, Severity, Verdict
from dragoman.fidelity.gate import Pairing, examine, examine_all, verdict
from dragoman.text.blocks import Range
from dragoman.text.casing import in_capitals, in_sentence_case, is_shouted
from dragoman.text.gender import disagrees
from dragoman.text.honouring import Rendering, honour, is_plural_of, occurrences
from dragoman.text.localise import localise
from dragoman.text.placeholders import PlaceholderLost, Protected, pieces, protect, restore
from dragoman.text.projection import project
from dragoman.text.sentences import clauses
from dragoman.text.spans import DESTROYED, Span, find
from dragoman.text.terms import Found, Glossary, Term, places

LONGEST_ASKED = 600  # characters; a longer sentence is cut at clauses: engines truncate silently


@dataclass(frozen=True, slots=True)
class Asked:
    """A sentence to translate, with its formatting (ranges relative to it) and the terms that stand in it."""

    text: str
    ranges: tuple[Range, ...] = ()
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What came back, checked. `text` is kept even when refused, to explain."""

    text: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    fragments: dict[str, str] = field(default_factory=dict)
    engine: str = ""
    model: str = ""
    hops: int = 0
    retries: int = 0


Translate = Callable[[Request], Answer]


def ask(sentences: Sequence[Asked], pair: Pair, translate: Translate, deadline: float) -> list[Told]:
    """Targets for sentences, in order: one logical request; those the gate refuses are asked again once, cut
    around what was lost, then asked of another engine. Raises EngineError when the engine fails as a whole."""
    questions = [_question(sentence, pair) for sentence in sentences]
    asked = _answers(questions, pair, translate, deadline)
    first = _told(questions, asked, pair)
    refused = [index for index, told in enumerate(first) if told.verdict is Verdict.REFUSE]
    again = {index: _question(sentences[index], pair, careful=True) for index in refused}
    for index in (index for index, told in enumerate(first) if _lacks_figures(told)):
        careful = _question(sentences[index], pair, careful=True)
        if careful.texts != questions[index].texts:
            again[index] = careful
    if again:
        _ask_again(first, again, pair, translate, deadline)
    if refused:
        _ask_another(first, refused, sentences, pair, translate, deadline)
    unkept = [index for index, told in enumerate(first) if _misses_terms(told)]
    if unkept:
        _ask_with_terms(first, unkept, sentences, pair, translate, deadline)
    return first


def _misses_terms(told: Told) -> bool:
    return any(finding.check == "terms" for finding in told.findings)


def _lacks_figures(told: Told) -> bool:
    """Doubted for a number: what engines leave out of long sentences they often have when these are cut."""
    return any(each.check == "numbers" and each.severity is Severity.DOUBTFUL for each in told.findings)


def _ask_with_terms(
    told: list[Told],
    unkept: Sequence[int],
    sentences: Sequence[Asked],
    pair: Pair,
    translate: Translate,
    deadline: float,
) -> None:
    """Ask with the approved targets put into the sentence, and what is never translated as a placeholder. Kept
    only where that mends the terms and costs nothing else."""
    questions = [_question_with_terms(sentences[index], pair) for index in unkept]
    try:
        answers = _answers(questions, pair, translate, deadline)
    except EngineError:
        return
    for index, second in zip(unkept, _told(questions, answers, pair), strict=True):
        second = replace(second, retries=told[index].retries + 1)
        others = sum(finding.check != "terms" for finding in told[index].findings)
        if (
            not _misses_terms(second)
            and not _has_other_gender(second.text, sentences[index], pair)
            and second.verdict is not Verdict.REFUSE
            and len(second.findings) <= others
        ):
            told[index] = second
        else:
            told[index] = replace(told[index], retries=told[index].retries + 1)


def _has_other_gender(target: str, sentence: Asked, pair: Pair) -> bool:
    """Whether an article before an approved target shows another gender than the target's: engines guess the gender
    of words they do not know."""
    return any(
        disagrees(target[:start], target[start:end], pair.target)
        for term in sentence.terms
        for start, end in places(target, () if term.keep else term.targets, pair.target)
    )


def _ask_again(
    told: list[Told],
    questions: "Mapping[int, _Question]",
    pair: Pair,
    translate: Translate,
    deadline: float,
) -> None:
    """Second questions differ from the first: cut around protected spans, at clauses, in sentence case, and with
    placeholders for measures in brackets. Kept where they are better."""
    try:
        answers = _answers([*questions.values()], pair, translate, deadline)
    except EngineError:
        return
    for index, second in zip(questions, _told([*questions.values()], answers, pair), strict=True):
        taken = second if _is_better(second, told[index]) else told[index]
        told[index] = replace(taken, retries=1)


def _is_better(second: Told, first: Told) -> bool:
    """By the verdict; of two that are doubted, by the number of findings."""
    if second.verdict is first.verdict:
        return second.verdict is Verdict.DOUBTFUL and len(second.findings) < len(first.findings)
    return _WORSE.index(second.verdict) < _WORSE.index(first.verdict)


_WORSE = (Verdict.PASS, Verdict.DOUBTFUL, Verdict.REFUSE)


def _ask_another(
    told: list[Told],
    refused: Sequence[int],
    sentences: Sequence[Asked],
    pair: Pair,
    translate: Translate,
    deadline: float,
) -> None:
    """Ask what is still refused of an engine that has not said it, if there is one."""
    still = [index for index in refused if told[index].verdict is Verdict.REFUSE and told[index].engine]
    if not still:
        return
    spoken = frozenset(name for index in still for name in told[index].engine.split("+"))
    questions = [_question(sentences[index], pair) for index in still]
    try:
        answers = _answers(questions, pair, translate, deadline, avoid=spoken)
    except EngineError:
        return
    for index, third in zip(still, _told(questions, answers, pair), strict=True):
        third = replace(third, retries=told[index].retries + 1)
        if third.verdict is not Verdict.REFUSE:
            told[index] = third


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of the sentence: asked (protected) or kept as it is."""

    protected: Protected | None
    kept: str = ""


@dataclass(frozen=True, slots=True)
class _Question:
    sentence: Asked
    parts: tuple[_Part, ...]
    fragments: tuple[str, ...]
    terms: tuple[str, ...] = ()  # asked by themselves, so that the engine's own wording is known
    shouted: str = ""  # the language of a sentence in capitals: asked in sentence case

    @property
    def texts(self) -> tuple[str, ...]:
        fragments = (
            in_sentence_case(text, self.shouted) if self.shouted else text for text in self.fragments
        )
        return (
            *(part.protected.text for part in self.parts if part.protected),
            *fragments,
            *self.terms,
        )


def _question(sentence: Asked, pair: Pair, *, careful: bool = False) -> _Question:
    spans = _destroyed(sentence, pair.source)
    asides = _asides(sentence.text, pair.source) if careful and not spans else []
    if asides:
        return _put(sentence, sentence.text, asides, pair)
    return _put(sentence, sentence.text, spans, pair, careful=careful)


def _put(
    sentence: Asked, text: str, spans: Sequence[Span], pair: Pair, *, careful: bool = False
) -> _Question:
    """The question for a sentence that is asked as `text`."""
    kept = [(span.start, span.end) for span in spans]
    shouted = pair.source if is_shouted(text, kept) else ""
    parts = _parts(in_sentence_case(text, shouted, kept) if shouted else text, spans, careful=careful)
    if not any(part.protected for part in parts):
        return _Question(sentence, parts, (), (), shouted)
    return _Question(sentence, parts, _fragments(sentence), _wordings(sentence, pair), shouted)


def _wordings(sentence: Asked, pair: Pair) -> tuple[str, ...]:
    """The sentence's terms in their dictionary form and as they stand in it."""
    found = occurrences(_found(sentence.text, sentence, pair))
    own = (
        wording for term, there in found.items() for wording in (term.wordings[0], *(p.text for p in there))
    )
    return tuple(dict.fromkeys(own))


def _found(text: str, sentence: Asked, pair: Pair) -> tuple[Found, ...]:
    return Glossary(sentence.terms, pair.source).find(text) if sentence.terms else ()


def _question_with_terms(sentence: Asked, pair: Pair) -> _Question:
    text, kept = sentence.text, []
    spans = _destroyed(sentence, pair.source)
    for each in reversed(_found(text, sentence, pair)):
        if each.term.keep:
            kept.append(Span(each.start, each.end, "code", each.text))
        elif each.term.targets and not any(s.start < each.end and each.start < s.end for s in spans):
            wording = _begun(each.term.targets[0], sentence.text, each.start)
            text = text[: each.start] + wording + text[each.end :]
            moved = len(wording) - (each.end - each.start)
            spans, kept = (
                [_moved(span, moved) if span.start >= each.end else span for span in group]
                for group in (spans, kept)
            )
    free = [s for s in spans if not any(k.start < s.end and s.start < k.end for k in kept)]
    return _put(sentence, text, sorted([*free, *kept], key=lambda span: span.start), pair)


def _begun(wording: str, text: str, start: int) -> str:
    """The wording with a capital where it begins a sentence that has one."""
    begins = not any(map(str.isalnum, text[:start])) and text[start : start + 1].isupper()
    return wording[:1].upper() + wording[1:] if begins else wording


def _moved(span: Span, by: int) -> Span:
    return replace(span, start=span.start + by, end=span.end + by)


def _destroyed(sentence: Asked, language: str) -> list[Span]:
    return [span for span in find(sentence.text, language, sentence.ranges) if span.kind in DESTROYED]


_BRACKETED = re.compile(r"[(\[][^()\[\]]{1,60}[)\]]")


def _asides(text: str, language: str) -> list[Span]:
    """Measures in brackets behind another ("645 miles (1040 km)"): engines leave them out. As placeholders they come
    back, and are written in the target's form then."""
    return [
        Span(found.start(), found.end(), "code", found[0])
        for found in _BRACKETED.finditer(text)
        if _says_only_figures(found[0], language)
    ]


def _says_only_figures(text: str, language: str) -> bool:
    measures = [each for each in find(text, language) if each.kind in ("number", "quantity")]
    rest = "".join(
        character for at, character in enumerate(text) if not any(m.start <= at < m.end for m in measures)
    )
    return bool(measures) and not any(map(str.isalnum, rest))


def _parts(text: str, spans: Sequence[Span], *, careful: bool) -> tuple[_Part, ...]:
    if careful and spans:
        return tuple(
            part
            for piece in pieces(text, spans)
            for part in (_clause_parts(piece.text, ()) if piece.span is None else [_Part(None, piece.text)])
        )
    return tuple(_clause_parts(text, spans, limit=120 if careful else LONGEST_ASKED))


def _clause_parts(text: str, spans: Sequence[Span], limit: int = LONGEST_ASKED) -> list[_Part]:
    """The text cut at clauses where it is longer than `limit`; white space between them is kept."""
    parts, before = [], 0
    for start, end in clauses(text, limit) if len(text) > limit else ((0, len(text)),):
        parts += [_Part(None, text[before:start])] if start > before else []
        inside = [
            replace(span, start=span.start - start, end=span.end - start)
            for span in spans
            if start <= span.start and span.end <= end
        ]
        parts += _spoken(text[start:end], inside)
        before = end
    return [*parts, *([_Part(None, text[before:])] if before < len(text) else [])]


def _spoken(text: str, spans: Sequence[Span]) -> list[_Part]:
    """What has no letters outside protected spans says the same in every language."""
    bare, before = "", 0
    for span in spans:
        bare += text[before : span.start]
        before = span.end
    bare += text[before:]
    if not any(character.isalpha() for character in bare):
        return [_Part(None, text)]
    lead = len(text) - len(text.lstrip())
    tail = len(text.rstrip())
    moved = [replace(span, start=span.start - lead, end=span.end - lead) for span in spans]
    inner = [_Part(protect(text[lead:tail], moved))]
    return [
        *([_Part(None, text[:lead])] if lead else []),
        *inner,
        *([_Part(None, text[tail:])] if tail < len(text) else []),
    ]


def _fragments(sentence: Asked) -> tuple[str, ...]:
    """Formatted stretches asked by themselves, so that formatting finds its place in the target."""
    stretches = {
        sentence.text[each.start : each.end]
        for each in sentence.ranges
        if each.kind != "code" and (each.start, each.end) != (0, len(sentence.text))
    }
    return tuple(sorted(text for text in stretches if text.strip() and len(text) <= LONGEST_ASKED))


def _answers(
    questions: Sequence[_Question],
    pair: Pair,
    translate: Translate,
    deadline: float,
    *,
    avoid: frozenset[str] = frozenset(),
) -> list[Answer | None]:
    """One engine request for all questions; None for those that ask nothing."""
    texts = tuple(text for question in questions for text in question.texts)
    if not texts:
        return [None] * len(questions)
    terms = dict.fromkeys(term for question in questions for term in question.sentence.terms)
    whole = translate(Request(pair, texts, deadline, avoid, tuple(terms)))
    answers: list[Answer | None] = []
    place = 0
    for question in questions:
        count = len(question.texts)
        answers.append(replace(whole, texts=whole.texts[place : place + count]) if count else None)
        place += count
    return answers


def _told(questions: Sequence[_Question], answers: Iterable[Answer | None], pair: Pair) -> list[Told]:
    """What came back of each question, all of it examined together."""
    told = [_restored(question, answer, pair) for question, answer in zip(questions, answers, strict=True)]
    whole = [number for number, each in enumerate(told) if each.verdict is not Verdict.REFUSE]
    pairings = [
        _pairing(questions[number].sentence, told[number].text, told[number].fragments, pair)
        for number in whole
    ]
    for number, findings in zip(whole, examine_all(pairings), strict=True):
        told[number] = replace(told[number], verdict=verdict(findings), findings=findings)
    return told


def _restored(question: _Question, answer: Answer | None, pair: Pair) -> Told:
    """What came back, whole and in the target's forms, not examined yet; refused where a part is missing."""
    engine = (answer.engine, answer.model, answer.hops) if answer else ("", "", 0)
    texts = list(answer.texts) if answer else []
    asked = sum(part.protected is not None for part in question.parts)
    if not all(text.strip() for text in texts[:asked]):
        # What an engine refused of a cut sentence would be missing, and the rest might pass for the whole.
        return Told("", Verdict.REFUSE, (_unanswered(),), {}, *engine)
    try:
        target = "".join(
            restore(texts.pop(0), part.protected) if part.protected else part.kept for part in question.parts
        ).strip()
    except PlaceholderLost as lost:
        return Told("", Verdict.REFUSE, (_lost(lost),), {}, *engine)
    count = len(question.fragments)
    fragments = dict(zip(question.fragments, (text.strip() for text in texts[:count]), strict=True))
    own_words = dict(zip(question.terms, texts[count:], strict=True))
    target = _own_forms(question, question.sentence.text, target, own_words, pair)
    fragments = {
        source: _own_forms(question, source, text, own_words, pair) for source, text in fragments.items()
    }
    return Told(target, Verdict.PASS, (), fragments, *engine)


def _own_forms(question: _Question, source: str, answer: str, own_words: dict[str, str], pair: Pair) -> str:
    """The answer with the approved wordings, as the target's language writes it, in capitals where the source is."""
    sentence = question.sentence
    target = _honoured(source, answer, sentence, own_words, pair)
    codes = (sentence.text[each.start : each.end] for each in sentence.ranges if each.kind == "code")
    approved = (each for term in sentence.terms for each in (term.wordings if term.keep else term.targets))
    target = localise(source, target, pair.source, pair.target, (*codes, *approved)).text
    if not question.shouted:
        return target
    kept = [(span.start, span.end) for span in find(target, pair.target) if span.kind in DESTROYED]
    return in_capitals(target, pair.target, kept)


def _honoured(source: str, target: str, sentence: Asked, own_words: dict[str, str], pair: Pair) -> str:
    """The target with the approved wording of each term, where it is certain what stands for it."""
    for term, own in occurrences(_found(source, sentence, pair)).items():
        asked = dict.fromkeys((term.wordings[0], *(place.text for place in own)))
        renderings = [
            Rendering(
                own_words[each],
                each.casefold() == term.wordings[0].casefold(),
                is_plural_of(each, term.wordings[0], pair.source),
            )
            for each in asked
            if each in own_words
        ]
        target = honour(target, term, len(own), renderings, pair.target)
    return target


def check(sentence: Asked, target: str, fragments: dict[str, str], pair: Pair) -> tuple[Finding, ...]:
    """What the gate notices about a target of a sentence."""
    return examine(_pairing(sentence, target, fragments, pair))


def _pairing(sentence: Asked, target: str, fragments: dict[str, str], pair: Pair) -> Pairing:
    placed, _ = project(sentence.text, sentence.ranges, target, fragments)
    return Pairing(
        source=sentence.text,
        target=target,
        source_language=pair.source,
        target_language=pair.target,
        source_ranges=sentence.ranges,
        target_ranges=placed,
        terms=sentence.terms,
    )


def _unanswered() -> Finding:
    return Finding(check="empty", severity=Severity.REFUSE, message="The translation is empty.", code="empty")


def _lost(lost: PlaceholderLost) -> Finding:
    return Finding(
        check="placeholders",
        severity=Severity.REFUSE,
        message=f"The engine lost or doubled a protected part ({lost}).",
        source=(),
        target=(),
    )
