"""Several statements, one journey."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dragoman.database.statements import Statement, ask, columns, gathering, instance, put, width
from dragoman.discussion.models import HouseRules
from dragoman.people.models import User

pytestmark = pytest.mark.django_db


def _numbers(sql: str, *values: object) -> Statement[list[int]]:
    return Statement(sql, list(values), lambda rows: [number for (number,) in rows])


def _name(person: User) -> Statement[str]:
    return Statement(
        "SELECT display_name FROM people_user WHERE id = %s", [person.pk], lambda rows: rows[0][0]
    )


def _rename(person: User, name: str) -> None:
    put("UPDATE people_user SET display_name = %s WHERE id = %s", [name, person.pk])


def _rename_and_fail(person: User) -> None:
    with gathering():
        _rename(person, "After")
        raise ZeroDivisionError


def _rename_and_divide(person: User) -> None:
    with gathering():
        _rename(person, "After")
        put("SELECT 1 / %s", [0])


@pytest.fixture
def person() -> User:
    return User.objects.create_user("a@example.org", display_name="Before")


def test_each_has_its_own_answer_and_each_is_counted() -> None:
    first, second = _numbers("SELECT generate_series(1, %s)", 3), _numbers("SELECT %s::int", 7)
    with CaptureQueriesContext(connection) as captured:
        ask(first, second)
    assert (first.answer, second.answer, len(captured)) == ([1, 2, 3], [7], 2)


def test_one_that_was_not_asked_has_no_answer() -> None:
    with pytest.raises(RuntimeError):
        _ = _numbers("SELECT 1").answer


def test_a_failure_is_djangos_and_none_has_an_answer() -> None:
    fine, wrong = _numbers("SELECT 1"), _numbers("SELECT 1 / %s", 0)
    with pytest.raises(DatabaseError), transaction.atomic():
        ask(fine, wrong)
    with pytest.raises(RuntimeError):
        _ = fine.answer
    assert _numbers("SELECT 2").asked() == [2], "the connection goes on"


def test_what_is_put_alone_is_done_at_once(person: User) -> None:
    _rename(person, "After")
    assert _name(person).asked() == "After"


def test_what_is_gathered_is_done_before_the_next_question(person: User) -> None:
    with gathering():
        _rename(person, "After")
        assert User.objects.get(pk=person.pk).display_name == "Before", "nothing was sent yet"
        assert _name(person).asked() == "After"
        _rename(person, "At last")
    assert _name(person).asked() == "At last"


def test_nothing_is_done_of_what_was_gathered_in_a_block_that_fails(person: User) -> None:
    with pytest.raises(ZeroDivisionError):
        _rename_and_fail(person)
    assert _name(person).asked() == "Before"


def test_a_block_within_another_gathers_for_it_in_order(person: User) -> None:
    with gathering():
        _rename(person, "First")
        with gathering():
            _rename(person, "Second")
        assert User.objects.get(pk=person.pk).display_name == "Before"
        with pytest.raises(ZeroDivisionError):
            _rename_and_fail(person)
    assert _name(person).asked() == "Second"


def test_a_failure_of_what_was_gathered_is_raised_at_the_end(person: User) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        _rename_and_divide(person)
    assert _name(person).asked() == "Before"


def test_rows_become_instances(person: User) -> None:
    sql = f"SELECT {columns(User, 'p')} FROM people_user AS p WHERE p.id = %s"
    [found] = Statement(sql, [person.pk], lambda rows: [instance(User, row) for row in rows]).asked()
    assert found == person
    assert not found._state.adding
    assert width(User) == len(User._meta.concrete_fields)
    found.display_name = "Stored as a change"
    found.save(update_fields=["display_name"])
    assert _name(person).asked() == "Stored as a change"


def test_columns_of_json_are_read_as_django_reads_them() -> None:
    HouseRules.objects.create(pk=1, blocked_hosts=["spam.example"])
    sql = f"SELECT {columns(HouseRules, 'h')} FROM discussion_houserules AS h"
    [found] = Statement(sql, [], lambda rows: [instance(HouseRules, row) for row in rows]).asked()
    assert found.blocked_hosts == ["spam.example"]
