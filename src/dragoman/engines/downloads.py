"""Models from a store to this machine: whole, checked and tried before anything is in place, or not at all.

What was loaded when a download broke off is kept in `.downloads` and is not loaded again; everything else there is
swept away. A folder of a model appears, is replaced and disappears by renaming.
"""

import ctypes
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from dragoman.engines.catalogue import (
    STORE,
    MalformedList,
    Offer,
    RemoteFile,
    Role,
    best,
    files_address,
    list_address,
    offers,
    server_of_records,
)
from dragoman.engines.model_files import ModelFiles, record_sums, recorded_sums
from dragoman.engines.protocol import Pair
from dragoman.engines.weights import Problem, WeightsSource, verify

LARGEST_LIST = 64 << 20  # bytes
LARGEST_FILE = 512 << 20  # bytes, unpacked; the largest model known has 60 MB
_ASIDE = ".downloads"
_ATTEMPTS = 50  # of a file
_BARREN_ATTEMPTS = 3  # in a row that brought nothing of it
_SILENCE = 30.0  # seconds
_UNPACK_SECONDS = 120.0
_PORTION = 1 << 17
_REDIRECTS = 5
_HERE, _EXCHANGE = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_NAMES: dict[Role, str] = {
    "model": "model.{}.intgemm.alphas.bin",
    "shortlist": "lex.50.50.{}.s2t.bin",
    "vocab": "vocab.{}.spm",
    "vocab_source": "srcvocab.{}.spm",
    "vocab_target": "trgvocab.{}.spm",
}


class DownloadRefused(Exception):
    """Nothing was changed. `code`: what is wrong, for programs; the sentence is for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


Progress = Callable[[str, int, int | None], None]  # file, bytes so far, bytes in all where known


@dataclass(frozen=True, slots=True)
class Added:
    """What came of it. `unlisted`: files that the list gave no sum for; theirs were taken down as they came."""

    files: ModelFiles
    changed: bool
    unlisted: tuple[str, ...] = ()


class Downloader:
    """Brings models of one store into `directory`. `pause` waits between attempts."""

    def __init__(
        self,
        directory: Path,
        store: str = STORE,
        *,
        progress: Progress = lambda *_: None,
        pause: Callable[[float], None] = time.sleep,
        largest: int = LARGEST_FILE,
        check: Callable[[ModelFiles], list[Problem]] = verify,
    ) -> None:
        self._directory = directory
        self._address = list_address(store)
        self._progress = progress
        self._pause = pause
        self._largest = largest
        self._verify = check

    def add(self, pair: Pair, architecture: str | None = None) -> Added:
        """Raises DownloadRefused."""
        with _client(self._address) as client, _locked(self._directory, pair) as aside:
            offer = self._offer(client, pair, architecture)
            present = _installed(self._directory, pair)
            if present is not None and self._same(present, offer):
                return Added(present, changed=False)
            fresh = aside / f"new-{secrets.token_hex(8)}" / str(pair)
            try:
                fresh.mkdir(parents=True)
                sums = {file.role: self._fetch(client, file, pair, fresh, aside) for file in offer.files}
                self._check(fresh, pair)
                _place(fresh, self._directory / str(pair), aside)
            except OSError as error:
                raise DownloadRefused(
                    "no_place", f"The model cannot be stored in {self._directory}: {error.strerror}."
                ) from error
            finally:
                shutil.rmtree(fresh.parent, ignore_errors=True)
            for file in offer.files:
                _part(aside, file).unlink(missing_ok=True)
        added = _installed(self._directory, pair)
        assert added is not None
        unlisted = [_NAMES[role].format(_letters(pair)) for role in sums if offer.sum_of(role) is None]
        return Added(added, changed=True, unlisted=tuple(unlisted))

    def _offer(self, client: httpx.Client, pair: Pair, architecture: str | None) -> Offer:
        listed = _json(client, self._address)
        try:
            found = offers(listed, self._files(client))
        except MalformedList as error:
            raise DownloadRefused(
                "list_malformed", f"The list of models at {self._address} cannot be used: {error}."
            ) from error
        offer = best(found, pair, architecture)
        if offer is None:
            kind = f"model “{architecture}”" if architecture else "model"
            raise DownloadRefused("not_offered", f"{self._address} offers no {kind} for {pair}.")
        return offer

    def _files(self, client: httpx.Client) -> str:
        server = server_of_records(self._address)
        if server is None:
            return files_address(self._address)
        told = _json(client, server)
        try:
            place = told["capabilities"]["attachments"]["base_url"]
        except (KeyError, TypeError):
            place = None
        if not isinstance(place, str) or not place.startswith(("https://", "http://")):
            raise DownloadRefused("list_malformed", f"{server} does not say where its attachments are.")
        return place.rstrip("/") + "/"

    def _fetch(self, client: httpx.Client, file: RemoteFile, pair: Pair, fresh: Path, aside: Path) -> str:
        """Loads, checks and unpacks one file; gives its sum."""
        name = _NAMES[file.role].format(_letters(pair))
        part = _part(aside, file)
        if max(file.size or 0, file.packed_size or 0) > self._largest:
            raise DownloadRefused("too_large", f"{name} would be larger than {self._largest} bytes.")
        begun = _length(part)
        self._load(client, file, name, part)
        try:
            return self._unpacked(file, name, part, fresh / name)
        except DownloadRefused:
            part.unlink(missing_ok=True)
            if not begun:
                raise
        # What an earlier attempt had left may have been another file's beginning.
        self._load(client, file, name, part)
        try:
            return self._unpacked(file, name, part, fresh / name)
        except DownloadRefused:
            part.unlink(missing_ok=True)
            raise

    def _load(self, client: httpx.Client, file: RemoteFile, name: str, part: Path) -> None:
        """All bytes into the part, going on where it ends; again as long as attempts bring some."""
        barren = 0
        for _ in range(_ATTEMPTS):
            before = _length(part)
            try:
                self._stream(client, file, name, part)
                return
            except httpx.HTTPError as error:
                kind = type(error).__name__
            barren = 0 if _length(part) > before else barren + 1
            if barren == _BARREN_ATTEMPTS:
                break
            self._pause(2.0**barren)
        raise DownloadRefused(
            "store_unreachable",
            f"{name} broke off at {_length(part)} bytes ({kind}): try again, and it goes on from there.",
        )

    def _stream(self, client: httpx.Client, file: RemoteFile, name: str, part: Path) -> None:
        begun = _length(part)
        if begun and begun == file.packed_size:
            return
        # Stored bytes are asked for as they are: a store that unpacks on the way could not go on in the middle.
        headers = {"Accept-Encoding": "gzip"} | ({"Range": f"bytes={begun}-"} if begun else {})
        with client.stream("GET", file.url, headers=headers) as response:
            if begun and response.status_code == 416:
                if response.headers.get("content-range") == f"bytes */{begun}":
                    return  # it is whole
                part.unlink()
                raise httpx.ReadError("the part does not fit")
            _require_good(response, file.url)
            goes_on = begun and _goes_on(response, begun)
            total = _total(response, begun if goes_on else 0)
            with part.open("ab" if goes_on else "wb") as out:
                done = begun if goes_on else 0
                for (
                    portion
                ) in response.iter_raw():  # as they come: what is held back is lost when it breaks off
                    done += len(portion)
                    if done > self._largest:
                        raise DownloadRefused("too_large", f"{name} is larger than {self._largest} bytes.")
                    out.write(portion)
                    self._progress(name, done, total)

    def _unpacked(self, file: RemoteFile, name: str, part: Path, target: Path) -> str:
        if file.packed_size is not None and part.stat().st_size != file.packed_size:
            raise DownloadRefused(
                "size_differs", f"{name} is packed in {part.stat().st_size} bytes, not {file.packed_size}."
            )
        if file.packed_sum is not None and _sum(part) != file.packed_sum:
            raise DownloadRefused("sum_differs", f"{name} is not what the list says: its sha256 differs.")
        _unpack(part, target, name, min(self._largest, file.size or self._largest))
        if file.size is not None and target.stat().st_size != file.size:
            raise DownloadRefused(
                "size_differs", f"{name} has {target.stat().st_size} bytes, not {file.size}."
            )
        found = _sum(target)
        if file.sum is not None and found != file.sum:
            raise DownloadRefused("sum_differs", f"{name} is not what the list says: its sha256 differs.")
        return found

    def _check(self, fresh: Path, pair: Pair) -> None:
        """The model translates a sentence before it is put in place."""
        files = _installed(fresh.parent, pair)
        assert files is not None
        record_sums(files)
        problems = self._verify(files)
        if problems:
            told = " ".join(problem.message for problem in problems)
            raise DownloadRefused("unsound", f"The model for {pair} does not work: {told}")
        for path in fresh.iterdir():
            _settle(path)

    def _same(self, present: ModelFiles, offer: Offer) -> bool:
        """Whether what is there is what is offered, and sound."""
        try:
            recorded = recorded_sums(present).get(str(present.model))
        except ValueError:
            return False
        return recorded is not None and recorded == offer.sum_of("model") and not self._verify(present)


def remove(directory: Path, pair: Pair) -> ModelFiles:
    """Raises DownloadRefused when there is none, or it is not ours to remove."""
    present = _installed(directory, pair)
    if present is None:
        elsewhere = any(files.pair == pair for files in WeightsSource().find())
        if elsewhere:
            raise DownloadRefused(
                "not_ours", f"The model for {pair} belongs to an installed package: remove that."
            )
        raise DownloadRefused("not_installed", f"There is no model for {pair}.")
    with _locked(directory, pair) as aside:
        gone = aside / f"old-{secrets.token_hex(8)}"
        try:
            (directory / str(pair)).rename(gone)
        except OSError as error:
            raise DownloadRefused(
                "no_place", f"The model for {pair} cannot be removed: {error.strerror}."
            ) from error
        _announce(directory)
        shutil.rmtree(gone, ignore_errors=True)
    return present


def _letters(pair: Pair) -> str:
    return f"{pair.source}{pair.target}"


def _installed(directory: Path, pair: Pair) -> ModelFiles | None:
    return next((files for files in WeightsSource([directory], None).find() if files.pair == pair), None)


def _part(aside: Path, file: RemoteFile) -> Path:
    """Named by what it is to become: the same address with another sum is another file."""
    what = json.dumps([file.url, file.sum, file.packed_sum])
    return aside / f"{hashlib.sha256(what.encode()).hexdigest()[:32]}.part"


# --- talking to the store --------------------------------------------------------------------------------------------


def _client(address: str) -> httpx.Client:
    secure = address.startswith("https://")

    def stay_secure(request: httpx.Request) -> None:
        if secure and request.url.scheme != "https":
            raise DownloadRefused("insecure", f"{address} sends us on to an address without encryption.")

    return httpx.Client(
        follow_redirects=True,
        max_redirects=_REDIRECTS,
        timeout=_SILENCE,
        event_hooks={"request": [stay_secure]},
    )


def _json(client: httpx.Client, address: str) -> Any:
    body = bytearray()
    try:
        with client.stream("GET", address) as response:
            _require_good(response, address)
            for portion in response.iter_bytes(_PORTION):
                body += portion
                if len(body) > LARGEST_LIST:
                    raise DownloadRefused("too_large", f"{address} is larger than {LARGEST_LIST} bytes.")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        kind = type(error).__name__
        raise DownloadRefused("store_unreachable", f"{address} cannot be reached ({kind}).") from error
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise DownloadRefused("list_malformed", f"{address} is not JSON.") from error


def _require_good(response: httpx.Response, address: str) -> None:
    if response.status_code not in (200, 206):
        raise DownloadRefused("store_refused", f"{address} answers with HTTP {response.status_code}.")


def _goes_on(response: httpx.Response, begun: int) -> bool:
    told = response.headers.get("content-range", "")
    return response.status_code == 206 and told.startswith(f"bytes {begun}-")


def _total(response: httpx.Response, begun: int) -> int | None:
    told = response.headers.get("content-length", "")
    return begun + int(told) if told.isascii() and told.isdigit() else None


# --- on the disk -----------------------------------------------------------------------------------------------------


@contextmanager
def _locked(directory: Path, pair: Pair) -> Iterator[Path]:
    """One at a time for a pair. What a killed one left is put right first. Raises DownloadRefused."""
    aside = directory / _ASIDE / str(pair)
    try:
        aside.mkdir(parents=True, exist_ok=True)
        handle = os.open(aside / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DownloadRefused("no_place", f"{directory} cannot be written to: {error.strerror}.") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DownloadRefused("busy", f"The model for {pair} is being changed already.") from None
        _mend(directory / str(pair), aside)
        yield aside
    finally:
        os.close(handle)


def _mend(place: Path, aside: Path) -> None:
    """A replacement that was killed between its two renames left the old model aside: it goes back."""
    for old in sorted(aside.glob("old-*")):
        if not place.exists():
            old.rename(place)
        else:
            shutil.rmtree(old, ignore_errors=True)
    for unfinished in aside.glob("new-*"):
        shutil.rmtree(unfinished, ignore_errors=True)


def _place(fresh: Path, place: Path, aside: Path) -> None:
    """What was there before is in the fresh one's stead afterwards, or gone."""
    if place.exists() and _exchanged(fresh, place):
        _announce(place.parent)
        return
    old = aside / f"old-{secrets.token_hex(8)}"
    replaces = place.exists()
    if replaces:
        place.rename(old)
    try:
        fresh.rename(place)
    except OSError:
        if replaces:
            old.rename(place)
        raise
    _announce(place.parent)
    shutil.rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Whether two names were exchanged in one step (Linux, renameat2): at no moment is there no model."""
    try:
        rename = ctypes.CDLL(None).renameat2
    except AttributeError:
        return False
    return bool(rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0)


def _announce(directory: Path) -> None:
    """A change of the directory's time is how running processes learn that models came or went."""
    os.utime(directory)
    _settle(directory)


def _settle(path: Path) -> None:
    """On the disk, not on its way there: a power cut must not leave a model of zeros in place."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _length(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(packed: Path, target: Path, name: str, limit: int) -> None:
    """By what the file begins with, not by what it is called. Raises DownloadRefused."""
    with packed.open("rb") as file:
        head = file.read(4)
    if head.startswith(_GZIP):
        _gunzip(packed, target, name, limit)
    elif head == _ZSTD:
        _unzstd(packed, target, name, limit)
    elif packed.stat().st_size > limit:
        raise DownloadRefused("too_large", f"{name} is larger than {limit} bytes.")
    else:
        shutil.copyfile(packed, target)


def _gunzip(packed: Path, target: Path, name: str, limit: int) -> None:
    unpacker = zlib.decompressobj(wbits=31)
    written = 0
    with packed.open("rb") as source, target.open("wb") as out:
        try:
            while not unpacker.eof:
                portion = unpacker.unconsumed_tail or source.read(_PORTION)
                unpacked = unpacker.decompress(portion, _PORTION)
                written += len(unpacked)
                if written > limit:
                    raise DownloadRefused("too_large", f"{name} is larger than {limit} bytes when unpacked.")
                out.write(unpacked)
                if not portion and not unpacked:
                    break
        except zlib.error as error:
            raise DownloadRefused("damaged", f"{name} cannot be unpacked.") from error
        if not unpacker.eof or unpacker.unused_data or source.read(1):
            raise DownloadRefused("damaged", f"{name} cannot be unpacked: it ends elsewhere than it says.")


def _unzstd(packed: Path, target: Path, name: str, limit: int) -> None:
    command = [sys.executable, "-P", "-m", "dragoman.engines.unzstd", str(packed), str(target), str(limit)]
    try:
        subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_UNPACK_SECONDS, check=True
        )
    except subprocess.SubprocessError:
        raise DownloadRefused("damaged", f"{name} cannot be unpacked within {limit} bytes.") from None
