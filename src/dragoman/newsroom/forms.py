"""The article's form in the page editor: beside Wagtail's own, one address per language."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from dragoman.languages.registry import codes, native_name
from dragoman.newsroom.slugs import LONGEST, slugify

PREFIX = "address_"


def slug_field(language: str) -> forms.CharField:
    """The field for the readable part of one language's address."""
    direction = forms.TextInput(attrs={"dir": "auto", "lang": language})
    return forms.CharField(required=False, max_length=LONGEST, label=native_name(language), widget=direction)


class ArticleForm(WagtailAdminPageForm):
    """Addresses are not part of a revision: they take effect when the form is saved, draft or not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_slugs: dict[str, str] = {}
        if self.instance.pk:
            self.known_slugs = dict(self.instance.slugs.values_list("language", "slug"))
            for language in codes():
                self.fields[PREFIX + language] = slug_field(language)
                self.initial.setdefault(PREFIX + language, self.known_slugs.get(language, ""))

    def clean(self) -> dict[str, Any]:
        """Refuse an address that has been emptied or holds nothing readable."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for language in codes():
            typed = cleaned.get(PREFIX + language, "")
            if typed and not slugify(typed):
                self.add_error(PREFIX + language, _("An address needs at least one letter or digit."))
        return cleaned

    def save(self, commit: bool = True) -> Any:
        """Save the draft as Wagtail does, and the addresses at once."""
        page = super().save(commit=commit)
        for language, slug in self.changed_slugs().items():
            # Imported late: the actions know the models, whose editor this form is.
            from dragoman.newsroom.actions import change_slug

            change_slug(page, language=language, slug=slug, editor=self.for_user)
        return page

    def changed_slugs(self) -> dict[str, str]:
        """The addresses the editor changed; an emptied one stays as it was."""
        typed = {code: self.cleaned_data.get(PREFIX + code, "") for code in codes()}
        return {code: slug for code, slug in typed.items() if slug and slug != self.known_slugs.get(code)}
