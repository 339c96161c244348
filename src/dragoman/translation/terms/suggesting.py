"""Terms proposed, because editors corrected the same thing twice: never used before an editor approves.

Only what is corrected in the newsroom counts: sentences of the discussion do not become evidence.
"""

from dragoman.languages.registry import base
from dragoman.text import terms as values
from dragoman.text.corrections import Corrected, Replacement, in_common, replacements
from dragoman.text.terms import LONGEST
from dragoman.translation.models import (
    Correction,
    Edition,
    Origin,
    Scope,
    Segment,
    Target,
    TargetStatus,
    Term,
    TermStatus,
    TermTarget,
)
from dragoman.translation.segmenting import sentence
from dragoman.translation.terms.queries import of_language


def note_correction(edition: Edition, segment: Segment, words: str) -> None:
    """Keep what a person is about to replace of a machine's sentence; the second time it proposes a term."""
    document = edition.document
    target = Target.objects.filter(edition=edition, segment=segment).first()
    if document.scope != Scope.NEWSROOM or target is None or target.origin == Origin.HUMAN or not target.text:
        return
    source = sentence(edition.revision.blocks(), segment)[0]
    for replacement in replacements(target.text, words):
        replaced, by = " ".join(replacement.replaced), " ".join(replacement.by)
        if max(len(replaced), len(by)) > LONGEST:
            continue
        correction, _ = Correction.objects.update_or_create(
            source_language=base(document.source_language),
            language=base(edition.language),
            key=bytes(segment.key),
            replaced=replaced,
            by=by,
            defaults={
                "document": document,
                "revision": edition.revision,
                "source": source,
                "before": target.text,
                "after": words,
            },
        )
        _propose(correction, replacement)


def _propose(correction: Correction, replacement: Replacement) -> None:
    earlier = (
        Correction.objects.filter(
            source_language=correction.source_language,
            language=correction.language,
            replaced__iexact=correction.replaced,
            by__iexact=correction.by,
        )
        .exclude(key=bytes(correction.key))
        .order_by("-pk")
    )
    for other in earlier[:5]:
        found = in_common(_corrected(correction), _corrected(other), replacement, correction.source_language)
        if found is not None:
            source, _replaced, by = found
            target = _proposal(source, by, correction)
            Correction.objects.filter(pk__in=[correction.pk, other.pk]).update(target=target)
            return


def _corrected(correction: Correction) -> Corrected:
    return Corrected(correction.source, correction.before, correction.after)


def _proposal(source: str, by: str, correction: Correction) -> TermTarget:
    """The proposed translation, of the term that is there already or of a proposed one. One that was approved,
    forbidden or dismissed stays what it is."""
    term = _known(source, correction.source_language) or Term.objects.create(
        source_language=correction.source_language, source=source[:LONGEST], status=TermStatus.PROPOSED
    )
    target, _ = TermTarget.objects.get_or_create(
        term=term,
        language=correction.language,
        text=by[:LONGEST],
        defaults={"status": TargetStatus.PROPOSED},
    )
    return target


def _known(source: str, language: str) -> Term | None:
    """The term whose wording these words are, in whatever form."""
    for term in Term.objects.filter(of_language("source_language", language)).order_by("pk"):
        wordings = [term.source, *term.variants]
        if values.places(source, wordings, language) == [(0, len(source))]:
            return term
    return None
