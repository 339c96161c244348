"""LibreTranslate (a server of one's own, or a rented one) over its HTTP API.

Verified live in November 2026: the server of LibreTranslate 1.9.6 itself, with other models behind it. It un-escapes
HTML in whatever it returns, has no Retry-After, and bans for a while who keeps asking too fast.
"""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from dragoman.engines.batches import batches, require_texts, worded
from dragoman.engines.errors import (
    EngineError,
    MalformedAnswer,
    NotAuthorized,
    RateLimited,
    Refused,
    TooLong,
    UnsupportedPair,
)
from dragoman.engines.faithful import settled
from dragoman.engines.forms import NOTRANSLATE
from dragoman.engines.http import Caller, Patience, Said
from dragoman.engines.protocol import Answer, Pair, Request, every_pair, require_pair

KNOWN_SECONDS = 3600.0  # how long a server's list of languages is believed
_LIST_SECONDS = 3.0


class LibreTranslate:
    """`languages` None: the server is asked which pairs it has. `batch` and `characters`: what one call may hold."""

    def __init__(
        self,
        base_url: str,
        *,
        name: str = "libretranslate",
        key: str = "",
        languages: Iterable[str] | None = None,
        confidential: bool = False,
        longest: int = 2000,
        batch: int = 40,
        characters: int = 5000,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = name
        self.confidential = confidential
        self.longest = longest
        self._batch, self._characters = batch, max(characters, longest)
        self._key = key
        self._clock = clock
        self._caller = Caller(
            name, base_url, patience=patience, classify=self._classify, clock=clock, sleep=sleep
        )
        self._fixed = None if languages is None else every_pair(languages)
        self._lock = threading.Lock()
        self._known: frozenset[Pair] | None = None
        self._known_until = 0.0

    def pairs(self) -> frozenset[Pair]:
        """As configured, or as the server says; what it said last is believed while it cannot be reached."""
        if self._fixed is not None:
            return self._fixed
        with self._lock:
            if self._known is None or self._clock() >= self._known_until:
                self._learn()
            assert self._known is not None
            return self._known

    def model(self, pair: Pair) -> str:
        require_pair(self.name, pair, self.pairs())
        return f"{self.name}-{pair}"

    def translate(self, request: Request) -> Answer:
        until = self._caller.until(request.deadline)
        model = self.model(request.pair)
        require_texts(self.name, request.texts, self.longest)
        said = list(request.texts)
        marked = [place for place in worded(request.texts) if NOTRANSLATE.suits(request.texts[place])]
        plain = [place for place in worded(request.texts) if place not in set(marked)]
        for form, places in (("text", plain), ("html", marked)):
            for group in batches(places, request.texts, most=self._batch, characters=self._characters):
                told = self._ask(request.pair, form, [request.texts[place] for place in group], until)
                said[:] = _put(said, group, told)
        return settled(Answer(tuple(said), self.name, model), request.texts)

    def close(self) -> None:
        self._caller.close()

    def _ask(self, pair: Pair, form: str, texts: list[str], until: float) -> list[str]:
        message: dict[str, Any] = {
            "q": [NOTRANSLATE.write(text) for text in texts] if form == "html" else texts,
            "source": pair.source,
            "target": pair.target,
            "format": form,
        }
        if self._key:
            message["api_key"] = self._key
        told = _translations(self._caller.post("/translate", message, until), len(texts))
        return [NOTRANSLATE.read(text) for text in told] if form == "html" else told

    def _learn(self) -> None:
        try:
            self._known = _pairs_told(self._caller.get("/languages", self._caller.until(_LIST_SECONDS)))
            self._known_until = self._clock() + KNOWN_SECONDS
        except EngineError:
            if self._known is None:
                raise

    def _classify(self, said: Said) -> EngineError | None:
        complaint = said.complaint()
        if said.status == 403 and "too many" in complaint:
            return RateLimited(f"“{self.name}” has banned us for a while for asking too fast.")
        if said.status != 400:
            return None
        if "api key" in complaint:
            return NotAuthorized(f"“{self.name}” wants a key.")
        if "exceeds" in complaint and "limit" in complaint:
            return TooLong(f"“{self.name}” takes less at once than it was sent: set a lower limit for it.")
        if "not supported" in complaint or "not available as a target" in complaint:
            return UnsupportedPair(f"“{self.name}” has no model for these languages.")
        return Refused(f"“{self.name}” refused the request (HTTP 400).")


def _put(said: list[str], places: list[int], told: list[str]) -> list[str]:
    for place, text in zip(places, told, strict=True):
        said[place] = text
    return said


def _pairs_told(told: object) -> frozenset[Pair]:
    """`[{"code": "en", "targets": ["en", "fr", …]}, …]`. Raises MalformedAnswer."""
    if not isinstance(told, list):
        raise MalformedAnswer("The server's list of languages is not a list.")
    found = set()
    for language in told:
        code, targets = (
            (language.get("code"), language.get("targets", [])) if isinstance(language, dict) else (None, [])
        )
        if isinstance(code, str) and isinstance(targets, list):
            found |= {Pair(code, other) for other in targets if isinstance(other, str) and other != code}
    return frozenset(found)


def _translations(told: object, count: int) -> list[str]:
    texts = told.get("translatedText") if isinstance(told, dict) else None
    if not isinstance(texts, list) or len(texts) != count or not all(isinstance(text, str) for text in texts):
        raise MalformedAnswer("The server's answer is not one translation per text.")
    return texts
