"""Lists of models: what a store offers for a pair, and where its files are.

Three shapes are read, told apart by what is in them:

- Mozilla's `db/models.json`: {"models": {"en-fr": [{"architecture", "releaseStatus", "files": {"model": {"path",
  "uncompressedSize", "uncompressedHash"}, "lexicalShortlist": …, "vocab": … | "srcVocab": …, "trgVocab": …}}]}}.
  Mozilla's own gives a sum for the model only; a mirror should give one for every file.
- Records of Remote Settings (`translations-models-v2`): {"data": [{"fileType", "sourceLanguage", "targetLanguage",
  "architecture", "version", "decompressedHash", "decompressedSize", "attachment": {"location", "hash", "size"}}]}.
- The same records in a file, attachments beside it.

Nothing that a list says becomes the name of a file here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from urllib.parse import quote, urljoin, urlsplit

from dragoman.engines.protocol import Pair
from dragoman.engines.routing import base_language

Role: TypeAlias = Literal["model", "shortlist", "vocab", "vocab_source", "vocab_target"]

# Mozilla's public bucket of models. Its list was read per documentation; no test asks it.
STORE = "https://storage.googleapis.com/moz-fx-translations-data--303e-prod-translations-data"
# What fits a newsroom: the better models first, as long as they are made for speed.
ARCHITECTURES = ("base-memory", "tiny", "base")
_MODELS_JSON = "db/models.json"
_ROLES: dict[str, Role] = {
    "model": "model",
    "lexicalShortlist": "shortlist",
    "lex": "shortlist",
    "vocab": "vocab",
    "srcVocab": "vocab_source",
    "srcvocab": "vocab_source",
    "trgVocab": "vocab_target",
    "trgvocab": "vocab_target",
}
_RELEASED = {"Release", "Release Desktop", "Release Android"}
_SUM = re.compile(r"[0-9a-f]{64}")
_LOCATION = re.compile(r"[A-Za-z0-9._~@+=,/-]{1,500}")


class MalformedList(ValueError):
    """A list of models that cannot be read, or that says something hostile."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file of a model, perhaps packed. Sums are sha256, sizes bytes; None where the list does not say."""

    role: Role
    url: str
    sum: str | None
    size: int | None
    packed_sum: str | None = None
    packed_size: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A model that can be had. `pair` is in the list's own tags."""

    pair: Pair
    architecture: str
    version: str
    released: bool
    files: tuple[RemoteFile, ...]

    @property
    def whole(self) -> bool:
        """Whether it has a model and the vocabularies it needs, each once."""
        roles = [file.role for file in self.files]
        both = {"vocab_source", "vocab_target"} <= set(roles)
        return "model" in roles and ("vocab" in roles) != both and len(set(roles)) == len(roles)

    def sum_of(self, role: Role) -> str | None:
        return next((file.sum for file in self.files if file.role == role), None)


def list_address(store: str) -> str:
    """Where the list of a store is: an address that ends in .json or /records is one, any other a mirror's root."""
    if urlsplit(store).path.endswith((".json", "/records")):
        return store
    return f"{store.rstrip('/')}/{_MODELS_JSON}"


def files_address(address: str) -> str:
    """Where the files of a list are: beside it, or at the root that its `db/` lies in. Ends with a slash.

    What the list itself says of it (`baseUrl`) is not heeded: a mirror's copy still names the original.
    """
    if urlsplit(address).path.endswith(f"/{_MODELS_JSON}"):
        return address.partition("?")[0].removesuffix(_MODELS_JSON)
    return urljoin(address, ".")


def server_of_records(address: str) -> str | None:
    """The root of the Remote Settings server whose records these are, with a slash; it names the attachments' place."""
    before, found, _ = address.partition("/buckets/")
    return f"{before}/" if found and urlsplit(address).path.endswith("/records") else None


def offers(listed: object, files: str) -> list[Offer]:
    """What a list offers, whole models only. Raises MalformedList."""
    if isinstance(listed, dict) and isinstance(listed.get("models"), dict):
        found = _of_models(listed["models"], files)
    elif isinstance(listed, dict) and isinstance(listed.get("data"), list):
        found = _of_records(listed["data"], files)
    else:
        raise MalformedList("it is neither a models.json nor records of Remote Settings")
    return [offer for offer in found if offer.whole]


def best(found: Iterable[Offer], pair: Pair, architecture: str | None = None) -> Offer | None:
    """The offer for a pair: released before not, then by architecture, then the newest."""
    wanted = (base_language(pair.source), base_language(pair.target))
    fitting = [
        offer
        for offer in found
        if (base_language(offer.pair.source), base_language(offer.pair.target)) == wanted
        and architecture in (None, offer.architecture)
    ]
    return max(fitting, key=_rank, default=None)


def _rank(offer: Offer) -> tuple[bool, int, tuple[int, ...]]:
    known = offer.architecture in ARCHITECTURES
    place = ARCHITECTURES.index(offer.architecture) if known else len(ARCHITECTURES)
    return offer.released, -place, tuple(map(int, re.findall(r"\d{1,9}", offer.version)))


def _of_models(models: Mapping[str, object], base: str) -> Iterator[Offer]:
    for name, variants in models.items():
        source, dash, target = name.replace("_", "-").partition("-")
        for variant in variants if isinstance(variants, list) else ():
            if dash and isinstance(variant, dict) and isinstance(variant.get("files"), dict):
                yield Offer(
                    Pair(
                        _text(variant, "sourceLanguage") or source, _text(variant, "targetLanguage") or target
                    ),
                    _text(variant, "architecture"),
                    _text(variant, "version"),
                    _text(variant, "releaseStatus") in _RELEASED,
                    tuple(_files(variant["files"], base)),
                )


def _files(files: Mapping[str, object], base: str) -> Iterator[RemoteFile]:
    for name, file in files.items():
        if name in _ROLES and isinstance(file, dict):
            yield RemoteFile(
                _ROLES[name],
                _address(base, _text(file, "path")),
                _sum(file, "uncompressedHash"),
                _size(file, "uncompressedSize"),
            )


def _of_records(records: Iterable[object], base: str) -> Iterator[Offer]:
    grouped: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for record in records:
        if isinstance(record, dict) and _text(record, "fileType") in _ROLES:
            key = ("sourceLanguage", "targetLanguage", "architecture", "version", "filter_expression")
            grouped.setdefault(tuple(_text(record, name) for name in key), []).append(record)
    for (source, target, architecture, version, condition), group in grouped.items():
        files = tuple(_record_file(record, base) for record in group)
        yield Offer(Pair(source, target), architecture, version, not condition, files)


def _record_file(record: Mapping[str, Any], base: str) -> RemoteFile:
    attachment = record.get("attachment")
    if not isinstance(attachment, dict):
        raise MalformedList("a record has no attachment")
    return RemoteFile(
        _ROLES[_text(record, "fileType")],
        _address(base, _text(attachment, "location")),
        _sum(record, "decompressedHash"),
        _size(record, "decompressedSize"),
        _sum(attachment, "hash"),
        _size(attachment, "size"),
    )


def _text(entry: Mapping[str, object], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""


def _sum(entry: Mapping[str, object], name: str) -> str | None:
    value = entry.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not _SUM.fullmatch(value.lower()):
        raise MalformedList("a sum in it is no sha256")
    return value.lower()


def _size(entry: Mapping[str, object], name: str) -> int | None:
    value = entry.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if value is None or isinstance(value, bool):
        return None
    if not isinstance(value, int) or value < 0:
        raise MalformedList("a size in it is no size")
    return value


def _address(base: str, location: str) -> str:
    """Below the base, whatever the list says. Raises MalformedList."""
    parts = location.split("/")
    if not _LOCATION.fullmatch(location) or any(part in ("", ".", "..") for part in parts):
        raise MalformedList("a file in it is not at a place below the list's own")
    return base + quote(location)
