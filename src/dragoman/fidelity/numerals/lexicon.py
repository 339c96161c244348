"""Number words by language: enough to recognise a number spelled out on the other side, not to count by.

One line a value, the words for it after it; a word that ends in * stands for all that begin so. Ordinals,
multiples ("twice") and collectives ("двое") stand with their number, and articles with 1: what matters is that
a "2" may rightly have become that word. Words with hyphens are read part by part ("dix-sept" is 10 and 7).
"""

from dataclasses import dataclass
from functools import lru_cache

_WORDS = {
    "en": """
        0 zero nil midnight
        0.5 half
        1 one first a an single once another each per
        2 two second twice double pair couple both half
        3 three third thrice triple trio
        4 four fourth quarter quadruple
        5 five fifth
        6 six sixth
        7 seven seventh
        8 eight eighth
        9 nine ninth
        10 ten tenth decade decades
        11 eleven eleventh
        12 twelve twelfth dozen noon midnight
        13 thirteen thirteenth
        14 fourteen fourteenth fortnight
        15 fifteen fifteenth
        16 sixteen sixteenth
        17 seventeen seventeenth
        18 eighteen eighteenth
        19 nineteen nineteenth
        20 twenty twentieth twenties
        30 thirty thirtieth thirties
        40 forty fortieth forties
        50 fifty fiftieth fifties half
        60 sixty sixtieth sixties
        70 seventy seventieth seventies
        80 eighty eightieth eighties
        90 ninety ninetieth nineties
        100 hundred hundreds hundredth century centuries
        1000 thousand thousands thousandth
        1000000 million millions millionth
        1000000000 billion billions
        1000000000000 trillion trillions
    """,
    "fr": """
        0 zéro minuit
        0.5 demi demie moitié
        1 un une premier première premiers premières unique l'un l'une d'un d'une qu'un qu'une
        2 deux deuxième* second seconde double doubler doublé* moitié demi
        3 trois troisième* triple tripl* tiers
        4 quatre quatrième* quart quarts quadruple
        5 cinq cinquième* quinqu*
        6 six sixième*
        7 sept septième*
        8 huit huitième*
        9 neuf neuvième*
        10 dix dixième* dizaine* décennie*
        11 onze onzième*
        12 douze douzième* douzaine* midi minuit
        13 treize treizième*
        14 quatorze quatorzième*
        15 quinze quinzième* quinzaine*
        16 seize seizième*
        17
        18
        19
        20 vingt vingts vingtième* vingtaine*
        30 trente trentième* trentaine*
        40 quarante quarantième* quarantaine*
        50 cinquante cinquantième* cinquantaine* moitié
        60 soixante soixantième* soixantaine*
        70 septante
        80 huitante octante
        90 nonante
        100 cent cents centième* centaine* siècle siècles
        1000 mille millier milliers millième*
        1000000 million millions
        1000000000 milliard milliards
        1000000000000 billion billions
    """,
    "es": """
        0 cero medianoche
        0.5 medio media mitad
        1 un uno una primer primero primera primeros primeras único única
        2 dos segundo segunda doble dobl* ambos ambas par mitad
        3 tres tercer tercero tercera terceros terceras tercio tercios triple tripl*
        4 cuatro cuarto cuarta cuartos cuádruple
        5 cinco quinto quinta quintos
        6 seis sexto sexta
        7 siete séptimo séptima
        8 ocho octavo octava
        9 nueve noveno novena
        10 diez décimo décima decena* década décadas
        11 once undécim*
        12 doce docena docenas duodécim* mediodía medianoche
        13 trece
        14 catorce
        15 quince quincena
        16 dieciséis
        17 diecisiete
        18 dieciocho
        19 diecinueve
        20 veinte vigésim* veintena
        21 veintiún veintiuno veintiuna
        22 veintidós
        23 veintitrés
        24 veinticuatro
        25 veinticinco
        26 veintiséis
        27 veintisiete
        28 veintiocho
        29 veintinueve
        30 treinta trigésim* treintena
        40 cuarenta
        50 cincuenta mitad
        60 sesenta
        70 setenta
        80 ochenta
        90 noventa
        100 cien ciento cientos centenar centenares siglo siglos
        200 doscientos doscientas
        300 trescientos trescientas
        400 cuatrocientos cuatrocientas
        500 quinientos quinientas
        600 seiscientos seiscientas
        700 setecientos setecientas
        800 ochocientos ochocientas
        900 novecientos novecientas
        1000 mil miles millar millares
        1000000 millón millones
        1000000000000 billón billones
    """,
    "pt": """
        0 zero
        0.5 meio meia metade
        1 um uma primeiro primeira primeiros primeiras único única num numa dum duma
        2 dois duas segundo segunda dobro dupl* ambos ambas par metade
        3 três terceiro terceira terceiros terceiras terço terços triplo tripl* triplic*
        4 quatro quarto quarta quartos quádruplo
        5 cinco quinto quinta quintos
        6 seis sexto sexta meia
        7 sete sétimo sétima
        8 oito oitavo oitava
        9 nove nono nona
        10 dez décimo décima dezena dezenas década décadas
        11 onze
        12 doze dúzia dúzias
        13 treze
        14 catorze quatorze
        15 quinze quinzena
        16 dezesseis dezasseis
        17 dezessete dezassete
        18 dezoito
        19 dezenove dezanove
        20 vinte vigésim*
        30 trinta trigésim*
        40 quarenta
        50 cinquenta metade
        60 sessenta
        70 setenta
        80 oitenta
        90 noventa
        100 cem cento centena centenas século séculos
        200 duzentos duzentas
        300 trezentos trezentas
        400 quatrocentos quatrocentas
        500 quinhentos quinhentas
        600 seiscentos seiscentas
        700 setecentos setecentas
        800 oitocentos oitocentas
        900 novecentos novecentas
        1000 mil milhar milhares
        1000000 milhão milhões
        1000000000 bilhão bilhões
        1000000000000 trilhão trilhões bilião biliões
    """,
    "ru": """
        0 ноль нуль нол* полночь полночи
        0.5 половин* полови* пол полгода получас* полчаса
        1 один одна одно одного одной одному одним одном одну одни первый перв* раз единственн* единиц*
        1.5 полтора полторы полутора
        2 два две двух двум двумя двое двоих втор* дважды двой*
        2 удво* оба обе обоих обеих обеим пара пары пару двух* половин*
        3 три трёх трех трём трем тремя трое троих трет* трижды трой* утро* трех* трёх*
        4 четыр* четверо четверт* четырёх*
        5 пять пяти пятью пятеро пят*
        6 шесть шести шестью шестеро шест*
        7 семь семи семью семеро седьм*
        8 восемь восьми восемью восьм*
        9 девять девяти девятью девят*
        10 десять десяти десятью десят* десятилети*
        11 одиннадцат*
        12 двенадцат* дюжин* полдень полночь
        13 тринадцат*
        14 четырнадцат*
        15 пятнадцат*
        16 шестнадцат*
        17 семнадцат*
        18 восемнадцат*
        19 девятнадцат*
        20 двадцат*
        30 тридцат*
        40 сорок сорока сороков*
        50 пятьдесят пятидесят* пятьюдесят* половин*
        60 шестьдесят шестидесят*
        70 семьдесят семидесят*
        80 восемьдесят восьмидесят*
        90 девяност*
        100 сто ста сотн* сотен сотый сотая век века веке веков
        200 двести двухсот двумстам двухсот*
        300 триста трёхсот трехсот трехсот*
        400 четыреста четырёхсот четырехсот*
        500 пятьсот пятисот*
        600 шестьсот шестисот*
        700 семьсот семисот*
        800 восемьсот восьмисот*
        900 девятьсот девятисот*
        1000 тысяч* тыс
        1000000 миллион* млн
        1000000000 миллиард* млрд
        1000000000000 триллион* трлн
    """,
    "uk": """
        0 нуль нул* опівночі північ
        0.5 половин* пів півроку півтора
        1 один одна одне одного одної одному одним однієї одну одні перш* раз єдин*
        1.5 півтора півтори
        2 два дві двох двом двома двоє друг* двічі подві* обидва обидві обох пара двох* половин*
        3 три трьох трьом трьома троє трет* тричі потро* трьох*
        4 чотир* четвер*
        5 п'ять п'яти п'ят*
        6 шість шести шест* шіст*
        7 сім семи сьом*
        8 вісім восьми восьм*
        9 дев'ять дев'ят*
        10 десять десяти десят* десятиліт*
        11 одинадцят*
        12 дванадцят* дюжин* полудень
        13 тринадцят*
        14 чотирнадцят*
        15 п'ятнадцят*
        16 шістнадцят*
        17 сімнадцят*
        18 вісімнадцят*
        19 дев'ятнадцят*
        20 двадцят*
        30 тридцят*
        40 сорок сорока
        50 п'ятдесят п'ятдесят* половин*
        60 шістдесят* шістдесят
        70 сімдесят*
        80 вісімдесят*
        90 дев'яност*
        100 сто ста сотн* сотень століт*
        200 двісті двохсот*
        300 триста трьохсот*
        400 чотириста чотирьохсот*
        500 п'ятсот
        600 шістсот
        700 сімсот
        800 вісімсот
        900 дев'ятсот
        1000 тисяч* тис
        1000000 мільйон* млн
        1000000000 мільярд* млрд
        1000000000000 трильйон* трлн
    """,
    "ar": """
        0 صفر
        0.5 نصف
        1 واحد واحدة أحد إحدى احدى أول أولى الأول الأولى مرة
        2 اثنان اثنين اثنتان اثنتين إثنان إثنين ثاني ثانية الثاني الثانية مرتين مرتان
        2 اثنا اثنتا اثني اثنتي إثنا إثنتا إثني إثنتي
        2 ضعف نصف كلا كلتا عامان عامين سنتان سنتين يومان يومين شهران شهرين ساعتان ساعتين
        3 ثلاث ثلاثة ثالث ثالثة الثالث الثالثة ثلث
        4 أربع أربعة اربع اربعة رابع رابعة الرابع الرابعة ربع
        5 خمس خمسة خامس خامسة الخامس الخامسة
        6 ست ستة سادس سادسة السادس السادسة
        7 سبع سبعة سابع سابعة السابع السابعة
        8 ثمان ثماني ثمانية ثامن ثامنة الثامن الثامنة
        9 تسع تسعة تاسع تاسعة التاسع التاسعة
        10 عشر عشرة عاشر عاشرة العاشر العاشرة عقد
        12 ظهر ظهرا ظهرًا منتصف
        20 عشرون عشرين العشرون العشرين
        30 ثلاثون ثلاثين الثلاثون الثلاثين
        40 أربعون أربعين الأربعون الأربعين
        50 خمسون خمسين الخمسون الخمسين نصف
        60 ستون ستين الستون الستين
        70 سبعون سبعين السبعون السبعين
        80 ثمانون ثمانين الثمانون الثمانين
        90 تسعون تسعين التسعون التسعين
        100 مئة مائة مئات قرن
        200 مئتان مئتين مائتان مائتين مئتا مئتي مائتي
        300 ثلاثمئة ثلاثمائة
        400 أربعمئة أربعمائة
        500 خمسمئة خمسمائة
        600 ستمئة ستمائة
        700 سبعمئة سبعمائة
        800 ثمانمئة ثمانمائة ثمانيمائة
        900 تسعمئة تسعمائة
        1000 ألف آلاف الف ألفا ألفًا
        2000 ألفان ألفين ألفي ألفا
        1000000 مليون ملايين مليونا مليونًا
        2000000 مليونان مليونين مليوني
        1000000000 مليار مليارات بليون
        2000000000 ملياران مليارين ملياري
        1000000000000 تريليون تريليونات
    """,
    "de": """
        0 null mitternacht
        0.5 halb halbe halber halbes halben hälfte
        1 ein eine einen einem einer eines eins erste erster erstes ersten einmal einzige* einzig*
        1.5 anderthalb eineinhalb
        2 zwei zweite* zweier zweimal doppelt* verdopp* beide beiden beider paar zweit* zwei* hälfte
        3 drei dritte* dritt* dreimal dreifach* verdreifach* drei*
        4 vier vierte* viert* viertel vier*
        5 fünf fünf*
        6 sechs sechs*
        7 sieben siebte* siebt*
        8 acht achte achten achter acht*
        9 neun neunte* neun*
        10 zehn zehnte* jahrzehnt* zehn*
        11 elf elfte*
        12 zwölf zwölf* dutzend* mittag mitternacht
        13 dreizehn*
        14 vierzehn*
        15 fünfzehn*
        16 sechzehn*
        17 siebzehn*
        18 achtzehn*
        19 neunzehn*
        20 zwanzig*
        30 dreißig* dreissig*
        40 vierzig*
        50 fünfzig* hälfte
        60 sechzig*
        70 siebzig*
        80 achtzig*
        90 neunzig*
        100 hundert* jahrhundert*
        1000 tausend* tsd
        1000000 million* mio
        1000000000 milliarde* mrd
        1000000000000 billion*
    """,
    "it": """
        0 zero mezzanotte
        0.5 mezzo mezza metà
        1 un uno una un' primo prima primi prime unico unica
        2 due secondo seconda doppio doppia raddoppi* entrambi entrambe paio metà
        3 tre terzo terza terzi triplo tripl*
        4 quattro quarto quarta quarti
        5 cinque quinto quinta
        6 sei sesto sesta
        7 sette settimo settima
        8 otto ottavo ottava
        9 nove nono nona
        10 dieci decimo decima decina decine decennio decenni
        11 undici
        12 dodici dozzina dozzine mezzogiorno
        13 tredici
        14 quattordici
        15 quindici
        16 sedici
        17 diciassette
        18 diciotto
        19 diciannove
        20 venti ventesim*
        30 trenta
        40 quaranta
        50 cinquanta metà
        60 sessanta
        70 settanta
        80 ottanta
        90 novanta
        100 cento centinaio centinaia secolo secoli
        1000 mille mila migliaio migliaia
        1000000 milione milioni
        1000000000 miliardo miliardi
    """,
    "tr": """
        0 sıfır geceyarısı
        0.5 yarım yarı yarısı buçuk
        1 bir ilk birinci* biri birinin tek
        2 iki ikinci* iki* çift çifte ikiz yarısı
        3 üç üçüncü* üçü* üçte
        4 dört dördüncü* dördü* çeyrek
        5 beş beşinci* beşi*
        6 altı altıncı* altıs*
        7 yedi yedinci* yedis*
        8 sekiz sekizinci* sekizi*
        9 dokuz dokuzuncu* dokuzu*
        10 on onuncu* onu onun onlu
        12 düzine
        20 yirmi yirminci*
        30 otuz otuzuncu*
        40 kırk kırkıncı*
        50 elli ellinci* yarısı
        60 altmış*
        70 yetmiş*
        80 seksen*
        90 doksan*
        100 yüz yüzler* yüzyıl* asır
        1000 bin binler* bini*
        1000000 milyon*
        1000000000 milyar*
        1000000000000 trilyon*
    """,
    "cs": """
        0 nula nul* půlnoc*
        0.5 půl polovin* půlroku
        1 jeden jedna jedno jednoho jedné jednu jednom jednou první* prvn* jediný
        1.5 půldruhého poldruhého
        2 dva dvě dvou dvěma dvoj* druhý druh* dvakrát zdvojnásob* oba obě obou pár polovin*
        3 tři tří třem třemi třet* trojic* trojnásob* třikrát
        4 čtyř* čtvrt*
        5 pět pěti pát* pětice
        6 šest šesti šest*
        7 sedm sedmi sedm*
        8 osm osmi osm*
        9 devět devíti devát*
        10 deset deseti desát* desítk* desetilet*
        11 jedenáct*
        12 dvanáct* tuct* poledne
        13 třináct*
        14 čtrnáct*
        15 patnáct*
        16 šestnáct*
        17 sedmnáct*
        18 osmnáct*
        19 devatenáct*
        20 dvacet* dvacát*
        30 třicet* třicát*
        40 čtyřicet* čtyřicát*
        50 padesát* polovin*
        60 šedesát*
        70 sedmdesát*
        80 osmdesát*
        90 devadesát*
        100 sto sta set stov* stý stolet*
        200 dvěstě dvousté
        1000 tisíc* tis
        1000000 milion* milión*
        1000000000 miliard* mld
        1000000000000 bilion* bilión*
    """,
    "pl": """
        0 zero północ* północy
        0.5 pół połow*
        1 jeden jedna jedno jednego jednej jednym pierwsz* jedyn*
        1.5 półtora półtorej
        2 dwa dwie dwóch dwoma dwu dwoje dwojg* drugi* drug* podwój* oba obie obaj oboje para dwukrotn*
        3 trzy trzech trzem trzema troje trojg* trzeci* trzykrotn*
        4 cztery czterech czterem czworo czwart* ćwierć
        5 pięć pięciu piąt* pięcioro
        6 sześć sześciu szóst* sześcioro
        7 siedem siedmiu siódm*
        8 osiem ośmiu ósm*
        9 dziewięć dziewięciu dziewiąt*
        10 dziesięć dziesięciu dziesiąt* dekad* dziesięcioleci*
        11 jedenaście jedenastu jedenast*
        12 dwanaście dwunastu dwunast* tuzin* południe
        13 trzynaście trzynast*
        14 czternaście czternast*
        15 piętnaście piętnast*
        16 szesnaście szesnast*
        17 siedemnaście siedemnast*
        18 osiemnaście osiemnast*
        19 dziewiętnaście dziewiętnast*
        20 dwadzieścia dwudziest*
        30 trzydzieści trzydziest*
        40 czterdzieści czterdziest*
        50 pięćdziesiąt pięćdziesięci*
        60 sześćdziesiąt sześćdziesięci*
        70 siedemdziesiąt siedemdziesięci*
        80 osiemdziesiąt osiemdziesięci*
        90 dziewięćdziesiąt dziewięćdziesięci*
        100 sto stu setki setek setn* stuleci* wiek wieku
        200 dwieście dwustu
        300 trzysta
        400 czterysta
        500 pięćset pięciuset
        1000 tysiąc* tysięc*
        1000000 milion*
        1000000000 miliard*
        1000000000000 bilion*
    """,
    "hi": """
        0 शून्य
        0.5 आधा आधी आधे
        1 एक पहला पहली पहले प्रथम
        2 दो दूसरा दूसरी दूसरे दोनों द्वितीय दोहरा दोगुना
        3 तीन तीसरा तीसरी तीसरे तीनों तृतीय
        4 चार चौथा चौथी चौथे चारों चौथाई
        5 पांच पाँच पांचवां पाँचवां पांचवें पांचवीं पाँचवें
        6 छह छः छे छठा छठी छठे
        7 सात सातवां सातवें सातवीं
        8 आठ आठवां आठवें आठवीं
        9 नौ नौवां नौवें
        10 दस दसवां दसवें दशक दशकों
        11 ग्यारह
        12 बारह दर्जन दर्जनों
        13 तेरह
        14 चौदह
        15 पंद्रह पन्द्रह
        16 सोलह
        17 सत्रह
        18 अठारह
        19 उन्नीस
        20 बीस
        25 पच्चीस
        30 तीस
        40 चालीस
        50 पचास
        60 साठ
        70 सत्तर
        80 अस्सी
        90 नब्बे
        100 सौ सैकड़ों शताब्दी सदी
        1000 हज़ार हजार हजारों हज़ारों
        100000 लाख लाखों
        10000000 करोड़ करोड़ों
    """,
}
# Scale words of languages whose other number words are not here, and signs that all languages write.
_SCALES = """
    100 सौ 百
    1000 tūkst* tusen duizend ezer mii tysiąc* tysięcy χιλιάδ* हज़ार हजार 千 천 tys
    10000 万 萬 만
    100000 लाख
    1000000 milj* miljoen million* millió mil. milion* εκατομμύρι* mio मिलियन mln
    10000000 करोड़ करोड
    100000000 億 亿 억
    1000000000 miliard* milliárd miljard* bn mld mrd δισεκατομμύρι* अरब
    1000000000000 兆
"""
# "One hundred and five", "خمسة وعشرون": what stands between the words of one number.
CONNECTORS = frozenset({"and", "et", "y", "e", "und", "و", "i", "a"})
_STEM_MARK = "*"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words and stems with the values that they may have."""

    words: dict[str, tuple[float, ...]]
    stems: dict[str, tuple[float, ...]]
    longest_stem: int

    def values(self, word: str) -> tuple[float, ...]:
        """What a word, case folded, may stand for; the longest stem wins. Empty when it is no number."""
        if word in self.words:
            return self.words[word]
        for length in range(min(self.longest_stem, len(word)), 1, -1):
            if word[:length] in self.stems:
                return self.stems[word[:length]]
        return ()


def knows(language: str) -> bool:
    """Whether numbers spelled out in this language are recognised."""
    return _base(language) in _WORDS


@lru_cache(maxsize=32)
def lexicon(language: str) -> Lexicon:
    """The number words of a language; of an unknown one, scale words only."""
    return _parsed(_SCALES + _WORDS.get(_base(language), ""))


def _base(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()


def _parsed(lines: str) -> Lexicon:
    words: dict[str, tuple[float, ...]] = {}
    stems: dict[str, tuple[float, ...]] = {}
    for line in filter(None, map(str.strip, lines.splitlines())):
        value, *entries = line.split()
        for entry in entries:
            place, key = (stems, entry[:-1]) if entry.endswith(_STEM_MARK) else (words, entry)
            key = key.casefold()
            place[key] = (*place.get(key, ()), float(value))
    return Lexicon(words, stems, max(map(len, stems), default=0))
