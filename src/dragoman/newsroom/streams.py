"""What an article's body and its sources are made of, as editors write them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageChooserBlock

INLINE_FEATURES: list[str] = ["bold", "italic", "link"]


class HeadingBlock(blocks.StructBlock):
    """A heading inside the body."""

    text = blocks.CharBlock(max_length=250, label=pgettext_lazy("part of an article", "Heading"))
    level = blocks.ChoiceBlock(
        choices=[
            ("2", pgettext_lazy("part of an article", "Heading")),
            ("3", pgettext_lazy("part of an article", "Subheading")),
        ],
        default="2",
        label=pgettext_lazy("of a heading", "Level"),
    )

    class Meta:
        icon = "title"
        label = pgettext_lazy("part of an article", "Heading")


class ItemsBlock(blocks.StructBlock):
    """A list."""

    ordered = blocks.BooleanBlock(required=False, label=pgettext_lazy("a list", "Numbered"))
    items = blocks.ListBlock(
        blocks.RichTextBlock(features=INLINE_FEATURES, label=pgettext_lazy("of a list", "Item")), min_num=1
    )

    class Meta:
        icon = "list-ul"
        label = pgettext_lazy("part of an article", "List")


class QuotationBlock(blocks.StructBlock):
    """Somebody's words, displayed, and whose they are."""

    quotation = blocks.RichTextBlock(
        features=INLINE_FEATURES, label=pgettext_lazy("part of an article", "Quotation")
    )
    attribution = blocks.CharBlock(
        required=False, max_length=250, label=pgettext_lazy("of a quotation", "Attribution")
    )

    class Meta:
        icon = "openquote"
        label = pgettext_lazy("part of an article", "Quotation")


class PictureBlock(blocks.StructBlock):
    """A picture. Who cannot see it gets the text alternative, unless it says nothing (WCAG 1.1.1)."""

    image = ImageChooserBlock(label=pgettext_lazy("part of an article", "Picture"))
    caption = blocks.CharBlock(required=False, max_length=500, label=pgettext_lazy("of a picture", "Caption"))
    alt = blocks.CharBlock(
        required=False,
        max_length=500,
        label=pgettext_lazy("of a picture", "Text alternative"),
        help_text=_("What the picture shows, for those who cannot see it."),
    )
    decorative = blocks.BooleanBlock(
        required=False,
        label=pgettext_lazy("a picture", "Decorative"),
        help_text=_("The picture adds nothing to the text."),
    )
    credit = blocks.CharBlock(required=False, max_length=200, label=pgettext_lazy("of a picture", "Credit"))

    class Meta:
        icon = "image"
        label = pgettext_lazy("part of an article", "Picture")

    def clean(self, value: Any) -> Any:
        """Require the text alternative of a picture that says something."""
        cleaned = super().clean(value)
        if not cleaned["decorative"] and not cleaned["alt"].strip():
            sentence = _("Say what the picture shows, or mark it as decorative.")
            raise StructBlockValidationError(block_errors={"alt": ValidationError(sentence)})
        return cleaned


class BodyBlock(blocks.StreamBlock):
    """The body of an article."""

    paragraph = blocks.RichTextBlock(
        features=INLINE_FEATURES, icon="pilcrow", label=pgettext_lazy("part of an article", "Paragraph")
    )
    heading = HeadingBlock()
    list = ItemsBlock()
    quotation = QuotationBlock()
    picture = PictureBlock()

    class Meta:
        required = False


class SourceBlock(blocks.StructBlock):
    """Where a fact comes from."""

    name = blocks.CharBlock(max_length=200, label=pgettext_lazy("of a source", "Name"))
    url = blocks.URLBlock(required=False, max_length=1000, label=pgettext_lazy("of a source", "Address"))

    class Meta:
        icon = "link"
        label = pgettext_lazy("of an article", "Source")


class SourcesBlock(blocks.StreamBlock):
    """The sources of an article. Names of agencies are never translated (rule of reading 11)."""

    source = SourceBlock()

    class Meta:
        required = False
