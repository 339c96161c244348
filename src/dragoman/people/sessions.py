"""Django's sessions in the database, each with the account it belongs to, which is read along with it."""

from functools import cache
from typing import TYPE_CHECKING, Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import DEFAULT_DB_ALIAS, connection
from django.utils import timezone

if TYPE_CHECKING:
    from dragoman.people.models import User


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
        """What the browser's session holds; nothing where it has ended. One statement, with the person."""
        from dragoman.people.models import User

        with connection.cursor() as cursor:
            cursor.execute(_with_person(), [self.session_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        held, *person = row
        self.person = User.from_db(DEFAULT_DB_ALIAS, _names(), person) if person[0] is not None else None
        return self.decode(held)

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row, and whose it is."""
        row: Any = super().create_model_instance(data)
        try:
            row.account = int(data.get(SESSION_KEY, ""))
        except ValueError:
            row.account = None
        return row


@cache
def _names() -> list[str]:
    from dragoman.people.models import User

    return [field.attname for field in User._meta.concrete_fields]


@cache
def _with_person() -> str:
    """A statement of our own: Django would build one for the session and one for the person, anew each time."""
    from dragoman.people.models import User

    columns = ", ".join(f"person.{field.column}" for field in User._meta.concrete_fields)
    return f"""
        SELECT session.session_data, {columns}
        FROM people_session AS session LEFT JOIN people_user AS person ON person.id = session.account
        WHERE session.session_key = %s AND session.expire_date > %s
    """  # noqa: S608 - the names of our own columns
