"""The embedded engine: Firefox's models on this machine, in processes that can be killed.

fxtranslate holds the GIL, is bound to its thread, can take ten seconds for one text and may die of a bad one;
so it runs in child processes, one text at a time. A request's texts are spread over the children that are
free; when others wait, a child goes back after every text.
"""

import selectors
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dragoman.engines.children import COMMAND, Load, Pool, said_to_be_wrong
from dragoman.engines.errors import Crashed, DamagedModel, EngineError, MalformedAnswer, TimedOut, Unavailable
from dragoman.engines.faithful import settled, wordless
from dragoman.engines.model_files import ModelFiles, recorded_sums
from dragoman.engines.mother import Child
from dragoman.engines.protocol import Answer, Pair, Refusal, Request, require_length, require_pair
from dragoman.engines.spelling import Spelled, joined, pieces, restored, spelled, with_capitals
from dragoman.engines.vocabulary import alphabet
from dragoman.engines.wire import BrokenWire, Message

MEMORY = 512 << 20  # bytes, of all models; the processes have them in common
_TRIES = 2  # of a text that a process died of
_GROWTH = 1.75  # bytes of memory per byte of a model's files: 34 to 39 MB for 22.4 MB (measured)


@dataclass(frozen=True, slots=True)
class _Room:
    """What is held at once: so many models, so many bytes of them. One model always has room."""

    models: int
    bytes: int

    def forgotten(self, loaded: Mapping[Pair, int], size: int) -> tuple[Pair, ...]:
        """What has to be forgotten, least recently used first, before `size` bytes are loaded."""
        kept, total = len(loaded), sum(loaded.values())
        forgotten: list[Pair] = []
        for pair, own in loaded.items():
            if kept < self.models and total + size <= self.bytes:
                break
            forgotten.append(pair)
            kept, total = kept - 1, total - own
        return tuple(forgotten)


class EmbeddedEngine:
    """fxtranslate in a pool of child processes, started when first needed and replaced when they die.

    `longest` is in characters: 2,000 without a space take it about six seconds. The models, at most `models_at_once`,
    stay within `memory` bytes, and those used last are kept; any number of processes hold each of them once.
    """

    name = "embedded"
    confidential = True

    def __init__(
        self,
        models: Iterable[ModelFiles],
        *,
        processes: int = 2,
        longest: int = 2000,
        models_at_once: int = 16,
        memory: int = MEMORY,
        idle_seconds: float = 600.0,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self.longest = longest
        self._models = {files.pair: files for files in models}
        self._room = _Room(models_at_once, memory)
        self._pool = Pool(processes, idle_seconds, self._load, command)

    def pairs(self) -> frozenset[Pair]:
        return frozenset(self._models)

    def model(self, pair: Pair) -> str:
        require_pair(self.name, pair, self.pairs())
        return self._models[pair].name

    def translate(self, request: Request) -> Answer:
        """Texts without a letter or digit are answered as they are: the models make things up for them."""
        model = self.model(request.pair)
        require_length(self.name, request.texts, self.longest)
        files = self._models[request.pair]
        read, written = self._alphabets(request.pair)
        until = time.monotonic() + request.deadline
        asked = [spelled(text, read) for text in request.texts]
        said = self._said(files, [each.text for each in asked], request, until)
        whole: list[str] = []
        refused: list[Refusal] = []
        for place, (each, text) in enumerate(zip(asked, said, strict=True)):
            try:
                own = self._whole(each, text, files, request, until)
                whole.append(with_capitals(request.texts[place], own, written))
            except MalformedAnswer as error:
                whole.append("")
                refused.append(Refusal(place, error))
        return settled(Answer(tuple(whole), self.name, model), request.texts, refused)

    def _alphabets(self, pair: Pair) -> tuple[frozenset[str] | None, frozenset[str] | None]:
        """What the model can read, and what it can write."""
        files = self._models[pair]
        return alphabet(files.vocab_source), alphabet(files.vocab_target)

    def _said(
        self, files: ModelFiles, texts: Sequence[str], request: Request, until: float
    ) -> tuple[str, ...]:
        remaining = max(0.0, until - time.monotonic())
        own = replace(request, texts=tuple(texts), deadline=remaining)
        return _Batch(self._pool, files, own).translated()

    def _whole(self, asked: Spelled, said: str, files: ModelFiles, request: Request, until: float) -> str:
        """The answer with what the model cannot spell put back; asked once more around that where it was lost."""
        try:
            return restored(asked, said)
        except MalformedAnswer:
            return joined(asked, _trimmed(cut := pieces(asked), self._said(files, cut, request, until)))

    def warm(self, pairs: Iterable[Pair]) -> int:
        """Loads models before they are needed, the most wanted first and as many as there is room for.

        Gives how many were loaded. A model that cannot be is left for the request that needs it to tell.
        """
        wanted = self._fitting(pairs)
        for pair in wanted:
            self._alphabets(pair)
        return sum(map(self._warm, reversed(wanted)))  # the most wanted last, for it is to be forgotten last

    def pids(self) -> tuple[int, ...]:
        """The engine processes that live now."""
        return self._pool.pids()

    def close(self) -> None:
        """Ends every engine process. Whoever waits for a translation is told Unavailable."""
        self._pool.close()

    def _fitting(self, pairs: Iterable[Pair]) -> list[Pair]:
        room, fitting = self._room.bytes, list[Pair]()
        for pair in dict.fromkeys(pairs):
            if pair in self._models and len(fitting) < self._room.models:
                room -= _in_memory(self._models[pair])
                if room < 0 and fitting:
                    break
                fitting.append(pair)
        return fitting

    def _warm(self, pair: Pair) -> bool:
        try:
            return self._pool.provide(pair)
        except EngineError:
            return False

    def _load(self, pair: Pair, loaded: Mapping[Pair, int]) -> Load:
        """Raises DamagedModel when the recorded sums cannot be read."""
        files = self._models[pair]
        try:
            sums = dict(recorded_sums(files))
        except ValueError as error:
            raise DamagedModel(str(error)) from error
        size = _in_memory(files)
        forgotten = self._room.forgotten(loaded, size)
        order = {
            "load": str(pair),
            "files": files.by_role(),
            "sums": sums,
            "drop": list(map(str, forgotten)),
        }
        return Load(order, size, forgotten)


def _trimmed(cut: Sequence[str], said: Sequence[str]) -> list[str]:
    """What was said to each piece, between the white space that the piece has."""
    return [
        text[: len(text) - len(text.lstrip())] + answer.strip() + text[len(text.rstrip()) :]
        if text.strip()
        else text
        for text, answer in zip(cut, said, strict=True)
    ]


def _in_memory(files: ModelFiles) -> int:
    return int(files.bytes * _GROWTH)


class _Batch:
    """One request on its way: which texts are to do, and which child has which in hand."""

    def __init__(self, pool: Pool, files: ModelFiles, request: Request) -> None:
        self._pool = pool
        self._files = files
        self._pair = request.pair
        self._texts = request.texts
        self._until = time.monotonic() + request.deadline
        self._deadline = request.deadline
        self._said: dict[int, str] = {}
        self._todo: deque[int] = deque()
        self._tries: dict[int, int] = {}
        self._in_hand: dict[Child, int] = {}
        self._selector = selectors.DefaultSelector()

    def translated(self) -> tuple[str, ...]:
        for place, text in enumerate(self._texts):
            if wordless(text):
                self._said[place] = text
            else:
                self._todo.append(place)
        try:
            self._run()
        finally:
            for child in tuple(self._in_hand):  # only after an error: what they would say is nobody's
                self._drop(child)
            self._selector.close()
        return tuple(self._said[place] for place in range(len(self._texts)))

    def _run(self) -> None:
        while self._todo or self._in_hand:
            self._recruit()
            for child in self._speaking():
                self._listen(child)

    def _recruit(self) -> None:
        """Gives texts to children: waits for the first child, takes more only when they are free."""
        while self._todo:
            child = self._pool.lease_spare(self._pair) if self._in_hand else self._lease()
            if child is None:
                return
            self._employ(child)

    def _lease(self) -> Child:
        return self._pool.lease(self._pair, self._until)

    def _employ(self, child: Child) -> None:
        self._in_hand[child] = place = self._todo.popleft()
        self._selector.register(child, selectors.EVENT_READ)
        self._tries[place] = self._tries.get(place, 0) + 1
        try:
            child.send(self._text_order(place))
        except BrokenWire:
            self._died(child)

    def _speaking(self) -> list[Child]:
        if not self._in_hand:
            return []
        events = self._selector.select(max(0.0, self._until - time.monotonic()))
        if not events and time.monotonic() >= self._until:
            raise TimedOut(f"The embedded engine gave no answer within {self._deadline:.3g} seconds.")
        return [key.fileobj for key, _ in events if isinstance(key.fileobj, Child)]

    def _listen(self, child: Child) -> None:
        try:
            message = child.receive()
        except BrokenWire:
            self._died(child)
            return
        if message is not None:
            self._understand(child, message)

    def _understand(self, child: Child, message: Message) -> None:
        if isinstance(message.get("text"), str):
            self._said[self._in_hand[child]] = message["text"]
            self._free(child)
        elif message.get("error") == Crashed.code:
            self._died(child)
        else:
            self._free(child)
            raise said_to_be_wrong(message)

    def _free(self, child: Child) -> None:
        """A child goes on with the next text, or back to the pool when there is none or others wait."""
        del self._in_hand[child]
        self._selector.unregister(child)
        if self._todo and not self._pool.contended:
            self._employ(child)
        else:
            self._pool.release(child)

    def _died(self, child: Child) -> None:
        place = self._in_hand[child]
        self._drop(child)
        if self._pool.closed:
            raise Unavailable("The embedded engine was closed.")
        if self._tries[place] < _TRIES:
            self._todo.appendleft(place)
        else:
            raise Crashed(f"Two engine processes died of a text of {len(self._texts[place])} characters.")

    def _drop(self, child: Child) -> None:
        del self._in_hand[child]
        self._selector.unregister(child)
        self._pool.discard(child)

    def _text_order(self, place: int) -> Message:
        return {"translate": self._texts[place], "pair": str(self._pair)}
