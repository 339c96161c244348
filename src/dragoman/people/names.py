"""Display names: what nobody may call themselves.

A name is shown beside words in every language, so what could reorder, hide or overgrow the line is refused
(Unicode TR 36, *Security Considerations*; TR 39, *Security Mechanisms*, of which only the commonest look-alikes are
needed here), and so is a name that passes for the people who run the place.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from string import ascii_lowercase

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from dragoman.people.errors import UnfitName
from dragoman.people.models import DISPLAY_NAME_LONGEST

TINTS = 8  # colours of the discs with initials
MARKS_IN_A_ROW = 4  # pointed Hebrew and Vietnamese need three
# Joiners are letters' business in Persian, Hindi and emoji sequences; every other invisible sign is refused.
_JOINERS = "\u200c\u200d"
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
# Scripts whose letters pass for Latin ones: within one word they are not mixed with it.
_LOOK_ALIKE_SCRIPTS = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU")
_LOOK_ALIKES = str.maketrans(
    {
        **dict(zip("авекмнорстухіѕјԁԛԝһӏ", "abekmhopctyxisjdqwhi", strict=True)),
        **dict(zip("αβεηικνορτυχω", "abenikvoptuxw", strict=True)),
        **dict(zip("օոսհյցզԁ", "onuhjgqd", strict=True)),  # Armenian
        **dict(zip("ᎠᎡᎢᎥᎪᎫᎬᎳᎷᎻᎽᏀᏃᏚᏙᏞᏟᏢᏦᏴ", "dretajewmhygzsvlcpkb", strict=True)),  # Cherokee
        **dict(zip("ⲁⲉⲓⲕⲙⲛⲟⲣⲥⲧⲩⲭ", "aeikmnopctyx", strict=True)),  # Coptic
        **dict(zip("ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ", "abcdefghijklmnoprstuvwxyz", strict=True)),  # Lisu
        # Latin letters that are no letter's compatibility form: small capitals, phonetic signs, dotless i.
        **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɑɡıɩʋɒ", "abcdefghijklmnoprstuvwyzagiiua", strict=True)),
        # Letters in filled circles and squares, and those that make flags.
        **{chr(0x1F150 + place): letter for place, letter in enumerate(ascii_lowercase)},
        **{chr(0x1F170 + place): letter for place, letter in enumerate(ascii_lowercase)},
        **{chr(0x1F1E6 + place): letter for place, letter in enumerate(ascii_lowercase)},
        **dict(zip("0134578@$|!", "oieastbasii", strict=True)),
    }
)
_ONE_STROKE = str.maketrans("l", "i")
_PAIRS = {"rn": "m", "vv": "w", "cl": "d"}  # read as one letter in many fonts
# One word of these makes the whole name a claim to run the place.
_OFFICES = """
admin administrator administrador administradora administrateur administratrice администратор админ
moderator moderador moderadora moderateur moderatrice модератор
sysadmin webmaster
مشرف المشرف مدير المدير مسؤول المسؤول الادارة
"""
# These are ordinary words beside others ("Anna, editor of her own life"), a claim when they stand alone.
_WHOLE_NAMES = """
staff team support help system editor editors editorial theeditor theeditors redaction laredaction redaccion laredaccion
redacao aredacao редакция редактор поддержка equipo equipe equipa soporte suporte aide dragoman
root superuser deletedaccount unnamedreader anonymous anonyme anonimo аноним مجهول التحرير هيئةالتحرير
"""


def checked_name(raw: str, staff_names: Iterable[str] = ()) -> str:
    """The name in NFC with single spaces. Raises UnfitName with the reason in a sentence."""
    name = " ".join(unicodedata.normalize("NFC", raw).split())
    _refuse_hidden(name)
    if not any(unicodedata.category(sign)[0] in "LN" for sign in name):
        raise UnfitName(_("A name needs at least one letter or digit."))
    if len(name) > DISPLAY_NAME_LONGEST:
        raise UnfitName(_("This name is too long."))
    if _overgrown(name):
        raise UnfitName(_("This name has too many accents on one letter."))
    if any(_mixes_scripts(word) for word in name.split()):
        raise UnfitName(_("This name mixes look-alike letters of different alphabets in one word."))
    if _claims_office(name, staff_names):
        raise UnfitName(_("This name could be taken for the people who run this site."))
    return name


def initials(name: str) -> str:
    """What stands for a name in a small disc: the first letters of its first and last word where the script has
    capitals, else the first letter alone (joined letters are not torn out of their words)."""
    firsts = [word[0] for word in re.split(r"[\W_]+", unicodedata.normalize("NFC", name)) if word]
    if len(firsts) < 2 or firsts[0].lower() == firsts[0].upper():
        return "".join(map(_capital, firsts[:1]))
    return _capital(firsts[0]) + _capital(firsts[-1])


def _capital(letter: str) -> str:
    """The letter's capital; "ß" and its like have one of two letters and stay as they are."""
    return letter.upper() if len(letter.upper()) == 1 else letter


def skeleton(name: str) -> str:
    """What the eye reads: compatibility forms, case, accents, spaces and common look-alikes levelled."""
    return "".join(_skeletons(name))


def _skeletons(name: str) -> Iterator[str]:
    for word in unicodedata.normalize("NFKD", name).casefold().split():
        plain = "".join(sign for sign in word if unicodedata.category(sign)[0] not in "MC")
        read = "".join(sign for sign in plain.translate(_LOOK_ALIKES) if sign.isalnum())
        for pair, letter in _PAIRS.items():
            read = read.replace(pair, letter)
        yield read.translate(_ONE_STROKE)


_OFFICE_SKELETONS = frozenset(skeleton(word) for word in _OFFICES.split())
_WHOLE_SKELETONS = frozenset(skeleton(word) for word in _WHOLE_NAMES.split()) | _OFFICE_SKELETONS


def _refuse_hidden(name: str) -> None:
    inner = re.sub(f"(?<=\\S)[{_JOINERS}](?=\\S)", "", name)
    for sign in inner:
        if sign in _BLANK_LETTERS or unicodedata.category(sign) in _REFUSED_CATEGORIES:
            raise UnfitName(_("This name contains signs that cannot be seen."))


def _overgrown(name: str) -> bool:
    in_a_row = 0
    for sign in unicodedata.normalize("NFD", name):
        in_a_row = in_a_row + 1 if unicodedata.category(sign) in ("Mn", "Me") else 0
        if in_a_row > MARKS_IN_A_ROW:
            return True
    return False


def _mixes_scripts(word: str) -> bool:
    scripts = {unicodedata.name(sign, "").split(" ")[0] for sign in word if sign.isalpha()}
    return "LATIN" in scripts and any(script in scripts for script in _LOOK_ALIKE_SCRIPTS)


def _claims_office(name: str, staff_names: Iterable[str]) -> bool:
    taken = {skeleton(settings.PUBLICATION_NAME), *map(skeleton, staff_names)} - {""}
    if skeleton(name) in _WHOLE_SKELETONS | taken:
        return True
    # "admin_team" and "Admin2" claim it too, and so does "@dmin", whose first sign is no letter.
    apart = re.sub(r"[\W_]+|\d+\b", " ", name)
    return not _OFFICE_SKELETONS.isdisjoint({*_skeletons(name), *_skeletons(apart)})
