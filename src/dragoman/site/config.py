"""Configuration: `dragoman.toml`, overridden by the environment; every fault is reported at once."""

import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

import psycopg
from babel import Locale, UnknownLocaleError
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

CONFIG_FILE = "dragoman.toml"
DATABASE_NAMES = ("database_url", "dragoman_database_url")  # in the environment in capitals


class ConfigurationFault(Exception):
    """Every fault of the configuration, one sentence a line."""

    code = "configuration"


class LanguageConfig(BaseModel):
    """One language of the publication."""

    model_config = ConfigDict(extra="forbid")

    code: str
    ahead: bool = True
    numbering: Literal["latn", "arab", "arabext", "deva", "beng"] = "latn"

    @field_validator("code")
    @classmethod
    def _known(cls, code: str) -> str:
        try:
            Locale.parse(code, sep="-")
        except (UnknownLocaleError, ValueError) as fault:
            raise ValueError(f"{code!r} is not a language code that CLDR knows") from fault
        return code


class PublicationConfig(BaseModel):
    """What the publication is called, where and in which languages it appears."""

    model_config = ConfigDict(extra="forbid")

    name: str = "Dragoman"
    base_url: str = "http://127.0.0.1:8000"
    time_zone: str = "UTC"
    languages: list[LanguageConfig] = [
        LanguageConfig(code=code) for code in ("en", "fr", "es", "pt", "ru", "ar")
    ]
    untranslated_in_lists: Literal["show", "omit"] = "show"  # rule of reading 4

    @field_validator("languages", mode="before")
    @classmethod
    def _short_form(cls, value: object) -> object:
        """`languages = ["en", "fr"]` says the same as a table for each."""
        if isinstance(value, list):
            return [{"code": entry} if isinstance(entry, str) else entry for entry in value]
        return value

    @field_validator("languages")
    @classmethod
    def _distinct(cls, value: list[LanguageConfig]) -> list[LanguageConfig]:
        found = [language.code for language in value]
        if not found:
            raise ValueError("a publication needs at least one language")
        if len(set(found)) != len(found):
            raise ValueError("a language is named twice")
        return value

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError(f"{value!r} does not begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is not a time zone of the IANA database")
        return value


class DiscussionConfig(BaseModel):
    """The house rules of the discussion."""

    model_config = ConfigDict(extra="forbid")

    edit_minutes: Annotated[int, Field(ge=0, le=1440)] = 15
    hold_first_comments: Annotated[int, Field(ge=0, le=100)] = 0
    comments_per_minute: Annotated[int, Field(ge=1)] = 5
    votes_per_minute: Annotated[int, Field(ge=1)] = 60
    reports_per_hour: Annotated[int, Field(ge=1)] = 20


class TranslationConfig(BaseModel):
    """Engines and the care taken with them."""

    model_config = ConfigDict(extra="forbid")

    embedded_processes: Annotated[int, Field(ge=1, le=64)] = 2
    deadline_seconds: Annotated[float, Field(gt=0)] = 20.0
    debounce_seconds: Annotated[float, Field(ge=0)] = 5.0
    on_view_per_day: Annotated[int, Field(ge=0)] = (
        5000  # editions of each language that is translated on view
    )
    updating_minutes: Annotated[float, Field(ge=0)] = 10.0
    fake_engine: bool = False  # for tests and trials without weights: readable nonsense, labelled as such


class MailConfig(BaseModel):
    """How mails leave. `console` prints them: the demo."""

    model_config = ConfigDict(extra="forbid")

    transport: Literal["console", "smtp", "memory"] = "console"
    sender: str = (
        ""  # "News of the Bay <news@bay.example>"; the publication's name and host where it is empty
    )
    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = ""
    tls: bool = False


class Config(BaseSettings):
    """The whole of it. Environment names: `DRAGOMAN_PUBLICATION__NAME`, `DATABASE_URL`, …"""

    model_config = SettingsConfigDict(
        env_prefix="DRAGOMAN_", env_nested_delimiter="__", extra="forbid", toml_file=CONFIG_FILE
    )

    var: Path = Path("var")
    debug: bool = False
    secret_key: str = ""
    database_url: Annotated[str, Field(validation_alias=AliasChoices(*DATABASE_NAMES))] = ""
    allowed_hosts: list[str] = []  # besides the publication's own and this machine's
    publication: PublicationConfig = PublicationConfig()
    discussion: DiscussionConfig = DiscussionConfig()
    translation: TranslationConfig = TranslationConfig()
    mail: MailConfig = MailConfig()

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        """The sentence does not repeat the address: there may be a password in it."""
        try:
            psycopg.conninfo.conninfo_to_dict(value)
        except psycopg.ProgrammingError:
            raise ValueError("it is not the address of a database (postgresql://user@host/name)") from None
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment before file."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _file())


def load() -> Config:
    """The configuration in force. Raises ConfigurationFault naming every fault."""
    try:
        return Config()
    except ValidationError as faults:
        raise ConfigurationFault("\n".join(_sentence(fault) for fault in faults.errors())) from None
    except SettingsError as fault:
        raise ConfigurationFault(f"{_badly_written(fault)} is not written as JSON.") from None
    except (OSError, ValueError) as fault:
        raise ConfigurationFault(f"{_file()} cannot be read: {fault}.") from None


def _file() -> Path:
    return Path(os.environ.get("DRAGOMAN_CONFIG", CONFIG_FILE))


def _sentence(fault: object) -> str:
    where = ".".join(str(part) for part in fault["loc"]) or "configuration"  # type: ignore[index]
    if fault["type"] == "extra_forbidden":  # type: ignore[index]
        return f"{where}: there is no such setting."
    message: str = fault["msg"]  # type: ignore[index]
    return f"{where}: {message.removeprefix('Value error, ')}."


def _badly_written(fault: SettingsError) -> str:
    """Which variable of the environment, as far as pydantic tells: it names the table only."""
    table = str(fault).partition('field "')[2].partition('"')[0].upper()
    names = sorted(name for name in os.environ if name.startswith(f"DRAGOMAN_{table}"))
    return " or ".join(names) or "The environment"


def secret_key(config: Config) -> str:
    """The configured key, or one made once and kept beside the data, readable by the owner only. Raises OSError."""
    if config.secret_key:
        return config.secret_key
    file = config.var / "secret-key"
    if not file.exists():
        _make_key(file)
    return file.read_text().strip()


def _make_key(file: Path) -> None:
    """Whole or not at all: of two processes that start at once, the second takes the first one's."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(secrets.token_urlsafe(50))
    try:
        with suppress(FileExistsError):
            os.link(unfinished, file)
    finally:
        unfinished.unlink()


def load_or_exit() -> Config:
    """The configuration, or every fault on standard error and exit status 2."""
    try:
        return load()
    except ConfigurationFault as fault:
        sys.stderr.write(f"The configuration has faults:\n{fault}\n")
        raise SystemExit(2) from None


def secret_key_or_exit(config: Config) -> str:
    """The key, or one sentence on standard error and exit status 2."""
    try:
        return secret_key(config)
    except OSError as fault:
        sys.stderr.write(f"The directory {config.var} cannot be used: {fault.strerror}.\n")
        raise SystemExit(2) from None
