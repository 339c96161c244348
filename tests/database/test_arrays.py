"""Lists that are bound on the server come back as they were, whatever stands in them."""

from datetime import date, timedelta, timezone
from decimal import Decimal
from enum import IntEnum

import django.db
import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from dragoman.database import prepared
from dragoman.discussion.models import CommentState

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
syntax = st.text("{}\",\\ \n\t'NULnul;-é", max_size=12)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(timezones=zones).filter(lambda it: 1 < it.year < 9999)
ROUND_TRIPS = {
    "text": texts | syntax,
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "boolean": st.booleans(),
    "uuid": st.uuids(),
    "timestamptz": moments,
    "date": st.dates(min_value=date(2, 1, 1)),
    "bytea": st.binary(max_size=40),
    "float8": st.floats(allow_nan=False),
    "numeric": st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9),
}


class TestArrays(TestCase):
    """Each kind of element, with nothing (NULL) among them."""

    @given(st.data())
    @settings(max_examples=150)
    def test_they_come_back_as_they_were(self, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from(sorted(ROUND_TRIPS)))
        wanted = data.draw(st.lists(st.none() | ROUND_TRIPS[kind], max_size=6))
        ((found,),) = prepared(f"SELECT %s::{kind}[]", [wanted])
        assert [bytes(each) if kind == "bytea" and each is not None else each for each in found] == wanted


@pytest.mark.django_db
def test_a_choice_is_its_value() -> None:
    number = IntEnum("number", {"SEVEN": 7})
    assert prepared("SELECT %s::text[], %s::int[]", [[CommentState.LIVE], [number.SEVEN]]) == [
        (["live"], [7])
    ]


@pytest.mark.django_db
def test_what_postgresql_cannot_hold_is_refused_and_the_connection_works_on() -> None:
    with pytest.raises(django.db.DataError), transaction.atomic():
        prepared("SELECT %s::text[]", [["a\0b"]])
    with pytest.raises(TypeError), transaction.atomic():
        prepared("SELECT %s::int[]", [[[1], [2]]])
    assert prepared("SELECT %s::numeric[]", [[Decimal("1.50")]]) == [([Decimal("1.50")],)]
