"""The writes of delivery."""

from datetime import timedelta

from django.utils import timezone

from dragoman.delivery.models import Change

KEPT = timedelta(hours=1)  # `front.position.KNOWN_SECONDS` is less


def forget_changes() -> int:
    """Delete notifications older than an hour; gives their number."""
    return Change.objects.filter(moment__lt=timezone.now() - KEPT).delete()[0]
