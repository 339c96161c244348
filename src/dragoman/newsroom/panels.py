"""Panels of the page editor that Wagtail has not got."""

from typing import Any

from wagtail.admin.panels import Panel


class AddressesPanel(Panel):
    """The readable part of the article's address, one field per language of the publication."""

    class BoundPanel(Panel.BoundPanel):
        """Shows the fields that `forms.ArticleForm` adds."""

        template_name = "newsroom/admin/addresses_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """The fields, and whether the article exists yet."""
            context: dict[str, Any] = super().get_context_data(parent_context)
            return context | {"fields": self.fields()}

        def fields(self) -> list[Any]:
            """The bound fields of the addresses."""
            from dragoman.newsroom.forms import PREFIX

            return [self.form[name] for name in self.form.fields if name.startswith(PREFIX)]

        def render_missing_fields(self) -> str:
            """Nothing is missing: every field is shown."""
            return ""
