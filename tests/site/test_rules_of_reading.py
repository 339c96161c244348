"""The rules of reading (DESIGN.md), one by one, as a reader meets them: over HTTP, without script."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from dragoman.discussion import actions as discussion
from dragoman.discussion.actions.importing import ForeignComment
from dragoman.discussion.actions.posting import LONGEST, Draft
from dragoman.discussion.models import Comment, Thread
from dragoman.discussion.readings import FOLDED_FROM
from dragoman.engines.fake import FakeEngine, Quirks
from dragoman.engines.protocol import Pair
from dragoman.languages.view import View
from dragoman.newsroom.actions import correct_now
from dragoman.newsroom.models import ArticlePage
from dragoman.people.models import User
from dragoman.text.blocks import plain
from dragoman.text.markdown import reference_markdown
from dragoman.translation import engines
from tests.conftest import ENGLISH_PAIRS, LANGUAGES
from tests.newsroom import stories

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], int]
FIRST, SECOND = "The lamp turns all night long.", "Nobody has counted the ships since."
OTHERS = tuple(language for language in LANGUAGES if language != "en")
NOT_AVAILABLE = {
    "en": "No longer available",
    "fr": "Ce contenu n’est plus disponible",
    "ar": "لم يعد هذا متاحًا",
}


@pytest.fixture(autouse=True)
def forgotten_rates() -> None:
    cache.clear()


@pytest.fixture
def reader() -> Client:
    return Client()


@pytest.fixture
def ana() -> User:
    return User.objects.create_user("ana@example.org", display_name="Ana Ruz")


@pytest.fixture
def story(fake_engine: FakeEngine, run_jobs: RunJobs) -> ArticlePage:
    """An article with two sentences, in every language."""
    page = stories.article(body=[("paragraph", f"<p>{FIRST} {SECOND}</p>")])
    run_jobs()
    return ArticlePage.objects.get(pk=page.pk)


def said(text: str, language: str, source: str = "en") -> str:
    """What the fake engine makes of a text, directly or through English."""
    if source == language:
        return text
    if "en" in (source, language):
        return FakeEngine.expected(Pair(source, language), text)
    return FakeEngine.expected(Pair("en", language), FakeEngine.expected(Pair(source, "en"), text))


def page(reader: Client, story: ArticlePage, language: str, query: str = "") -> str:
    response = reader.get(story.path_in(language) + query, follow=True)
    assert response.status_code == 200
    return unescape(response.content.decode())


def say(story: ArticlePage, author: User, text: str, language: str = "en", **under: Comment) -> Comment:
    thread = Thread.objects.get(document=story.document_id)
    return discussion.post(thread, author=author, draft=Draft(text, language, View(language)), **under)


def rewritten(story: ArticlePage, *sentences: str) -> ArticlePage:
    """The article with other sentences in the same paragraph, published."""
    found = ArticlePage.objects.get(pk=story.pk)
    raw = list(found.body.raw_data)
    raw[0]["value"] = f"<p>{' '.join(sentences)}</p>"
    found.body = found.body.stream_block.to_python(raw)
    found.save_revision().publish()
    return ArticlePage.objects.get(pk=story.pk)


def comment_of(shown: str, comment: Comment) -> str:
    """One comment's part of a page."""
    found = re.search(rf'<li class="comment[^>]* id="c{comment.pk}".*?</li>', shown, re.DOTALL)
    assert found is not None
    return found[0]


def signed_in(person: User) -> Client:
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


# --- 1 ---


def test_rule_1_unpublished_answers_410_in_the_reader_s_language_and_comes_back_whole(
    reader: Client, story: ArticlePage, ana: User, run_jobs: RunJobs
) -> None:
    comment = say(story, ana, "So it does turn, after all.")
    run_jobs()
    before = {language: page(reader, story, language) for language in LANGUAGES}
    addresses = {language: story.path_in(language) for language in LANGUAGES}
    fragment = f"/pt/threads/{comment.thread_id}/fragment/"
    assert reader.get(fragment).status_code == 200
    story.unpublish()
    for language, address in addresses.items():
        response = reader.get(address)
        assert response.status_code == 410
        assert f'<html lang="{language}"' in response.content.decode()
        assert said(FIRST, language) not in response.content.decode()
    assert NOT_AVAILABLE["fr"] in unescape(reader.get(addresses["fr"]).content.decode())
    assert [reader.get(address).status_code for address in (fragment, f"/c/{comment.pk}")] == [410, 410]
    ArticlePage.objects.get(pk=story.pk).save_revision().publish()
    after = {language: page(reader, story, language) for language in LANGUAGES}
    moment = re.compile(r' data-rendered="\d+"| data-revision="\d+"')
    assert {key: moment.sub("", text) for key, text in after.items()} == {
        key: moment.sub("", text) for key, text in before.items()
    }


def test_rule_1_quotations_of_the_unpublished_say_that_it_is_no_longer_available(
    reader: Client, story: ArticlePage, ana: User
) -> None:
    elsewhere = stories.article("elsewhere", headline="Elsewhere")
    quoted = reference_markdown(FIRST, f"{story.document_id}.1.body.0.0-0")
    say(elsewhere, ana, f"{quoted}\n\nIs that so?")
    assert FIRST in page(reader, elsewhere, "en")
    story.unpublish()
    shown = page(reader, elsewhere, "en")
    assert FIRST not in shown
    assert "This is no longer available." in shown
    assert "Is that so?" in shown


# --- 2 ---


def test_rule_2_a_revised_article_is_read_in_its_last_edition_marked_for_ten_minutes_at_most(
    reader: Client, story: ArticlePage, settings: Settings
) -> None:
    rewritten(story, FIRST, "Somebody has counted all the ships again.")
    shown = page(reader, story, "fr")
    assert said(SECOND, "fr") in shown
    assert "mise à jour en cours" in shown
    settings.TRANSLATION_UPDATING_MINUTES = 0
    late = page(reader, story, "fr")
    assert said(SECOND, "fr") not in late
    assert "Somebody has counted all the ships again." in late


@pytest.mark.parametrize("language", OTHERS)
def test_rule_2_a_removed_sentence_vanishes_from_every_edition_at_once(
    reader: Client, story: ArticlePage, language: str
) -> None:
    assert said(SECOND, language) in page(reader, story, language)
    rewritten(story, FIRST)
    shown = page(reader, story, language)
    assert said(FIRST, language) in shown
    assert said(SECOND, language) not in shown


def test_rule_2_correct_now_withdraws_old_editions_immediately(reader: Client, story: ArticlePage) -> None:
    draft = ArticlePage.objects.get(pk=story.pk)
    raw = list(draft.body.raw_data)
    raw[0]["value"] = f"<p>{FIRST} Somebody has counted all the ships again.</p>"
    draft.body = draft.body.stream_block.to_python(raw)
    draft.save_revision()
    correct_now(ArticlePage.objects.get(pk=story.pk), editor=stories.editor())
    for language in OTHERS:
        shown = page(reader, story, language)
        assert said(SECOND, language) not in shown
        assert "Somebody has counted all the ships again." in shown


# --- 3 ---


def test_rule_3_what_is_scheduled_is_prepared_by_confidential_engines_only(
    reader: Client, run_jobs: RunJobs
) -> None:
    cloud = FakeEngine(ENGLISH_PAIRS, name="cloud", confidential=False)
    at_home = FakeEngine(ENGLISH_PAIRS, name="home")
    with engines.use(cloud, at_home):
        draft = ArticlePage(title="Nobody may know yet", source_language="en", live=False)
        stories.section().add_child(instance=draft)
        run_jobs()
        cloud.ledger.clear()
        draft.go_live_at = timezone.now() + timedelta(days=1)
        draft.save_revision().publish()
        run_jobs()
        assert cloud.ledger == []
        assert any("Nobody may know yet" in request.texts for request in at_home.ledger)
        assert reader.get(f"/pt/coast/{draft.pk}/").status_code == 404
        past = timezone.now() - timedelta(minutes=1)
        revision = draft.revisions.latest("created_at")
        revision.content["go_live_at"] = past.isoformat()
        revision.approved_go_live_at = past
        revision.save()
        call_command("publish_scheduled", verbosity=0)
        published = ArticlePage.objects.get(pk=draft.pk)
        assert said("Nobody may know yet", "pt") in page(reader, published, "pt")


# --- 4 ---


def test_rule_4_an_article_falls_back_by_whole_blocks_each_with_its_language(
    reader: Client, run_jobs: RunJobs
) -> None:
    body = [
        ("paragraph", f"<p>{FIRST} A refused sentence stands here.</p>"),
        ("paragraph", f"<p>{SECOND}</p>"),
    ]
    story = stories.article(body=body)
    with engines.use(FakeEngine(ENGLISH_PAIRS, quirks=Quirks(echo=True, only="refused sentence"))):
        run_jobs()
    shown = page(reader, story, "pt")
    assert re.search(rf'<p [^>]*lang="en" dir="ltr"[^>]*>{FIRST} A refused sentence stands here\.</p>', shown)
    assert said(SECOND, "pt") in shown
    assert said(FIRST, "pt") not in shown


def test_rule_4_a_comment_falls_back_whole(
    reader: Client, story: ArticlePage, ana: User, run_jobs: RunJobs
) -> None:
    comment = say(story, ana, f"{FIRST} A refused sentence stands here.\n\n{SECOND}")
    with engines.use(FakeEngine(ENGLISH_PAIRS, quirks=Quirks(echo=True, only="refused sentence"))):
        run_jobs()
    shown = comment_of(page(reader, story, "pt"), comment)
    assert '<div class="words" lang="en" dir="ltr">' in shown
    assert SECOND in shown
    assert said(SECOND, "pt") not in shown


def test_rule_4_lists_show_an_untranslated_headline_with_its_language_or_omit_it(
    reader: Client, settings: Settings
) -> None:
    stories.article(headline="Nobody translated this")
    settings.UNTRANSLATED_IN_LISTS = "show"
    assert re.search(r'<h2 [^>]*lang="en" dir="ltr">', reader.get("/ar/").content.decode())
    settings.UNTRANSLATED_IN_LISTS = "omit"
    assert "Nobody translated this" not in reader.get("/ar/").content.decode()


def test_rule_4_what_is_pending_is_marked_in_the_page(
    reader: Client, fake_engine: FakeEngine, run_jobs: RunJobs
) -> None:
    story = stories.article()
    pending = page(reader, story, "pt")
    assert 'class="label label-pending"' in pending
    assert 'data-state="pending"' in pending or 'lang="en"' in pending
    response = reader.get(story.path_in("pt"))
    assert "public" not in response.headers["Cache-Control"]
    run_jobs()
    assert "label-pending" not in page(reader, story, "pt")


# --- 5 ---


def test_rule_5_a_comment_may_be_in_a_language_the_publication_does_not_offer(
    reader: Client, story: ArticlePage, ana: User, run_jobs: RunJobs
) -> None:
    comment = say(story, ana, "Це справді дуже гарна історія про маяк.", "uk")
    run_jobs()
    shown = comment_of(page(reader, story, "fr"), comment)
    assert '<div class="words" lang="uk" dir="ltr">' in shown
    assert "гарна історія" in shown
    assert "ukrainien" in shown


def test_rule_5_an_undetermined_language_is_shown_as_it_is(
    reader: Client, story: ArticlePage, ana: User
) -> None:
    comment = say(story, ana, "Qapla' batlh je!", "und")
    shown = comment_of(page(reader, story, "en"), comment)
    assert 'lang="und" dir="auto"' in shown
    assert "language not determined" in shown


def test_rule_5_author_moderator_and_editor_correct_the_language(
    reader: Client, story: ArticlePage, ana: User, run_jobs: RunJobs
) -> None:
    comment = say(story, ana, "Gift.")
    run_jobs()
    response = signed_in(ana).post(f"/en/comments/{comment.pk}/language/", {"language": "de"})
    assert response.status_code in (302, 303)
    assert 'lang="de"' in comment_of(page(reader, story, "en"), comment)
    signed_in(stories.editor()).post(f"/en/comments/{comment.pk}/language/", {"language": "fr"})
    run_jobs()
    assert said("Gift.", "en", "fr") in comment_of(page(reader, story, "en"), comment)
    found = ArticlePage.objects.get(pk=story.pk)
    found.source_language = "es"
    found.save_revision().publish()
    run_jobs()
    assert said(FIRST, "en", "es") in page(reader, story, "en")


# --- 6 ---


def test_rule_6_an_edited_comment_reads_new_everywhere_at_once_and_keeps_votes_and_answers(
    reader: Client, story: ArticlePage, ana: User, run_jobs: RunJobs
) -> None:
    boris = User.objects.create_user("boris@example.org", display_name="Boris")
    comment = say(story, ana, "The keeper was asleep at noon.")
    answer = say(story, boris, "He never sleeps at all.", parent=comment)
    discussion.vote(comment, voter=boris, value=1)
    run_jobs()
    old = said("The keeper was asleep at noon.", "pt")
    assert old in page(reader, story, "pt")
    discussion.edit(comment, author=ana, source="The keeper was awake at noon.", view=View("en"))
    for language in LANGUAGES:
        shown = page(reader, story, language)
        assert said("The keeper was asleep at noon.", language) not in shown
        own = comment_of(shown, comment)
        assert "The keeper was awake at noon." in own
        assert 'class="edited"' in own
        assert re.search(r'class="score">.*?</span>[1١]</span>', own)
        assert shown.index(f'id="c{comment.pk}"') < shown.index(f'id="c{answer.pk}"')
        assert f'href="#c{comment.pk}"' in comment_of(shown, answer)


# --- 7 ---


def test_rule_7_a_comment_has_ten_thousand_characters_and_is_refused_without_losing_text(
    story: ArticlePage, ana: User
) -> None:
    assert LONGEST == 10_000
    thread = Thread.objects.get(document=story.document_id)
    client = signed_in(ana)
    address = f"/en/threads/{thread.pk}/write/"
    form = unescape(client.get(address).content.decode())
    assert 'data-longest="10000"' in form
    assert "data-counter" in form
    typed = "word " * 2_000 + "last."
    (submission,) = re.findall(r'name="submission" value="([^"]+)"', form)
    response = client.post(address, {"source": typed, "language": "en", "submission": submission})
    assert response.status_code == 422
    assert typed in unescape(response.content.decode())
    assert "room for 10,000 characters" in response.content.decode()
    assert not Comment.objects.exists()


def test_rule_7_long_comments_fold(reader: Client, story: ArticlePage, ana: User) -> None:
    long = say(story, ana, "A word or two. " * (FOLDED_FROM // 10))
    short = say(story, ana, "A word or two.")
    shown = page(reader, story, "en")
    assert f'id="fold{long.pk}"' in comment_of(shown, long)
    assert 'class="fold"' not in comment_of(shown, short)


def test_rule_7_overlong_sentences_are_split_at_clauses(
    reader: Client, story: ArticlePage, ana: User, fake_engine: FakeEngine, run_jobs: RunJobs
) -> None:
    text = "; ".join(f"the keeper counts ship number {number} by night" for number in range(60)) + "."
    comment = say(story, ana, text)
    fake_engine.ledger.clear()
    run_jobs()
    assert max(len(asked) for request in fake_engine.ledger for asked in request.texts) <= 600
    assert said(text, "pt") in comment_of(page(reader, story, "pt"), comment)


# --- 8 ---


def test_rule_8_only_the_root_redirects_and_the_cookie_is_set_by_choice_only(
    reader: Client, story: ArticlePage
) -> None:
    response = reader.get("/", headers={"Accept-Language": "ru, en;q=0.5"})
    assert (response.status_code, response.headers["Location"]) == (302, "/ru/")
    assert {part.strip() for part in response.headers["Vary"].split(",")} >= {"Accept-Language", "Cookie"}
    shared = reader.get(story.path_in("pt"), headers={"Accept-Language": "fr"})
    assert shared.status_code == 200
    assert not reader.cookies
    kept = reader.post("/fr/preferences/", {"language": "fr"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert kept.status_code == 302
    assert reader.cookies["dragoman_language"].value == "fr"
    assert reader.get("/", headers={"Accept-Language": "ru"}).headers["Location"] == "/fr/"


def test_rule_8_a_shared_link_offers_the_other_languages(reader: Client, story: ArticlePage) -> None:
    shown = page(reader, story, "pt")
    for language in LANGUAGES:
        if language != "pt":
            address = re.escape(story.path_in(language))
            assert re.search(rf'<a href="{address}" hreflang="{language}"', shown)


# --- 9 ---


def test_rule_9_the_slug_comes_with_the_edition_and_wrong_ones_redirect_with_302(
    reader: Client, fake_engine: FakeEngine, run_jobs: RunJobs
) -> None:
    story = stories.article(headline="The lamp that counts")
    bare = f"/pt/coast/{story.pk}/"
    assert ArticlePage.objects.get(pk=story.pk).path_in("pt") == bare
    assert reader.get(bare).status_code == 200
    run_jobs()
    named = ArticlePage.objects.get(pk=story.pk).path_in("pt")
    assert named != bare
    for wrong in (bare, f"/pt/coast/{story.pk}-old-words/", f"/pt/elsewhere/{story.pk}/"):
        response = reader.get(wrong + "?sort=newest")
        assert (response.status_code, response.headers["Location"]) == (302, named + "?sort=newest")
    stories.republish(story, title="Another headline altogether")
    run_jobs()
    assert ArticlePage.objects.get(pk=story.pk).path_in("pt") == named


# --- 10 ---


def test_rule_10_the_chrome_follows_the_page_and_each_text_its_own_direction(
    reader: Client, story: ArticlePage, ana: User
) -> None:
    comment = say(story, ana, "Nobody has translated this yet.")
    shown = page(reader, story, "ar")
    assert '<html lang="ar" dir="rtl">' in shown
    assert '<article class="article" lang="ar" dir="rtl"' in shown
    own = comment_of(shown, comment)
    assert '<div class="words" lang="en" dir="ltr">' in own
    assert "<bdi>Ana Ruz</bdi>" in own


def test_rule_10_the_numbering_system_is_a_setting(
    reader: Client, story: ArticlePage, settings: Settings
) -> None:
    assert "2026" in page(reader, story, "ar")
    settings.PUBLICATION_LANGUAGES = [(code, True, "arab" if code == "ar" else "latn") for code in LANGUAGES]
    times = re.findall(r"<time [^>]*>([^<]*)</time>", page(reader, story, "ar"))
    assert any("٢٠٢٦" in shown for shown in times)
    assert not any(re.search("[0-9]", shown) for shown in times)


# --- 11 ---


def test_rule_11_names_bylines_agencies_and_credits_are_never_translated(
    reader: Client, fake_engine: FakeEngine, run_jobs: RunJobs, ana: User
) -> None:
    story = stories.article(
        byline="Maris Tamsin",
        sources=[("source", {"name": "Harbour News Agency", "url": "https://example.org/"})],
        body=stories.everything(),
    )
    say(story, ana, "A comment with some words in it.")
    run_jobs()
    asked = " ".join(text for request in fake_engine.ledger for text in request.texts)
    shown = page(reader, story, "ru")
    for name in ("Maris Tamsin", "Harbour News Agency", "Iven Tarrow", "Ana Ruz"):
        assert name not in asked
        assert f"<bdi>{name}</bdi>" in shown


# --- 12 ---


def test_rule_12_mails_are_in_the_language_of_sign_up_and_so_are_their_links() -> None:
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    client.post("/pt/account/signup/", {"email": "eva@example.org", "display_name": "Eva"})
    (message,) = mail.outbox
    assert message.extra_headers["Content-Language"] == "pt"
    person = User.objects.get(email="eva@example.org")
    assert person.language == "pt"
    member = signed_in(person)
    member.post("/pt/account/", {"display_name": "Eva", "language": "ru"})
    mail.outbox.clear()
    cache.clear()  # one sign-up a minute for an address
    Client(headers={"Sec-Fetch-Site": "same-origin"}).post(
        "/en/account/signup/", {"email": "eva@example.org", "display_name": "Eva"}
    )
    (message,) = mail.outbox
    assert message.extra_headers["Content-Language"] == "ru"
    assert re.search(r"https?://\S+/ru/", message.body)


def test_rule_12_times_in_mails_carry_the_zone(settings: Settings) -> None:
    from dragoman.languages import formats

    settings.PUBLICATION_TIME_ZONE = "Europe/Lisbon"
    assert formats.zone_name(datetime(2026, 7, 1, tzinfo=UTC), "fr") == "UTC+1"


# --- 13 ---


def test_rule_13_pages_name_themselves_and_only_ready_editions(reader: Client, run_jobs: RunJobs) -> None:
    story = stories.article()
    only = frozenset({Pair("en", "fr"), Pair("en", "ar")})
    with engines.use(FakeEngine(only)):
        run_jobs()
    story = ArticlePage.objects.get(pk=story.pk)
    for language in ("en", "fr", "pt"):
        shown = page(reader, story, language)
        own = re.search(r'<link rel="canonical" href="([^"]+)">', shown)
        assert own is not None
        assert own[1].endswith(story.path_in(language))
        assert set(re.findall(r'<link rel="alternate" hreflang="(\w+)"', shown)) == {"en", "fr", "ar"}


# --- 14 ---


def test_rule_14_times_are_in_the_publication_s_zone_in_a_time_element(
    reader: Client, story: ArticlePage, settings: Settings
) -> None:
    settings.PUBLICATION_TIME_ZONE = "Asia/Kathmandu"
    shown = page(reader, story, "fr")
    # 09:30 UTC
    assert re.search(r'<time datetime="2026-03-01T15:15:00\+05:45" data-moment>[^<]*15:15</time>', shown)


# --- 15 ---


def test_rule_15_label_and_the_way_back_are_there_per_text_and_for_the_page_without_script(
    reader: Client, story: ArticlePage, ana: User, run_jobs: RunJobs
) -> None:
    comment = say(story, ana, "The keeper was asleep at noon.")
    run_jobs()
    shown = page(reader, story, "fr")
    assert shown.count("traduction automatique (original en anglais)") >= 2
    own = comment_of(shown, comment)
    assert "traduction automatique (original en anglais)" in own
    assert f'href="?original={comment.document_id}#c{comment.pk}"' in own
    assert f"?original={story.document_id}" in shown
    assert "?original=all" in shown
    assert 'content="noindex"' not in shown
    one = page(reader, story, "fr", f"?original={comment.document_id}")
    assert "The keeper was asleep at noon." in comment_of(one, comment)
    assert said(FIRST, "fr") in one
    assert 'content="noindex"' in one
    everything = page(reader, story, "fr", "?original=all")
    assert FIRST in everything
    assert "The keeper was asleep at noon." in everything
    assert 'content="noindex"' in everything
    assert said(FIRST, "fr") not in everything


def test_rule_15_what_was_imported_by_people_is_not_called_a_machine_s(
    reader: Client, story: ArticlePage, run_jobs: RunJobs
) -> None:
    thread = Thread.objects.get(document=story.document_id)
    foreign = ForeignComment("1", (plain("Merci !"),), "fr", timezone.now())
    comment, _ = discussion.import_comment(thread, foreign)
    assert "machine translation" not in comment_of(page(reader, story, "fr"), comment)
