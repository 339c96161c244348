"""A new revision: what of each edition can be carried over, and what must be made anew."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from dragoman.text.align import align
from dragoman.translation.compose import recompose
from dragoman.translation.models import (
    Document,
    Edition,
    Origin,
    Progress,
    Revision,
    Segment,
    Target,
    TargetState,
)
from dragoman.translation.segmenting import sentence

_TRUSTED = (Origin.HUMAN, Origin.IMPORTED)
Plan = dict[int, tuple[Segment | None, str, str]]  # new segment id → (old segment, kind of match, old text)


def carry_editions(
    document: Document, old: Revision, new: Revision, *, at_once: bool, people_only: bool = False
) -> list[Edition]:
    """Editions of the new revision with all that may be kept of the old one's; the old ones are gone.

    What was removed from the source is in none of them. `at_once` keeps nothing made for other words; `people_only`
    nothing that a machine made: the words were taken for another language's.
    """
    plan = _plan(old, new)
    now = timezone.now()
    editions = [
        _carried(edition, document, new, plan, now, at_once=at_once, people_only=people_only)
        for edition in Edition.objects.select_for_update().filter(revision=old).order_by("pk")
    ]
    Edition.objects.filter(revision=old).delete()
    Segment.objects.filter(revision=old).delete()
    return editions


def _plan(old: Revision, new: Revision) -> Plan:
    before, after = list(old.segments.all()), list(new.segments.all())
    old_texts = _texts(old, before)
    plan: Plan = {segment.pk: (None, "added", "") for segment in after}
    for match in align(old_texts, _texts(new, after)):
        if match.new is not None and match.old is not None:
            plan[after[match.new].pk] = (before[match.old], match.kind, old_texts[match.old])
    return plan


def _texts(revision: Revision, segments: Sequence[Segment]) -> list[str]:
    fields = revision.blocks()
    return [sentence(fields, segment)[0] for segment in segments]


def _carried(
    edition: Edition,
    document: Document,
    new: Revision,
    plan: Plan,
    now: datetime,
    *,
    at_once: bool,
    people_only: bool,
) -> Edition:
    old_targets = {target.segment_id: target for target in edition.targets.all()}
    if people_only:
        old_targets = {pk: target for pk, target in old_targets.items() if _of_a_person(target)}
        plan_kept = {pk: step for pk, step in plan.items() if step[0] and step[0].pk in old_targets}
    else:
        plan_kept = plan
    successor = Edition.objects.create(
        document=document,
        revision=new,
        language=edition.language,
        progress=Progress.QUEUED,
        updating_since=edition.updating_since or now,
    )
    targets = _targets(successor, plan_kept, old_targets, at_once=at_once)
    Target.objects.bulk_create(targets)
    if len(targets) == len(plan) and all(_is_final(target) for target in targets):
        successor.progress = Progress.DONE
    recompose(successor, document=document, revision=new)
    return successor


def _of_a_person(target: Target) -> bool:
    return target.origin == Origin.HUMAN or bool(target.outdated)


def _targets(
    successor: Edition, plan: Plan, old_targets: dict[int, Target], *, at_once: bool
) -> list[Target]:
    kept = []
    for pk, (old_segment, kind, old_text) in plan.items():
        old = old_targets.get(old_segment.pk) if old_segment else None
        target = _carry(old, kind, old_text) if old else _placeholder()
        if at_once and target is not None and target.state == TargetState.UPDATING:
            target = _kept_aside(target)
        if target is not None:
            target.pk, target.edition, target.segment_id = None, successor, pk
            kept.append(target)
    return kept


def _kept_aside(target: Target) -> Target | None:
    """ "Correct now": words made for an earlier wording are not shown, a human's are kept to be looked at."""
    target.state, target.text = TargetState.REFUSED, ""
    return target if target.outdated else None


def _is_final(target: Target) -> bool:
    refused_aside = target.state == TargetState.REFUSED and target.outdated and not target.text
    return target.state != TargetState.UPDATING and not target.redo and not refused_aside


def _carry(old: Target, kind: str, old_text: str) -> Target | None:
    """A target for the new wording: the same, a human's over a spelling fix, or the old words for the time being."""
    if kind == "same":
        return old
    if kind == "spelling" and old.origin in _TRUSTED and old.state != TargetState.UPDATING:
        old.carried = True
        return old
    if old.state == TargetState.REFUSED:
        return None
    if old.origin == Origin.HUMAN and old.state != TargetState.UPDATING:
        old.outdated, old.outdated_source = old.text, old_text
    old.state, old.origin, old.note, old.reviewer, old.carried = (
        TargetState.UPDATING,
        Origin.MACHINE,
        "",
        None,
        False,
    )
    old.redo, old.by_term, old.locked = False, False, False
    return old


def _placeholder() -> Target:
    """A new sentence in a block that is read already: left out until it is translated."""
    return Target(text="", state=TargetState.UPDATING, origin=Origin.MACHINE)
