"""Who may do what to a comment. Actions ask here, and so does what offers the actions."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from dragoman.database.statements import Statement
from dragoman.discussion.models import Comment, CommentState, Thread
from dragoman.people.models import User

MODERATE = "discussion.moderate"
SET_HOUSE_RULES = "discussion.set_house_rules"
REMOVABLE = frozenset({CommentState.LIVE, CommentState.HELD, CommentState.HIDDEN})
EDITABLE = frozenset({CommentState.LIVE, CommentState.HELD})


def may_moderate(user: User | AnonymousUser) -> bool:
    """Staff, and whoever has the permission, unless the account is suspended."""
    if getattr(user, "is_suspended", False):
        return False
    return user.is_active and (user.is_staff or user.has_perm(MODERATE))


def able_to_moderate(people: Collection[int]) -> Statement[frozenset[int]]:
    """Those of these people who were given the permission, themselves or by a group."""
    package, codename = MODERATE.split(".")
    terms = {"package": package, "codename": codename, "people": list(people)}
    return Statement(_ABLE, terms, lambda rows: frozenset(pk for (pk,) in rows))


def moderators_among(people: Collection[User], able: Collection[int]) -> frozenset[int]:
    """Those of these people who may moderate, as `may_moderate` says of each; `able`: who was given the permission."""
    asked = [each for each in people if each.is_active and not each.is_suspended]
    return frozenset(each.pk for each in asked if each.is_staff or each.is_superuser or each.pk in able)


_ABLE = """
    WITH able AS MATERIALIZED (
        SELECT permission.id FROM auth_permission AS permission
        JOIN django_content_type AS kind ON kind.id = permission.content_type_id
        WHERE permission.codename = %(codename)s AND kind.app_label = %(package)s
    )
    SELECT user_id FROM people_user_user_permissions
    WHERE user_id = ANY(%(people)s::bigint[]) AND permission_id IN (SELECT id FROM able)
    UNION
    SELECT member.user_id FROM people_user_groups AS member
    JOIN auth_group_permissions AS given USING (group_id)
    WHERE member.user_id = ANY(%(people)s::bigint[]) AND given.permission_id IN (SELECT id FROM able)
"""


def may_set_house_rules(user: User | AnonymousUser) -> bool:
    """Whoever has the permission, which moderators do not have by themselves."""
    return user.is_active and user.has_perm(SET_HOUSE_RULES)


def may_write(user: User, thread: Thread) -> bool:
    """Whether a signed-in person may write in a thread now."""
    if not user.is_active or user.is_suspended or not thread.document.visible:
        return False
    return not thread.is_locked or may_moderate(user)


def is_own(user: User, comment: Comment) -> bool:
    """Whether the person wrote it."""
    return comment.author_id is not None and comment.author_id == user.pk


def may_edit(user: User, comment: Comment, now: datetime) -> bool:
    """The author, for some minutes: nobody else ever changes what a person wrote."""
    return is_own(user, comment) and comment.state in EDITABLE and now < editable_until(comment)


def editable_until(comment: Comment) -> datetime:
    """When a comment's words become final."""
    return comment.created_at + timedelta(minutes=settings.DISCUSSION_EDIT_MINUTES)


def may_delete(user: User, comment: Comment) -> bool:
    """The author, always."""
    return is_own(user, comment) and comment.state in REMOVABLE
