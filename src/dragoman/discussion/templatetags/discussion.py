"""What templates ask of the discussion."""

from django import template

from dragoman.discussion.kept import comments_markup

register = template.Library()
register.simple_tag(comments_markup, name="comments_of")
