"""The process's engines. Models are loaded by engine processes, on first use: web workers never load one."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from django.conf import settings

from dragoman.engines.embedded import EmbeddedEngine
from dragoman.engines.fake import FakeEngine
from dragoman.engines.protocol import Engine, Pair
from dragoman.engines.routing import Router
from dragoman.engines.weights import WeightsSource
from dragoman.languages.registry import codes

_lock = Lock()
_router: Router | None = None


def router() -> Router:
    """The engines this installation has, in order of preference; made once per process."""
    global _router
    with _lock:
        if _router is None:
            _router = Router(_installed())
        return _router


def refresh() -> None:
    """Forget the engines: models were added or removed."""
    global _router
    with _lock:
        if _router is not None:
            _router.close()
        _router = None


@contextmanager
def use(*engines: Engine) -> Iterator[Router]:
    """These engines instead of the installed ones: tests, and commands that name one."""
    global _router
    before, _router = _router, Router(engines)
    try:
        yield _router
    finally:
        _router = before


def weights() -> WeightsSource:
    """Where this installation looks for models."""
    return WeightsSource([settings.TRANSLATION_WEIGHTS_DIRECTORY])


def _installed() -> list[Engine]:
    if settings.TRANSLATION_FAKE_ENGINE:
        return [FakeEngine(frozenset(_every_pair()))]
    models = weights().find()
    if not models:
        return []
    return [EmbeddedEngine(models, processes=settings.TRANSLATION_EMBEDDED_PROCESSES)]


def _every_pair() -> Iterator[Pair]:
    for source in codes():
        yield from (Pair(source, target) for target in codes() if target != source)
