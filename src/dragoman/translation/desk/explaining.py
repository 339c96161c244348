"""What a finding says to an editor: a sentence in the editor's language."""

from collections.abc import Mapping

from django.utils.translation import gettext as _


def explained(finding: Mapping[str, object]) -> str:
    """The sentence of a stored finding (the fields of `fidelity.findings.Finding`)."""
    sentence = _SENTENCES.get(str(finding.get("code", ""))) or _SENTENCES.get(str(finding.get("check", "")))
    return sentence() if sentence else str(finding.get("message", ""))


_SENTENCES = {
    "empty": lambda: _("The translation is empty."),
    "placeholders": lambda: _("A protected part (an address, a name, code) was lost or doubled."),
    "links": lambda: _("The links are not the same as in the original."),
    "markup": lambda: _("There are tags or signs of formatting that the original does not have."),
    "spans": lambda: _("An address, a mention or a sign of the original is missing here."),
    "numbers": lambda: _("The numbers are not the same as in the original."),
    "negation": lambda: _("One says “not” and the other does not."),
    "terms": lambda: _("The glossary says otherwise."),
    "term_not_redone": lambda: _(
        "The glossary has changed, but no translation with its terms has passed the checks."
    ),
    "doubled": lambda: _("A word stands here twice."),
    "broken_off": lambda: _("The translation breaks off."),
    "language": lambda: _("This seems to be another language."),
    "untranslated": lambda: _("Part of it was left untranslated."),
    "explained": lambda: _("The engine explains instead of translating."),
    "echoed": lambda: _("This is the original, not a translation."),
    "repetition": lambda: _("Words are repeated that the original does not repeat."),
    "length": lambda: _("It is much longer or shorter than the original."),
}
