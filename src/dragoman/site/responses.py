"""`dragoman store`: stored responses of this host, and purging them on all hosts."""

import json
from collections.abc import Iterable

import click

from dragoman.site.cli import refuse, setup, with_database


@click.group()
def store() -> None:
    """Stored responses: what is there, what each depends on, throwing it away."""


@store.command(name="list")
@click.argument("beginning", default="")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a response.")
def list_(beginning: str, as_json: bool) -> None:
    """What this host has on disk, at addresses that begin like BEGINNING ("/fr/")."""
    count = 0
    for one in _stored(beginning):
        count += 1
        if as_json:
            click.echo(json.dumps(one, ensure_ascii=False))
        else:
            preference = f" ({one['preference']})" if one["preference"] else ""
            click.echo(f"{one['size']:>9}  {one['stored_at']}  {one['address']}{preference}")
    if not count and not as_json:
        click.echo("Nothing is stored there.", err=True)


@store.command()
@click.argument("address")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a response.")
def show(address: str, as_json: bool) -> None:
    """What is stored at one ADDRESS, in all variants, and what each depends on."""
    found = [one for one in _stored(address) if str(one["address"]).partition("?")[0] == address]
    if not found:
        refuse(f"Nothing is stored at {address} on this host.")
    for one in found:
        if as_json:
            click.echo(json.dumps(one, ensure_ascii=False))
            continue
        for name, value in one.items():
            click.echo(f"{name:<11} {' '.join(value) if isinstance(value, list) else value}")
        click.echo()


@store.command()
@click.argument("addresses", nargs=-1)
@click.option(
    "--topic", "topics", multiple=True, metavar="thread:7", help="What depends on it; may be repeated."
)
@click.option("--all", "everything", is_flag=True, help="Everything.")
@with_database
def purge(addresses: tuple[str, ...], topics: tuple[str, ...], everything: bool) -> None:
    """Throw away what answers at ADDRESSES, on every host; the next reader waits for a new one."""
    from dragoman.delivery import actions
    from dragoman.delivery.errors import DeliveryError

    if not addresses and not topics and not everything:
        refuse("Say what to throw away: an address, --topic, or --all.")
    try:
        _check(addresses)
        if topics:
            actions.purge_topics(topics)
        for address in addresses:
            click.echo(f"Purged {actions.purge_address(address)}", err=True)
        if everything:
            actions.purge_all()
            click.echo("Purged everything.", err=True)
    except DeliveryError as refusal:
        refuse(str(refusal))


def _check(addresses: Iterable[str]) -> None:
    """All of them, before the first is purged."""
    from dragoman.delivery.actions import path_of

    for address in addresses:
        path_of(address)


def _stored(beginning: str) -> list[dict[str, object]]:
    setup()
    from django.conf import settings

    from dragoman.delivery.queries import stored_responses

    return [
        {
            "address": one.address,
            "preference": one.preference,
            "language": one.language,
            "size": one.size,
            "stored_at": one.stored_at.isoformat(timespec="seconds"),
            "complete": one.complete,
            "depends_on": list(one.names),
        }
        for one in stored_responses(settings.VAR, beginning=beginning)
    ]
