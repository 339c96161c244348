"""Which engine, or which two through English, translate from one language to another."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from time import monotonic
from typing import TypeAlias

from dragoman.engines.errors import EngineError, TimedOut, UnsupportedPair
from dragoman.engines.protocol import Answer, Engine, Pair, Refusal, Request
from dragoman.text.variants import forms_read, written_form

log = logging.getLogger(__name__)

PIVOT = "en"


@dataclass(frozen=True, slots=True)
class Route:
    """The engines to go through, one after the other, each with the pair in its own tags."""

    hops: tuple[tuple[Engine, Pair], ...]

    @property
    def through(self) -> tuple[str, ...]:
        """The languages between source and target."""
        return tuple(pair.target for _, pair in self.hops[:-1])


class Router:
    """Engines in order of preference. Itself an engine to whoever asks for translations.

    Variants of a language are one language here ("pt-BR" goes to an engine that has "pt"), unless they are
    written in different scripts.
    """

    name = "router"

    def __init__(self, engines: Sequence[Engine]) -> None:
        self._engines = tuple(engines)

    @property
    def engines(self) -> tuple[Engine, ...]:
        return self._engines

    @property
    def confidential(self) -> bool:
        return all(engine.confidential for engine in self._engines)

    @property
    def reads_together(self) -> bool:
        """Whether a text of a request may sway what is said of another: a language model reads them all, also what is
        in them for it."""
        return any(getattr(engine, "reads_together", False) for engine in self._engines)

    @property
    def longest(self) -> int:
        """What every engine takes: a text of this length can take any route."""
        return min((engine.longest for engine in self._engines), default=0)

    def pairs(self) -> frozenset[Pair]:
        """What can be translated, directly or through English, in the engines' own tags."""
        direct = frozenset[Pair]().union(*(own for _, own in _offers(self._engines, [])))
        sources = {pair.source for pair in direct if base_language(pair.target) == PIVOT}
        targets = {pair.target for pair in direct if base_language(pair.source) == PIVOT}
        pivots = {Pair(source, target) for source in sources for target in targets if _differ(source, target)}
        return direct | pivots

    def route(self, pair: Pair, confidential_only: bool = False) -> Route | None:
        """The preferred way: the first engine that has the pair, else the first two through English."""
        return next(self._routes(pair, confidential_only), None)

    def model(self, pair: Pair) -> str:
        route = self._require_route(pair, False)
        return "+".join(engine.model(own) for engine, own in route.hops)

    def translate(self, request: Request, confidential_only: bool = False) -> Answer:
        """Tries one way after the other, while there is time: the engines that have the pair, then pivots.

        When all ways fail: the error that may pass if there is one, for the caller to try again, else the
        preferred way's. Raises UnsupportedPair when no engine, or no confidential one, has the pair.
        """
        until = monotonic() + request.deadline
        failures: list[EngineError] = []
        tried = False
        for route in self._routes(request.pair, confidential_only, request.avoid, failures):
            if tried and monotonic() >= until:
                break
            tried = True
            try:
                return _follow(route, request, until)
            except EngineError as error:
                # The next engine may do as well, so that nobody would learn of a quota that is used up.
                log.warning("%s: %s: %s", request.pair, error.code, error)
                failures.append(error)
        if not failures:
            raise _unsupported(request.pair, confidential_only)
        raise next((error for error in failures if error.retryable), failures[0])

    def close(self) -> None:
        for engine in self._engines:
            engine.close()

    def _require_route(self, pair: Pair, confidential_only: bool) -> Route:
        route = self.route(pair, confidential_only)
        if route is None:
            raise _unsupported(pair, confidential_only)
        return route

    def _routes(
        self,
        pair: Pair,
        confidential_only: bool,
        avoid: frozenset[str] = frozenset(),
        failures: list[EngineError] | None = None,
    ) -> Iterator[Route]:
        """The ways, best first. `failures` gets the errors of engines that could not say which pairs they have."""
        if not _differ(pair.source, pair.target):
            return
        engines = [
            engine
            for engine in self._engines
            if (engine.confidential or not confidential_only) and engine.name not in avoid
        ]
        offers = _offers(engines, [] if failures is None else failures)
        for hop in _hops(offers, pair):
            yield Route((hop,))
        if PIVOT in (base_language(pair.source), base_language(pair.target)):
            return
        for first in _hops(offers, Pair(pair.source, PIVOT)):
            for second in _hops(offers, Pair(PIVOT, pair.target)):
                if _differ(pair.source, second[1].target):
                    yield Route((first, second))


_Offers: TypeAlias = Sequence[tuple[Engine, frozenset[Pair]]]


def _offers(engines: Sequence[Engine], failures: list[EngineError]) -> _Offers:
    offers = []
    for engine in engines:
        try:
            offers.append((engine, engine.pairs()))
        except EngineError as error:
            failures.append(error)
    return offers


def _unsupported(pair: Pair, confidential_only: bool) -> UnsupportedPair:
    kind = "confidential engine" if confidential_only else "engine"
    return UnsupportedPair(f"No {kind} translates from {pair.source} to {pair.target}.")


def base_language(tag: str) -> str:
    """A language tag without its region, in small letters; a script that is not the usual one stays.

    "pt-BR" → "pt", "zh-Hant-HK" and "zh-TW" → "zh-hant", "no" → "nb".
    """
    return written_form(tag)


def _differ(source: str, target: str) -> bool:
    return base_language(source) != base_language(target)


def _hops(offers: _Offers, pair: Pair) -> Iterator[tuple[Engine, Pair]]:
    """Each engine that has the pair, with its own tags for it: the very same, else of the same languages."""
    for engine, pairs in offers:
        own = _own_pair(pairs, pair)
        if own is not None:
            yield engine, own


def _own_pair(pairs: frozenset[Pair], pair: Pair) -> Pair | None:
    if pair in pairs:
        return pair
    own = {(base_language(each.source), base_language(each.target)): each for each in _plainest_last(pairs)}
    forms = product(forms_read(pair.source), forms_read(pair.target))
    return next((own[each] for each in forms if each in own), None)


def _plainest_last(pairs: frozenset[Pair]) -> list[Pair]:
    """ "pt" rather than "pt-PT" for "pt-BR"."""
    return sorted(pairs, key=lambda own: (len(str(own)), own), reverse=True)


def _follow(route: Route, request: Request, until: float) -> Answer:
    """Terms are of the pair that was asked for: no engine on the way through English is told of them."""
    answers: list[Answer] = []
    texts = request.texts
    terms = request.terms if len(route.hops) == 1 else ()
    for engine, pair in route.hops:
        remaining = until - monotonic()
        if remaining <= 0:
            raise TimedOut("The engines before this one used up the time.")
        answers.append(engine.translate(Request(pair, texts, remaining, terms=terms)))
        texts = answers[-1].texts
    return replace(
        answers[-1],
        engine="+".join(answer.engine for answer in answers),
        model="+".join(answer.model for answer in answers),
        hops=sum(answer.hops for answer in answers),
        refusals=_refusals(answers),
    )


def _refusals(answers: Sequence[Answer]) -> tuple[Refusal, ...]:
    """What the first hop refused is empty on all others."""
    first = {refusal.place: refusal for answer in reversed(answers) for refusal in answer.refusals}
    return tuple(first[place] for place in sorted(first))
