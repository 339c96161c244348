"""The only writes of the translation core: verbs, keyword-only, atomic."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from dragoman.engines.protocol import Pair
from dragoman.languages.registry import UNDETERMINED, base, codes, is_offered
from dragoman.people.models import User
from dragoman.text.blocks import Fields, clean, fields_to_json
from dragoman.text.identify import identify, own_words
from dragoman.text.segments import normalise, segment_key
from dragoman.text.variants import same
from dragoman.translation import facts
from dragoman.translation.compose import recompose
from dragoman.translation.desk.kinds import is_for_desk
from dragoman.translation.errors import EmptyTarget, NotPermitted, Superseded
from dragoman.translation.models import (
    ANY_CONTEXT,
    Document,
    Edition,
    EditionState,
    LanguageOrigin,
    Memory,
    Origin,
    Progress,
    Revision,
    Scope,
    Segment,
    Target,
    TargetState,
)
from dragoman.translation.queue import (
    Work,
    ahead_of,
    defer_detection,
    defer_edition,
    defer_editions,
    queue_all,
    queue_editions,
    requeue,
)
from dragoman.translation.revising import carry_editions
from dragoman.translation.segmenting import Numbers, numbers_for, sentence, store_first, store_revision
from dragoman.translation.terms.suggesting import note_correction

REVIEW = "translation.review_editions"
Fragments = Mapping[str, str]
_SPACE = re.compile("[ \t\n]+")


# --- documents -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """A text that people wrote, not yet stored. `detect`: the first job finds out the language; until then the
    declared one holds."""

    kind: str
    scope: str
    language: str
    fields: Fields
    visible: bool = True
    confidential: bool = False
    bulk: bool = False
    detect: bool = False


def create_document(*, kind: str, scope: str, language: str, fields: Fields, **about: bool) -> Document:
    """Store a text people wrote and queue its editions, in one transaction; `about` as in `Text`."""
    return create_documents([Text(kind, scope, language, fields, **about)])[0]


@transaction.atomic(savepoint=False)  # who catches what goes wrong here rolls everything back
def create_documents(texts: Sequence[Text], drawn: Numbers | None = None) -> list[Document]:
    """Store texts, in their order, as `create_document` does: as many statements as one takes. `drawn`: numbers for
    them, where whoever calls has drawn some along with other questions."""
    documents = [
        Document(
            kind=text.kind,
            scope=text.scope,
            source_language=text.language,
            declared_language=text.language,
            visible=text.visible,
            confidential=text.confidential,
            bulk=text.bulk,
        )
        for text in texts
    ]
    new = [(each, text.fields) for each, text in zip(documents, texts, strict=True)]
    revisions = store_first(new, drawn or numbers_for(len(new)).asked())
    defer_detection([each for each, text in zip(documents, texts, strict=True) if text.detect])
    stored = list(zip(documents, revisions, texts, strict=True))
    queue_all(
        (document, first, ahead_of(text.language)) for document, first, text in stored if not text.detect
    )
    for document, revision, _ in stored:
        facts.document_changed.happened(document=document, old_revision=None, new_revision=revision)
    return documents


@transaction.atomic
def revise(document: Document, *, fields: Fields, at_once: bool = False) -> Revision | None:
    """Store changed words. Readers keep checked sentences, marked; removed ones vanish from every edition here
    and now. `at_once` ("correct now") withdraws every sentence made for other words. None: nothing changed."""
    document = _locked(document)
    old = document.current
    if old is not None and _words(fields) == _words(old.blocks()):
        return None
    keys = _keys(old)
    new = store_revision(document, fields, before=old)
    carried = carry_editions(document, old, new, at_once=at_once) if old else []
    for edition in carried:
        if edition.progress != Progress.DONE:
            defer_edition(edition, debounce=not at_once)
    queue_editions(document, new, ahead_of(document.source_language), debounce=not at_once)
    _forget(keys, document.scope)
    facts.document_changed.happened(document=document, old_revision=old, new_revision=new)
    return new


def _words(fields: Fields) -> object:
    """Fields without sentence boundaries, for comparison."""
    told = fields_to_json(fields)
    return {
        name: [{key: value for key, value in block.items() if key != "sentences"} for block in blocks]
        for name, blocks in told.items()
    }


@transaction.atomic
def set_visibility(document: Document, *, visible: bool) -> None:
    """Show or withdraw a text, in every language at once: an edition has no visibility of its own."""
    changed = Document.objects.filter(pk=document.pk).exclude(visible=visible).update(visible=visible)
    document.visible = visible
    if changed:
        facts.document_visibility_changed.happened(document=document)


@transaction.atomic
def embargo(document: Document) -> None:
    """From now on only confidential engines see the text."""
    Document.objects.filter(pk=document.pk).update(confidential=True)
    document.confidential = True


@transaction.atomic
def lift_embargo(document: Document) -> None:
    """From now on any engine may see the text."""
    Document.objects.filter(pk=document.pk).update(confidential=False)
    document.confidential = False
    waiting = Edition.objects.filter(document=document, progress=Progress.WAITING).select_related("document")
    requeue(waiting)


@transaction.atomic
def erase(document: Document) -> None:
    """The words are gone: revisions, editions, targets, and the memory that no other live text holds."""
    document = _locked(document)
    keys, scope = _keys(document.current), document.scope
    document.visible = False
    facts.document_visibility_changed.happened(document=document)
    Document.objects.filter(pk=document.pk).update(current=None)
    Revision.objects.filter(document=document).delete()
    document.delete()
    _forget(keys, scope)


def _locked(document: Document) -> Document:
    return Document.objects.select_for_update(of=("self",)).select_related("current").get(pk=document.pk)


def _keys(revision: Revision | None) -> list[bytes]:
    if revision is None:
        return []
    return [bytes(key) for key in Segment.objects.filter(revision=revision).values_list("key", flat=True)]


# --- languages -------------------------------------------------------------------------------------------------------


@transaction.atomic
def correct_language(document: Document, *, language: str) -> None:
    """A person says what language the words are in: sentences and editions are made anew. What a person translated
    stays, for the words are the same; where it is the same language in another region, everything stays."""
    _set_language(_locked(document), language, LanguageOrigin.CORRECTED)


def identify_languages(document_ids: Iterable[int]) -> None:
    """The first work on texts whose language was only declared: find it out, then queue their editions. No transaction
    is open while it is found out; few statements, whatever their number, for those that are what they were declared
    to be."""
    ids = list(document_ids)
    documents = Document.objects.select_related("current").filter(pk__in=ids, current__isnull=False)
    found = {each: _found_language(each) for each in documents.order_by("pk")}
    as_declared = [each for each, said in found.items() if base(said) == base(each.source_language)]
    queue_all((each, each.current, ahead_of(each.source_language)) for each in as_declared)
    for document, said in found.items():
        if document not in as_declared:
            _language_found(document, said)


def _found_language(document: Document) -> str:
    if document.language_origin == LanguageOrigin.CORRECTED or document.current is None:
        return document.source_language
    words = own_words([block for blocks in document.current.blocks().values() for block in blocks])
    return identify(words, expected=codes()).language or document.declared_language


@transaction.atomic
def _language_found(document: Document, found: str) -> None:
    document = _locked(document)
    if document.language_origin != LanguageOrigin.CORRECTED:
        _set_language(document, found, LanguageOrigin.DETECTED)


def _set_language(document: Document, language: str, origin: str) -> None:
    old, before = document.current, document.source_language
    document.source_language, document.language_origin = language, origin
    document.save(update_fields=["source_language", "language_origin"])
    if old is None or before == language:
        return
    keys = _keys(old)
    own = [
        each.pk for each in Edition.objects.filter(document=document) if base(each.language) == base(language)
    ]
    Edition.objects.filter(pk__in=own).delete()
    new = store_revision(document, old.blocks(), before=old)
    for edition in carry_editions(document, old, new, at_once=False, people_only=not same(before, language)):
        if edition.progress != Progress.DONE:
            defer_edition(edition)
    queue_editions(document, new, ahead_of(language))
    _forget(keys, document.scope)
    facts.document_changed.happened(document=document, old_revision=old, new_revision=new)


@transaction.atomic
def request_editions(document_ids: Iterable[int], *, language: str) -> int:
    """Languages translated on view: queue what a reader just missed, once and within the day's budget. Two statements;
    gives how many of the documents are queued or have an edition by now."""
    wanted = sorted(set(document_ids))
    if not wanted or not is_offered(language):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_REQUEST, _request_terms(wanted, language))
        rows = cursor.fetchall()
    new = (Work(int(pk), Pair(source, language)) for pk, source, is_new in rows if is_new)
    defer_editions(new, asked_for=True)
    return len(rows)


def _request_terms(wanted: list[int], language: str) -> dict[str, Any]:
    return {
        "ids": wanted,
        "language": language,
        "base": base(language),
        "undetermined": UNDETERMINED,
        "original": EditionState.ORIGINAL,
        "queued": Progress.QUEUED,
        "budget": settings.TRANSLATION_ON_VIEW_PER_DAY,
    }


_REQUEST = """
    WITH wanted AS (
        SELECT id, current_id, source_language FROM translation_document
        WHERE id = ANY(%(ids)s) AND visible AND current_id IS NOT NULL AND source_language <> %(undetermined)s
          AND lower(split_part(replace(source_language, '_', '-'), '-', 1)) <> %(base)s
    ), known AS (
        SELECT e.id FROM translation_edition AS e JOIN wanted AS w ON e.revision_id = w.current_id
        WHERE e.language = %(language)s
    ), made AS (
        INSERT INTO translation_edition
            (document_id, revision_id, language, state, progress, attempts, origin, note, content,
             created_at, changed_at)
        SELECT id, current_id, %(language)s, %(original)s, %(queued)s, 0, '', '', '{}', now(), now()
        FROM wanted ORDER BY id
        LIMIT greatest(0, %(budget)s - (
            SELECT count(*) FROM translation_edition
            WHERE language = %(language)s AND created_at > now() - interval '1 day'
        ))
        ON CONFLICT DO NOTHING RETURNING id, document_id
    )
    SELECT made.id, source_language, true FROM made JOIN wanted ON wanted.id = made.document_id
    UNION ALL SELECT id, '', false FROM known
"""


# --- human work ------------------------------------------------------------------------------------------------------


@transaction.atomic
def correct_target(
    *, edition: Edition, segment: Segment, text: str, reviewer: User, everywhere: bool = False
) -> int:
    """A person's words for a sentence, where they were made; `everywhere` also in memory and in every other
    text that has the sentence. Gives how many sentences changed."""
    refuse_reviewer(reviewer, edition)
    words = one_line(text)
    if not words:
        raise EmptyTarget
    edition = locked_current(edition)
    segment = Segment.objects.filter(pk=segment.pk, revision=edition.revision_id).first() or _superseded()
    note_correction(edition, segment, words)
    make_human(edition, segment, words, reviewer)
    if not everywhere:
        return 1
    _remember_human(edition, segment, words, reviewer)
    others = same_sentence(edition, segment)
    for target in others:
        make_human(locked_current(target.edition), target.segment, words, reviewer)
    return 1 + len(others)


def refuse_reviewer(reviewer: User, edition: Edition) -> None:
    """Raises NotPermitted, also to reviewers where a text is not for the desk."""
    if not reviewer.has_perm(REVIEW) or not is_for_desk(edition.document.kind):
        raise NotPermitted


def one_line(text: str) -> str:
    """A person's words as they are stored: cleaned, on one line. Spaces that typography asks for (U+00A0, U+202F)
    stay, which the memory's normal form would make plain ones."""
    return _SPACE.sub(" ", clean(text)).strip(" ")


def same_sentence(edition: Edition, segment: Segment) -> list[Target]:
    """Targets of the same sentence in other places of the same language that no person made."""
    document = edition.document
    scopes = list(Scope) if document.scope == Scope.NEWSROOM else [Scope.DISCUSSION]
    found = (
        Target.objects.filter(
            segment__key=bytes(segment.key),
            segment__context=bytes(segment.context),
            edition__language=edition.language,
            edition__document__source_language=document.source_language,
            edition__document__scope__in=scopes,
        )
        .exclude(origin=Origin.HUMAN)
        .exclude(edition=edition, segment=segment)
        .select_related("edition__document", "segment")
        .order_by("edition_id")
    )
    return list(found)


def locked_current(edition: Edition) -> Edition:
    """The edition under its row lock. Raises Superseded when its document has moved on."""
    locked = (
        Edition.objects.select_for_update(of=("self",))
        .select_related("document", "revision")
        .filter(pk=edition.pk)
        .first()
    )
    if locked is None or locked.document.current_id != locked.revision_id:
        raise Superseded
    return locked


def _superseded() -> Segment:
    raise Superseded


def make_human(
    edition: Edition, segment: Segment, words: str, reviewer: User | None, fragments: Fragments | None = None
) -> None:
    """Store a person's words for a sentence and compose the edition anew. The caller holds the edition."""
    store_human(edition, segment, words, reviewer, fragments)
    tell_corrected(edition)


def store_human(
    edition: Edition,
    segment: Segment,
    words: str,
    reviewer: User | None,
    fragments: Fragments | None = None,
    findings: Sequence[Mapping[str, object]] = (),
) -> None:
    """A person's words for a sentence; a lock stays. `fragments`: what formatted stretches of the source became, None
    where it is not known anew. `reviewer` is None for who runs the command line."""
    if fragments is None:
        known = Target.objects.filter(edition=edition, segment=segment).first()
        fragments = known.fragments if known is not None else {}
    Target.objects.update_or_create(
        edition=edition,
        segment=segment,
        defaults={
            "text": words,
            "fragments": dict(fragments),
            "state": TargetState.PASSED,
            "origin": Origin.HUMAN,
            "note": "",
            "engine": "",
            "model": "",
            "findings": list(findings),
            "reviewer": reviewer,
            "carried": False,
            "outdated": "",
            "outdated_source": "",
            "terms": [],
            "redo": False,
            "by_term": False,
        },
    )


def tell_corrected(edition: Edition) -> None:
    """Compose an edition after people's words were stored, and tell those who read it. The caller holds it."""
    recompose(edition, document=edition.document, revision=edition.revision)
    document = edition.document
    facts.edition_ready.happened(document_id=document.pk, kind=document.kind, language=edition.language)


def _remember_human(edition: Edition, segment: Segment, words: str, reviewer: User) -> None:
    document = edition.document
    Memory.objects.update_or_create(
        source_language=base(document.source_language),
        target_language=base(edition.language),
        key=bytes(segment.key),
        context=bytes(segment.context),
        scope=document.scope,
        origin=Origin.HUMAN,
        defaults={
            "source": sentence(edition.revision.blocks(), segment)[0],
            "target": words,
            "fragments": {},
            "reviewer": reviewer,
        },
    )


@transaction.atomic
def ask_again(edition: Edition, *, reviewer: User, segment: Segment | None = None) -> None:
    """Throw away what machines made of an edition, or of one sentence of it, and queue it anew; what people wrote
    stays."""
    refuse_reviewer(reviewer, edition)
    edition = locked_current(edition)
    machine = edition.targets.filter(origin=Origin.MACHINE)
    if segment is not None:
        machine = machine.filter(segment=segment)
    keys = [bytes(key) for key in machine.values_list("segment__key", flat=True)]
    Memory.objects.filter(
        key__in=keys,
        target_language=base(edition.language),
        origin=Origin.MACHINE,
        scope=edition.document.scope,
    ).delete()
    machine.update(state=TargetState.UPDATING)
    requeue([edition])


# --- memory ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MemoryRow:
    """One sentence and its translation as an exchange format brings it. `context`: the key of the sentence before."""

    source_language: str
    target_language: str
    source: str
    target: str
    fragments: tuple[tuple[str, str], ...] = ()
    note: str = ""
    origin: str = Origin.IMPORTED
    context: bytes = ANY_CONTEXT
    engine: str = ""
    model: str = ""
    terms: tuple[str, ...] = ()
    made_at: datetime | None = None  # None: now


_PAIRS_AT_ONCE = 5000

# What a person of this house wrote is never replaced by a file.
_IMPORT = """
    INSERT INTO translation_memory AS known
        (source_language, target_language, key, context, scope, origin, source, target, fragments, note,
         engine, model, terms, created_at)
    SELECT row.source_language, row.target_language, row.key, row.context, %(scope)s, row.origin,
        row.source, row.target, row.fragments::jsonb, row.note, row.engine, row.model, row.terms::jsonb,
        coalesce(row.made_at, now())
    FROM unnest(%(sources)s::text[], %(targets)s::text[], %(keys)s::bytea[], %(contexts)s::bytea[],
        %(origins)s::text[], %(texts)s::text[], %(said)s::text[], %(fragments)s::text[], %(notes)s::text[],
        %(engines)s::text[], %(models)s::text[], %(terms)s::text[], %(moments)s::timestamptz[])
        AS row (source_language, target_language, key, context, origin, source, target, fragments, note, engine,
            model, terms, made_at)
    ON CONFLICT (source_language, target_language, key, context, scope, origin) DO UPDATE
        SET source = excluded.source, target = excluded.target, fragments = excluded.fragments,
            note = excluded.note, engine = excluded.engine, model = excluded.model, terms = excluded.terms
        WHERE known.origin <> 'human'
            AND (known.source, known.target, known.fragments, known.note, known.engine, known.model, known.terms)
            IS DISTINCT FROM (excluded.source, excluded.target, excluded.fragments, excluded.note, excluded.engine,
                excluded.model, excluded.terms)
"""


@transaction.atomic
def import_memory(rows: Iterable[MemoryRow], *, scope: str) -> int:
    """Store translations that a file brings; a sentence brought before gets the new target, a person's stays. Gives
    how many.

    One statement for 5,000 of them: the phrases that are shipped are 25,000, and the demo waits for them.
    """
    unique = list({_memory_key(row): row for row in rows}.items())
    with connection.cursor() as cursor:
        for start in range(0, len(unique), _PAIRS_AT_ONCE):
            cursor.execute(_IMPORT, _columns(unique[start : start + _PAIRS_AT_ONCE], scope))
    return len(unique)


_MemoryKey = tuple[str, str, bytes, bytes, str]


def _memory_key(row: MemoryRow) -> _MemoryKey:
    source = base(row.source_language)
    return source, base(row.target_language), segment_key(source, row.source), row.context, row.origin


def _columns(rows: Sequence[tuple[_MemoryKey, MemoryRow]], scope: str) -> dict[str, Any]:
    return {
        "scope": scope,
        "sources": [source for (source, *_), _ in rows],
        "targets": [target for (_, target, *_), _ in rows],
        "keys": [key for (_, _, key, *_), _ in rows],
        "contexts": [row.context for _, row in rows],
        "origins": [str(row.origin) for _, row in rows],
        "texts": [normalise(row.source) for _, row in rows],
        "said": [unicodedata.normalize("NFC", row.target).strip() for _, row in rows],
        "fragments": [json.dumps(dict(row.fragments)) for _, row in rows],
        "notes": [row.note for _, row in rows],
        "engines": [row.engine for _, row in rows],
        "models": [row.model for _, row in rows],
        "terms": [json.dumps(row.terms) for _, row in rows],
        "moments": [row.made_at for _, row in rows],
    }


def _forget(keys: Iterable[bytes], scope: str) -> None:
    """Forget what memory holds of these sentences of a scope, unless another live text holds them. What people
    of the newsroom wrote or brought stays; of the discussion nothing stays."""
    rows = Memory.objects.filter(scope=scope, key__in=list(set(keys)))
    if scope == Scope.NEWSROOM:
        rows = rows.filter(origin=Origin.MACHINE)
    held = Segment.objects.filter(key__in=list(set(keys)), revision__document__scope=scope)
    held_keys = [bytes(key) for key in held.values_list("key", flat=True)]
    rows.exclude(key__in=held_keys).delete()


def forget_unused_memory() -> int:
    """Every row that no live text holds: a safety net under `_forget`, run daily."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM translation_memory AS m
            WHERE (m.scope = 'discussion' OR m.origin = 'machine')
              AND m.created_at < now() - interval '1 hour'
              AND NOT EXISTS (SELECT 1 FROM translation_segment AS s WHERE s.key = m.key)
            """
        )
        return int(cursor.rowcount)
