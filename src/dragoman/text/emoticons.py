"""Emoticon codes (`:smile:`) and emoji, by the tables of the emoji library (names: Unicode CLDR).

Codes are the library's English names and aliases, whatever the language of the page: a code typed on a French
page must mean the same on an Arabic one. Names are the reader's, where the library knows the language.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Any

import emoji

_CODE = re.compile(r":[^\s:]{1,80}:")
_VARIATION = "\ufe0f"
_LANGUAGES = frozenset(emoji.LANGUAGES)
_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))

COMMON: tuple[str, ...] = (
    ":smile:",
    ":grin:",
    ":joy:",
    ":wink:",
    ":blush:",
    ":heart_eyes:",
    ":thinking:",
    ":neutral_face:",
    ":confused:",
    ":worried:",
    ":cry:",
    ":sob:",
    ":angry:",
    ":scream:",
    ":flushed:",
    ":sunglasses:",
    ":sleeping:",
    ":upside_down_face:",
    ":shrug:",
    ":facepalm:",
    ":+1:",
    ":-1:",
    ":ok_hand:",
    ":clap:",
    ":wave:",
    ":pray:",
    ":muscle:",
    ":raised_hands:",
    ":heart:",
    ":broken_heart:",
    ":fire:",
    ":star:",
    ":tada:",
    ":rocket:",
    ":bulb:",
    ":coffee:",
    ":cake:",
    ":bicycle:",
    ":earth_africa:",
    ":100:",
)
"""Codes for a picker, faces first."""


def emoji_for(code: str) -> str | None:
    """The emoji of a code with its colons (`:smile:`, case ignored), or None when it is not one."""
    return _emoji_for(code.lower()) or _emoji_for(code) if _CODE.fullmatch(code) else None


@lru_cache(maxsize=4096)
def _emoji_for(code: str) -> str | None:
    found = emoji.emojize(code, language="alias")
    return found if found != code else None


@lru_cache(maxsize=4096)
def name(character: str, language: str) -> str:
    """What the emoji is called in the language (BCP 47); in English where that is not known; never empty."""
    names = emoji.EMOJI_DATA.get(character) or emoji.EMOJI_DATA.get(character.replace(_VARIATION, ""))
    if names is None:
        return _unlisted_name(character)
    base = language.partition("-")[0].lower()
    if base in _LANGUAGES and base != "en":
        emoji.config.load_language(base)
    else:
        base = "en"
    return _readable(names.get(base) or names["en"])


def _readable(code: str) -> str:
    return code.strip(":").replace("_", " ")


def _unlisted_name(character: str) -> str:
    """A sequence without an entry is called after its first character."""
    names = (unicodedata.name(sign, "") for sign in character)
    return next(filter(None, names), "symbol").lower()


@lru_cache(maxsize=64)
def named_codes(language: str) -> tuple[tuple[str, str, str], ...]:
    """Codes that can be typed, each with its emoji and what that is called in the language; the common ones first.

    One code for each emoji that is fully qualified (Unicode TR 51); skin tones and presentation sequences are left out.
    """
    common = [(code, shown) for code in COMMON if (shown := emoji_for(code)) is not None]
    seen = {shown.replace(_VARIATION, "") for _, shown in common}
    others = [
        (code, shown)
        for shown, entry in emoji.EMOJI_DATA.items()
        if entry["status"] == emoji.STATUS["fully_qualified"]
        and _TONES.isdisjoint(shown)
        and shown.replace(_VARIATION, "") not in seen
        and (code := _code_of(shown, entry))
    ]
    return tuple((code, shown, name(shown, language)) for code, shown in [*common, *others])


def _code_of(shown: str, entry: dict[str, Any]) -> str:
    """The first code that gives this very emoji: some of the library's aliases are another's too."""
    return next((code for code in [*entry.get("alias", ()), entry["en"]] if emoji_for(code) == shown), "")
