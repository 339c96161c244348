"""Whatever names a person is in a chapter of their copy, or it is said here why not. Nothing holds an account back."""

import pytest
from django.apps import apps
from django.db.models import CASCADE, DO_NOTHING, PROTECT, RESTRICT, Field, Model

from dragoman.people.exports import chapters
from dragoman.people.models import User

# Column → the chapter that shows it, or the reason in a sentence.
KNOWN = {
    "account.EmailAddress.user": "email_addresses",
    "mfa.Authenticator.user": "passkeys",
    "people.Closing.person": "While there is one, nobody can ask for a copy.",
    "people.Export.person": "exports",
    "people.SeenAddress.person": "networks",
    "translation.Memory.reviewer": "The sentence itself is in the chapter of corrections.",
    "translation.Target.reviewer": "corrections",
    "translation.Term.changed_by": "The glossary is the newsroom's work.",
    "translation.TermChange.by": "The glossary is the newsroom's work.",
    "translation.TranslationReport.reporter": "translation_reports",
    "translation.TranslationReport.settled_by": "Whether the desk closed a report is the reader's to know.",
    "discussion.Thread.written_by": "pages",
    "newsroom.ArticlePage.writer": "pages",
    "discussion.Comment.author": "comments",
    "discussion.Preview.author": "A draft that was only looked at is gone after a quarter of an hour.",
    "discussion.Vote.voter": "votes",
    "discussion.Report.reporter": "reports",
    "discussion.Decision.actor": "decisions_made",
    "discussion.Decision.person": "decisions",
    "discussion.PersonNote.person": "What moderators tell each other is theirs; it falls with the account.",
    "discussion.PersonNote.author": "It is about somebody else.",
    "discussion.Appeal.author": "appeals",
    "discussion.Notification.recipient": "notifications",
    "discussion.Mail.recipient": "notifications",
    "discussion.Preferences.person": "notification_wishes",
    "discussion.Follow.person": "followed",
    "discussion.Ignoring.person": "ignored",
    "discussion.Mention.person": "Who mentions somebody has written it: it is in their comment.",
    "discussion.Ignoring.ignored": "Who ignores somebody is theirs to know.",
}


def naming_people() -> dict[str, Field]:  # type: ignore[type-arg]
    """Every foreign key to an account, of every table."""
    return {
        f"{model._meta.app_label}.{model.__name__}.{field.name}": field
        for model in apps.get_models()
        for field in model._meta.fields
        if field.related_model is User
    }


def is_ours(model: type[Model]) -> bool:
    """Readers' tables; Wagtail's hold what the newsroom does."""
    return model.__module__.startswith(("dragoman.", "allauth."))


def test_all_that_names_a_person_is_shown_to_them_or_said_not_to_be() -> None:
    ours = {name for name, field in naming_people().items() if is_ours(field.model)}
    assert ours == KNOWN.keys()


@pytest.mark.parametrize("name", [name for name, told in KNOWN.items() if not told.endswith(".")])
def test_the_chapters_are_there(name: str) -> None:
    assert KNOWN[name] in {chapter.key for chapter in chapters()}


def test_nothing_holds_an_account_back() -> None:
    found = {name: field.remote_field.on_delete for name, field in naming_people().items()}  # type: ignore[union-attr]
    assert [name for name, on_delete in found.items() if on_delete in (PROTECT, RESTRICT)] == []
    # What keeps the number of an account that is gone: Wagtail's log, which says "deleted user".
    dangling = {name for name, on_delete in found.items() if on_delete is DO_NOTHING}
    assert dangling == {"wagtailcore.ModelLogEntry.user", "wagtailcore.PageLogEntry.user"}
    assert sum(on_delete is CASCADE for on_delete in found.values()) > 5
