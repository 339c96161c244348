"""Quotations: references to sentences, read word for word in every language."""

from collections.abc import Callable

import pytest

from dragoman.discussion import actions, errors
from dragoman.discussion.drafting import own_source, quoted_markdown, selected, whole_comment
from dragoman.discussion.models import Comment, Quotation, QuotedPart, Thread
from dragoman.discussion.queries import comment as comment_by_id
from dragoman.discussion.queries import comment_reading, thread_reading
from dragoman.discussion.readings import QuotationReading, QuotationState
from dragoman.discussion.references import Reference
from dragoman.engines.fake import FakeEngine
from dragoman.engines.protocol import Pair
from dragoman.languages.view import View
from dragoman.people.models import User
from dragoman.text.blocks import plain
from dragoman.text.markdown import reference_markdown
from dragoman.translation import actions as translation
from dragoman.translation.models import Document, Revision
from dragoman.translation.queries import readings

from .conftest import Say, draft, make_story

RunJobs = Callable[[], int]


def reference(
    document: Document, block: int = 0, first: int = 0, last: int = 1, revision: int = 1
) -> Reference:
    return Reference(document.pk, revision, "body", block, first, last)


def quoting(document: Document, comment: str = "Really?", **place: int) -> str:
    return quoted_markdown([reference(document, **place)], View("en")) + comment


def quotation_in(comment: Comment, language: str = "en") -> QuotationReading:
    reading = comment_reading(comment.pk, View(language))
    assert reading is not None
    (found,) = [part.quotation for part in reading.parts if part.quotation]
    return found


def body(*paragraphs: str) -> dict[str, tuple[object, ...]]:
    return {"headline": (plain("High water"),), "body": tuple(plain(text) for text in paragraphs)}


def test_the_field_is_filled_in_the_readers_language(
    story: Document, fake_engine: FakeEngine, run_jobs: RunJobs
) -> None:
    run_jobs()
    expected = fake_engine.expected(Pair("en", "pt"), "The river rose by two metres.")
    markdown = quoted_markdown([reference(story, last=0)], View("pt"))
    assert markdown.startswith(reference_markdown(expected, str(reference(story, last=0))))


def test_a_quotation_reads_exactly_as_the_quoted_sentences(
    story: Document, say: Say, fake_engine: FakeEngine, run_jobs: RunJobs
) -> None:
    comment = say(quoting(story))
    run_jobs()
    for language in ("en", "pt", "ar"):
        quotation = quotation_in(comment, language)
        passage = readings([story.pk], View(language))[story.pk].passage("body", 0, 0, 1)
        assert passage is not None
        assert passage.block.text in quotation.markup
        assert quotation.language == language
        assert not quotation.is_part
    assert Quotation.objects.get().wording == ""
    # What was quoted stands in the quoted document only.
    assert comment.document is not None
    stored = str(Revision.objects.get(document=comment.document).fields)
    assert "river" not in stored


def test_cut_words_are_marked_and_kept(story: Document, say: Say) -> None:
    ref = str(reference(story))
    comment = say(reference_markdown("The river rose.", ref) + "\n\nReally?")
    quotation = quotation_in(comment)
    assert quotation.is_part
    assert quotation.wording == "The river rose."
    assert "rose by two metres. Nobody was hurt." in quotation.markup


def test_the_original_left_untouched_is_whole_in_another_language(
    story: Document, thread: Thread, ana: User, fake_engine: FakeEngine, run_jobs: RunJobs
) -> None:
    source = quoting(story)  # taken while there was no Portuguese yet
    run_jobs()
    comment = actions.post(thread, author=ana, draft=draft(source, "pt"))
    assert comment.quotations.get().part == QuotedPart.WHOLE


@pytest.mark.parametrize(
    "place",
    [{"block": 9}, {"first": 5, "last": 6}, {"last": 7}, {"revision": 2}],
    ids=lambda place: str(place),
)
def test_a_reference_to_nothing_is_refused(story: Document, say: Say, place: dict[str, int]) -> None:
    ref = str(reference(story, **place))
    with pytest.raises(errors.UnknownQuotation):
        say(reference_markdown("Whatever.", ref) + "\n\nReally?")
    assert not Comment.objects.exists()


def test_what_nobody_may_read_cannot_be_quoted(story: Document, say: Say, moderator: User) -> None:
    other = make_story("Secret", ("A secret plan exists.",))
    source = quoting(other, first=0, last=0)
    translation.set_visibility(other, visible=False)
    with pytest.raises(errors.UnknownQuotation):
        say(source)
    hidden = say("Something rude was said here.")
    found = comment_by_id(hidden.pk)
    assert found is not None
    source = quoted_markdown(whole_comment(found), View("en")) + "Indeed."
    actions.hide(hidden, moderator=moderator, reason="Rude.")
    with pytest.raises(errors.UnknownQuotation):
        say(source)


def test_hiding_the_quoted_comment_empties_the_quotation_everywhere_at_once(
    say: Say, boris: User, moderator: User, ana: User
) -> None:
    quoted = say("The mayor knew it all along.")
    found = comment_by_id(quoted.pk)
    assert found is not None
    first = say(quoted_markdown(whole_comment(found), View("en")) + "Did he?", author=boris)
    (ref,) = whole_comment(found)
    second = say(reference_markdown("The mayor knew it.", str(ref)) + "\n\nDid he?", author=boris)
    assert quotation_in(first).state is QuotationState.SHOWN
    actions.hide(quoted, moderator=moderator, reason="Rumour.")
    for comment in (first, second):
        for language in ("en", "pt"):
            quotation = quotation_in(comment, language)
            assert (quotation.state, quotation.markup, quotation.wording) == (
                QuotationState.UNAVAILABLE,
                "",
                "",
            )
    edited = comment_by_id(second.pk)
    assert edited is not None
    assert "mayor" not in own_source(edited, View("en"))
    actions.restore(quoted, moderator=moderator)
    assert "mayor" in quotation_in(first).markup
    actions.delete(quoted, author=ana)
    assert quotation_in(second).state is QuotationState.UNAVAILABLE
    assert not Quotation.objects.exclude(wording="").exists()


def test_rule_of_reading_1_quotations_of_the_unpublished_are_no_longer_available(
    story: Document, thread: Thread, say: Say, ana: User
) -> None:
    other = make_story("Elsewhere", ("Another town is dry. Nobody swims.",))
    elsewhere = Thread.objects.get(document=other)
    about_story = actions.post(elsewhere, author=ana, draft=draft(quoting(story)))
    spoken = say("Water everywhere, they say.")
    found = comment_by_id(spoken.pk)
    assert found is not None
    about_comment = actions.post(
        elsewhere, author=ana, draft=draft(quoted_markdown(whole_comment(found), View("en")) + "Yes.")
    )
    translation.set_visibility(story, visible=False)
    assert quotation_in(about_story).state is QuotationState.UNAVAILABLE
    assert quotation_in(about_comment).state is QuotationState.UNAVAILABLE
    translation.set_visibility(story, visible=True)
    assert quotation_in(about_story).state is QuotationState.SHOWN
    assert quotation_in(about_comment).state is QuotationState.SHOWN


def test_quotations_follow_the_revisions_of_the_quoted(story: Document, say: Say) -> None:
    comment = say(quoting(story, block=1, first=1, last=1))
    translation.revise(
        story,
        fields=body(
            "A new beginning here.",
            "The river rose by two metres. Nobody was hurt.",
            "Cars wait. The bridge is closed. It will open again in May.",
        ),
    )
    row = Quotation.objects.get()
    assert (row.block, row.first, row.last, row.part) == (2, 2, 2, QuotedPart.WHOLE)
    assert "open again in May" in quotation_in(comment).markup


def test_a_removed_sentence_is_gone_until_it_comes_back(story: Document, say: Say) -> None:
    comment = say(quoting(story, block=1, first=1, last=1))
    translation.revise(
        story, fields=body("The river rose by two metres. Nobody was hurt.", "The bridge is closed.")
    )
    assert quotation_in(comment).state is QuotationState.GONE
    assert quotation_in(comment).markup == ""
    translation.revise(
        story, fields=body("Nobody was hurt.", "The bridge is closed. It will open again in May.")
    )
    assert "open again in May" in quotation_in(comment).markup


def test_a_reference_to_an_earlier_revision_is_led_along(story: Document, say: Say) -> None:
    source = quoting(story, block=0, first=1, last=1)
    translation.revise(story, fields=body("Nobody was hurt.", "The bridge is closed."))
    comment = say(source)
    assert "Nobody was hurt." in quotation_in(comment).markup
    with pytest.raises(errors.UnknownQuotation):
        say(reference_markdown("It will open.", str(reference(story, block=1, first=1, last=1))) + "\n\nNo.")


def test_editing_keeps_quotations_whatever_became_of_them(
    story: Document, say: Say, ana: User, boris: User, moderator: User
) -> None:
    quoted = say("The mayor knew it all along.", author=boris)
    found = comment_by_id(quoted.pk)
    assert found is not None
    source = quoting(story, "First.\n\n") + quoted_markdown(whole_comment(found), View("en")) + "Second."
    comment = say(source)
    actions.hide(quoted, moderator=moderator, reason="Rumour.")
    mine = comment_by_id(comment.pk)
    assert mine is not None
    again = own_source(mine, View("en")).replace("Second.", "Third.")
    actions.edit(comment, author=ana, source=again, view=View("en"))
    reading = comment_reading(comment.pk, View("en"))
    assert reading is not None
    states = [part.quotation.state for part in reading.parts if part.quotation]
    assert states == [QuotationState.SHOWN, QuotationState.UNAVAILABLE]
    assert "Third." in reading.parts[-1].markup
    actions.restore(quoted, moderator=moderator)
    reading = comment_reading(comment.pk, View("en"))
    assert reading is not None
    assert all(part.quotation.state is QuotationState.SHOWN for part in reading.parts if part.quotation)


def test_a_selection_snaps_to_sentences(story: Document) -> None:
    view = View("en")
    assert selected(story.pk, view, field="body", block=0, start=4, end=9) == [reference(story, last=0)]
    assert selected(story.pk, view, field="body", block=0, start=20, end=35) == [reference(story)]
    assert selected(story.pk, view, field="body", block=0) == [reference(story)]
    assert selected(story.pk, view, text="river rose by") == [reference(story, last=0)]
    across = "Nobody was hurt.\nThe bridge is"
    assert selected(story.pk, view, text=across) == [
        reference(story, first=1, last=1),
        reference(story, block=1, first=0, last=0),
    ]


@pytest.mark.parametrize(
    "asked",
    [
        {"field": "body", "block": 7},
        {"text": "not there"},
        {"field": "nope"},
        {"field": "body", "block": 0, "start": -3},
    ],
)
def test_a_selection_of_nothing_gives_nothing(story: Document, asked: dict[str, object]) -> None:
    assert selected(story.pk, View("en"), **asked) == []  # type: ignore[arg-type]


def test_a_selection_in_translation_counts_in_the_edition_shown(
    story: Document, fake_engine: FakeEngine, run_jobs: RunJobs
) -> None:
    run_jobs()
    view = View("pt")
    block = readings([story.pk], view)[story.pk].blocks("body")[0].block
    start, end = block.sentences[1]
    assert selected(story.pk, view, field="body", block=0, start=start, end=end) == [
        reference(story, first=1, last=1)
    ]


def test_quotations_name_whom_they_quote(story: Document, thread: Thread, say: Say, boris: User) -> None:
    quoted = say("The mayor knew it all along.", author=boris)
    found = comment_by_id(quoted.pk)
    assert found is not None
    comment = say(quoted_markdown(whole_comment(found), View("en")) + quoting(story))
    reading = thread_reading(thread.document_id, View("en"))
    assert reading is not None
    (mine,) = [each for each in reading.comments if each.id == comment.pk]
    of_comment, of_story = [part.quotation for part in mine.parts if part.quotation]
    assert of_comment.author is not None
    assert (of_comment.author.name, of_comment.address) == ("Boris", f"/c/{quoted.pk}")
    assert (of_story.author, of_story.address) == (None, f"/en/threads/{thread.pk}/")
