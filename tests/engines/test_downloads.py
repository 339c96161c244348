"""Models from a store: whole and checked, or nothing at all; and a download that broke off goes on."""

import fcntl
import gzip
import json
import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from dragoman.engines import downloads
from dragoman.engines.catalogue import MalformedList, Offer, best, files_address, list_address, offers
from dragoman.engines.downloads import Downloader, DownloadRefused, remove
from dragoman.engines.model_files import MANIFEST, ModelFiles, recorded_sums
from dragoman.engines.protocol import Pair
from dragoman.engines.weights import Problem, WeightsSource, verify
from tests.engines.servers import Asked, Reply
from tests.engines.stores import LEX, MODEL, VOCAB, Store, sha256, zstd
from tests.engines.weights_at_hand import installed_model

EN_FR = Pair("en", "fr")


def _fine(files: ModelFiles) -> list[Problem]:
    return []


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store()
    store.offer_models()
    with store.running():
        yield store


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "engines"


def _downloader(store: Store, place: Path, address: str | None = None, **options: object) -> Downloader:
    settings = {"pause": lambda seconds: None, "check": _fine} | options
    return Downloader(place, address or store.url, **settings)  # type: ignore[arg-type]


def _refused(downloader: Downloader, pair: Pair = EN_FR) -> DownloadRefused:
    with pytest.raises(DownloadRefused) as raised:
        downloader.add(pair)
    return raised.value


def _tree(place: Path) -> dict[str, bytes]:
    """All that counts as installed; what lies aside for the next attempt does not."""
    return {
        str(path.relative_to(place)): path.read_bytes()
        for path in sorted(place.rglob("*"))
        if path.is_file() and ".downloads" not in path.parts
    }


def _aside(place: Path) -> list[str]:
    return sorted(path.name for path in (place / ".downloads" / "en-fr").iterdir())


def test_adds_a_model(store: Store, place: Path) -> None:
    added = _downloader(store, place).add(EN_FR)
    assert added.changed
    assert added.unlisted == ()
    assert set(_tree(place)) == {
        "en-fr/model.enfr.intgemm.alphas.bin",
        "en-fr/lex.50.50.enfr.s2t.bin",
        "en-fr/vocab.enfr.spm",
        f"en-fr/{MANIFEST}",
    }
    assert added.files.model.read_bytes() == MODEL
    assert recorded_sums(added.files)[str(added.files.vocab_source)] == sha256(VOCAB)
    assert WeightsSource([place], None).find() == (added.files,)
    assert _aside(place) == ["lock"]


def test_a_model_that_translates(store: Store, place: Path) -> None:
    here = installed_model()
    store.offer_real(here.model.parent, "en-pt")
    added = _downloader(store, place, check=verify).add(Pair("en", "pt"))
    assert added.files.model.read_bytes() == here.model.read_bytes()
    assert verify(added.files) == []


def test_a_model_that_does_not_translate_is_not_put_in_place(store: Store, place: Path) -> None:
    error = _refused(_downloader(store, place, check=verify))
    assert error.code == "unsound"
    assert _tree(place) == {}


def test_what_is_there_already_is_left_alone(store: Store, place: Path) -> None:
    _downloader(store, place).add(EN_FR)
    before = (place / "en-fr").stat().st_ino
    again = _downloader(store, place).add(EN_FR)
    assert not again.changed
    assert (place / "en-fr").stat().st_ino == before
    assert len(store.requests(".bin.gz")) == 2


def _newer(store: Store) -> bytes:
    contents = MODEL + b", bettered"
    entry = store.entry()
    store.files["/" + entry["files"]["model"]["path"]] = gzip.compress(contents)
    entry["files"]["model"] |= {"uncompressedSize": len(contents), "uncompressedHash": sha256(contents)}
    store.put_list({"en-fr": [entry]})
    return contents


def test_a_newer_model_takes_the_place_of_the_older(store: Store, place: Path) -> None:
    before = _downloader(store, place).add(EN_FR)
    contents = _newer(store)
    after = _downloader(store, place).add(EN_FR)
    assert after.changed
    assert after.files.model.read_bytes() == contents
    assert after.files.name != before.files.name
    assert _aside(place) == ["lock"]


def test_two_names_are_exchanged_in_one_step(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    assert downloads._exchanged(tmp_path / "one", tmp_path / "other")
    assert (tmp_path / "one" / "other").exists()
    assert (tmp_path / "other" / "one").exists()
    assert not downloads._exchanged(tmp_path / "one", tmp_path / "none")


def test_where_names_cannot_be_exchanged_the_older_goes_first(
    store: Store, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "_exchanged", lambda *_: False)
    _downloader(store, place).add(EN_FR)
    contents = _newer(store)
    assert _downloader(store, place).add(EN_FR).files.model.read_bytes() == contents
    assert _aside(place) == ["lock"]


def test_a_damaged_model_is_loaded_again(store: Store, place: Path) -> None:
    added = _downloader(store, place).add(EN_FR)
    added.files.model.write_bytes(b"")
    damaged = [Problem("damaged_model", "It is.")]
    again = _downloader(store, place, check=lambda files: [] if files.model.read_bytes() else damaged)
    assert again.add(EN_FR).changed
    assert added.files.model.read_bytes() == MODEL


@pytest.mark.parametrize("failing", ["rename of the new", "sum", "list"])
def test_the_older_model_stays_when_the_newer_cannot_come(
    store: Store, place: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    _downloader(store, place).add(EN_FR)
    before = _tree(place)
    _newer(store)
    if failing == "sum":
        store.files["/" + store.entry()["files"]["vocab"]["path"]] = gzip.compress(VOCAB[::-1])
    elif failing == "list":
        store.files["/db/models.json"] = b"{"
    else:
        rename = Path.rename

        def fails(self: Path, target: Path) -> Path:
            if self.parent.name.startswith("new-"):
                raise OSError(5, "Input/output error")
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", fails)
        monkeypatch.setattr(downloads, "_exchanged", lambda *_: False)
    assert _refused(_downloader(store, place)).code in {"no_place", "sum_differs", "list_malformed"}
    assert _tree(place) == before


def test_what_was_killed_between_two_renames_is_put_right(store: Store, place: Path) -> None:
    _downloader(store, place).add(EN_FR)
    before = _tree(place)
    (place / "en-fr").rename(place / ".downloads" / "en-fr" / "old-1")
    (place / ".downloads" / "en-fr" / "new-1" / "en-fr").mkdir(parents=True)
    assert _tree(place) == {}
    store.files.clear()
    assert _refused(_downloader(store, place)).code == "store_refused"
    assert _tree(place) == before
    assert _aside(place) == ["lock"]


# --- going on --------------------------------------------------------------------------------------------------------


def test_a_download_that_breaks_off_goes_on_by_itself(store: Store, place: Path) -> None:
    store.files["/" + store.entry()["files"]["model"]["path"]] = gzip.compress(MODEL, 0)
    store.cuts.extend([30_000, 20_000])
    assert _downloader(store, place).add(EN_FR).files.model.read_bytes() == MODEL
    asked = [each.headers.get("Range") for each in store.requests("alphas.bin.gz")]
    assert asked == [None, "bytes=30000-", "bytes=50000-"]


def test_a_download_that_was_given_up_goes_on_the_next_time(store: Store, place: Path) -> None:
    store.files["/" + store.entry()["files"]["model"]["path"]] = gzip.compress(MODEL, 0)
    store.cuts.extend([30_000, 0, 0, 0])
    error = _refused(_downloader(store, place))
    assert error.code == "store_unreachable"
    assert "goes on" in str(error)
    assert _tree(place) == {}
    _downloader(store, place).add(EN_FR)
    assert store.requests("alphas.bin.gz")[-1].headers["Range"] == "bytes=30000-"


def test_a_store_without_ranges_starts_anew(store: Store, place: Path) -> None:
    store.files["/" + store.entry()["files"]["model"]["path"]] = gzip.compress(MODEL, 0)
    store.ranges = False
    store.cuts.extend([30_000])
    assert _downloader(store, place).add(EN_FR).files.model.read_bytes() == MODEL


def _left_behind(store: Store, place: Path, contents: bytes) -> Path:
    """What an attempt that was killed leaves of the model."""
    store.cuts.extend([10, 0, 0, 0])
    _refused(_downloader(store, place))
    [part] = (place / ".downloads" / "en-fr").glob("*.part")
    part.write_bytes(contents)
    return part


@pytest.mark.parametrize("more", [b"", b"and more"])
def test_a_part_that_is_whole_or_too_long_is_no_trouble(store: Store, place: Path, more: bytes) -> None:
    packed = store.files["/" + store.entry()["files"]["model"]["path"]]
    _left_behind(store, place, packed + more)
    assert _downloader(store, place).add(EN_FR).files.model.read_bytes() == MODEL


def test_a_part_of_something_else_is_thrown_away(store: Store, place: Path) -> None:
    part = _left_behind(store, place, b"x" * 100)
    assert _downloader(store, place).add(EN_FR).files.model.read_bytes() == MODEL
    assert not part.exists()


# --- what is refused -------------------------------------------------------------------------------------------------


def _packed(change: Callable[[bytes], bytes]) -> Callable[[Store], None]:
    def spoil(store: Store) -> None:
        path = "/" + store.entry()["files"]["vocab"]["path"]
        store.files[path] = change(store.files[path])

    return spoil


def _listed(**change: object) -> Callable[[Store], None]:
    def spoil(store: Store) -> None:
        entry = store.entry()
        entry["files"]["vocab"] |= change
        store.put_list({"en-fr": [entry]})

    return spoil


def _replies(reply: Reply) -> Callable[[Store], None]:
    return lambda store: store.replies.append(reply)


def _bomb(_: bytes) -> bytes:
    return gzip.compress(bytes(50 << 20))


SPOILT: dict[str, tuple[Callable[[Store], None], str]] = {
    "another file": (_packed(lambda _: gzip.compress(VOCAB[::-1])), "sum_differs"),
    "a shorter file": (_packed(lambda _: gzip.compress(VOCAB[:-1])), "size_differs"),
    "a longer file": (_packed(lambda _: gzip.compress(VOCAB + b"x")), "too_large"),
    "a bomb": (_packed(_bomb), "too_large"),
    "a cut file": (_packed(lambda packed: packed[:-4]), "damaged"),
    "a file with something behind it": (_packed(lambda packed: packed + b"x"), "damaged"),
    "bits turned over": (
        _packed(lambda packed: packed[:40] + bytes([packed[40] ^ 255]) + packed[41:]),
        "damaged",
    ),
    "no gzip": (_packed(lambda _: b"<html>"), "size_differs"),
    "nothing": (_packed(lambda _: b""), "size_differs"),
    "no zstd": (_packed(lambda _: b"\x28\xb5\x2f\xfd rubbish"), "damaged"),
    "a sum that is none": (_listed(uncompressedHash="md5"), "list_malformed"),
    "a sum that is a number": (_listed(uncompressedHash=7), "list_malformed"),
    "another sum": (_listed(uncompressedHash="0" * 64), "sum_differs"),
    "a size that is none": (_listed(uncompressedSize=-1), "list_malformed"),
    "another size": (_listed(uncompressedSize=5), "too_large"),
    "a size beyond all bounds": (_listed(uncompressedSize=1 << 40), "too_large"),
    "a path that climbs": (_listed(path="models/../../../etc/passwd"), "list_malformed"),
    "a path from the root": (_listed(path="/etc/passwd"), "list_malformed"),
    "a path on another host": (_listed(path="https://evil.example/x"), "list_malformed"),
    "a path on another host without a scheme": (_listed(path="//evil.example/x"), "list_malformed"),
    "a path with backslashes": (_listed(path="..\\x"), "list_malformed"),
    "a path with a line break": (_listed(path="a\nb"), "list_malformed"),
    "a path with a question": (_listed(path="a?b=c"), "list_malformed"),
    "no path": (_listed(path=""), "list_malformed"),
    "a file that is not there": (_listed(path="models/none.gz"), "store_refused"),
    "no list": (lambda store: store.files.pop("/db/models.json") and None, "store_refused"),
    "a broken list": (_replies(Reply(body=b"{")), "list_malformed"),
    "a deep list": (_replies(Reply(body=b"[" * 100_000)), "list_malformed"),
    "a list of nothing": (_replies(Reply(body=b"[]")), "list_malformed"),
    "a list of other pairs": (_replies(Reply(body=b'{"models": {}}')), "not_offered"),
    "a list of half models": (lambda store: store.put_list({"en-fr": [{"files": {}}]}), "not_offered"),
    "a server out of order": (_replies(Reply(503)), "store_refused"),
    "a server that hangs up": (_replies(Reply(hang_up=True)), "store_unreachable"),
}


@pytest.mark.parametrize("how", SPOILT)
def test_what_is_spoilt_changes_nothing(store: Store, place: Path, how: str) -> None:
    spoil, code = SPOILT[how]
    spoil(store)
    error = _refused(_downloader(store, place))
    assert error.code == code
    assert str(error).endswith(".")
    assert "\n" not in str(error)
    assert _tree(place) == {}
    leftovers = {path.suffix for path in place.rglob("*") if path.is_file()}
    assert leftovers <= {"", ".part"}


def test_a_pair_that_is_not_offered(store: Store, place: Path) -> None:
    assert _refused(_downloader(store, place), Pair("en", "xx")).code == "not_offered"
    with pytest.raises(DownloadRefused, match="tiny"):
        _downloader(store, place).add(EN_FR, "tiny")


def test_too_large_is_noticed_on_the_way(store: Store, place: Path) -> None:
    _listed(uncompressedSize=None)(store)
    store.files["/" + store.entry()["files"]["vocab"]["path"]] = bytes(300_000)
    assert _refused(_downloader(store, place, largest=200_000)).code == "too_large"


def test_a_file_without_a_sum_in_the_list_is_told(store: Store, place: Path) -> None:
    _listed(uncompressedHash=None)(store)
    added = _downloader(store, place).add(EN_FR)
    assert added.unlisted == ("vocab.enfr.spm",)
    assert recorded_sums(added.files)[str(added.files.vocab_source)] == sha256(VOCAB)


def test_nobody_is_there(place: Path) -> None:
    store = Store()
    store.stop = lambda: None  # type: ignore[method-assign]
    store._server.server_close()
    assert _refused(_downloader(store, place)).code == "store_unreachable"


def test_one_at_a_time(store: Store, place: Path) -> None:
    aside = place / ".downloads" / "en-fr"
    aside.mkdir(parents=True)
    with (aside / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert _refused(_downloader(store, place)).code == "busy"
    assert _downloader(store, place).add(EN_FR).changed


def test_a_place_that_is_a_file(store: Store, tmp_path: Path) -> None:
    (tmp_path / "engines").write_text("a file")
    assert _refused(_downloader(store, tmp_path / "engines")).code == "no_place"


def test_a_full_disk_changes_nothing(store: Store, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(downloads, "_gunzip", full)
    error = _refused(_downloader(store, place))
    assert (error.code, _tree(place)) == ("no_place", {})
    assert "No space left" in str(error)


def test_a_redirect_is_followed_but_not_to_an_address_without_encryption(store: Store, place: Path) -> None:
    path = "/" + store.entry()["files"]["model"]["path"]
    store.files["/moved"] = store.files[path]

    def moved(asked: Asked, reply: Reply) -> Reply:
        return Reply(302, b"", {"Location": f"{store.url}/moved"}) if asked.path == path else reply

    store.change = moved
    assert _downloader(store, place).add(EN_FR).changed
    hook = downloads._client("https://store.example/db/models.json").event_hooks["request"][0]
    with pytest.raises(DownloadRefused) as raised:
        hook(httpx.Request("GET", "http://store.example/x"))
    assert raised.value.code == "insecure"


def test_progress_is_told_as_it_comes(store: Store, place: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    _downloader(store, place, progress=lambda *each: told.append(each)).add(EN_FR)
    names = {name for name, _, _ in told}
    assert names == {"model.enfr.intgemm.alphas.bin", "lex.50.50.enfr.s2t.bin", "vocab.enfr.spm"}
    last = {name: (done, total) for name, done, total in told}
    assert all(done == total for done, total in last.values())


# --- other shapes of a store -----------------------------------------------------------------------------------------


def test_records_of_remote_settings(store: Store, place: Path) -> None:
    address = store.offer_records()
    added = _downloader(store, place, address).add(EN_FR)
    assert added.files.model.read_bytes() == MODEL
    assert added.files.shortlist is not None
    assert added.files.shortlist.read_bytes() == LEX
    assert {path.name for path in (place / "en-fr").iterdir()} == {
        "model.enfr.intgemm.alphas.bin",
        "lex.50.50.enfr.s2t.bin",
        "vocab.enfr.spm",
        MANIFEST,
    }


def test_records_in_a_file_with_their_attachments_beside_it(store: Store, place: Path) -> None:
    records = store.files[store.offer_records().removeprefix(store.url)]
    store.files["/attachments/records.json"] = records
    assert _downloader(store, place, f"{store.url}/attachments/records.json").add(EN_FR).changed
    assert not store.requests("/v1/")


@pytest.mark.parametrize(
    "told", [b"{}", b"[]", b'{"capabilities": {"attachments": {"base_url": "file:///etc/"}}}']
)
def test_a_server_of_records_that_does_not_say_where(store: Store, place: Path, told: bytes) -> None:
    address = store.offer_records()
    store.files["/v1/"] = told
    assert _refused(_downloader(store, place, address)).code == "list_malformed"


@pytest.mark.parametrize("spoil", [lambda packed: packed[:-1] + b"?", lambda packed: packed + b"x"])
def test_attachments_are_checked_before_they_are_unpacked(
    store: Store, place: Path, spoil: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "_unpack", lambda *_: pytest.fail("unpacked"))
    address = store.offer_records()
    for path in [path for path in store.files if path.endswith(".zst")]:
        store.files[path] = spoil(store.files[path])
    assert _refused(_downloader(store, place, address)).code in {"sum_differs", "size_differs"}


def test_a_small_zstd_file_does_not_fill_the_machine(tmp_path: Path) -> None:
    """One block that says: this byte, 128 KiB times, and sixteen thousand of them: 2 GiB in 64 kB."""
    frame = b"\x28\xb5\x2f\xfd" + bytes([0b0000_0000, 0b0101_0000])
    block = (0x1FFFF << 3 | 1 << 1).to_bytes(3, "little") + b"x"
    (tmp_path / "bomb").write_bytes(frame + block * 16_384 + (1).to_bytes(3, "little"))
    with pytest.raises(DownloadRefused) as raised:
        downloads._unpack(tmp_path / "bomb", tmp_path / "out", "vocab.enfr.spm", 1 << 20)
    assert raised.value.code == "damaged"
    assert not (tmp_path / "out").exists()


def test_our_zstd_is_zstd(tmp_path: Path) -> None:
    (tmp_path / "packed").write_bytes(zstd(MODEL * 3))
    downloads._unpack(tmp_path / "packed", tmp_path / "out", "x", len(MODEL) * 3)
    assert (tmp_path / "out").read_bytes() == MODEL * 3


@pytest.mark.parametrize("size", [0, 1, 131_071, 131_072, 131_073, 1_000_000])
def test_unpacking_gives_back_every_byte(tmp_path: Path, size: int) -> None:
    contents = os.urandom(size // 2) + bytes(size - size // 2)
    (tmp_path / "packed").write_bytes(gzip.compress(contents))
    downloads._unpack(tmp_path / "packed", tmp_path / "out", "x", size)
    assert zlib.crc32((tmp_path / "out").read_bytes()) == zlib.crc32(contents)


@pytest.mark.parametrize(
    ("told", "listed", "files"),
    [
        ("https://m.example/a", "https://m.example/a/db/models.json", "https://m.example/a/"),
        ("https://m.example/", "https://m.example/db/models.json", "https://m.example/"),
        ("https://m.example/x/list.json", "https://m.example/x/list.json", "https://m.example/x/"),
        (
            "https://m.example/db/models.json?v=1",
            "https://m.example/db/models.json?v=1",
            "https://m.example/",
        ),
    ],
)
def test_where_a_store_has_what(told: str, listed: str, files: str) -> None:
    assert list_address(told) == listed
    assert files_address(list_address(told)) == files


def _offers(*variants: tuple[str, str, str]) -> list[Offer]:
    return [Offer(EN_FR, kind, version, status == "yes", ()) for kind, version, status in variants]


def test_the_best_offer() -> None:
    found = _offers(
        ("tiny", "3.0", "yes"), ("base-memory", "1.0", "yes"), ("base-memory", "9.0", "no"), ("x", "9", "yes")
    )
    assert best(found, EN_FR) == found[1]
    assert best(found, EN_FR, "tiny") == found[0]
    newer = _offers(("tiny", "2.9", "yes"), ("tiny", "2.10", "yes"))
    assert best(newer, EN_FR) == newer[1]
    assert best(found, Pair("fr", "en")) is None


def test_variants_of_a_language_are_one_language() -> None:
    listed = {"models": {"en-zh-Hans": [{"files": {}}]}}
    assert offers(listed, "https://x.example/") == []
    found = [Offer(Pair("en", "zh-Hans"), "base", "1", True, ())]
    assert best(found, Pair("en", "zh")) == found[0]
    assert best([Offer(Pair("en", "zh-Hant"), "base", "1", True, ())], Pair("en", "zh")) is None


@pytest.mark.parametrize("listed", [None, 7, "x", [], {}, {"models": []}, {"data": {}}])
def test_what_is_no_list(listed: object) -> None:
    with pytest.raises(MalformedList):
        offers(listed, "https://x.example/")


# --- removing --------------------------------------------------------------------------------------------------------


def test_removes_a_model(store: Store, place: Path) -> None:
    added = _downloader(store, place).add(EN_FR)
    assert remove(place, EN_FR) == added.files
    assert _tree(place) == {}
    assert _aside(place) == ["lock"]


def test_removes_nothing_that_is_not_there(place: Path) -> None:
    with pytest.raises(DownloadRefused) as raised:
        remove(place, EN_FR)
    assert raised.value.code == "not_installed"
    assert not place.exists()


def test_does_not_remove_what_a_package_brought(place: Path) -> None:
    installed_model()
    with pytest.raises(DownloadRefused) as raised:
        remove(place, Pair("en", "pt"))
    assert raised.value.code == "not_ours"


def test_the_list_and_its_files_are_asked_for_once(store: Store, place: Path) -> None:
    _downloader(store, place).add(EN_FR)
    assert len(store.asked) == 4
    assert json.loads(store.files["/db/models.json"])["baseUrl"] == "https://elsewhere.example"
