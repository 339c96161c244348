"""A person's own data as a file: asked for on their page, made by a job, fetched by nobody else.

Actions, like those of `people.actions`. The archive holds the same twice: JSON for programs, whose shape
`docs/personal-data.md` describes, and a page for people that needs no network and runs no script.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from dragoman.languages import addresses, formats
from dragoman.languages.registry import direction
from dragoman.people import exports
from dragoman.people.errors import AskedLately, NotPermitted
from dragoman.people.exports import Chapter, Record, plain
from dragoman.people.models import Export, User

FORMAT, VERSION = "dragoman-personal-data", 1
_SALT = "people.export"
_WHOLE_FILE = (1980, 1, 1, 0, 0, 0)  # the moment stands in the data; a ZIP's own has no zone


@transaction.atomic
def ask(person: User) -> Export:
    """Ask for one's own data. Raises AskedLately, NotPermitted."""
    from dragoman.people.tasks import make_export

    locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if not locked.is_active:
        raise NotPermitted
    now, pause = timezone.now(), timedelta(hours=settings.PEOPLE_EXPORT_EVERY_HOURS)
    last = Export.objects.filter(person=locked, asked_at__gt=now - pause).first()
    if last is not None:
        raise AskedLately(last.asked_at + pause)
    export = Export.objects.create(person=locked, asked_at=now)
    make_export.defer(export_id=export.pk)
    return export


def make(export_id: int) -> None:
    """Gather and store what was asked for, and say so by mail; nothing where it is made, or the account is gone."""
    export = Export.objects.select_related("person").filter(pk=export_id, made_at=None).first()
    if export is None or not export.person.is_active:
        return
    archive = archive_of(export.person)
    now = timezone.now()
    export.archive, export.made_at = archive, now
    export.expires_at = now + timedelta(days=settings.PEOPLE_EXPORT_DAYS)
    with transaction.atomic():
        if not Export.objects.filter(pk=export.pk, made_at=None).select_for_update().exists():
            return
        export.save(update_fields=["archive", "made_at", "expires_at"])
    _tell_made(export)


def delete_expired() -> int:
    """Throw away what lay ready long enough, and what could never be made; how many."""
    now = timezone.now()
    never = Export.objects.filter(
        made_at=None, asked_at__lt=now - timedelta(days=settings.PEOPLE_EXPORT_DAYS)
    )
    return Export.objects.filter(expires_at__lte=now).delete()[0] + never.delete()[0]


def exports_of(person: User) -> list[Export]:
    """What a person asked for and can still fetch, or waits for; the newest first. Without the archives."""
    rows = Export.objects.filter(person=person).exclude(expires_at__lte=timezone.now())
    return list(rows.defer("archive"))


def token_of(export: Export) -> str:
    """What the address of an export ends with: signed, and of use to its person only."""
    return signing.dumps(export.pk, salt=_SALT)


def export_for(person: User, token: str) -> Export | None:
    """The export with this token, if it is the person's and lies ready."""
    try:
        number = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    rows = Export.objects.filter(pk=number, person=person, expires_at__gt=timezone.now())
    return rows.exclude(made_at=None).first()


# --- the archive -----------------------------------------------------------------------------------------------------


def archive_of(person: User) -> bytes:
    """A ZIP of `data.json` and `index.html`, in the language of the person's mails."""
    with translation.override(person.language):
        gathered = exports.gathered(person)
        files = {
            "data.json": json.dumps(_document(person, gathered), ensure_ascii=False, indent=1),
            "index.html": _page(person, gathered),
        }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, _WHOLE_FILE), text, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _document(person: User, gathered: Mapping[str, list[Record]]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "publication": {"name": settings.PUBLICATION_NAME, "address": settings.PUBLICATION_BASE_URL},
        "made_at": plain(timezone.now()),
        "account": person.pk,
        "chapters": {
            key: [{name: plain(value) for name, value in record.items()} for record in records]
            for key, records in gathered.items()
        },
    }


def _page(person: User, gathered: Mapping[str, list[Record]]) -> str:
    context = {
        "person": person,
        "language": person.language,
        "direction": direction(person.language),
        "publication_name": settings.PUBLICATION_NAME,
        "made_at": timezone.now(),
        "chapters": [_chapter(each, gathered[each.key], person.language) for each in exports.chapters()],
    }
    return render_to_string("people/export.html", context)


def _chapter(chapter: Chapter, records: list[Record], language: str) -> dict[str, Any]:
    return {
        "key": chapter.key,
        "title": chapter.title,
        "records": [
            [(chapter.labels[name], exports.shown(value, language)) for name, value in each.items()]
            for each in records
        ],
    }


def _tell_made(export: Export) -> None:
    person = export.person
    assert export.expires_at is not None
    context = {
        "user": person,
        "data_url": addresses.address("own_data", language=person.language),
        "until": formats.date_and_time(export.expires_at, person.language),
        "zone": formats.zone_name(export.expires_at, person.language),
    }
    get_adapter().send_mail("account/email/export_made", person.email, context)
