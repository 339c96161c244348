"""The process's engines. Models are loaded by engine processes, on first use: web workers never load one."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock, Timer
from typing import Literal, Protocol

from django.conf import settings
from django.utils import timezone

from dragoman.engines.embedded import EmbeddedEngine
from dragoman.engines.fake import FakeEngine
from dragoman.engines.protocol import Engine, Pair, every_pair
from dragoman.engines.routing import Router
from dragoman.engines.weights import WeightsSource
from dragoman.languages.registry import codes

WARM_DAYS = 7  # of the ledger, to learn which models are used
_WARM_AT_MOST = 32  # pairs

log = logging.getLogger(__name__)
_lock = Lock()
_router: Router | None = None
_stamp = 0  # of the models' directory when the router was made
_instead: Router | None = None
_retired: list[Router] = []


class Configured(Protocol):
    """What the configuration says of one engine (`site.config.EngineConfig`)."""

    kind: Literal["embedded", "libretranslate", "chat"]
    url: str
    model: str
    languages: list[str]
    answers: Literal["json_schema", "json_object", "none"]
    confidential: bool
    longest: int
    batch: int
    characters: int
    timeout_seconds: float
    attempts: int

    @property
    def known_as(self) -> str: ...

    def secret(self) -> str: ...


def router() -> Router:
    """The engines this installation has, in order of preference; made once per process, and anew when models were
    added or removed meanwhile, by whichever process."""
    global _router, _stamp
    if _instead is not None:
        return _instead
    with _lock:
        stamp = _directory_stamp()
        if _router is not None and stamp != _stamp:
            _retire(_router)
            _router = None
        if _router is None:
            _router, _stamp = Router(_installed()), stamp
        return _router


def refresh() -> None:
    """Forget the engines, and end their processes."""
    global _router
    with _lock:
        for each in (_router, *_retired):
            if each is not None:
                each.close()
        _retired.clear()
        _router = None


@contextmanager
def use(*engines: Engine) -> Iterator[Router]:
    """These engines instead of the installed ones: tests, and commands that name one."""
    global _instead
    before, _instead = _instead, Router(engines)
    try:
        yield _instead
    finally:
        _instead = before


def weights() -> WeightsSource:
    """Where this installation looks for models."""
    return WeightsSource([settings.TRANSLATION_WEIGHTS_DIRECTORY])


def warm() -> int:
    """Load the models that were used most of late, before somebody waits for them; gives how many were loaded."""
    engines = router()
    embedded = [engine for engine in engines.engines if isinstance(engine, EmbeddedEngine)]
    wanted = [own for pair in _used() for engine, own in _hops(engines, pair) if engine in embedded]
    return sum(engine.warm(wanted) for engine in embedded)


def _used() -> list[Pair]:
    from django.db.models import Sum

    from dragoman.translation.models import LedgerEntry

    since = timezone.now() - timedelta(days=WARM_DAYS)
    rows = (
        LedgerEntry.objects.filter(created_at__gte=since)
        .values_list("source_language", "language")
        .annotate(asked=Sum("segments"))
        .order_by("-asked", "source_language", "language")[:_WARM_AT_MOST]
    )
    return [Pair(source, language) for source, language, _ in rows]


def _hops(engines: Router, pair: Pair) -> tuple[tuple[Engine, Pair], ...]:
    route = engines.route(pair)
    return route.hops if route else ()


def _retire(router: Router) -> None:
    """Those who ask it have their answers still; then it is closed."""
    log.info("models were added or removed: engines are made anew")
    _retired.append(router)
    timer = Timer(settings.TRANSLATION_DEADLINE_SECONDS * 2, _close, [router])
    timer.daemon = True
    timer.start()


def _close(router: Router) -> None:
    with _lock:
        if router in _retired:
            _retired.remove(router)
    router.close()


def _directory_stamp() -> int:
    """Changes whenever a model's folder appears, goes or is replaced."""
    try:
        return int(settings.TRANSLATION_WEIGHTS_DIRECTORY.stat().st_mtime_ns)
    except OSError:
        return 0


def _installed() -> list[Engine]:
    if settings.TRANSLATION_FAKE_ENGINE:
        return [FakeEngine(every_pair(codes()))]
    configured: list[Configured] = list(settings.TRANSLATION_ENGINES)
    named = any(each.kind == "embedded" for each in configured)
    engines = [] if named else _embedded()
    for each in configured:
        engines += _embedded() if each.kind == "embedded" else [http_engine(each)]
    return engines


def _embedded() -> list[Engine]:
    models = weights().find()
    if not models:
        return []
    return [
        EmbeddedEngine(
            models,
            processes=settings.TRANSLATION_EMBEDDED_PROCESSES,
            memory=settings.TRANSLATION_EMBEDDED_MEMORY,
        )
    ]


def http_engine(configured: Configured) -> Engine:
    """An engine behind a server, as configured."""
    # Here, for httpx would cost every start a tenth of a second.
    from dragoman.engines.chat import ChatEngine
    from dragoman.engines.http import Patience
    from dragoman.engines.libretranslate import LibreTranslate

    patience = Patience(timeout=configured.timeout_seconds, attempts=configured.attempts)
    if configured.kind == "chat":
        return ChatEngine(
            configured.url,
            model=configured.model,
            languages=configured.languages or codes(),
            name=configured.known_as,
            key=configured.secret(),
            form=configured.answers,
            confidential=configured.confidential,
            longest=configured.longest,
            batch=configured.batch,
            characters=configured.characters,
            patience=patience,
        )
    return LibreTranslate(
        configured.url,
        name=configured.known_as,
        key=configured.secret(),
        languages=configured.languages or None,
        confidential=configured.confidential,
        longest=configured.longest,
        batch=configured.batch,
        characters=configured.characters,
        patience=patience,
    )
