"""Interface strings: extracted from code and templates, checked against the catalogues, compiled.

`python -m dragoman.site.messages check | compile | update`
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from gettext import c2py
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from dragoman.site.borrowed import ALLAUTH, DJANGO

PACKAGE = Path(__file__).resolve().parent.parent
LOCALE = PACKAGE / "site" / "locale"
LANGUAGES = ("fr", "es", "pt", "ru", "ar")  # English is the language of the message ids
COMPLETE = LANGUAGES  # languages whose catalogues must have every message; add a new one when it is whole
HEADER = "# Interface strings of Dragoman in {name}. Written and reviewed by people, never by an engine."
# What a translation may neither lose nor gain: placeholders, tags, emoticon codes, what is typed just so
# (addresses, keys, names of files) and formats.
FIXED = re.compile(
    r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}|</?[a-z][^<>]*>|:[a-z_]+:|(?<![\w/])/[a-z]+/(?:[a-z]+/)*"
    r"|\b[a-z]+:\d+|\b[a-z]+=[\w,…]+|\b[a-z]+\.toml\b|\b(?:CSV|JSON|JavaScript|TBX|TMX|UTF-8|XLIFF|ZIP)\b"
)
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def extracted() -> Catalog:
    """Every message of the code and the templates, and those borrowed from libraries."""
    catalogue = Catalog(charset="utf-8")
    for path in sorted(PACKAGE.rglob("*.py")):
        _add(catalogue, path, path.read_bytes())
    for pattern in ("*.html", "*.txt"):
        for path in sorted(PACKAGE.rglob(f"templates/**/{pattern}")):
            _add(catalogue, path, _templatised(path))
    for borrowed in (*ALLAUTH, *DJANGO):
        catalogue.add(borrowed, None, [("site/borrowed.py", 1)])
    return catalogue


def _templatised(path: Path) -> bytes:
    """A template as Django's own extraction sees it: the calls, at their lines."""
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure(USE_I18N=True)
    calls = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    return "\n".join(line.lstrip() for line in calls.split("\n")).encode()


def _add(catalogue: Catalog, path: Path, source: bytes) -> None:
    place = str(path.relative_to(PACKAGE))
    for line, function, messages, _ in extract_python(BytesIO(source), list(KEYWORDS), ["Translators:"], {}):
        found = _message(function, messages)
        if found is not None:
            message, context = found
            catalogue.add(message, None, [(place, line)], context=context)


def _message(function: str, messages: Any) -> tuple[Any, str | None] | None:
    """(id or (singular, plural), context); None for calls whose message is not a literal."""
    parts = list(messages) if isinstance(messages, list | tuple) else [messages]
    context = parts.pop(0) if "pgettext" in function else None
    wanted = parts[: 2 if function.startswith("n") else 1]
    if not wanted or not all(isinstance(part, str) and part for part in wanted):
        return None
    return (wanted[0], wanted[1]) if len(wanted) == 2 else wanted[0], context


def catalogue_path(language: str) -> Path:
    """Where a language's catalogue lies."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """A language's catalogue; an empty one when there is none yet."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as stream:
        return read_po(stream, locale=language)


def faults(language: str, wanted: Catalog) -> Iterator[str]:
    """What is missing or broken in a language, a sentence each."""
    catalogue = read(language)
    for message in wanted:
        if message.id:
            yield from (
                f"{language}: {fault}: {message.id!r} ({message.locations[0][0]})"
                for fault in _faults_of(
                    message, catalogue.get(message.id, message.context), catalogue, language
                )
            )


def _faults_of(message: Message, own: Message | None, catalogue: Catalog, language: str) -> Iterator[str]:
    if own is None or not _is_complete(own.string):
        if language in COMPLETE:
            yield "not translated"
    elif own.fuzzy:
        yield "not reviewed"
    else:
        own.flags |= message.flags
        yield from (str(fault) for fault in own.check(catalogue))
        yield from _changed_fixtures(message, own, catalogue)


def _changed_fixtures(message: Message, own: Message, catalogue: Catalog) -> Iterator[str]:
    """Placeholders and tags that the translation lost or made up.

    A form that stands for one number only ("one comment") may say it in words.
    """
    wanted = _fixed(message.id[-1] if isinstance(message.id, list | tuple) else message.id)
    forms = list(own.string) if isinstance(own.string, list | tuple) else [own.string]
    for index, form in enumerate(forms):
        lost, gained = wanted - _fixed(form), _fixed(form) - wanted
        in_words = len(forms) > 1 and lost.total() == 1 and index in _forms_of_one_number(catalogue)
        if gained or (lost and not in_words):
            yield f"lost {sorted(lost)}, made up {sorted(gained)} in {form!r}"


def _fixed(text: str) -> Counter[str]:
    return Counter(FIXED.findall(text))


def _forms_of_one_number(catalogue: Catalog) -> set[int]:
    form_of = c2py(catalogue.plural_expr)
    return {form for form, uses in Counter(form_of(number) for number in range(1000)).items() if uses == 1}


def _is_complete(string: object) -> bool:
    return all(string) if isinstance(string, list | tuple) else bool(string)


def check() -> int:
    """Every message in every language; 1 when any is broken, or missing where the catalogue is complete."""
    wanted = extracted()
    found = [fault for language in LANGUAGES for fault in faults(language, wanted)]
    for fault in found[:50]:
        sys.stderr.write(fault + "\n")
    if len(found) > 50:
        sys.stderr.write(f"… and {len(found) - 50} more\n")
    return 1 if found else 0


def update() -> int:
    """Bring the catalogues in line with the code; new messages are left untranslated."""
    wanted = extracted()
    for language in LANGUAGES:
        catalogue = read(language)
        wanted.creation_date = catalogue.creation_date  # what has not changed makes no difference in the file
        catalogue.update(wanted, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.fuzzy = False
        catalogue.header_comment = HEADER.format(name=Locale.parse(language).english_name)
        catalogue.project, catalogue.version = "Dragoman", "1"
        catalogue.msgid_bugs_address = catalogue.last_translator = catalogue.language_team = ""
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as stream:
            write_po(stream, catalogue, width=100, omit_header=False, sort_output=True, include_lineno=False)
    return 0


def compile_all() -> int:
    """Compile every catalogue."""
    for language in LANGUAGES:
        if catalogue_path(language).exists():
            with catalogue_path(language).with_suffix(".mo").open("wb") as stream:
                write_mo(stream, read(language))
    return 0


COMMANDS = {"check": check, "update": update, "compile": compile_all}

if __name__ == "__main__":
    sys.exit(COMMANDS[sys.argv[1]]())
