"""What a start has to do, and what it remembers to have done."""

import json
import os
from pathlib import Path

import pytest

from dragoman.delivery.supervisor import Step
from dragoman.site.config import Config
from dragoman.site.prepared import PACKAGE, Prepared
from dragoman.site.serving import _demo_publication, _plan

DEMO = json.loads((PACKAGE / "site" / "demo" / "publication.json").read_text(encoding="utf-8"))
STEPS = ["migrate", "collectstatic", "load-phrases"]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    cluster = tmp_path / "postgres" / "data"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("18")
    return Config(var=tmp_path, database_url="")


def prepared_for(config: Config) -> Prepared:
    return Prepared(config.var.resolve(), config.database_url)


def names(steps: list[Step]) -> list[str]:
    return [step.name for step in steps]


def take(config: Config) -> None:
    """Every step, as the supervisor would, with what the commands leave and say."""
    prepared = prepared_for(config)
    for step in prepared.steps():
        step.done()
    (config.var / "static").mkdir()
    (config.var / "static" / "staticfiles.json").write_text("{}")
    for step in prepared.demo_steps():
        step.line("Some library talks.")
        step.line(json.dumps({"role": "editor", "email": "editor@example.org"}))
        step.done()


def test_the_first_start_does_everything_and_the_second_nothing(config: Config) -> None:
    first = prepared_for(config)
    assert names(first.steps()) == STEPS
    assert names(first.demo_steps()) == ["load-demo"]
    take(config)
    second = prepared_for(config)
    assert second.steps() == second.demo_steps() == []
    assert second.accounts == [{"role": "editor", "email": "editor@example.org"}]


def test_a_step_that_failed_is_taken_again(config: Config) -> None:
    prepared = prepared_for(config)
    prepared.steps()[0].done()
    assert names(prepared_for(config).steps()) == STEPS[1:]


def test_static_files_that_are_gone_are_collected_again(config: Config) -> None:
    take(config)
    (config.var / "static" / "staticfiles.json").unlink()
    assert names(prepared_for(config).steps()) == ["collectstatic"]


@pytest.mark.parametrize("told", ["", "[1, 2]", '{"migrations": "x"}', "{"])
def test_a_damaged_memory_means_that_nothing_was_done(config: Config, told: str) -> None:
    take(config)
    (config.var / "prepared.json").write_text(told)
    assert names(prepared_for(config).steps()) == STEPS


def test_another_database_has_had_nothing_done(config: Config) -> None:
    take(config)
    elsewhere = config.model_copy(update={"database_url": "postgresql://elsewhere/news"})
    assert names(prepared_for(elsewhere).steps()) == STEPS
    (config.var / "postgres" / "data" / "PG_VERSION").unlink()
    (config.var / "postgres" / "data" / "PG_VERSION").write_text("18")
    assert names(prepared_for(config).steps()) == STEPS


def test_the_demo_keeps_what_the_configuration_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "dragoman.toml"
    file.write_text('[publication]\nname = "Farol"\n')
    monkeypatch.setenv("DRAGOMAN_CONFIG", str(file))
    for name in (
        "NAME",
        "TIME_ZONE",
        "BASE_URL",
    ):  # set first, so that what the demo sets ends with this test
        monkeypatch.setenv(f"DRAGOMAN_PUBLICATION__{name}", "")
        monkeypatch.delenv(f"DRAGOMAN_PUBLICATION__{name}")
    publication = _demo_publication("http://127.0.0.1:8123").publication
    assert (publication.name, publication.base_url) == ("Farol", "http://127.0.0.1:8123")
    assert publication.time_zone == DEMO["time_zone"]


def test_what_was_compiled_is_kept(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAGOMAN_VAR", "")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    _plan(config, "127.0.0.1", 8123)
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ
