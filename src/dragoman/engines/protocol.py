"""What every engine is: texts of one language in, as many texts of another language out."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import permutations, starmap
from typing import Protocol, runtime_checkable

from dragoman.engines.errors import EngineError, TooLong, UnsupportedPair
from dragoman.text.terms import Term


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """Two language tags (BCP 47): from `source` to `target`."""

    source: str
    target: str

    def __str__(self) -> str:
        return f"{self.source}-{self.target}"


@dataclass(frozen=True, slots=True)
class Request:
    """Sentences to translate. `deadline` is in seconds, for all of them together.

    `avoid` names engines that have said something unusable already: the router's to heed. `terms`: the glossary's
    entries that stand in the texts, for engines that can be told of them; whether they were heeded is seen later.
    """

    pair: Pair
    texts: tuple[str, ...]
    deadline: float = 20.0
    avoid: frozenset[str] = frozenset()
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one text of a request, by its place, was not translated."""

    place: int
    error: EngineError


@dataclass(frozen=True, slots=True)
class Answer:
    """`texts` has the length and the order of the request's; `hops` counts the engines gone through.

    A text that was refused while the others were not is "" there, and named in `refusals`.
    """

    texts: tuple[str, ...]
    engine: str
    model: str
    hops: int = 1
    refusals: tuple[Refusal, ...] = ()


@runtime_checkable
class Engine(Protocol):
    """An adapter. Its methods may be called by several threads at once.

    `confidential`: it may be given what is under embargo, for texts never leave this machine or a house one
    trusts. `longest`: characters it takes per text.
    """

    @property
    def name(self) -> str: ...

    @property
    def confidential(self) -> bool: ...

    @property
    def longest(self) -> int: ...

    def pairs(self) -> frozenset[Pair]:
        """Raises EngineError when a server has to be asked for them and does not answer."""
        ...

    def model(self, pair: Pair) -> str:
        """The name of the model that translates `pair`; raises UnsupportedPair."""
        ...

    def translate(self, request: Request) -> Answer:
        """Raises EngineError, and nothing else."""
        ...

    def close(self) -> None:
        """Ends what the engine holds. May be called again."""
        ...


def every_pair(languages: Iterable[str]) -> frozenset[Pair]:
    """All pairs of different languages among these."""
    return frozenset(starmap(Pair, permutations(dict.fromkeys(languages), 2)))


def require_pair(engine: str, pair: Pair, pairs: frozenset[Pair]) -> None:
    """Raises UnsupportedPair unless `pair` is one of `pairs`."""
    if pair not in pairs:
        raise UnsupportedPair(f"The engine “{engine}” has no model from {pair.source} to {pair.target}.")


def require_length(engine: str, texts: tuple[str, ...], longest: int) -> None:
    """Raises TooLong when one of `texts` has more than `longest` characters."""
    length = max(map(len, texts), default=0)
    if length > longest:
        raise TooLong(f"A text of {length} characters is longer than the {longest} that “{engine}” takes.")
