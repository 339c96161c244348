"""The jobs of previews. Apart from the other actions: engines are no business of web processes."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from dragoman.discussion.actions.posting import worded
from dragoman.discussion.actions.previewing import LIFETIME
from dragoman.discussion.models import Preview, PreviewState
from dragoman.discussion.quoting import without_wording
from dragoman.engines.errors import EngineError
from dragoman.engines.protocol import Pair
from dragoman.languages.registry import UNDETERMINED, base, codes
from dragoman.text.blocks import Block
from dragoman.text.identify import identify, own_words
from dragoman.translation.compose import origin_of
from dragoman.translation.models import Scope
from dragoman.translation.trying import Trial, try_out


def purge_previews() -> int:
    """Take away what has expired; gives how many."""
    gone, _ = Preview.objects.filter(created_at__lt=timezone.now() - LIFETIME).delete()
    return gone


def translate_preview(preview_id: int) -> None:
    """The job: no transaction is open while language and translation are found."""
    row = Preview.objects.filter(pk=preview_id, state=PreviewState.WAITING).first()
    if row is None or row.created_at < timezone.now() - LIFETIME:
        return
    try:
        told = _translated(row)
    except Exception:
        Preview.objects.filter(pk=row.pk).update(state=PreviewState.FAILED)
        raise
    Preview.objects.filter(pk=row.pk, created_at__gte=timezone.now() - LIFETIME).update(**told.fields())


@dataclass(frozen=True, slots=True)
class _Told:
    """What the job found out."""

    language: str
    trial: Trial | None = None  # None: read in the original, or no engine could
    failed: bool = False

    def fields(self) -> dict[str, Any]:
        state = PreviewState.FAILED if self.failed else PreviewState.READY
        if self.trial is None:
            return {"state": state, "language": self.language}
        findings = [finding for target in self.trial.targets for finding in target.findings]
        return {
            "state": state,
            "language": self.language,
            "content": self.trial.composition.to_json(),
            "origin": origin_of(self.trial.composition.shown)[0],
            "findings": [each for each in findings if each["severity"] != "minor"],
        }


def _translated(row: Preview) -> _Told:
    blocks = without_wording(worded(row.source))
    language = _language_of(blocks, row.language)
    if base(language) == base(row.target_language) or language == UNDETERMINED:
        return _Told(language)
    try:
        pair = Pair(language, row.target_language)
        return _Told(language, try_out({"body": blocks}, pair, scope=Scope.DISCUSSION))
    except EngineError:
        return _Told(language, failed=True)


def _language_of(blocks: tuple[Block, ...], declared: str) -> str:
    return identify(own_words(list(blocks)), expected=codes()).language or declared
