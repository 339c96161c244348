"""The configuration: the file, the environment above it, and every fault at once."""

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dragoman.site.config import (
    Config,
    ConfigurationFault,
    load,
    load_or_exit,
    secret_key,
    secret_key_or_exit,
)

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """The text of the configuration file; nothing of it comes from this session's environment."""
    for name in ("PUBLICATION__TIME_ZONE", "MAIL__TRANSPORT", "TRANSLATION__DEBOUNCE_SECONDS", "VAR"):
        monkeypatch.delenv(f"DRAGOMAN_{name}", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    file = tmp_path / "dragoman.toml"
    monkeypatch.setenv("DRAGOMAN_CONFIG", str(file))

    def written(text: str) -> Path:
        file.write_text(text, encoding="utf-8")
        return file

    return written


def faults() -> list[str]:
    with pytest.raises(ConfigurationFault) as refused:
        load()
    return str(refused.value).splitlines()


@pytest.mark.usefixtures("write")
def test_without_a_file_there_are_defaults() -> None:
    config = load()
    assert [language.code for language in config.publication.languages] == [
        "en",
        "fr",
        "es",
        "pt",
        "ru",
        "ar",
    ]
    assert (config.var, config.database_url) == (Path("var"), "")


def test_the_environment_stands_above_the_file(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write('[publication]\nname = "Fanal"\ntime_zone = "Europe/Paris"\n')
    monkeypatch.setenv("DRAGOMAN_PUBLICATION__NAME", "Farol")
    config = load()
    assert (config.publication.name, config.publication.time_zone) == ("Farol", "Europe/Paris")


def test_languages_in_short_and_in_full(write: Write) -> None:
    write('[publication]\nlanguages = ["en", {code = "ar", ahead = false, numbering = "arab"}]\n')
    english, arabic = load().publication.languages
    assert (english.code, english.ahead, english.numbering) == ("en", True, "latn")
    assert (arabic.code, arabic.ahead, arabic.numbering) == ("ar", False, "arab")


def test_every_fault_is_named_at_once(write: Write) -> None:
    write(
        'debag = true\ndatabase_url = "postgresql://u:secret@[h"\n'
        '[publication]\nname = 3\ntime_zone = "Mars/Base"\nlanguages = ["en", "xx9"]\nbase_url = "example.org"\n'
        "[discussion]\nedit_minutes = -4\n[translaton]\nfake_engine = true\n"
    )
    found = faults()
    places = [line.partition(":")[0] for line in found]
    assert sorted(places) == sorted(
        [
            "debag", "database_url", "publication.name", "publication.time_zone", "publication.languages.1.code",
            "publication.base_url", "discussion.edit_minutes", "translaton",
        ]
    )  # fmt: skip
    assert "translaton: there is no such setting." in found
    assert "publication.time_zone: 'Mars/Base' is not a time zone of the IANA database." in found
    assert not any("secret" in line for line in found)


@pytest.mark.parametrize(("languages", "why"), [("[]", "at least one"), ('["en", "en"]', "named twice")])
def test_languages_that_make_no_publication(write: Write, languages: str, why: str) -> None:
    write(f"[publication]\nlanguages = {languages}\n")
    (fault,) = faults()
    assert why in fault


def test_a_file_that_is_no_toml_is_named(write: Write) -> None:
    file = write("a = [")
    (fault,) = faults()
    assert fault.startswith(f"{file} cannot be read: ")


def test_a_variable_that_is_no_json_is_named(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAGOMAN_PUBLICATION__LANGUAGES", "en,fr")
    assert faults() == ["DRAGOMAN_PUBLICATION__LANGUAGES is not written as JSON."]


@pytest.mark.parametrize("name", ["DATABASE_URL", "DRAGOMAN_DATABASE_URL"])
def test_the_database_by_either_name(write: Write, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    write('database_url = "postgresql://from-the-file/news"\n')
    assert load().database_url == "postgresql://from-the-file/news"
    monkeypatch.setenv(name, "postgresql://from-the-environment/news")
    assert load().database_url == "postgresql://from-the-environment/news"


def test_faults_end_a_command_with_status_two(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write("debag = true\n")
    with pytest.raises(SystemExit) as ended:
        load_or_exit()
    assert ended.value.code == 2
    assert capsys.readouterr().err == "The configuration has faults:\ndebag: there is no such setting.\n"


def test_the_secret_key_is_made_once_and_is_the_owners(tmp_path: Path) -> None:
    config = Config(var=tmp_path / "var")
    with ThreadPoolExecutor(8) as starts:
        keys = set(starts.map(lambda _: secret_key(config), range(32)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    (file,) = (tmp_path / "var").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_directory_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit) as ended:
        secret_key_or_exit(Config(var=tmp_path / "file" / "var"))
    assert ended.value.code == 2
    assert (
        capsys.readouterr().err
        == f"The directory {tmp_path / 'file' / 'var'} cannot be used: Not a directory.\n"
    )


SECRET = "sk-nobody-may-read-this"


def test_engines_in_order_of_preference(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUSE_KEY", SECRET)
    write(
        """
        [[translation.engines]]
        kind = "chat"
        name = "house"
        url = "https://llm.example/v1/"
        model = "small"
        key_variable = "HOUSE_KEY"
        confidential = true

        [[translation.engines]]
        kind = "libretranslate"
        url = "http://127.0.0.1:5000"
        key = "open sesame"
        """
    )
    house, libre = load().translation.engines
    assert (house.known_as, house.url, house.secret(), house.confidential) == (
        "house",
        "https://llm.example/v1",
        SECRET,
        True,
    )
    assert (libre.known_as, libre.secret(), libre.confidential) == ("libretranslate", "open sesame", False)
    assert "sesame" not in repr(libre)


def test_engines_from_the_environment(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "DRAGOMAN_TRANSLATION__ENGINES", '[{"kind": "libretranslate", "url": "https://lt.example"}]'
    )
    [engine] = load().translation.engines
    assert (engine.kind, engine.url) == ("libretranslate", "https://lt.example")


def test_every_fault_of_every_engine_is_told_at_once_and_no_key(write: Write) -> None:
    write(
        f"""
        [publication]
        time_zone = "Moon/Sea"

        [translation]
        models_url = "file:///models"
        embedded_memory_mb = 1

        [[translation.engines]]
        kind = "chat"
        url = "https://u:{SECRET}@llm.example"
        key_variable = "NO_SUCH_KEY"
        timeout_seconds = 0

        [[translation.engines]]
        kind = "libretranslate"
        name = "Not A Name"
        url = "ftp://lt.example"
        colour = "red"

        [[translation.engines]]
        kind = "libretranslate"
        url = "http://lt.example"
        key = "{SECRET}"

        [[translation.engines]]
        kind = "embedded"
        confidential = false

        [[translation.engines]]
        kind = "telepathy"
        """
    )
    told = faults()
    expected = {
        "publication.time_zone": "IANA",
        "translation.models_url": "https://",
        "translation.embedded_memory_mb": "64",
        "translation.engines.0.url": "a key does not belong into the address",
        "translation.engines.0.model": "needs the name of a model",
        "translation.engines.0.key_variable": "NO_SUCH_KEY is not in the environment",
        "translation.engines.0.timeout_seconds": "greater than 0",
        "translation.engines.1.name": "pattern",
        "translation.engines.1.url": "http://",
        "translation.engines.1.colour": "there is no such setting",
        "translation.engines.2.url": "without encryption",
        "translation.engines.3.confidential": "no such setting",
        "translation.engines.4.kind": "'embedded'",
    }
    assert {line.partition(": ")[0] for line in told} == set(expected)
    for line in told:
        assert expected[line.partition(": ")[0]] in line
    assert SECRET not in "".join(told)


def test_two_engines_of_one_name(write: Write) -> None:
    write('[translation]\nengines = [{kind = "embedded"}, {kind = "embedded"}]\n')
    assert faults() == ["translation.engines: two engines are called 'embedded': give them names."]
