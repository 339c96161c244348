"""What the glossary says: for a pair of languages to the work on editions, as entries to the desk and to files."""

from collections.abc import Iterable, Sequence

from django.db.models import Max, Prefetch, Q, QuerySet

from dragoman.languages.registry import base
from dragoman.text import terms as values
from dragoman.translation.models import TargetStatus, Term, TermChange, TermStatus, TermTarget
from dragoman.translation.terms.entries import Entry, entry_of

_known: dict[
    tuple[str, str], tuple[int, values.Glossary]
] = {}  # by pair: the last change seen, and its glossary


def glossary(source_language: str, language: str) -> values.Glossary:
    """The approved terms of a pair of languages, regions aside. Read anew after a change of the glossary (three
    queries), else out of the process's memory (one): two thousand terms take 57 ms to read."""
    pair = base(source_language), base(language)
    latest = TermChange.objects.aggregate(latest=Max("pk"))["latest"] or 0
    seen, found = _known.get(pair, (0, None))
    if found is None or seen != latest or not latest:
        found = _read(*pair)
        _known[pair] = latest, found
    return found


def _read(source_language: str, language: str) -> values.Glossary:
    targets = TermTarget.objects.filter(
        of_language("language", language), status__in=(TargetStatus.APPROVED, TargetStatus.FORBIDDEN)
    )
    rows = (
        Term.objects.filter(of_language("source_language", source_language), status=TermStatus.APPROVED)
        .prefetch_related(Prefetch("targets", targets, to_attr="of_pair"))
        .order_by("pk")
    )
    found = [_value(term, getattr(term, "of_pair", ())) for term in rows]
    return values.Glossary([term for term in found if term is not None], source_language)


def of_language(name: str, language: str) -> Q:
    """Rows whose column `name` is this language, whatever its region."""
    return Q(**{name: base(language)}) | Q(**{f"{name}__startswith": base(language) + "-"})


def _value(term: Term, targets: Iterable[TermTarget]) -> values.Term | None:
    approved = [each for each in targets if each.status == TargetStatus.APPROVED]
    forbidden = [each for each in targets if each.status == TargetStatus.FORBIDDEN]
    if not approved and not forbidden and not term.keep:
        return None
    return values.Term(
        number=term.pk,
        wordings=(term.source, *term.variants),
        targets=_wordings(approved),
        forbidden=_wordings(forbidden),
        keep=term.keep,
        match_case=term.match_case,
        inflected=term.inflected,
    )


def _wordings(targets: Iterable[TermTarget]) -> tuple[str, ...]:
    return tuple(wording for each in targets for wording in (each.text, *each.forms))


def terms_in(text: str, glossary: values.Glossary) -> tuple[values.Term, ...]:
    """The terms that stand in a text, each once, in the order of their numbers."""
    found = {each.term.number: each.term for each in glossary.find(text)}
    return tuple(found[number] for number in sorted(found))


def fingerprints(terms: Sequence[values.Term]) -> list[str]:
    """What targets and memory record as the terms used."""
    return [term.fingerprint for term in terms]


def listed(*, words: str = "", status: str = "", language: str = "") -> QuerySet[Term]:
    """Terms for the desk, by their wording. `words` are looked for in every language and in notes."""
    rows = Term.objects.prefetch_related("targets")
    if status == TermStatus.PROPOSED:
        rows = rows.filter(Q(status=status) | _having(status=TargetStatus.PROPOSED))
    elif status in TermStatus.values:
        rows = rows.filter(status=status)
    if language:
        rows = rows.filter(Q(source_language=language) | _having(language=language))
    if words:
        rows = rows.filter(
            Q(source__icontains=words)
            | Q(variants__icontains=words)
            | Q(note__icontains=words)
            | _having(text__icontains=words)
        )
    return rows


def _having(**wanted: str) -> Q:
    return Q(pk__in=TermTarget.objects.filter(**wanted).values("term"))


def entries() -> list[Entry]:
    """The whole glossary, in a stable order: three queries whatever its size."""
    rows = Term.objects.prefetch_related("targets").order_by("source_language", "source")
    return [entry_of(term) for term in rows]
