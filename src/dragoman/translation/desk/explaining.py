"""What a finding says to an editor: a sentence in the editor's language."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _


def explained(finding: Mapping[str, Any]) -> str:
    """The sentence of a stored finding (the fields of `fidelity.findings.Finding`)."""
    sentence = _SENTENCES.get(str(finding.get("code", ""))) or _SENTENCES.get(str(finding.get("check", "")))
    if sentence is None:
        return str(finding.get("message", ""))
    params = {str(name): str(value) for name, value in dict(finding.get("params") or {}).items()}
    params |= {"source": params.get("source") or params.get("lost", "")}
    params |= {"target": params.get("target") or params.get("added", "")}
    return sentence().format_map(_Told(params))


class _Told(dict[str, str]):
    """An old finding may lack what its sentence names today."""

    def __missing__(self, key: str) -> str:
        return "…"


def _other() -> str:
    return _("The original has {source}, the translation {target}.")


_SENTENCES: dict[str, Callable[[], str]] = {
    "empty": lambda: _("The translation is empty."),
    "placeholders": lambda: _("A protected part (an address, a name, code) was lost or doubled."),
    "links": lambda: _("The links are not the same as in the original."),
    "markup": lambda: _("There are tags or signs of formatting that the original does not have."),
    "spans": lambda: _("An address, a mention or a sign of the original is missing here."),
    "numbers": lambda: _("The numbers are not the same as in the original."),
    "numbers_replaced": _other,
    "numbers_lost": lambda: _("{source} of the original is missing here."),
    "numbers_added": lambda: _("{target} is not in the original."),
    "number_scale": _other,
    "number_sign": _other,
    "number_format": _other,
    "unit_changed": _other,
    "date_changed": _other,
    "quotation_marks": lambda: _("The quotation marks of the original are missing."),
    "names": lambda: _("The names are not the same as in the original."),
    "names_replaced": _other,
    "names_lost": lambda: _("{source} of the original is missing here."),
    "names_added": lambda: _("{target} is not in the original."),
    "negation_added": lambda: _("The translation says “not”, the original does not."),
    "negation_lost": lambda: _("The original says “not”, the translation does not."),
    "negation": lambda: _("One says “not” and the other does not."),
    "terms": lambda: _("The glossary says otherwise."),
    "term_not_redone": lambda: _(
        "The glossary has changed, but no translation with its terms has passed the checks."
    ),
    "doubled": lambda: _("“{word}” stands here twice."),
    "broken_off": lambda: _("After “{words}” something is missing."),
    "language": lambda: _("This seems to be another language."),
    "untranslated": lambda: _("“{words}” was left untranslated."),
    "explained": lambda: _("The engine explains instead of translating."),
    "echoed": lambda: _("This is the original, not a translation."),
    "repetition": lambda: _("Words are repeated that the original does not repeat."),
    "length_longer": lambda: _("It is much longer than the original."),
    "length_shorter": lambda: _("It is much shorter than the original."),
    "broken_time": lambda: _("A time of day is broken: {written}."),
    "broken_unit": lambda: _("A quantity is torn from its unit: {written}."),
    "entity": lambda: _("A sign of formatting stands in the text: {written}."),
    "stray_word": lambda: _("A word stands by itself at the end: {written}."),
    "relation": lambda: _("This seems to be the translation of another sentence."),
    "length": lambda: _("It is much longer or shorter than the original."),
}
