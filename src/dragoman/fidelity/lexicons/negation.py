"""How languages say no: words that deny, and words that another language may say by denying.

An entry that begins with * is an ending, one that ends with * a beginning. Entries of languages without spaces
are looked for anywhere.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from dragoman.fidelity.words import AT_HAND, base, words

_DENIES = {
    "en": "not cannot never nobody none",
    "fr": "ne n",
    "es": "no nunca jamás ningún ninguno ninguna nadie",
    "pt": "não nunca jamais nenhum nenhuma ninguém",
    "it": "non mai nessun nessuno nessuna",
    "de": "nicht kein keine keinen keinem keiner keines nie niemals niemand*",
    "ru": "не нет нельзя никогда никто никого никому нету",
    "uk": "не немає нема ніколи ніхто нікого нікому",
    "pl": "nie nigdy nikt nikogo nikomu żaden żadn*",
    "cs": "není nejsou nebyl* nebud* nemá nemaj* nemůž* nemoh* nechc* nechtě* nelze nikdy nikdo nesm* neví nebylo"
    " nedá nemus* nedok* nepodař* neuděl* nejde nemáme nemám nedoš* nedělá* nevid* nepřij* nezn* neexist*",
    "ar": "لا لم لن ليس ليست ليسوا لست ولا ولم ولن وليس وليست فلا فلم فلن",
    "tr": "değil* asla *amıyor* *emiyor* *lmıyor* *lmiyor* *nmuyor* *rmuyor* *amadı* *emedi* *ılmadı* *ilmedi*"
    " *madılar *mediler *mayacak* *meyecek* *madığı* *mediği* *mamıştı* *memişti* *amaz *emez olmaz olmadı* yok yoktu*"
    " yoktur",
    "hi": "नहीं नही नहीँ मत",
    "zh": "不 没 沒 并非 而非 未能 未有 无法 別 勿 莫",
    "ja": "ない なく なかっ ません なけれ",
}
# Also deny, or are said by denying elsewhere: impossible, unless, only.
_NEAR = {
    "en": "omit* scarce* no nothing nowhere neither nor without ever yet longer unless fail* hardly barely scarcely seldom"
    " rarely doubt* instead rather until before *less miss* absen* lack* except* anymore any anyone"
    " anything refus* avoid* den* prevent* unable unlik* unclear unknown unfair unwill* unaccept* unaware"
    " unchang* uncert* uncomm* unconsti* unconf* undoubt* unemploy* unexpec* unfort* unimport* unlawful*"
    " unlimit* unnecess* unpopul* unprec* unreal* unreas* unrel* unres* unsatisf* unsucc* unsuit*"
    " untouch* unus* unwant* unaff* unanim* unavail* unbear* unbeliev* uncompr* uncontrol* undecid*"
    " undefin* undeni* undes* unfam* unfin* unforg* unhapp* unimag* unint* unjust* unof* unpaid unpl*"
    " unpred* unprep* unprof* unproven unqual* unsafe unsaid unsol* unspok* unst* unthink* untrue"
    " unwritten unsupp* unsure untr* uninhabit* non nonetheless nonsense nonprofit inabil* inadeq*"
    " inappropr* incapab* incompat* incompl* incomp* incorr* indep* indiff* inelig* inevit* inexp*"
    " infinit* informal infreq* injustice insecur* insuff* intoler* invalid* invis* involunt* inact*"
    " inconv* incred* indef* imposs* improb* impract* imperf* impat* illegal* illeg* illicit* irreg*"
    " irrel* irresp* irrev* irrep* disab* disag* disappear* disapp* dislik* disregard* disbel* discont*"
    " dishon* dissatisf* forbid* prohibit* exclud* reject* ignor* declin* otherwise ceas* abandon*"
    " although however",
    "fr": "pas jamais aucun* rien ni non nul nulle guère sans impossible* manqu* interdi* échou* rare* rejet* peu sauf"
    " absen* personne refus* empêch* évit* inconnu* incapab* inaccept* inutil* impuiss* illég* illim*"
    " irrég* irresp* incert* indép* indiff* insuff* invis* inégal* injust* impayé* imprév* inact*"
    " inconsc* incomp* inatt* désacc* exclu* aucunement malgré",
    "es": "ni nada tampoco sin impos* rar* imped* sólo carec* menos falt* poco pocos poca ilegal* rechaz*"
    " evit* neg* salvo excepto fracas* ausen* incap* incom* incon* indep* inac* inús* inút* inev* injus*"
    " insuf* invis* inesp* irreg* irresp* desac* desap* descono* desemp* prohib* apenas",
    "pt": "nem nada tampouco sem impos* rar* imped* somente apenas carec* menos falt* pouco poucos poucas"
    " ilegal* rejeit* recus* evit* neg* salvo exceto fracass* ausên* incap* incom* incon* indep* inac*"
    " inús* inút* inev* injus* insuf* invis* inesp* irreg* irresp* desac* desap* descon* desemp* proib*",
    "it": "né niente nulla neanche nemmeno neppure senza no imposs* rar* soltanto manc* poco pochi poca"
    " illegal* rifiut* evit* neg* tranne salvo assen* incap* incom* incon* indip* inac* inut* inev*"
    " ingius* insuff* invis* inatt* irreg* irresp* disac* disocc* sconosc* viet* impedi*",
    "de": "nein nichts weder noch ohne nirgends kaum *losen *los *lose *loser *loses verhinder* bevor erst"
    " wenig* illegal* fehl* miss* selten scheitert* verweiger* lehn* verbot* verbiet* vermeid* außer"
    " gegen sonst statt* unab* unan* unb* unc* une* unfä* unge* ungl* unkl* unm* unn* unr* unsi* unt*bar*"
    " unv* unw* verlor* verlier* schwer* abge*",
    "ru": "ни без ничего ничто ничем никак* нигде никуда разве отсутств* пока редко бес* прекра* лишь кроме"
    " запрет* невозмож* нев* неи* неп* неу* неоп* необ* неож* незав* незак* вряд избе* без* утрат* инач*"
    " иначе недост* недов* нелег* нераз* нерав* неболь* никакой никаких",
    "uk": "ні ані без нічого ніщо ніде ніяк* відсутн* крім заборон* безробіт* без* неможл* нев* неп* незал*"
    " незак* навряд ледве уник* втрат* інакше відмов* припин* жоден жодн* рідко",
    "pl": "nic niczego ani bez brak* bezrobo* rzadko odm* zakaz* unik* oprócz przesta* ledwo utrac* strac*"
    " wbrew inaczej niemożliw* nieznan* niejas* niezbyt niedost* niewiel* niewystarcz* niepełn* nielegal*"
    " niezależ* bezpłat*",
    "cs": "ne* ni ani bez* nic nikde nijak žádn* chyb* teprve málo méně odm* zakáz* zákaz* vyhn* kromě proti*"
    " přesta* zřídka mimo sotva ztra*",
    "ar": "غير دون بدون عدم وما لولا بلا ألا سوى إلا رفض* نفى* منع* قليل* يرفض* ينفي* افتق* فشل* فقد* خلو*"
    " يستحيل مستحيل* نادر* نفي دونما",
    "tr": "*mayın *meyin *mem *mam *mıyor* *miyor* *muyor* *müyor* değil* yok* hayır hiç* *sız* *siz* *suz* *süz* *maz* *mez* *madan *meden *mama* *meme* *mayan*"
    " *meyen* *maya* *meye* *masın *mesin *madı* *medi* yalnızca dışında imkansız* imkânsız* reddet*"
    " engel* yasak* zor eksik* nadir* *maksızın *meksizin",
    "hi": "न ना बिना अलावा इनकार* रोक* असंभव* विरुद्ध गैर* अभाव",
    "zh": "无 無 未 非 否 禁 免 绝 罕 零",
    "ja": "ず ぬ なし 無 不 非 未 まい しか 拒 禁 避",
}
# "Not only", "no doubt", "nicht nur": what looks like denying and adds.
_IDIOMS = {
    "en": r"\bnot (?:only|just|least|simply|merely|to mention|surprising(?:ly)?)\b|\bthat(?:['’]s| is) not all\b|\bno (?:matter|doubt|later|sooner|less|fewer|more|longer|one)\b"
    r"|\bif not\b|\bor not\b|\bnone other\b|\bwhy not\b|\b[Nn]o\.\s?\d",
    "fr": r"\bn(?:e\b|['’])[^.]{0,40}\bqu(?:e\b|['’])|\bnon seulement\b|\bpas (?:seulement|moins)\b|\bou non\b|\bou pas\b|\bn['’]importe\b|\bn\.\s?d\.\s?[tlr]",
    "es": r"\bno (?:sólo|solo|solamente|obstante)\b|\bno\b[^.]{0,40}\bmás que\b|\bo no\b|\bsin embargo\b|\bni siquiera\b|\bsin duda\b",
    "pt": r"\bnão (?:só|apenas|somente|obstante)\b|\bou não\b|\bsem dúvida\b",
    "it": r"\bnon (?:solo|soltanto)\b|\bo (?:no|meno)\b|\bnon appena\b|\bsenza dubbio\b",
    "de": r"\bnicht (?:nur|zuletzt|zuletzt|mehr)\b|\boder nicht\b|\bnoch\b(?! nicht| nie| kein)",
    "ru": r"\bне (?:только|менее|более|просто|раз|сказать)\b|\bтем не менее\b|\bвсё? же\b|\bпока не\b|\bчуть не\b|\bедва не\b|\bне мог\w* не\b",
    "uk": r"\bне (?:лише|тільки|менше?|більше)\b|\bтим не менш\b|\bпоки не\b",
    "pl": r"\bnie (?:tylko|mniej)\b|\bniemniej\b|\bdopóki nie\b",
    "cs": r"\bne(?:jen|bo|ž|zbytně|celý\w*|jistě|závisl\w*|j\w*|děl\w*|dávn\w*|moc\w*|hod\w*|úspě\w*|bezpeč\w*|mal\w*)\b",
    "zh": "不仅|不但|不只|不同|不断|不少|不过|非常|非洲|未来|无论|不管|不久|不得不|不动|特别|分别|性别|级别|个别|别人|区别",
    "ja": "だけでなく|ばかりでなく|少なく|かもしれない|なければなら|ずつ|必ず|まず|はず|ならない|未満|不動|非常|なくては",
}  # fmt: skip
_CLITIC = re.compile(r"n['’]t\b", re.IGNORECASE)
_UNSPACED = frozenset({"zh", "ja"})


@dataclass(frozen=True, slots=True)
class Denials:
    """Where a text denies; how many of its words may elsewhere be said by denying."""

    places: tuple[tuple[int, int], ...]
    near: int


class _Entries:
    def __init__(self, entries: str) -> None:
        each = entries.split()
        self.whole = frozenset(entry for entry in each if "*" not in entry)
        self.beginnings = tuple(entry[:-1] for entry in each if entry.endswith("*") and entry[0] != "*")
        self.endings = tuple(entry[1:] for entry in each if entry.startswith("*") and not entry.endswith("*"))
        self.middles = tuple(entry[1:-1] for entry in each if entry.startswith("*") and entry.endswith("*"))

    def has(self, word: str) -> bool:
        return (
            word in self.whole
            or word.startswith(self.beginnings)
            or (len(word) > 4 and word.endswith(self.endings))
            or (len(word) > 5 and any(word.find(middle, 1) > 0 for middle in self.middles))
        )


def knows(language: str) -> bool:
    """Whether denying is recognised in the language."""
    return base(language) in _DENIES


@lru_cache(maxsize=AT_HAND)
def denials(text: str, language: str) -> Denials:
    """What denies in a text of a known language, idioms that add left out."""
    known = base(language)
    denying, near, idioms = _entries(known)
    idiomatic = idioms.search(text) is not None if idioms else False
    bare = idioms.sub(lambda found: "\x00" * len(found[0]), text) if idiomatic and idioms else text
    if known in _UNSPACED:
        places = [found.span() for found in denying.anywhere.finditer(bare)]
        return Denials(tuple(places), idiomatic + len(near.anywhere.findall(bare)))
    places, others = [], int(idiomatic)
    for word in words(bare):
        denies, may = _says_no(word.folded, known)
        if denies:
            places.append((word.start, word.end))
        others += may
    if known == "en":
        places += [found.span() for found in _CLITIC.finditer(bare)]
    return Denials(tuple(sorted(places)), others)


@lru_cache(maxsize=16_384)
def _says_no(word: str, known: str) -> tuple[bool, bool]:
    """Whether it denies, or else may elsewhere be said by denying."""
    denying, near, _ = _entries(known)
    denies = denying.entries.has(word)
    return denies, not denies and near.entries.has(word)


@dataclass(frozen=True, slots=True)
class _Known:
    entries: _Entries
    anywhere: re.Pattern[str]


@lru_cache(maxsize=32)
def _entries(known: str) -> tuple[_Known, _Known, re.Pattern[str] | None]:
    idioms = _IDIOMS.get(known)
    return _known(_DENIES[known]), _known(_NEAR[known]), re.compile(idioms, re.IGNORECASE) if idioms else None


def _known(entries: str) -> _Known:
    return _Known(_Entries(entries), re.compile("|".join(map(re.escape, entries.split()))))
