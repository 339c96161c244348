"""Variants of a language: what a tag means, and which of an engine's tags serves a reader's.

Two tags are one language here when what is written in one can be shown for the other: pt-PT and pt-BR, nb and no.
Another script is another language: zh-Hans and zh-Hant, sr-Cyrl and sr-Latn (CLDR, likely subtags and language
aliases). Nynorsk is read by who asks for Norwegian, and Bokmål serves where there is no Nynorsk.
"""

from collections.abc import Iterable

_ALIASES = {
    "no": "nb",
    "iw": "he",
    "in": "id",
    "ji": "yi",
    "mo": "ro",
    "tl": "fil",
    "cmn": "zh",
    "sh": "sr-latn",
    "zh-hans": "zh",
    "zh-cn": "zh",
    "zh-sg": "zh",
    "zh-my": "zh",
    "zh-tw": "zh-hant",
    "zh-hk": "zh-hant",
    "zh-mo": "zh-hant",
    "yue": "zh-hant",
    "sr-cyrl": "sr",
    "sr-me": "sr-latn",
}
_INSTEAD = {"nn": "nb", "nb": "nn"}


def written_form(tag: str) -> str:
    """The language without its region, in small letters; a script that is not the usual one stays.

    "pt-BR" → "pt", "zh-Hant-HK" and "zh_TW" → "zh-hant", "sr-Latn-RS" → "sr-latn", "no" → "nb".
    """
    parts = tag.lower().replace("_", "-").split("-")
    script = next((part for part in parts[1:2] if len(part) == 4 and part.isalpha()), "")
    for candidate in (f"{parts[0]}-{script}" if script else "-".join(parts[:2]), parts[0]):
        if candidate in _ALIASES:
            return _ALIASES[candidate]
    return f"{parts[0]}-{script}" if script else parts[0]


def same(one: str, other: str) -> bool:
    """Whether what is written in one serves readers of the other as it is."""
    return written_form(one) == written_form(other)


def forms_read(tag: str) -> tuple[str, ...]:
    """The written forms that serve who asks for `tag`, the best first."""
    form = written_form(tag)
    return (form, _INSTEAD[form]) if form in _INSTEAD else (form,)


def nearest(wanted: str, served: Iterable[str]) -> str | None:
    """The served tag that is best for who asks for `wanted`; None when none serves.

    The very tag first, then the plainest of the same written form ("pt" rather than "pt-PT" for "pt-BR"), then
    the form that readers of this one read as well.
    """
    tags = sorted(served, key=lambda tag: (len(tag), tag))
    exact = [tag for tag in tags if tag.lower().replace("_", "-") == wanted.lower().replace("_", "-")]
    others = [tag for form in forms_read(wanted) for tag in tags if written_form(tag) == form]
    return next(iter((*exact, *others)), None)
