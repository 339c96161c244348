"""What fronts must hear even when they were away."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.functions import Now

if TYPE_CHECKING:
    _Number = models.BigIntegerField[int, int]
else:
    _Number = models.BigIntegerField


class TransactionId(_Number):
    """PostgreSQL's `xid8`: the transaction that wrote the row, which a snapshot either saw or did not."""

    def db_type(self, connection: Any) -> str:
        """The column's type."""
        del connection
        return "xid8"


class Change(models.Model):
    """One notification, for an hour: its `payload` as it was sent, ids only."""

    transaction = TransactionId(db_default=models.Func(function="pg_current_xact_id"))
    moment = models.DateTimeField(db_default=Now(), db_index=True)
    payload = models.TextField()

    class Meta:
        default_permissions = ()
        permissions = [("purge_responses", "Can purge stored responses")]

    def __str__(self) -> str:
        return f"change {self.pk}"
