"""Words that languages write with a capital and yet translate: of institutions, offices, peoples, days, places."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError

_TITLES = {
    "en": "white house supreme court president prime minister ministry ministers foreign affairs national assembly university"
    " party bank union european united states nations council committee commission congress senate house parliament general"
    " secretary republic kingdom federal government department agency office institute international world central federation"
    " association society school college museum church saint street square park north south east west northern southern eastern"
    " western new york great old war civil security defense defence justice interior health education finance economic labor"
    " labour democratic republican socialist communist liberal conservative green people peoples army navy air force police"
    " bureau center centre fund group company corporation news times post journal press agency airport station river lake"
    " mountain mount sea ocean gulf bay island islands peninsula valley city county district province region state capital"
    " king queen prince princess duke lord lady sir mr mrs ms dr doctor professor chief chairman chairwoman director governor"
    " mayor judge captain colonel major lieutenant officer day week month year summer winter spring autumn christmas easter"
    " holy bible god jesus christ christian christians muslim muslims islam islamic jewish jews jew catholic orthodox protestant"
    " buddhist hindu first second third cup league championship championships olympic olympics games grand prix open tour"
    " nobel prize award academy earth moon sun mars internet web euro dollar dollars pound rouble ruble english french german"
    " russian spanish italian chinese japanese american americans british european europeans african asian arab arabic latin"
    " middle far black red blue high law act treaty charter constitution constitutional convention agreement pact summit forum"
    " conference movement front alliance coalition opposition brotherhood revolution independence freedom liberty human rights"
    " humanitarian aid relief organization organisation service services administration authority board chamber tribunal"
    " criminal appeals high regional local municipal public private social democrats republicans labor bundesliga premier"
    " champions airlines railway railways hotel palace castle tower bridge gate wall hall theater theatre opera festival"
    " renaissance medieval ages century roman romans greek greeks ancient gothic empire emperor dynasty pacific atlantic"
    " mediterranean baltic arctic antarctic alps amazon sahara caribbean balkans siberia holland czech slovak polish dutch"
    " danish swedish norwegian finnish turkish ukrainian belarusian georgian armenian israeli palestinian egyptian iranian"
    " iraqi syrian indian pakistani korean vietnamese thai australian canadian mexican brazilian cuban swiss austrian belgian"
    " irish scottish welsh portuguese hungarian romanian bulgarian serbian croatian bosnian greek cypriot moroccan tunisian"
    " algerian libyan sudanese nigerian kenyan south-african saudi gulf afghan taliban vienna cologne prague warsaw rome"
    " florence venice naples athens beijing cairo brussels hague geneva munich nuremberg lisbon seville copenhagen gothenburg"
    " bucharest belgrade kiev kyiv moscow damascus jerusalem mecca bethlehem nazareth alexandria tehran milan turin genoa"
    " lucerne basel zurich bavaria saxony prussia rhineland brittany normandy burgundy tuscany sicily sardinia corsica crete"
    " catalonia andalusia basque galicia bohemia moravia silesia crimea donbass donbas tatarstan chechnya caucasus levant"
    " maghreb mecca persian ottoman byzantine soviet ussr nazi nazis internet twitter february attorney trade seven three four five six eight nine ten field corps customs near head audit"
    " staff brothers brother sisters sister forest thanksgiving gone baby mountains hill hills heritage site sites list star"
    " stars morning evening night database movie film retail consortium special patrol team pope appeal space race code wailing"
    " memorial monument cathedral abbey temple mosque synagogue garden gardens zoo stadium arena campus library archive gallery"
    " academy orchestra choir band opera ballet studio studios records radio television channel network magazine review herald"
    " tribune gazette guardian observer independent daily weekly evening standard mail express mirror telegraph book books"
    " hospital clinic pharmacy market exchange stock securities insurance trust holdings industries motors electric power gas oil"
    " steel mining energy nuclear atomic solar wind weather meteorological hydrometeorological research science sciences"
    " technology institute medicine medical health food drug drugs disease control prevention protection environment"
    " environmental nature wildlife conservation cultural culture arts art music sport sports football basketball baseball hockey"
    " rugby cricket tennis golf racing athletic athletics club united rovers city town village farm land lands country home"
    " office oval room head chief deputy vice senior junior former acting assistant special representative envoy ambassador"
    " consul consulate embassy mission permanent ministerial parliamentary electoral election elections referendum ballot"
    " vote votes voters citizens citizen rights right left centre progress unity truth reconciliation peace victory glory"
    " resistance liberation defenders guards guard border customs tax revenue treasury mint bureau investigation intelligence"
    " counter terrorism anti corruption crime crimes prosecutor prosecutors lawyer lawyers bar ombudsman inspector inspectorate"
    " supervisory regulatory competition consumer transport transportation road roads highway bridge tunnel canal port harbor"
    " harbour lighthouse pass valley canyon falls lakes creek springs point cape coast shore beach desert plain plains plateau"
    " paul peter john james william charles henry francis benedict elizabeth catherine mary george louis philip alexander"
    " nicholas joseph stephen matthew mark luke michael andrew thomas anthony lawrence martin jerome augustine helen margaret"
    " cyril kirill pius leo gregory clement constantine homer plato aristotle virgil caesar pilate pontius moses abraham isaac"
    " jacob david solomon noah adam eve aquarius pisces aries taurus gemini cancer virgo libra scorpio sagittarius capricorn"
    " cretaceous jurassic triassic mercury venus jupiter saturn uranus neptune pluto carlsbad caesarea migration your covid coronavirus",
    "fr": "état états nations unies président premier ministre saint sainte nord sud est ouest église dieu noël pâques occident"
    " orient monde maison blanche cour haut haute conseil union européenne européen banque mondiale ligue coupe terre lune",
    "es": "estados unidos naciones unidas presidente primer ministro san santa norte sur este oeste iglesia dios navidad tierra"
    " casa blanca corte tribunal supremo consejo unión europea banco mundial liga copa mundo ministerio estado gobierno nueva",
    "pt": "estados unidos nações unidas presidente primeiro ministro são santa norte sul leste oeste igreja deus natal terra casa"
    " branca corte tribunal supremo conselho união europeia banco mundial liga copa mundo ministério estado governo nova",
    "ru": "сша ес оон соединенные соединённые штаты президент бог запад восток север юг россия российской российская новый",
    "uk": "сша єс оон сполучені штати президент бог захід схід північ південь новий",
}


_COMMON_ENDINGS = {
    "en": ("ing", "tion", "tions", "sion", "ment", "ments", "ers", "ors", "ness", "cies", "ity", "ities", "ical", "ics", "ional",
           "ians", "ese", "ists", "ism", "ial", "ative", "ive", "ous", "ful", "ness", "ship", "hood", "ways", "wide", "aries", "ary"),
    "fr": ("tion", "tions", "ment", "ments", "ique", "iques", "aux", "aire", "aires", "eurs", "ale", "ité"),
    "es": ("ción", "ciones", "miento", "dad", "ico", "ica", "ario", "aria", "ales", "ores", "ismo", "ional"),
    "pt": ("ção", "ções", "mento", "dade", "ico", "ica", "ário", "ária", "ais", "ores", "ismo"),
    "it": ("zione", "zioni", "mento", "tà", "ico", "ica", "ario", "aria", "ali", "ori", "ismo", "ale"),
    "tr": ("ları", "leri", "lar", "ler", "sı", "si", "ın", "in", "nı", "ni"),
    "ru": ("ный", "ной", "ного", "ских", "ского", "ской", "ская", "ский", "ция", "ции", "ния", "ние", "ства", "ство", "ных"),
    "uk": ("ний", "ної", "ного", "ських", "ського", "ської", "ська", "ський", "ція", "ції", "ння", "ства", "ство", "них"),
    "cs": ("ní", "ého", "ská", "ský", "ské", "ých", "ství", "nosti", "nost"),
    "pl": ("nie", "nia", "ego", "ska", "ski", "skie", "skiego", "ych", "stwo", "stwa", "ości", "ość", "owy", "owa"),
}  # fmt: skip


def spelled_like_a_noun(word: str, language: str) -> bool:
    """Whether a case folded word ends as words that are translated do, and names seldom."""
    return word.endswith(_COMMON_ENDINGS.get(language, ()) or ("\0",))


@lru_cache(maxsize=32)
def translated_names(language: str) -> frozenset[str]:
    """Case folded words of names that are not carried over by sound: titles, and places and languages after CLDR."""
    found = set(_TITLES.get(language, "").split())
    try:
        locale = Locale.parse(language)
    except (ValueError, UnknownLocaleError):
        return frozenset(found)
    for name in (*locale.territories.values(), *locale.languages.values()):
        found.update(name.casefold().replace("-", " ").replace("’", " ").replace("'", " ").split())
    for widths in (*locale.days.values(), *locale.months.values()):
        for names in widths.values():
            found.update(name.casefold() for name in names.values())
    return frozenset(found)
