"""A store of models on this machine: a list, files, and the ways in which a server of files fails."""

import gzip
import hashlib
import json
import struct
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.engines.servers import Asked, Reply, Server

MODEL, LEX, VOCAB = b"the model" * 9000, b"the shortlist" * 500, b"the vocabulary" * 300


def sha256(contents: bytes) -> str:
    return hashlib.sha256(contents).hexdigest()


def zstd(contents: bytes) -> bytes:
    """A zstd frame of raw blocks (RFC 8878, 3.1.1): packed by nobody, valid all the same."""
    frame = b"\x28\xb5\x2f\xfd" + bytes([0b1010_0000]) + struct.pack("<I", len(contents))
    blocks = [contents[start : start + 100_000] for start in range(0, len(contents), 100_000)] or [b""]
    for number, block in enumerate(blocks):
        last = number == len(blocks) - 1
        frame += struct.pack("<I", len(block) << 3 | last)[:3] + block
    return frame


class Store(Server):
    """Serves `files` by path, with ranges. `cuts`: after how many bytes the next
    files break off."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, bytes] = {}
        self.cuts: deque[int] = deque()
        self.ranges = True
        self.change: Callable[[Asked, Reply], Reply] = lambda asked, reply: reply

    def answer(self, asked: Asked) -> Reply:
        return self.change(asked, self._served(asked))

    def _served(self, asked: Asked) -> Reply:
        contents = self.files.get(asked.path)
        if contents is None:
            return Reply(404, b"nothing here")
        if not asked.path.endswith((".gz", ".zst")):
            return Reply(200, contents)
        begin = asked.headers.get("Range", "")
        if begin and self.ranges:
            start = int(begin.removeprefix("bytes=").removesuffix("-"))
            if start >= len(contents):
                return Reply(416, b"", {"Content-Range": f"bytes */{len(contents)}"})
            told = {"Content-Range": f"bytes {start}-{len(contents) - 1}/{len(contents)}"}
            return self._cut(Reply(206, contents[start:], told))
        return self._cut(Reply(200, contents))

    def _cut(self, reply: Reply) -> Reply:
        if self.cuts:
            reply.cut = self.cuts.popleft()
        return reply

    def requests(self, ending: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path.endswith(ending)]

    def offer_models(self, pair: str = "en-fr", **change: Any) -> None:
        """As Mozilla's bucket has it: gzip files, a list at db/models.json."""
        letters = pair.replace("-", "")
        source, _, target = pair.partition("-")
        files = {
            "model": (f"model.{letters}.intgemm.alphas.bin", MODEL),
            "lexicalShortlist": (f"lex.50.50.{letters}.s2t.bin", LEX),
            "vocab": (f"vocab.{letters}.spm", VOCAB),
        }
        listed = {}
        for role, (name, contents) in files.items():
            path = f"models/{pair}/base-memory/{name}.gz"
            self.files[f"/{path}"] = gzip.compress(contents, 1)
            listed[role] = {
                "path": path,
                "uncompressedSize": len(contents),
                "uncompressedHash": sha256(contents),
            }
        entry = {
            "architecture": "base-memory",
            "sourceLanguage": source,
            "targetLanguage": target,
            "releaseStatus": "Release",
            "files": listed,
        }
        models = json.loads(self.files.get("/db/models.json", b'{"models": {}}'))["models"]
        self.put_list(models | {pair: [entry | change]})

    def put_list(self, models: object) -> None:
        told = {"generated": "2026-11-24", "baseUrl": "https://elsewhere.example", "models": models}
        self.files["/db/models.json"] = json.dumps(told).encode()

    def entry(self, pair: str = "en-fr") -> Any:
        return json.loads(self.files["/db/models.json"])["models"][pair][0]

    def offer_records(self, pair: str = "en-fr") -> str:
        """As Remote Settings has it: zstd attachments, records at an address of their own, which is given."""
        source, _, target = pair.partition("-")
        records = []
        for kind, contents in (("model", MODEL), ("lex", LEX), ("vocab", VOCAB)):
            packed = zstd(contents)
            location = f"main-workspace/translations-models-v2/{sha256(packed)[:8]}.zst"
            self.files[f"/attachments/{location}"] = packed
            records.append(
                {
                    "name": f"../../{kind}.bin",
                    "fileType": kind,
                    "sourceLanguage": source,
                    "targetLanguage": target,
                    "architecture": "base-memory",
                    "version": "3.0",
                    "filter_expression": "",
                    "decompressedHash": sha256(contents),
                    "decompressedSize": len(contents),
                    "attachment": {
                        "hash": sha256(packed),
                        "size": len(packed),
                        "location": location,
                        "filename": f"/etc/{kind}",
                    },
                }
            )
        path = "/v1/buckets/main/collections/translations-models-v2/records"
        self.files[path] = json.dumps({"data": records}).encode()
        place = {"base_url": f"{self.url}/attachments/"}
        self.files["/v1/"] = json.dumps({"capabilities": {"attachments": place}}).encode()
        return self.url + path

    def offer_real(self, folder: Path, pair: str) -> None:
        """The model of a folder, packed without being made smaller: that is quick."""
        self.offer_models(pair)
        entry = self.entry(pair)
        for role, start in (("model", "model."), ("lexicalShortlist", "lex."), ("vocab", "vocab.")):
            contents = next(folder.glob(f"{start}*")).read_bytes()
            self.files["/" + entry["files"][role]["path"]] = gzip.compress(contents, 0)
            entry["files"][role] |= {
                "uncompressedSize": len(contents),
                "uncompressedHash": sha256(contents),
            }
        self.put_list({pair: [entry]})
