"""Django's sessions in the database, each with the account it belongs to, which is read along with it."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from dragoman.database.statements import Statement, columns, instance
from dragoman.languages.together import Call, Together

if TYPE_CHECKING:
    from dragoman.people.models import User


_Row = tuple[str | None, Sequence[Any]]
"""What the session holds, None where it has ended; the columns of its person."""


class SessionStore(DatabaseStore):
    """The engine named in the settings. `person`: whose account the row names, once it was read; whether the session
    lets them in is asked by `people.middleware`."""

    person: "User | None" = None

    @classmethod
    def get_model_class(cls) -> type[Any]:
        """Our table."""
        from dragoman.people.models import Session

        return Session

    def load(self) -> dict[str, Any]:
        """What the browser's session holds; nothing where it has ended. One statement, with the person, for all
        requests that come at the same moment."""
        from dragoman.people.models import User

        held, person = _read_together(self.session_key or "")
        if held is None:
            self._session_key = None
            return {}
        self.person = instance(User, person) if person[0] is not None else None
        return self.decode(held)

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row, and whose it is."""
        row: Any = super().create_model_instance(data)
        try:
            row.account = int(data.get(SESSION_KEY, ""))
        except ValueError:
            row.account = None
        return row


def _read(calls: Sequence[Call[str, _Row]]) -> None:
    keys = sorted({call.asked for call in calls})
    rows = Statement(_with_person(), [keys, timezone.now()], list).asked()
    found = {key: (held, person) for key, held, *person in rows}
    for call in calls:
        call.outcome = found.get(call.asked, (None, ()))


_read_together: Together[str, _Row] = Together(_read)


@cache
def _with_person() -> str:
    """A statement of our own: Django would build one for the session and one for the person, anew each time."""
    from dragoman.people.models import User

    return f"""
        SELECT session.session_key, session.session_data, {columns(User, "person")}
        FROM people_session AS session LEFT JOIN people_user AS person ON person.id = session.account
        WHERE session.session_key = ANY(%s::text[]) AND session.expire_date > %s
    """  # noqa: S608 - the names of our own columns
