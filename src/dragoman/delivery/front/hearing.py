"""What the database tells this process, passed on to the store first and then to open pages."""

from collections import OrderedDict
from collections.abc import Callable
from json import JSONDecodeError, loads

from dragoman.delivery.front.changes import MalformedEvent, Told, read, understood
from dragoman.delivery.front.hub import Hub
from dragoman.delivery.front.store import ResponseStore

SCORE = "score"
PURGE = "purge"
SCORES_SECONDS = 5.0
"""A thread's pages are made anew for votes once in so long; the voter's own vote comes with `me.json`."""

AWAY, BACK = "away", "back"
AWAY_SECONDS = 3.0

_KEYS = 4096
_CHANGES_AT_MOST = 200


class Hearing:
    """`later(seconds, function)` calls the function after so long, on the event loop."""

    def __init__(
        self,
        store: ResponseStore,
        hub: Hub,
        later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self._store, self._hub, self._later = store, hub, later
        self._known: OrderedDict[str, bool] = OrderedDict()  # key → whether open pages were told, too
        self._said_away = False
        self._resting: dict[frozenset[str], Told | None] = {}

    def hear(self, payload: str) -> None:
        """A notification. Raises MalformedEvent."""
        told = read(payload)
        if told.event == PURGE:
            self._purge(told)
        elif told.event == SCORE:
            self._score(told)
        else:
            self._pass_on(told)

    def hear_answer(self, changes: bytes) -> None:
        """What an answer of Django's says that its request changed: known before its notification comes, so that who
        wrote sees it whatever happens. Raises MalformedEvent."""
        try:
            payloads = loads(changes)
        except (JSONDecodeError, UnicodeDecodeError, RecursionError) as fault:
            raise MalformedEvent("the changes of an answer cannot be read") from fault
        if not isinstance(payloads, list):
            raise MalformedEvent("the changes of an answer are no list")
        for payload in payloads[:_CHANGES_AT_MOST]:
            told = understood(payload)
            if told.key and told.key not in self._known:
                self._remember(told.key, pages=False)
                self._store.hear(told)

    def see(self) -> None:
        """From now on everything is heard."""
        self._store.blind_since = None
        if self._said_away:
            self._said_away = False
            self._hub.tell_everybody(BACK)

    def go_blind(self) -> None:
        """From now on nothing is heard. Open pages are told when it lasts: a restart is no news."""
        if self._store.blind_since is None:
            self._store.blind_since = self._store.clock()
            self._later(AWAY_SECONDS, self._say_away)

    def _say_away(self) -> None:
        blind_since = self._store.blind_since
        if blind_since is not None and self._store.clock() - blind_since >= AWAY_SECONDS * 0.9:
            self._said_away = True
            self._hub.tell_everybody(AWAY)

    def lose_track(self) -> None:
        """Something may have been missed, and nobody knows what."""
        self._store.forget_everything()
        self._hub.tell_to_reload()

    def _pass_on(self, told: Told) -> None:
        pages_know = self._known.get(told.key)
        if pages_know:
            return
        if pages_know is None:
            self._store.hear(told)
        self._remember(told.key, pages=True)
        self._hub.tell(told.event, told.topics, told.language, told.text)

    def _score(self, told: Told) -> None:
        if told.topics in self._resting:
            self._resting[told.topics] = told
            return
        self._pass_on(told)
        self._resting[told.topics] = None
        self._later(SCORES_SECONDS, lambda: self._rested(told.topics))

    def _rested(self, topics: frozenset[str]) -> None:
        held = self._resting.pop(topics)
        if held is not None:
            self._score(held)

    def _purge(self, told: Told) -> None:
        path = loads(told.text).get("path") or ""
        if told.topics:
            self._store.hear(told)
        elif isinstance(path, str):
            self._store.purge(path)

    def _remember(self, key: str, *, pages: bool) -> None:
        if key:
            self._known[key] = pages
            if len(self._known) > _KEYS:
                self._known.popitem(last=False)
