"""Servers on this machine that speak the engines' protocols as documented, and misbehave as told.

What they say is the fake engine's rule, so that a test knows what a faithful answer is.
"""

import html
import json
import re
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from dragoman.engines.fake import FakeEngine
from dragoman.engines.protocol import Pair

KEY = "key-that-nobody-may-read"


@dataclass
class Reply:
    """What a server says. `before` is run when the request was read, and may wait or take its time."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[], object] = lambda: None
    hang_up: bool = False
    cut: int | None = None  # bytes of the body, before the connection breaks

    @classmethod
    def json(cls, told: object, status: int = 200, **headers: str) -> "Reply":
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status, json.dumps(told).encode(), named)


@dataclass
class Asked:
    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


class Listening(ThreadingHTTPServer):
    """Clients that break off are part of the tests."""

    def handle_error(self, *client: object) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(*client)  # type: ignore[arg-type]


class Server:
    """A server in threads of this process. `replies` are said first, one a request; then what `answer` gives."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.replies: deque[Reply] = deque()
        self.say: Callable[[Pair, str], str] = FakeEngine.expected
        self.mangle: Callable[[str], str] = lambda text: text  # what the model does to its own words
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _handle(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = json.loads(self.rfile.read(length)) if length else None
                asked = Asked(self.command, self.path, dict(self.headers), body)
                outer.asked.append(asked)
                reply = outer.replies.popleft() if outer.replies else outer.answer(asked)
                reply.before()
                if reply.hang_up:
                    self.close_connection = True
                    return
                try:
                    self.send_response(reply.status)
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(reply.body)))
                    self.end_headers()
                    self.wfile.write(reply.body[: reply.cut])
                    self.close_connection = reply.cut is not None
                except OSError:
                    self.close_connection = True  # who asked did not wait

            do_GET = do_POST = _handle  # noqa: N815 - http.server's names

            def log_message(self, *args: object) -> None:
                pass

        self._server = Listening(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, asked: Asked) -> Reply:
        raise NotImplementedError

    @contextmanager
    def running(self) -> Iterator["Server"]:
        self._thread.start()
        try:
            yield self
        finally:
            self.stop()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


_TAG = re.compile(r"(<[^<>]*>)")


class LibreServer(Server):
    """LibreTranslate's API (its README and OpenAPI page): /languages and /translate, errors as {"error": …}."""

    languages: tuple[str, ...] = ("en", "fr", "pt")
    characters = 10_000
    batch = 100

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/languages":
            return Reply.json(
                [{"code": code, "name": code, "targets": list(self.languages)} for code in self.languages]
            )
        fault = self._fault(asked.body)
        if fault:
            return Reply.json({"error": fault[1]}, fault[0])
        pair = Pair(asked.body["source"], asked.body["target"])
        told = [self._translated(pair, text, asked.body["format"]) for text in asked.body["q"]]
        return Reply.json({"translatedText": told})

    def _fault(self, body: dict[str, Any]) -> tuple[int, str] | None:
        if body.get("api_key") != KEY:
            return 403, "Invalid API key"
        size = sum(map(len, body["q"]))
        if len(body["q"]) > self.batch:
            return 400, f"Invalid request: request ({len(body['q'])}) exceeds text limit ({self.batch})"
        if size > self.characters:
            return 400, f"Invalid request: request ({size}) exceeds text limit ({self.characters})"
        for side in ("source", "target"):
            if body[side] not in self.languages:
                return 400, f"{body[side]} is not supported"
        return None

    def _translated(self, pair: Pair, text: str, form: str) -> str:
        if form == "text":
            return html.unescape(self.mangle(self.say(pair, text)))
        # As the real one does it: what stands between tags is translated, tags are kept, entities are read.
        parts = _TAG.split(text)
        told = [part if _TAG.fullmatch(part) else html.escape(part, quote=False) for part in parts]
        inside = False
        for place, part in enumerate(parts):
            if _TAG.fullmatch(part):
                inside = part.startswith("<span")
            elif not inside:
                told[place] = html.escape(self.say(pair, html.unescape(part)), quote=False)
        return html.unescape(self.mangle("".join(told)))


def _without_tags(text: str) -> str:
    return re.sub(r'<x id="(\d+)"/>', r"XQZ\1", text)


def _in_tags(text: str) -> str:
    """What a model makes of the tags it was shown: it writes their names large, or puts spaces into them."""
    text = re.sub(r"XQZ(\d+)", r'<x id="\1"/>', text)
    text = re.sub(r"xqz(\d+)", r"<X ID='\1'></X>", text)
    return re.sub(r"XQZ (\d+)", r'<x id = "\1" />', text)


class ChatServer(Server):
    """Chat completions as OpenAI's API reference has them. `content` makes the model's whole answer."""

    model = "small"

    def __init__(self) -> None:
        super().__init__()
        self.content: Callable[[dict[str, Any], str], str] = self.faithful
        self.most_texts = 1000  # more are cut off, as when tokens run out
        self.refuses = "\0"

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("Authorization") != f"Bearer {KEY}":
            return Reply.json({"error": {"message": "Incorrect API key", "code": "invalid_api_key"}}, 401)
        if asked.path != "/v1/chat/completions" or asked.body["model"] != self.model:
            return Reply.json({"error": {"message": "No such model", "code": "model_not_found"}}, 404)
        system, user = (message["content"] for message in asked.body["messages"])
        question = json.loads(user)
        if any(self.refuses in text["text"] for text in question["texts"]):
            return self.completion(None, "content_filter")
        content = self.content(question, system)
        if len(question["texts"]) > self.most_texts:
            return self.completion(content[: len(content) // 2], "length")
        return self.completion(content)

    def faithful(self, question: dict[str, Any], system: str) -> str:
        pair = Pair(question["source"], question["target"])
        told = [{"id": each["id"], "text": self._said(pair, each["text"])} for each in question["texts"]]
        return json.dumps({"translations": told}, ensure_ascii=False)

    def _said(self, pair: Pair, text: str) -> str:
        plain = _without_tags(text)
        said = self.mangle(self.say(pair, plain))
        return said if plain == text else _in_tags(said)

    @staticmethod
    def completion(content: str | None, reason: str = "stop", **more: object) -> Reply:
        message = {"role": "assistant", "content": content, "refusal": None} | more
        return Reply.json(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "choices": [{"index": 0, "message": message, "finish_reason": reason}],
                "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
            }
        )
