"""The catalogues are whole and sound, and pages show nothing of the interface in another language."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from gettext import c2py
from pathlib import Path
from types import ModuleType
from typing import Any

import allauth
import django
import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString
from django.contrib.auth.models import Permission
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from dragoman.discussion import actions
from dragoman.discussion.actions.posting import Draft
from dragoman.discussion.models import ReportReason, Thread
from dragoman.engines.fake import FakeEngine
from dragoman.languages import addresses
from dragoman.languages.registry import codes, native_name
from dragoman.languages.view import View
from dragoman.newsroom.models import ArticlePage
from dragoman.people.models import User
from dragoman.site import messages
from dragoman.site.borrowed import ALLAUTH, DJANGO
from dragoman.translation.models.memory import HOUSE_NOTES
from dragoman.translation.readings import Reading, ReadingState
from tests.newsroom import stories

CATEGORIES = ("zero", "one", "two", "few", "many", "other")  # CLDR's order
SPOKEN = ("aria-label", "title", "placeholder", "alt")


@pytest.fixture(scope="module")
def wanted() -> Catalog:
    return messages.extracted()


def catalogue_of(
    *entries: tuple[Any, Any], language: str = "fr", fuzzy: bool = False
) -> tuple[Catalog, Catalog]:
    """What code asks for, and a catalogue that answers with these strings."""
    asked, answered = Catalog(), Catalog(locale=language)
    for message, string in entries:
        asked.add(message, None, [("somewhere.py", 1)])
        answered.add(message, string, flags=["fuzzy"] if fuzzy else [])
    return asked, answered


def faults(monkeypatch: pytest.MonkeyPatch, *entries: tuple[Any, Any], **options: Any) -> list[str]:
    asked, answered = catalogue_of(*entries, **options)
    monkeypatch.setattr(messages, "read", lambda _: answered)
    return list(messages.faults(options.get("language", "fr"), asked))


class TestCheck:
    def test_every_catalogue_is_complete_and_sound(self, wanted: Catalog) -> None:
        assert messages.COMPLETE == messages.LANGUAGES
        for language in messages.LANGUAGES:
            assert list(messages.faults(language, wanted)) == []

    def test_the_command_fails_when_a_message_is_missing(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        asked, answered = catalogue_of(("Reply", ""))
        monkeypatch.setattr(messages, "extracted", lambda: asked)
        monkeypatch.setattr(messages, "read", lambda _: answered)
        assert messages.check() == 1
        assert "fr: not translated: 'Reply' (somewhere.py)" in capsys.readouterr().err

    def test_an_unfinished_language_may_lack_messages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(messages, "COMPLETE", ())
        assert faults(monkeypatch, ("Reply", "")) == []

    def test_a_plural_lacks_a_form(self, monkeypatch: pytest.MonkeyPatch) -> None:
        plural = ("%(number)s comment", "%(number)s comments")
        assert "not translated" in faults(monkeypatch, (plural, ("%(number)s commentaire", "")))[0]
        three = tuple(["%(number)s commentaires"] * 3)
        assert "Wrong number of plural forms" in faults(monkeypatch, (plural, three))[0]

    def test_a_fuzzy_message_is_not_reviewed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "not reviewed" in faults(monkeypatch, ("Reply", "Répondre"), fuzzy=True)[0]

    @pytest.mark.parametrize(
        ("message", "string"),
        [
            ("until %(moment)s", "jusqu’à demain"),
            ("until %(moment)s", "jusqu’à %(momento)s"),
            ("until %(moment)s", "jusqu’à %(moment)s, oui, %(moment)s"),
            ("in {language}", "en langue"),
            ('<a href="%(address)s">sign in</a>', "connectez-vous : %(address)s"),
            ("<bdi>%(name)s</bdi>", "%(name)s"),
            ("such as :smile:", "comme :sourire:"),
        ],
    )
    def test_placeholders_tags_and_codes_stay(
        self, monkeypatch: pytest.MonkeyPatch, message: str, string: str
    ) -> None:
        assert faults(monkeypatch, (message, string))

    def test_a_form_of_one_number_may_say_it_in_words(self, monkeypatch: pytest.MonkeyPatch) -> None:
        plural = ("%(number)s comment", "%(number)s comments")
        in_words = ("un comentario", "%(number)s comentarios")
        assert faults(monkeypatch, (plural, in_words), language="es") == []
        # French counts 0 and 1 alike, so its singular must give the number.
        assert "lost" in faults(monkeypatch, (plural, in_words), language="fr")[0]
        assert "lost" in faults(monkeypatch, (plural, ("un comentario", "varios")), language="es")[0]


class TestCatalogues:
    @pytest.mark.parametrize("language", messages.LANGUAGES)
    def test_plural_forms_are_those_of_cldr_in_its_order(self, language: str) -> None:
        catalogue, category_of = messages.read(language), Locale.parse(language).plural_form
        form_of = c2py(catalogue.plural_expr)
        named: dict[int, set[str]] = {}
        for number in range(1_000):
            named.setdefault(form_of(number), set()).add(category_of(number))
        assert all(len(categories) == 1 for categories in named.values())
        order = [CATEGORIES.index(next(iter(named[form]))) for form in sorted(named)]
        assert order == sorted(order)
        assert len(named) == catalogue.num_plurals

    @pytest.mark.parametrize("language", messages.LANGUAGES)
    def test_typography(self, language: str) -> None:
        for string in strings(language):
            words = messages.FIXED.sub("x", string)
            assert not re.search(r"  |^ | $|\.\.\.|\"|(?<=\w)'", words), string
            if language == "fr":  # narrow no-break space within « » and before high punctuation
                assert not re.search(r"(?<!\u202f)[;:?!»]|«(?!\u202f)", words), string
            if language == "es":
                assert words.count("?") == words.count("¿"), string
                assert words.count("!") == words.count("¡"), string
            if language == "ar":
                assert not re.search(r"[,;?]|[\u0640]", words), string
            if language == "ru":
                assert " — " not in words, string  # the dash never begins a line

    def test_words_are_written_in_the_script_of_the_language(self) -> None:
        """A Latin letter in a Russian or Arabic string is a slip."""
        for language in ("ru", "ar"):
            for string in strings(language):
                assert not re.search(r"[A-Za-z]", messages.FIXED.sub("", string)), string

    @pytest.mark.parametrize("language", messages.LANGUAGES)
    def test_ours_goes_before_what_libraries_say(self, language: str) -> None:
        own = messages.read(language)
        with translation.override(language):
            for message in (*ALLAUTH, *DJANGO):
                entry = own.get(message)
                assert entry is not None
                if isinstance(message, tuple):
                    assert translation.ngettext(*message, 8) in entry.string
                else:
                    assert translation.gettext(message) == entry.string

    @pytest.mark.parametrize(("library", "borrowed"), [(allauth, ALLAUTH), (django, DJANGO)])
    def test_libraries_still_say_what_is_borrowed(
        self, library: ModuleType, borrowed: tuple[str | tuple[str, str], ...]
    ) -> None:
        said_there = set()
        for path in Path(str(library.__file__)).parent.glob("**/locale/en/LC_MESSAGES/django.po"):
            with path.open("rb") as stream:
                said_there |= {message.id for message in read_po(stream)}
        assert set(borrowed) - said_there == set()

    def test_notes_of_the_house_are_messages(self, wanted: Catalog) -> None:
        assert all(wanted.get(note) is not None for note in HOUSE_NOTES)


def strings(language: str) -> Iterator[str]:
    for message in messages.read(language):
        if message.id:
            yield from message.string if isinstance(message.string, list | tuple) else [message.string]


# Pages


@pytest.fixture
def page(db: None, fake_engine: FakeEngine) -> ArticlePage:
    """An article without translations of its own: what a page then says is its interface."""
    return stories.article(
        body=stories.everything(),
        sources=[("source", {"name": "Harbour Office", "url": "https://example.org/lamp"})],
        published_at=datetime(2026, 3, 5, 18, 4, tzinfo=UTC),
    )


@pytest.fixture
def mona(db: None) -> User:
    """One who reads, writes and moderates."""
    person = User.objects.create_user("mona@example.org", "s3cret-words", display_name="Mona", is_staff=True)
    person.user_permissions.add(
        Permission.objects.get(codename="moderate"), Permission.objects.get(codename="suspend_user")
    )
    return User.objects.get(pk=person.pk)


@pytest.fixture
def places(page: ArticlePage, mona: User) -> dict[str, tuple[str, dict[str, Any], bool]]:
    """Name → (kind of address, what it is of, signed in): pages of every sort, with something on each."""
    thread = Thread.objects.get(document=page.document)
    ana = User.objects.create_user("ana@example.org", "s3cret-words", display_name="Ana")

    def say(words: str, author: User = ana) -> Any:
        return actions.post(thread, author=author, draft=Draft(words, "en", View("en"), None))

    spoken, own, hidden, deleted = say("Well kept."), say("Mine.", mona), say("Bad."), say("Never mind.")
    answer = actions.reply(spoken, author=mona, draft=Draft("Quite so.", "en", View("en"), None))
    actions.edit(answer, author=mona, source="Quite so, yes.", view=View("en"))
    actions.report(own, reporter=ana, reason=ReportReason.OTHER, note="?", language="en")
    actions.hide(hidden, moderator=mona, reason="rude")
    actions.reply(deleted, author=mona, draft=Draft("Well?", "en", View("en"), None))
    actions.delete(deleted, author=ana)
    return {
        "home": ("home", {}, False),
        "article": ("article", {"article": page}, False),
        "profile": ("profile", {"person": ana.pk}, False),
        "write": ("write", {"thread": thread.pk}, True),
        "reply": ("reply", {"comment": spoken.pk}, True),
        "report": ("report", {"comment": spoken.pk}, True),
        "vote": ("vote", {"comment": spoken.pk}, True),
        "choices": ("own_comment", {"comment": own.pk}, True),
        "edit": ("edit", {"comment": own.pk}, True),
        "delete": ("delete", {"comment": own.pk}, True),
        "language": ("language", {"comment": own.pk}, True),
        "settings": ("settings", {}, True),
        "moderation": ("moderation", {}, True),
        "decisions": ("decisions", {}, True),
        "hide": ("decide_comment", {"comment": own.pk, "act": "hide"}, True),
        "suspend": ("decide_person", {"person": ana.pk, "act": "suspend"}, True),
    }


SIGNED_OUT = ("account_login", "account_signup", "account_reset_password", "account_request_login_code")
SIGNED_IN = ("account_email", "account_change_password", "account_logout")


def read(client: Client, address: str, language: str, status: int = 200) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == status, address
    soup = BeautifulSoup(response.content, "html.parser")
    assert soup.html is not None
    assert soup.html["lang"] == language, address
    return soup


def said(soup: BeautifulSoup, language: str) -> set[str]:
    """Every text a reader sees or hears that is not marked as being of another language."""
    found = set()
    for node in soup.find_all(string=True):
        assert isinstance(node, NavigableString)
        parent = node.find_parent(attrs={"lang": True})
        if (
            isinstance(node, PreformattedString)
            or node.find_parent(["script", "style", "textarea"])
            or node.find_parent("select", attrs={"name": "language"})  # CLDR names every language there
            or node.find_parent(attrs={"dir": "auto"})  # words of people
            or (parent is not None and parent["lang"] != language)
        ):
            continue
        found |= {part.strip() for part in " ".join(node.split()).split(" · ")}
    for name in SPOKEN:
        for tag in soup.find_all(attrs={name: True}):
            marked = tag if tag.has_attr("lang") else tag.find_parent(attrs={"lang": True})
            if marked is None or marked["lang"] == language:
                found.add(str(tag[name]))
    return {text for text in found if len(text) > 3 and re.search(r"[^\W\d_]", text)}


def english_of(language: str, wanted: Catalog) -> re.Pattern[str]:
    """Matches a text that is an English message, or its part between two tags, translated in the language."""
    own = messages.read(language)
    parts = set()
    for message in wanted:
        answer = own.get(message.id, message.context) if message.id else None
        if answer is None or answer.string == message.id:
            continue
        for text in message.id if isinstance(message.id, list | tuple) else [message.id]:
            parts |= {part.strip(" .") for part in re.split(r"<[^>]+>", text)}
    escaped = [
        r".+".join(re.escape(literal) for literal in re.split(r"%\(\w+\)s", part))
        for part in parts
        if len(re.sub(r"%\(\w+\)s", "", part).strip()) > 3
    ]
    return re.compile(r"(?:" + "|".join(escaped) + r")\.?")


def unmoved(language: str, wanted: Catalog) -> set[str]:
    """English messages that read the same in the language ("article" in French)."""
    own = messages.read(language)
    return {
        str(message.id)
        for message in wanted
        if message.id and own.get(message.id, message.context).string == message.id
    }


class TestPages:
    """Interface strings come from the catalogues in every language."""

    HEADLINE = "A lamp that counts to twenty – Dragoman"
    PEOPLE = ("Harbour Office", "Maris Tamsin", "Iven Tarrow", "Ana", "Mona", "mona@example.org")
    NAMES = frozenset({HEADLINE, "Dragoman", *PEOPLE})

    def shown(
        self, places: dict[str, tuple[str, dict[str, Any], bool]], mona: User, language: str
    ) -> Iterator[tuple[str, set[str]]]:
        """(page, its texts) of every page in a language."""
        visitor, member = Client(), Client()
        member.force_login(mona)
        for name, (kind, what, signed_in) in places.items():
            address = addresses.address(kind, language=language, **what)
            yield name, said(read(member if signed_in else visitor, address, language), language)
        for client, names in ((visitor, SIGNED_OUT), (member, SIGNED_IN)):
            for name in names:
                with translation.override(language):
                    address = reverse(name)
                yield name, said(read(client, address, language), language)
        missing = read(visitor, f"/{language}/nothing-here/", language, status=404)
        yield "missing", said(missing, language)

    @pytest.mark.parametrize("language", messages.LANGUAGES)
    def test_pages_say_nothing_in_english(
        self,
        places: dict[str, tuple[str, dict[str, Any], bool]],
        mona: User,
        language: str,
        wanted: Catalog,
    ) -> None:
        """Neither what the catalogue translates, nor what libraries say or nobody marked as a message."""
        messages_in_english = english_of(language, wanted)
        english_pages = dict(self.shown(places, mona, "en"))
        same = unmoved(language, wanted) | self.NAMES | {native_name(code) for code in codes()}
        left = {
            (name, text)
            for name, texts in self.shown(places, mona, language)
            for text in texts
            if messages_in_english.fullmatch(text)
            or text in english_pages[name] - same
            or re.search(r"\b(English|French|Spanish|Portuguese|Russian|Arabic)\b", text)
        }
        assert left == set()

    @pytest.mark.parametrize(
        ("language", "label"),
        [
            ("en", "demo translation from French"),
            ("es", "traducción de demostración (original en francés)"),
            ("ru", "демонстрационный перевод (язык оригинала: французский)"),
            ("ar", "ترجمة تجريبية من الفرنسية"),
        ],
    )
    def test_notes_of_the_house_are_read_in_the_language_of_the_page(self, language: str, label: str) -> None:
        reading = Reading(1, ReadingState.READY, language, "fr", origin="imported", note="demo translation")
        with translation.override(language):
            shown = render_to_string("translation/label.html", {"reading": reading})
        assert BeautifulSoup(shown, "html.parser").get_text().strip() == label

    @pytest.mark.parametrize("language", messages.LANGUAGES)
    def test_mails_say_nothing_in_english(self, language: str, wanted: Catalog) -> None:
        english = english_of(language, wanted)
        mails = sorted((messages.PACKAGE / "people/templates/account/email").glob("*.txt"))
        assert mails
        for mail in mails:
            for code in ("", "4711"):
                with translation.override(language):
                    text = render_to_string(f"account/email/{mail.name}", {"code": code})
                assert not [line for line in text.splitlines() if english.fullmatch(line.strip())]

    def test_an_english_string_is_noticed(self, wanted: Catalog) -> None:
        """The test above can fail."""
        english = english_of("ru", wanted)
        for text in ("Write a comment", "3 comments", "in reply to", "machine translation from French"):
            assert english.fullmatch(text)
        page = BeautifulSoup(
            '<p lang="ru">Here <b lang="en">words</b><a title="since">…</a></p>', "html.parser"
        )
        assert said(page, "ru") == {"Here", "since"}

    @pytest.mark.parametrize(
        ("language", "counts", "time"),
        [
            ("en", {0: "0 comments", 1: "1 comment", 1234: "1,234 comments"}, "March 5, 2026, 6:04\u202fPM"),
            (
                "ru",
                {
                    0: "0 комментариев",
                    1: "1 комментарий",
                    3: "3 комментария",
                    11: "11 комментариев",
                    21: "21 комментарий",
                    1234: "1\xa0234 комментария",
                },
                "5 марта 2026\u202fг., 18:04",
            ),
            (
                "ar",
                {
                    0: "لا تعليقات",
                    1: "تعليق واحد",
                    2: "تعليقان",
                    3: "3 تعليقات",
                    11: "11 تعليقًا",
                    100: "100 تعليق",
                    1234: "1,234 تعليقًا",
                },
                "5 مارس 2026، 6:04 م",
            ),
        ],
    )
    def test_counts_and_times_take_the_forms_of_cldr(
        self, page: ArticlePage, language: str, counts: dict[int, str], time: str
    ) -> None:
        for count, expected in counts.items():
            Thread.objects.filter(document=page.document).update(comment_count=count)
            for kind, what in (("home", {}), ("article", {"article": page})):
                shown = read(Client(), addresses.address(kind, language=language, **what), language)
                counted, moment = shown.select_one("a.comment-count"), shown.select_one("time")
                assert counted is not None
                assert counted.get_text().strip() == expected
                assert moment is not None
                assert moment.get_text() == time
