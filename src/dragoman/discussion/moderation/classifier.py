"""The hook for a service that judges comments."""

from django.conf import settings


def is_configured() -> bool:
    """Whether there is one."""
    return settings.DISCUSSION_CLASSIFIER is not None
