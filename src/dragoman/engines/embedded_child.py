"""The engine's processes: a mother loads models and forks children; each translates one text at a time.

The mother is started by `dragoman.engines.mother` with the parent's pid as argument and a socket as standard
input, and dies with that parent; her children die with her. They import the standard library and fxtranslate,
nothing else, so that they stay small, and have one thread: it is safe to fork.

Messages to the mother, and her answer to each:
    {"load": pair, "files": {role: path}, "sums": {path: sha256}, "drop": [pair, …]}   {"loaded": pair}
    {"bear": true}   {"ready": true}, then a byte with a socket for the child   {"born": pid}
    {"end": pid}   {"ended": pid}, when it has
Messages to a child, on its standard input, too:
    {"translate": text, "pair": pair}   {"text": translation}
Instead of an answer, {"error": code, "message": sentence}: the code is that of an EngineError, and "crashed" is
the last that a process says.
"""

import ctypes
import gc
import hashlib
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from dragoman.engines.wire import BrokenWire, Message, Reader, packed

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_OOM_SCORE = "500"  # of 1000: when memory runs out, an engine process goes before PostgreSQL does


class _FailureError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class _Models:
    """The models this process has loaded, by pair."""

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}

    def answer(self, message: Message) -> Message:
        try:
            if "load" in message:
                return self._load(message)
            return {"text": self._translate(message["pair"], message["translate"])}
        except _FailureError as failure:
            return {"error": failure.code, "message": str(failure)}
        except UnicodeError:
            return {"error": "refused", "message": "The text holds code points that are not characters."}
        except BaseException as error:  # a panic of the engine is not an Exception
            return {"error": "crashed", "message": f"The engine failed: {type(error).__name__}."}

    def _load(self, message: Message) -> Message:
        for pair in message["drop"]:
            self._loaded.pop(pair, None)
        if message["drop"]:
            _give_back_memory()
        self._loaded[message["load"]] = _translator(message["files"], message["sums"])
        _give_back_memory()
        gc.freeze()  # the collector writes into what it looks at: children would have copies
        return {"loaded": message["load"]}

    def _translate(self, pair: str, text: str) -> str:
        said: str = self._loaded[pair].translate(text)
        return said


def _translator(files: dict[str, str], sums: dict[str, str]) -> Any:
    try:
        from fxtranslate import Translator
    except ImportError as error:
        raise _FailureError("unavailable", f"fxtranslate cannot be imported: {error}.") from error
    model, source, target = (
        _contents(files[role], sums) for role in ("model", "vocab_source", "vocab_target")
    )
    shortlist = _contents(files["shortlist"], sums) if files["shortlist"] else None
    try:
        return Translator(model, source, target, shortlist)
    except BaseException as error:
        raise _FailureError(
            "damaged_model", f"The model in {files['model']} cannot be loaded: {error}."
        ) from error


def _give_back_memory() -> None:
    """glibc keeps what was freed: 115 MB after two models were dropped, 22 MB with this (measured)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _contents(path: str, sums: dict[str, str]) -> bytes:
    try:
        contents = Path(path).read_bytes()
    except OSError as error:
        raise _FailureError("damaged_model", f"{path} cannot be read: {error.strerror}.") from error
    if path in sums and hashlib.sha256(contents).hexdigest() != sums[path]:
        raise _FailureError("damaged_model", f"{path} is not the file that was recorded: its sha256 differs.")
    return contents


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked to be told
        sys.exit(1)


def _be_modest() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us in its own time
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE)


class _Mother:
    def __init__(
        self, line: socket.socket, answer: Callable[[Message], Message], live: Callable[[], None]
    ) -> None:
        self._line = line
        self._answer = answer
        self._live = live

    def run(self) -> None:
        reader = Reader(self._line)
        with suppress(BrokenWire, OSError):
            while True:
                answer = self._answered(reader.wait())
                self._line.sendall(packed(answer))
                if answer.get("error") == "crashed":
                    return

    def _answered(self, message: Message) -> Message:
        if "bear" in message:
            return self._bear()
        if "end" in message:
            return _end(message["end"])
        return self._answer(message)

    def _bear(self) -> Message:
        self._line.sendall(packed({"ready": True}))
        _, [given], _, _ = socket.recv_fds(self._line, 1, 1)
        mother = os.getpid()
        pid = os.fork()
        if not pid:
            try:
                os.dup2(given, self._line.fileno())
                os.close(given)
                _die_with(mother)
                self._live()
            finally:
                os._exit(0)
        os.close(given)
        return {"born": pid}


def _end(pid: int) -> Message:
    with suppress(OSError):
        os.kill(pid, signal.SIGKILL)  # a child that is dead keeps its number until it is waited for
        os.waitpid(pid, 0)
    return {"ended": pid}


def _live(models: _Models) -> None:
    """A child's life."""
    line = socket.socket(fileno=sys.stdin.fileno())
    reader = Reader(line)
    with suppress(BrokenWire, OSError):
        while True:
            answer = models.answer(reader.wait())
            line.sendall(packed(answer))
            if answer.get("error") == "crashed":
                return


def run(parent: int, answer: Callable[[Message], Message], live: Callable[[], None]) -> None:
    """The mother's life: `answer` to what concerns models, `live` in each child, whose socket is standard input."""
    _die_with(parent)
    _be_modest()
    _Mother(socket.socket(fileno=sys.stdin.fileno()), answer, live).run()


def main(parent: int) -> None:
    models = _Models()
    run(parent, models.answer, lambda: _live(models))


if __name__ == "__main__":
    main(int(sys.argv[1]))
