"""Are the glossary's terms honoured?"""

from collections import Counter
from collections.abc import Iterator, Sequence

from dragoman.fidelity.findings import Finding, Pairing, Severity
from dragoman.text.terms import Found, Glossary, Term, places


class TermsHonoured:
    """For each term of the source: is its approved target there as often, and none that is forbidden? Does what is
    never translated stand as written? Doubted, never refused: an editor may know better than the glossary."""

    name = "terms"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        if not pairing.terms:
            return
        found = Glossary(pairing.terms, pairing.source_language).find(pairing.source)
        for term in dict.fromkeys(each.term for each in found):
            own = [each for each in found if each.term == term]
            if term.keep:
                yield from self._kept(pairing, own)
            else:
                yield from self._forbidden(pairing, term, own)
                yield from self._approved(pairing, term, own)

    def _kept(self, pairing: Pairing, own: Sequence[Found]) -> Iterator[Finding]:
        for text, count in Counter(each.text for each in own).items():
            if pairing.target.count(text) < count:
                yield Finding(
                    self.name,
                    Severity.DOUBTFUL,
                    f"“{text}” is never translated, but does not stand in the translation as written.",
                    tuple((each.start, each.end) for each in own if each.text == text),
                    (),
                    "term_altered",
                    {"term": text},
                )

    def _forbidden(self, pairing: Pairing, term: Term, own: Sequence[Found]) -> Iterator[Finding]:
        allowed = places(pairing.target, term.targets, pairing.target_language)
        used = [
            place
            for place in places(pairing.target, term.forbidden, pairing.target_language)
            if not any(start <= place[0] and place[1] <= end for start, end in allowed)
        ]
        if used:
            words = pairing.target[slice(*used[0])]
            yield Finding(
                self.name,
                Severity.DOUBTFUL,
                f"The glossary forbids “{words}” for “{own[0].text}”.",
                tuple((each.start, each.end) for each in own),
                tuple(used),
                "term_forbidden",
                {"term": own[0].text, "used": words},
            )

    def _approved(self, pairing: Pairing, term: Term, own: Sequence[Found]) -> Iterator[Finding]:
        if not term.targets:
            return
        there = places(pairing.target, term.targets, pairing.target_language)
        if len(there) < len(own):
            yield Finding(
                self.name,
                Severity.DOUBTFUL,
                f"The glossary has “{term.targets[0]}” for “{own[0].text}”.",
                tuple((each.start, each.end) for each in own),
                tuple(there),
                "term_missing",
                {"term": own[0].text, "wanted": term.targets[0]},
            )
