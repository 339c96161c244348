"""Network addresses: a keyed hash, for some days, and never the address."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from dragoman.people import network
from dragoman.people.models import AddressSecret, SeenAddress
from tests.people.test_accounts import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten_rates() -> None:
    cache.clear()


def test_the_same_network_is_known_again_another_is_not() -> None:
    ana, boris, carla = make(), make("Boris"), make("Carla")
    network.note(ana, "198.51.100.7")
    network.note(ana, "198.51.100.7")
    network.note(boris, "::ffff:198.51.100.7")
    network.note(carla, "198.51.100.8")
    assert SeenAddress.objects.count() == 3
    assert set(network.people_at("198.51.100.7")) == {ana, boris}
    assert set(network.neighbours(ana)) == {boris}
    assert set(network.neighbours(carla)) == set()
    assert set(network.people_at("no address")) == set()


def test_a_household_of_ipv6_is_one_network() -> None:
    ana, boris = make(), make("Boris")
    network.note(ana, "2001:db8:1:2:3:4:5:6")
    network.note(boris, "2001:db8:1:2:ffff::1")
    assert set(network.neighbours(ana)) == {boris}


def test_the_hash_is_of_no_use_without_both_keys(settings: Settings) -> None:
    network.note(make(), "198.51.100.7")
    settings.SECRET_KEY = "another"
    assert set(network.people_at("198.51.100.7")) == set()


def test_forgotten_after_some_days_with_the_secret() -> None:
    network.note(make(), "198.51.100.7")
    kept = timezone.now().date() - timedelta(days=6)
    SeenAddress.objects.update(day=kept)
    AddressSecret.objects.update(day=kept)
    assert network.forget_old() == 0
    SeenAddress.objects.update(day=kept - timedelta(days=1))
    AddressSecret.objects.update(day=kept - timedelta(days=1))
    assert network.forget_old() == 1
    assert not AddressSecret.objects.exists()


def test_nothing_is_kept_where_the_setting_says_so(settings: Settings) -> None:
    settings.PEOPLE_ADDRESS_DAYS = 0
    network.note(make(), "198.51.100.7")
    assert not SeenAddress.objects.exists()


def test_whoever_writes_is_noted_whoever_reads_is_not() -> None:
    ana = make()
    client = Client(headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR="203.0.113.9")
    client.force_login(ana)
    client.get("/en/account/")
    assert not SeenAddress.objects.exists()
    client.post("/en/account/", {"display_name": "Ana B", "language": "en"})
    assert set(network.people_at("203.0.113.9")) == {ana}


def test_no_table_holds_the_address() -> None:
    client = Client(headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR="203.0.113.9")
    make()
    client.post("/en/account/login/", {"login": "ana@example.org", "password": "wrong"})
    client.post("/en/account/login/", {"login": "ana@example.org", "password": "s3cret-words"})
    assert SeenAddress.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s', ["%203.0.113.9%"])
            assert cursor.fetchone() == (0,), table
