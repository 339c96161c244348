"""From Wagtail's page to the document its readers get editions of.

Draft, preview, schedule and revisions are Wagtail's. What becomes public, and what ceases to be, comes here
by Wagtail's signals (`registration`), in the transaction that made it so.
"""

from django.db import transaction
from wagtail.models import Revision

from dragoman.discussion.actions import credit, erase_thread, open_thread
from dragoman.newsroom import facts
from dragoman.newsroom.actions.addresses import assign_slugs
from dragoman.newsroom.errors import NotAllowed, NotPublished
from dragoman.newsroom.fields import fields_of
from dragoman.newsroom.models import ArticlePage, HomePage, SectionPage
from dragoman.newsroom.models.worded import WordedPage
from dragoman.people.models import User
from dragoman.text.blocks import Fields
from dragoman.translation import actions as translation
from dragoman.translation.models import Document, Scope

KINDS: dict[type[WordedPage], str] = {ArticlePage: "article", SectionPage: "section", HomePage: "home"}


@transaction.atomic
def publish(page: WordedPage) -> None:
    """Make a page's words public: a revision of its document, its editions queued."""
    if isinstance(page, ArticlePage):
        publish_article(page)
        return
    _bring_up_to_date(page, visible=True)
    if isinstance(page, SectionPage):
        facts.section_changed.happened(section=page)


@transaction.atomic
def publish_article(page: ArticlePage) -> None:
    """Make an article's words public. Published again, all it had is back: editions, addresses, thread."""
    if page.published_at is None:
        page.published_at = page.first_published_at
        ArticlePage.objects.filter(pk=page.pk).update(published_at=page.published_at)
    _bring_up_to_date(page, visible=True)
    assert page.document is not None
    open_thread(page.document)
    credit(page.document, page.writer)
    assign_slugs(page)
    facts.article_published.happened(article=page)


@transaction.atomic
def prepare(page: WordedPage) -> None:
    """Queue the editions of what is scheduled; till then only confidential engines see it (rule 3), also where it was
    public before: its new words are not."""
    if page.document is not None:
        _hide(page)
        translation.embargo(page.document)
    _bring_up_to_date(page, visible=False)


@transaction.atomic
def unpublish(page: WordedPage) -> None:
    """Withdraw a page's words from every reader at once (rule 1)."""
    if isinstance(page, ArticlePage):
        unpublish_article(page)
        return
    _hide(page)
    if isinstance(page, SectionPage):
        facts.section_changed.happened(section=page)


@transaction.atomic
def unpublish_article(page: ArticlePage) -> None:
    """Withdraw an article. Its thread is withdrawn with it, as the thread's story."""
    _hide(page)
    facts.article_unpublished.happened(article=page)


@transaction.atomic
def forget(page: WordedPage) -> None:
    """The page is deleted: its words go, and those of the discussion under it."""
    if page.document_id is None:
        return
    document = Document.objects.get(pk=page.document_id)
    if isinstance(page, ArticlePage):
        erase_thread(document)
        facts.article_unpublished.happened(article=page)
    translation.erase(document)


@transaction.atomic
def correct_now(page: ArticlePage, *, editor: User) -> None:
    """Publish the draft and withdraw older editions at once: none is shown as "being updated" (rule 2).

    Raises NotAllowed, and NotPublished for an article nobody can read yet.
    """
    if not page.permissions_for_user(editor).can_publish():
        raise NotAllowed
    document = page.document
    if not page.live or document is None:
        raise NotPublished
    revision: Revision = page.get_latest_revision() or page.save_revision(user=editor)
    draft = revision.as_object()
    _correct_language(document, draft)
    # Before Wagtail's own publication, whose signal then finds nothing left to revise.
    translation.revise(document, fields=fields_of(draft), at_once=True)
    revision.publish(user=editor)


def _bring_up_to_date(page: WordedPage, *, visible: bool) -> None:
    fields = fields_of(page)
    if page.document is None:
        _create(page, fields, visible=visible)
        return
    _correct_language(page.document, page)
    translation.revise(page.document, fields=fields)
    if visible:
        _show(page.document)


def _show(document: Document) -> None:
    if document.confidential:
        translation.lift_embargo(document)
    translation.set_visibility(document, visible=True)


def _create(page: WordedPage, fields: Fields, *, visible: bool) -> None:
    page.document = translation.create_document(
        kind=KINDS[type(page)],
        scope=Scope.NEWSROOM,
        language=page.source_language,
        fields=fields,
        visible=visible,
        confidential=not visible,
        bulk=isinstance(page, ArticlePage) and bool(page.external_id),
    )
    type(page).objects.filter(pk=page.pk).update(document=page.document)


def _correct_language(document: Document, page: WordedPage) -> None:
    """An editor may have corrected the language the words are in (rule 5)."""
    if document.source_language != page.source_language:
        translation.correct_language(document, language=page.source_language)


def _hide(page: WordedPage) -> None:
    if page.document is not None:
        translation.set_visibility(page.document, visible=False)
