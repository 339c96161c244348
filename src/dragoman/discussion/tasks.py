"""Where Procrastinate finds the jobs of the discussion: it looks for this module in every application."""

from dragoman.discussion.notifications import tasks as notifications

__all__ = ["notifications"]
