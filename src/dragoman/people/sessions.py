"""Django's sessions in the database, each with the account it belongs to."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore


class SessionStore(DatabaseStore):
    """The engine named in the settings."""

    @classmethod
    def get_model_class(cls) -> type[Any]:
        """Our table."""
        from dragoman.people.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row, and whose it is."""
        row: Any = super().create_model_instance(data)
        try:
            row.account = int(data.get(SESSION_KEY, ""))
        except ValueError:
            row.account = None
        return row
