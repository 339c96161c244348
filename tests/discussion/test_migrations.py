"""A publication with comments moves on to the next release."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE_LONG_THREADS = [("discussion", "0004_notifications")]


@pytest.mark.django_db(transaction=True)
def test_comments_that_stand_get_their_places() -> None:
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        apps = _migrate(BEFORE_LONG_THREADS)
        document = apps.get_model("translation", "Document").objects.create(kind="article")
        thread = apps.get_model("discussion", "Thread").objects.create(document=document)
        comments = apps.get_model("discussion", "Comment").objects
        first = comments.create(thread=thread, baseline=3)
        answer = comments.create(thread=thread, parent=first, depth=1)
        deeper = comments.create(thread=thread, parent=answer, depth=2)
    finally:
        apps = _migrate(newest)
    rows = {row.pk: row for row in apps.get_model("discussion", "Comment").objects.all()}
    assert [rows[each.pk].below for each in (first, answer, deeper)] == [2, 1, 0]
    assert {row.root_id for row in rows.values()} == {first.pk}
    assert sorted(rows, key=lambda pk: bytes(rows[pk].path)) == [first.pk, answer.pk, deeper.pk]
    assert rows[first.pk].worth > rows[answer.pk].worth == 0


def _migrate(targets):  # type: ignore[no-untyped-def]
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps
