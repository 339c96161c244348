"""Files from disk: validators, compressed twins, and nothing outside the folder."""

import os
from pathlib import Path

import pytest

from dragoman.delivery.front.files import Files
from tests.delivery.front.asgi import Exchange, run, scope


@pytest.fixture
def static(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("secret")
    root = tmp_path / "static"
    (root / "css").mkdir(parents=True)
    (root / "css" / "site.0123456789ab.css").write_text("p{}")
    (root / "css" / "site.css").write_text("p{}")
    (root / "a name.js").write_text("1")
    (root / ".stamp").write_text("hidden")
    (root / "link").symlink_to(tmp_path / "secret.txt")
    return root


def get(root: Path, path: str, *, trusted: bool = True, method: str = "GET", **headers: str) -> Exchange:
    exchange = Exchange()
    told = [(name.replace("_", "-"), value) for name, value in headers.items()]
    prefix = "/static/" if trusted else "/media/"
    run(Files(prefix, root, trusted=trusted).serve(scope(path, method=method, headers=told), exchange.send))
    return exchange


def test_a_file_comes_whole_with_its_type_and_validators(static: Path) -> None:
    answer = get(static, "/static/css/site.css")
    assert (answer.status, answer.text) == (200, "p{}")
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["content-length"] == "3"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-cache"
    assert {"etag", "last-modified"} <= set(answer.headers)


def test_a_hashed_name_is_kept_for_ever(static: Path) -> None:
    answer = get(static, "/static/css/site.0123456789ab.css")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_head_tells_the_length_and_no_body(static: Path) -> None:
    answer = get(static, "/static/css/site.css", method="HEAD")
    assert (answer.status, answer.content) == (200, b"")
    assert answer.headers["content-length"] == "3"


def test_other_methods_are_refused(static: Path) -> None:
    answer = get(static, "/static/css/site.css", method="POST")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_a_known_tag_or_date_is_answered_with_304(static: Path) -> None:
    first = get(static, "/static/css/site.css")
    tag, date = first.headers["etag"], first.headers["last-modified"]
    assert get(static, "/static/css/site.css", if_none_match=tag).status == 304
    assert get(static, "/static/css/site.css", if_none_match=f'"other", W/{tag}').status == 304
    assert get(static, "/static/css/site.css", if_none_match="*").status == 304
    assert get(static, "/static/css/site.css", if_modified_since=date).status == 304
    unchanged = get(static, "/static/css/site.css", if_none_match=tag)
    assert unchanged.content == b""
    assert unchanged.headers["etag"] == tag


def test_another_tag_wins_over_the_date_and_nonsense_is_ignored(static: Path) -> None:
    date = get(static, "/static/css/site.css").headers["last-modified"]
    both = get(static, "/static/css/site.css", if_none_match='"other"', if_modified_since=date)
    assert both.status == 200
    assert get(static, "/static/css/site.css", if_modified_since="yesterday").status == 200
    old = get(static, "/static/css/site.css", if_modified_since="Thu, 01 Jan 1970 00:00:00 GMT")
    assert old.status == 200


def test_a_changed_file_has_another_tag(static: Path) -> None:
    tag = get(static, "/static/css/site.css").headers["etag"]
    (static / "css" / "site.css").write_text("p{color:red}")
    assert get(static, "/static/css/site.css", if_none_match=tag).text == "p{color:red}"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../secret.txt",
        "/static/%2e%2e/secret.txt",
        "/static/css/../../secret.txt",
        "/static//etc/passwd",
        "/static/link",
        "/static/.stamp",
        "/static/css",
        "/static/css/",
        "/static/",
        "/static/missing.css",
        "/static/a%00b",
        "/static/" + "x" * 5000,
    ],
)
def test_nothing_else_is_reached(static: Path, path: str) -> None:
    answer = get(static, path)
    assert (answer.status, answer.text) == (404, "There is no such file.\n")


def test_names_are_unquoted_once(static: Path) -> None:
    assert get(static, "/static/a%20name.js").status == 200
    assert get(static, "/static/a%2520name.js").status == 404


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("br, gzip", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip"), ("", None), ("br;q=0.0", None)],
)
def test_the_compressed_twin_is_sent_to_who_takes_it(
    static: Path, accepted: str, encoding: str | None
) -> None:
    for ending in (".br", ".gz"):
        (static / "css" / f"site.css{ending}").write_text(ending)
    answer = get(static, "/static/css/site.css", accept_encoding=accepted)
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.text == {"br": ".br", "gzip": ".gz", None: "p{}"}[encoding]


def test_twins_have_tags_of_their_own_and_older_ones_are_not_sent(static: Path) -> None:
    twin = static / "css" / "site.css.gz"
    twin.write_text("gz!")
    plain = get(static, "/static/css/site.css")
    packed = get(static, "/static/css/site.css", accept_encoding="gzip")
    assert plain.headers["etag"] != packed.headers["etag"]
    os.utime(twin, (1, 1))
    assert "content-encoding" not in get(static, "/static/css/site.css", accept_encoding="gzip").headers


def test_a_large_file_comes_in_parts(static: Path) -> None:
    body = os.urandom(700_000)
    (static / "large.bin").write_bytes(body)
    answer = get(static, "/static/large.bin")
    assert answer.content == body
    assert len(answer.messages) > 3
    assert answer.complete


def test_an_empty_file_is_a_whole_answer(static: Path) -> None:
    (static / "empty.css").write_text("")
    answer = get(static, "/static/empty.css")
    assert (answer.status, answer.content, answer.complete) == (200, b"", True)


@pytest.mark.parametrize(
    "name", ["page.html", "page.xhtml", "feed.xml", "code.js", "mail.eml", "noending", "x.HTML"]
)
def test_media_are_never_pages(static: Path, name: str) -> None:
    (static / name).write_text("<script>alert(1)</script>")
    answer = get(static, f"/media/{name}", trusted=False)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment"
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("name", "kind"), [("a.webp", "image/webp"), ("a.svg", "image/svg+xml"), ("a.JPG", "image/jpeg")]
)
def test_pictures_are_shown_inside_a_sandbox(static: Path, name: str, kind: str) -> None:
    (static / name).write_bytes(b"x")
    answer = get(static, f"/media/{name}", trusted=False)
    assert answer.headers["content-type"].partition(";")[0] == kind
    assert "content-disposition" not in answer.headers
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "public, max-age=300"
