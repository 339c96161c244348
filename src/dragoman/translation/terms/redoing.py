"""What a change of the glossary touches, and only that, is made anew: the sentences in which one of its wordings
stands and whose terms are no longer those that their targets were made with. Entered by a job; may run twice.

What readers see stays until something better has passed the gate; what people wrote stays, flagged.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from django.db import transaction
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Replace
from django.utils import timezone

from dragoman.engines.protocol import Pair
from dragoman.languages.registry import base
from dragoman.text.terms import Glossary, needle
from dragoman.text.terms import Term as TermValue
from dragoman.translation.asking import Asked, check
from dragoman.translation.models import Document, Edition, Origin, Segment, Target, TargetState, TermChange
from dragoman.translation.queue import requeue
from dragoman.translation.segmenting import sentence
from dragoman.translation.terms.queries import fingerprints, glossary, terms_in

DOCUMENTS_AT_ONCE = 25  # locked together: short enough for writers to wait
MOST_NEEDLES = 30  # more wordings than that: every text of the language is looked at
_OPEN = (TargetState.UPDATING, TargetState.REFUSED)


def apply_change(change_id: int) -> None:
    """Mark what one change touches, count it, and queue the work."""
    change = TermChange.objects.filter(pk=change_id).first()
    if change is None:
        return
    run = _Run(change)
    for ids in _batches(list(_candidates(change).values_list("pk", flat=True))):
        run.over(ids)
    TermChange.objects.filter(pk=change.pk).update(applied_at=timezone.now())


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), DOCUMENTS_AT_ONCE):
        yield ids[start : start + DOCUMENTS_AT_ONCE]


def _candidates(change: TermChange) -> QuerySet[Document]:
    """Texts in which one of the wordings may stand."""
    language = base(change.source_language)
    found = Document.objects.filter(
        Q(source_language=language) | Q(source_language__startswith=language + "-"), current__isnull=False
    ).order_by("pk")
    needles = {needle(wording, language) for wording in change.wordings}
    if "" in needles or len(needles) > MOST_NEEDLES:
        return found
    words = _without_yo(_without_yo(Cast("current__fields", TextField()), "ё", "е"), "Ё", "Е")
    wanted = Q()
    for each in needles:
        wanted |= Q(words__icontains=each)
    return found.annotate(words=words).filter(wanted)


def _without_yo(text: Cast | Replace, yo: str, ye: str) -> Replace:
    return Replace(text, Value(yo), Value(ye), output_field=TextField())


class _Run:
    """One change over many texts; the glossary of each language is read once."""

    def __init__(self, change: TermChange) -> None:
        self._change = change
        self._touched = Glossary([TermValue(0, tuple(change.wordings), keep=True)], change.source_language)
        self._glossaries: dict[str, Glossary] = {}

    @transaction.atomic
    def over(self, ids: Sequence[int]) -> None:
        documents = (
            Document.objects.select_for_update(of=("self",)).select_related("current").filter(pk__in=ids)
        )
        sentences = {
            segment: asked
            for document in documents.order_by("pk")
            for segment, asked in self._sentences(document)
        }
        if not sentences:
            return
        # Whoever stores targets holds the edition: what is read behind this lock is what is there.
        revisions = {segment.revision_id for segment in sentences}
        list(Edition.objects.select_for_update().filter(revision__in=revisions).order_by("pk"))
        redone, flagged = self._mark({segment.pk: asked for segment, asked in sentences.items()})
        TermChange.objects.filter(pk=self._change.pk).update(
            redone=F("redone") + redone, flagged=F("flagged") + flagged
        )

    def _sentences(self, document: Document) -> Iterator[tuple[Segment, Asked]]:
        """The sentences of a text that the change touches."""
        if document.current is None:
            return
        fields = document.current.blocks()
        for segment in Segment.objects.filter(revision=document.current_id):
            text, ranges = sentence(fields, segment)
            if self._touched.find(text):
                yield segment, Asked(text, ranges)

    def _mark(self, sentences: Mapping[int, Asked]) -> tuple[int, int]:
        redo: list[Target] = []
        flagged = 0
        targets = (
            Target.objects.filter(segment__in=list(sentences), redo=False)
            .exclude(state__in=_OPEN)
            .select_related("edition__document")
            .order_by("pk")
        )
        for target in targets:
            pair = Pair(target.edition.document.source_language, target.edition.language)
            asked = sentences[target.segment_id]
            terms = terms_in(asked.text, self._glossary(pair))
            if fingerprints(terms) == target.terms:
                continue
            if target.origin == Origin.MACHINE:
                redo.append(target)
            else:
                flagged += flag_by_terms(target, Asked(asked.text, asked.ranges, terms), pair)
                target.save(update_fields=["findings", "by_term", "terms", "changed_at"])
        Target.objects.filter(pk__in=[target.pk for target in redo]).update(redo=True)
        requeue({target.edition_id: target.edition for target in redo}.values(), debounce=True)
        return len(redo), flagged

    def _glossary(self, pair: Pair) -> Glossary:
        if pair.target not in self._glossaries:
            self._glossaries[pair.target] = glossary(pair.source, pair.target)
        return self._glossaries[pair.target]


def flag_by_terms(target: Target, asked: Asked, pair: Pair) -> bool:
    """Flag a person's target where the glossary says otherwise by now; its words stay. Whether it is flagged."""
    findings = [
        finding for finding in check(asked, target.text, target.fragments, pair) if finding.check == "terms"
    ]
    others = [finding for finding in target.findings if finding.get("check") != "terms"]
    target.findings = [*others, *(asdict(finding) for finding in findings)]
    target.by_term, target.terms = bool(findings), fingerprints(asked.terms)
    return target.by_term
