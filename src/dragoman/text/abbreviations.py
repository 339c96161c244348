"""Abbreviations that mislead a sentence splitter, by language: no sentence ends at them.

Three kinds, because what may follow differs:

* `TITLES` stand before a name ("M. Dupont", "г. Москва"): never an end.
* `BEFORE_NUMBER` stand before a number ("p. 5", "рис. 5"): not an end when a digit follows.
* `INSIDE` stand inside a sentence or at its end ("т. е.", "approx."): not an end unless a capital follows.

All are written in lower case, without the last full stop, dots and spaces inside as `compact` leaves them.
"""

import re
from collections.abc import Mapping

_Table = Mapping[str, frozenset[str]]


def _table(lines: Mapping[str, str]) -> _Table:
    return {language: frozenset(words.split()) for language, words in lines.items()}


def compact(abbreviation: str) -> str:
    """`abbreviation` as the tables spell it: lower case, no white space, no last full stop."""
    return re.sub(r"\s+", "", abbreviation).rstrip(".").lower()


TITLES = _table(
    {
        "en": "mr mrs ms dr prof rev gen col capt lt sgt sen rep gov st mt messrs hon",
        "fr": "m mm mme mmes mlle mlles mgr me dr drs pr prof st ste bd boul av gén cdt",
        "es": "sr sra srta sres dr dra d dña don prof profa ing lic arq gral cnel ud uds vd vds sto sta "
        "av avda c/",
        "pt": "sr sra srta srs dr dra d dona prof profa eng exmo exma séc v.exa v.ex vossa av r sto sta gen "
        "cel cap",
        "ru": "г им проф акад тов гр ул пр просп пер пл наб пос дер с р о оз ст св г-н г-жа гос доц д-р "
        "ген м",
        "ar": "د أ م أ.د ا.د السيد ش",
        "de": "hr fr dr prof st frl",
        "it": "sig sig.ra dott dott.ssa prof ing avv on s",
        "uk": "м ім проф акад вул просп пл с р св ст гр",
        "tr": "dr prof doç av sn",
        "hi": "डॉ श्री श्रीमती प्रो पं कु मो सुश्री",
        "hy": "պրն տկն դր պրոֆ",
    }
)

BEFORE_NUMBER = _table(
    {
        "en": "jan feb mar apr jun jul aug sep sept oct nov dec no nos p pp fig figs vol vols ch sec art "
        "approx ca par para tel ext ed",
        "fr": "janv févr fév avr juill juil sept oct nov déc p pp art fig vol chap éd env n no tél al ch "
        "t ca",
        "es": "ene feb mar abr jun jul ago sept set oct nov dic p pp pág págs núm n art fig vol cap aprox "
        "tel ca",
        "pt": "jan fev mar abr mai jun jul ago set out nov dez p pp pág págs n núm art fig vol cap aprox "
        "tel séc ca",
        "ru": "янв февр фев мар апр июн июл авг сент сен окт нояб ноя дек рис стр с гл ст п пп см табл № "
        "том т кн вып д кв корп тел ок прим",
        "ar": "ص ج ت هاتف رقم",
        "de": "jan feb mär apr jun jul aug sep sept okt nov dez nr s abb bd kap art ca tel",
        "it": "gen feb mar apr mag giu lug ago sett ott nov dic pag p n art fig vol cap ca tel",
        "uk": "січ лют бер квіт трав черв лип серп вер жовт лист груд рис стор ст п див табл т ок тел",
        "tr": "s no c bkz tel",
        "hy": "էջ գլ նկ",
    }
)

INSIDE = _table(
    {
        "en": "e.g i.e vs cf viz approx ca etc al inc ltd co corp est dept",
        "fr": "p.ex c.-à-d c.à.d cf env etc ex av.j.-c apr.j.-c j.-c hab av ap i.e resp n.b max min",
        "es": "p.ej etc a.c d.c aprox cf ej vs máx mín cía ee.uu ss.mm rr.hh ap",
        "pt": "p.ex etc a.c d.c aprox cf ex vs máx mín cia ltda obs i.e",
        "ru": "т.е т.к т.н т.ч т.д т.п т.о н.э до.н.э и.о в.т.ч тыс млн млрд трлн кв куб руб коп долл чел "
        "напр др пр см ср гг вв в обл р-н мин сек ч кг км об/мин шт экз ред изд сокр т.наз т.зв "
        "тыс.кв",
        "ar": "إلخ الخ ق.م ب.م هـ",
        "de": "z.b d.h u.a bzw usw ca vgl o.ä evtl ggf inkl z.t s.o s.u",
        "it": "p.es ecc cfr es a.c d.c ca",
        "uk": "т.е т.д т.п т.зв тис млн млрд кв куб грн коп чол напр див ін рр ст обл р-н н.е хв сек год",
        "tr": "vb vs örn yak yy m.ö m.s",
        "hi": "ई.पू ई",
    }
)

MAY_END = _table(
    {
        "en": "no etc",
        "fr": "etc hab",
        "es": "no etc ee.uu",
        "pt": "etc",
        "ru": "т.д т.п др пр г гг в вв руб коп долл чел ч мин сек млн млрд тыс н.э км кг шт экз",
        "uk": "т.д т.п ін р рр грн коп чол год хв н.е",
    }
)
"""What the splitter takes for an abbreviation and yet may close a sentence when a capital follows."""

NEEDS_WORDS_BEFORE = _table(
    {
        "ru": "г гг в вв руб коп долл чел ч мин сек млн млрд тыс км кг шт экз н.э",
        "uk": "р рр грн коп чол год хв",
    }
)
"""Units among `MAY_END`: they close a sentence only after a numeral and enough words ("В 1990 г. Иванов …"
goes on).
"""

STARTERS = _table(
    {
        "en": "the it he she we they this that these those there then but and so if when in on at you my "
        "his her our their what why how who where is are was do does did not a an as",
        "fr": "le la les il elle ils elles on nous vous ce cet cette ces c’est c'est mais et puis alors "
        "si un une je tu dans en pour qui que pourquoi quand",
        "es": "el la los las él ella ellos ellas yo tú usted nosotros esto este esta pero y entonces "
        "luego si un una en por para qué quién cómo cuándo es no",
        "pt": "o a os as ele ela eles elas eu tu você nós isto este esta isso esse essa mas e então "
        "depois se um uma em por para que quem como quando é não",
        "ru": "он она оно они мы вы я ты это этот эта эти но и а затем потом если когда в на по не кто "
        "что как где почему там тут",
    }
)
"""Words that open a sentence more often than they are a name: "vitamin C. It is", not "J. It"."""
