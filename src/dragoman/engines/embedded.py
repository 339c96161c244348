"""The embedded engine: Firefox's models on this machine, in processes that can be killed.

fxtranslate holds the GIL, is bound to its thread, can take ten seconds for one text and may die of a bad one;
so it runs in child processes, one text at a time. A request's texts are spread over the children that are
free; when others wait, a child goes back after every text.
"""

import selectors
import time
from collections import deque
from collections.abc import Iterable, Sequence

from dragoman.engines import errors
from dragoman.engines.children import COMMAND, Child, Pool
from dragoman.engines.errors import Crashed, DamagedModel, EngineError, MalformedAnswer, TimedOut, Unavailable
from dragoman.engines.model_files import ModelFiles, recorded_sums
from dragoman.engines.protocol import Answer, Pair, Request, require_length, require_pair
from dragoman.engines.wire import BrokenWire, Message

_TRIES = 2  # of a text that a process died of
_ERRORS: dict[str, type[EngineError]] = {
    kind.code: kind for kind in (errors.Refused, errors.DamagedModel, errors.Unavailable)
}


class EmbeddedEngine:
    """fxtranslate in a pool of child processes, started when first needed and replaced when they die.

    `longest` is in characters: 2,000 without a space take it about six seconds. Each process keeps the
    `models_per_process` models it used last, about 45 MB each.
    """

    name = "embedded"
    confidential = True

    def __init__(
        self,
        models: Iterable[ModelFiles],
        *,
        processes: int = 2,
        longest: int = 2000,
        models_per_process: int = 4,
        idle_seconds: float = 600.0,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self.longest = longest
        self._models = {files.pair: files for files in models}
        self._models_per_process = models_per_process
        self._pool = Pool(processes, idle_seconds, command)

    def pairs(self) -> frozenset[Pair]:
        return frozenset(self._models)

    def model(self, pair: Pair) -> str:
        require_pair(self.name, pair, self.pairs())
        return self._models[pair].name

    def translate(self, request: Request) -> Answer:
        """Texts without a letter or digit are answered as they are: the models make things up for them."""
        model = self.model(request.pair)
        require_length(self.name, request.texts, self.longest)
        batch = _Batch(self._pool, self._models[request.pair], self._models_per_process, request)
        return Answer(batch.translated(), self.name, model)

    def pids(self) -> tuple[int, ...]:
        """The engine processes that live now."""
        return self._pool.pids()

    def close(self) -> None:
        """Ends every engine process. Whoever waits for a translation is told Unavailable."""
        self._pool.close()


class _Batch:
    """One request on its way: which texts are to do, and which child has which in hand."""

    def __init__(self, pool: Pool, files: ModelFiles, models_per_process: int, request: Request) -> None:
        self._pool = pool
        self._files = files
        self._models_per_process = models_per_process
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
            if any(map(str.isalnum, text)):
                self._todo.append(place)
            else:
                self._said[place] = text
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
        self._say(child, self._load_order(child) or self._text_order(place))

    def _say(self, child: Child, message: Message) -> None:
        try:
            child.send(message)
        except BrokenWire:
            self._died(child)

    def _speaking(self) -> list[Child]:
        if not self._in_hand:
            return []
        events = self._selector.select(max(0.0, self._until - time.monotonic()))
        if not events and time.monotonic() >= self._until:
            raise TimedOut(f"The embedded engine gave no answer within {self._deadline:g} seconds.")
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
        if "loaded" in message:
            child.loaded[self._pair] = None
            self._say(child, self._text_order(self._in_hand[child]))
        elif isinstance(message.get("text"), str):
            self._said[self._in_hand[child]] = message["text"]
            self._free(child)
        elif message.get("error") == Crashed.code:
            self._died(child)
        else:
            self._free(child)
            kind = _ERRORS.get(str(message.get("error")), MalformedAnswer)
            raise kind(
                str(message.get("message", "The engine process answered something else than a translation."))
            )

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
        loading = self._pair not in child.loaded
        self._drop(child)
        if self._pool.closed:
            raise Unavailable("The embedded engine was closed.")
        if self._tries[place] < _TRIES:
            self._todo.appendleft(place)
        elif loading:
            raise DamagedModel(f"Engine processes die of loading the model in {self._files.model}.")
        else:
            raise Crashed(f"Two engine processes died of a text of {len(self._texts[place])} characters.")

    def _drop(self, child: Child) -> None:
        del self._in_hand[child]
        self._selector.unregister(child)
        self._pool.discard(child)

    def _load_order(self, child: Child) -> Message | None:
        """What makes the child load the pair, in place of the least recently used; None when it has it."""
        if self._pair in child.loaded:
            child.loaded.move_to_end(self._pair)
            return None
        forgotten = [
            child.loaded.popitem(last=False)[0]
            for _ in range(len(child.loaded) - self._models_per_process + 1)
        ]
        return {
            "load": str(self._pair),
            "files": self._files.by_role(),
            "sums": self._sums(),
            "drop": list(map(str, forgotten)),
        }

    def _sums(self) -> dict[str, str]:
        try:
            return dict(recorded_sums(self._files))
        except ValueError as error:
            raise DamagedModel(str(error)) from error

    def _text_order(self, place: int) -> Message:
        return {"translate": self._texts[place], "pair": str(self._pair)}
