"""SQL of our own on ways where every journey to the database counts: several statements make one (ADR 20)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Generic, TypeVar, cast

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

Told = TypeVar("Told")
Row = TypeVar("Row", bound=Model)
Rows = list[tuple[Any, ...]]
Values = Sequence[Any] | Mapping[str, Any]


@dataclass(slots=True)
class _Gathered:
    """What was put in a block and waits; `outer`: the block around it, whose statements go first."""

    outer: "_Gathered | None"
    waiting: list[tuple[str, Values]] = field(default_factory=list)

    def all(self) -> list[tuple[str, Values]]:
        return [*(self.outer.all() if self.outer is not None else ()), *self.waiting]

    def clear(self) -> None:
        if self.outer is not None:
            self.outer.clear()
        self.waiting.clear()


_gathered: ContextVar[_Gathered | None] = ContextVar("dragoman_gathered", default=None)


class Statement(Generic[Told]):
    """A question to the database, put together with others by `ask`."""

    def __init__(self, sql: str, values: Values, read: Callable[[Rows], Told]) -> None:
        self.sql, self.values, self._read = sql, values, read
        self._rows: Rows | None = None

    @property
    def answer(self) -> Told:
        """What `read` makes of the rows, anew each time. Raises RuntimeError before it was asked."""
        if self._rows is None:
            raise RuntimeError("the statement has not been sent")
        return self._read(self._rows)

    def asked(self) -> Told:
        """Sent alone; its answer."""
        ask(self)
        return self.answer

    def _take(self, rows: Rows) -> None:
        self._rows = rows


def ask(*statements: Statement[Any]) -> None:
    """Put these to the database in their order, each as if the one before had been answered (it locks, and sees what
    was committed meanwhile), in one journey, after what was gathered. Raises DatabaseError: then none has an answer."""
    own = _gathered.get()
    gathered = own.all() if own is not None else []
    with _one_journey(len(gathered) + len(statements)):
        for sql, values in gathered:
            _sent(sql, values)
        cursors = [_sent(statement.sql, statement.values) for statement in statements]
        answers = [cursor.fetchall() for cursor in cursors]
    if own is not None:
        own.clear()
    for statement, rows in zip(statements, answers, strict=True):
        statement._take(rows)


def _sent(sql: str, values: Values) -> CursorWrapper:
    cursor: CursorWrapper = cast("Any", connection).prepared_cursor()
    cursor.execute(sql, values)
    return cursor


@contextmanager
def _one_journey(statements: int) -> Iterator[None]:
    """Nothing inside waits before rows are fetched, which is done last: Django looks at other things of a cursor, too,
    that are not there before (how many rows it changed)."""
    if statements < 2:
        yield
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def put(sql: str, values: Values) -> None:
    """Execute a statement that has no answer: now, or with others inside `gathering`."""
    gathered = _gathered.get()
    if gathered is None:
        with _sent(sql, values):
            pass
    else:
        gathered.waiting.append((sql, values))


@contextmanager
def gathering() -> Iterator[None]:
    """What is `put` inside goes to the database together with the next `ask`, or at the end: whatever else is executed
    before that does not see it. A block within another gathers for that one. Nothing that waits still is executed when
    the block fails."""
    own = _Gathered(_gathered.get())
    token = _gathered.set(own)
    try:
        yield
        if own.outer is not None:
            own.outer.waiting += own.waiting
        elif own.waiting:
            ask()
    finally:
        _gathered.reset(token)


def numbered(row: Model, number: int) -> None:
    """A new row that a statement of ours stores under a number that was drawn: stored, as Django sees it."""
    row.pk, row._state.adding, row._state.db = number, False, connection.alias


def columns(model: type[Model], table: str) -> str:
    """The columns of a model's own table, as `instances` takes them, for a SELECT from `table`."""
    return ", ".join(f"{table}.{field.column}" for field in model._meta.concrete_fields)


@cache
def width(model: type[Model]) -> int:
    """How many columns that is."""
    return len(model._meta.concrete_fields)


def instance(model: type[Row], values: Sequence[Any]) -> Row:
    """A row that was read with `columns`."""
    names, converted = _reading(model)
    if converted:
        values = list(values)
        for place, field in converted:
            values[place] = field.from_db_value(values[place], None, connection)
    return model.from_db(connection.alias, names, values)


@cache
def _reading(model: type[Model]) -> tuple[list[str], list[tuple[int, Any]]]:
    """The names of the columns, and the places of those that are not read as they are (JSON)."""
    fields = model._meta.concrete_fields
    converted = [(place, field) for place, field in enumerate(fields) if hasattr(field, "from_db_value")]
    return [field.attname for field in fields], converted
