"""Configuration: `dragoman.toml`, overridden by the environment; every fault is reported at once."""

import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import psycopg
from babel import Locale, UnknownLocaleError
from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from dragoman.engines.catalogue import STORE

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


class PeopleConfig(BaseModel):
    """What is kept about people, and for how long."""

    model_config = ConfigDict(extra="forbid")

    address_days: Annotated[int, Field(ge=0, le=90)] = 7  # hashes of network addresses; 0 keeps none
    export_days: Annotated[int, Field(ge=1, le=90)] = 7  # a person's own data lies ready
    export_every_hours: Annotated[int, Field(ge=0, le=720)] = 24  # between two requests for them


class ClassifierConfig(BaseModel):
    """A service that judges comments: asked by a signed POST, never waited for by anybody who writes.

    The key is `key`, or lies in the environment variable that `key_variable` names.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    url: Annotated[str, Field(pattern=r"^https?://[^/@\s]+[^@\s]*$")]
    key: SecretStr = SecretStr("")
    key_variable: str = ""
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 3.0
    send_text: bool = True  # otherwise ids only: the service reads the comment by itself
    send_author: bool = False  # the number of the account

    @model_validator(mode="after")
    def _keyed(self) -> Self:
        if not self.secret():
            raise ValueError("a classifier needs a key to sign with: key, or key_variable")
        return self

    def secret(self) -> str:
        """The key itself; never to be logged."""
        return os.environ.get(self.key_variable, "") if self.key_variable else self.key.get_secret_value()


class DiscussionConfig(BaseModel):
    """The house rules of the discussion."""

    model_config = ConfigDict(extra="forbid")

    edit_minutes: Annotated[int, Field(ge=0, le=1440)] = 15
    votes_per_minute: Annotated[int, Field(ge=1)] = 60
    reports_per_hour: Annotated[int, Field(ge=1)] = 20
    mails_per_hour: Annotated[int, Field(ge=1)] = 10  # to one person; the rest waits for the daily one
    # These can be changed in the admin, too; 0 switches a rule off.
    premoderate: bool = False  # every comment waits for a moderator
    hold_first_comments: Annotated[int, Field(ge=0, le=100)] = 0
    reports_to_hold: Annotated[int, Field(ge=0, le=1000)] = 5  # so many readers' reports, and it waits
    appeal_days: Annotated[int, Field(ge=0, le=3650)] = 183  # six months: Digital Services Act, Article 20
    comments_per_minute: Annotated[int, Field(ge=0, le=1_000_000)] = 5
    comments_per_hour: Annotated[int, Field(ge=0, le=1_000_000)] | None = None  # 20 times those of a minute
    duplicate_hours: Annotated[int, Field(ge=0, le=8760)] = 24
    newcomer_comments: Annotated[int, Field(ge=0, le=1000)] = 5  # whoever has fewer that stand is a newcomer
    newcomer_comments_per_hour: Annotated[int, Field(ge=0, le=1_000_000)] | None = (
        None  # 4 times those of a minute
    )
    newcomer_links: Annotated[int, Field(ge=0, le=1000)] = 3
    links: Annotated[int, Field(ge=0, le=1000)] = 20
    slow_seconds: Annotated[int, Field(ge=0, le=86_400)] = (
        0  # between two comments of one person in a discussion
    )
    close_days: Annotated[int, Field(ge=0, le=36_500)] = 0
    blocked_hosts: list[str] = []
    hold_until_classified: bool = False
    classifier: ClassifierConfig | None = None

    @model_validator(mode="after")
    def _hourly(self) -> Self:
        """An hour's limits follow a minute's, so that who raises that one alone does not meet them."""
        if self.comments_per_hour is None:
            self.comments_per_hour = 20 * self.comments_per_minute
        if self.newcomer_comments_per_hour is None:
            self.newcomer_comments_per_hour = 4 * self.comments_per_minute
        return self


_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class EngineConfig(BaseModel):
    """One engine, in the order of preference of its list. `embedded` is there without being named, first.

    The key is `key`, or lies in the environment variable that `key_variable` names.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    kind: Literal["embedded", "libretranslate", "chat"]
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,18}$")] = ""
    url: str = ""
    key: SecretStr = SecretStr("")
    key_variable: str = ""
    model: Annotated[str, Field(max_length=200)] = ""
    languages: list[str] = []
    answers: Literal["json_schema", "json_object", "none"] = "json_schema"
    confidential: bool = False  # may be given what is under embargo
    longest: Annotated[int, Field(ge=100, le=20_000)] = 2000  # characters of one text
    batch: Annotated[int, Field(ge=1, le=1000)] = 40  # texts of one call
    characters: Annotated[int, Field(ge=100, le=200_000)] = 5000  # of one call
    timeout_seconds: Annotated[float, Field(gt=0, le=300)] = 10.0
    attempts: Annotated[int, Field(ge=1, le=10)] = 3

    @property
    def known_as(self) -> str:
        """Its name, which is its kind where it has none."""
        return self.name or self.kind

    def secret(self) -> str:
        """The key itself; never to be logged."""
        return os.environ.get(self.key_variable, "") if self.key_variable else self.key.get_secret_value()

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        """The sentence does not repeat the address: somebody may have put a key into it."""
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("it does not begin with http:// or https:// and a host")
        if parts.username or parts.password or parts.query:
            raise ValueError("a key does not belong into the address")
        return value.rstrip("/")

    @model_validator(mode="wrap")
    @classmethod
    def _every_fault(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """What is wrong between the settings is told together with what is wrong with each."""
        faults = list(_engine_faults(data)) if isinstance(data, Mapping) else []
        try:
            made = handler(data)
        except ValidationError as refused:
            known = [
                InitErrorDetails(
                    type=PydanticCustomError(each["type"], _plain(each["msg"])), loc=each["loc"], input=None
                )
                for each in refused.errors(include_input=False)
            ]
            raise ValidationError.from_exception_data(cls.__name__, known + faults, hide_input=True) from None
        if faults:
            raise ValidationError.from_exception_data(cls.__name__, faults, hide_input=True)
        return made


def _engine_faults(told: Mapping[str, Any]) -> Iterator[InitErrorDetails]:
    kind, variable, url = told.get("kind"), told.get("key_variable"), str(told.get("url", ""))
    if kind in ("libretranslate", "chat") and not url:
        yield _fault("url", f"an engine of the kind “{kind}” needs the address of its server")
    if kind == "chat" and not told.get("model"):
        yield _fault("model", "an engine of the kind “chat” needs the name of a model")
    if kind == "embedded":
        for name in sorted(set(told) - {"kind"}):
            yield _fault(name, "the embedded engine has no such setting")
    if variable and told.get("key"):
        yield _fault("key_variable", "there is a key already")
    elif variable and not os.environ.get(str(variable)):
        yield _fault("key_variable", f"{variable} is not in the environment")
    in_clear = url.startswith("http://") and urlsplit(url).hostname not in _LOOPBACK
    if in_clear and (variable or told.get("key")):
        yield _fault("url", "a key would travel to another machine without encryption")


def _fault(name: str, sentence: str) -> InitErrorDetails:
    return InitErrorDetails(type=PydanticCustomError("engine", _plain(sentence)), loc=(name,), input=None)


def _plain(message: str) -> Any:
    """pydantic reads braces as places for values, of which there are none."""
    return message.replace("{", "(").replace("}", ")")


class TranslationConfig(BaseModel):
    """Engines and the care taken with them."""

    model_config = ConfigDict(extra="forbid")

    engines: list[EngineConfig] = []
    models_url: str = STORE  # where `dragoman engines add` finds models, or a mirror of it
    embedded_memory_mb: Annotated[int, Field(ge=64)] = 512  # of all models; processes share them
    embedded_processes: Annotated[int, Field(ge=1, le=64)] = 2
    deadline_seconds: Annotated[float, Field(gt=0)] = 20.0
    debounce_seconds: Annotated[float, Field(ge=0)] = 5.0
    on_view_per_day: Annotated[int, Field(ge=0)] = (
        5000  # editions of each language that is translated on view
    )
    updating_minutes: Annotated[float, Field(ge=0)] = 10.0
    fake_engine: bool = False  # for tests and trials without weights: readable nonsense, labelled as such

    @field_validator("engines")
    @classmethod
    def _distinct(cls, value: list[EngineConfig]) -> list[EngineConfig]:
        names = [each.known_as for each in value]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two engines are called {twice[0]!r}: give them names")
        return value

    @field_validator("models_url")
    @classmethod
    def _store(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError(f"{value!r} does not begin with http:// or https://")
        return value


class DeliveryConfig(BaseModel):
    """Stored responses, and what stands before the front (deploy/)."""

    model_config = ConfigDict(extra="forbid")

    memory_mb: Annotated[int, Field(ge=1)] = 64  # for stored responses
    disk_mb: Annotated[int, Field(ge=0)] = 512
    trusted_proxies: list[str] = []  # addresses and networks whose X-Forwarded-* are believed
    shared_seconds: Annotated[int, Field(ge=0, le=3600)] = 1  # how long caches before us keep a complete page
    shared_stale_seconds: Annotated[int, Field(ge=0, le=3600)] = 5  # and show it while they ask for a new one

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        for each in value:
            try:
                ip_network(each.strip(), strict=False)
            except ValueError:
                raise ValueError(f"{each!r} is neither an address nor a network") from None
        return value


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
    database_prepared: bool = True  # not where a pooler gives each transaction another connection
    allowed_hosts: list[str] = []  # besides the publication's own and this machine's
    publication: PublicationConfig = PublicationConfig()
    people: PeopleConfig = PeopleConfig()
    discussion: DiscussionConfig = DiscussionConfig()
    translation: TranslationConfig = TranslationConfig()
    mail: MailConfig = MailConfig()
    delivery: DeliveryConfig = DeliveryConfig()

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
    """Whole or not at all: of two threads or processes that start at once, the second takes the first one's."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
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
