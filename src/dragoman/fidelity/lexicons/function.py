"""The commonest small words of languages: what tells a language, and where a sentence cannot stop."""

import re

from dragoman.fidelity.words import base

_SMALL = {
    "en": "the of and to in is was that it for with as his on be at by he this had not are but from or have an they which"
    " were her she their there been has when who will would if them its our we you what about",
    "fr": "le la les de des du et à est un une que qui dans pour pas sur au aux avec il elle par ce cette sont ses son mais"
    " ou nous vous ne se plus leur ont été être cette comme",
    "es": "el la los las de que y en un una por con para no es se del al lo su sus como más pero fue ha son este esta entre"
    " cuando muy sin sobre también hasta",
    "pt": "o a os as de que e em um uma do da dos das no na nos nas por com para não é se ao seu sua mais como mas foi são"
    " pelo pela também ele ela até",
    "it": "il la i gli le di che e in un una del della dei delle per con non è si al alla da dal sono nel nella come più ma"
    " anche suo sua ha lo",
    "de": "der die das und in den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass"
    " sie nach wird bei einer um am sind noch wie einem über",
    "ru": "и в не на что с по как это к но из у за от его для же был она так о то он а все до было мы их ее бы только или еще",
    "uk": "і в не на що з як це до та але із у за від його для ж був вона так про то він а усі було ми їх її би тільки або ще"
    " є які який",
    "pl": "i w nie na się że z do to jest jak o ale po za od jego dla był ona tak przez jako oraz są ich jej który która które"
    " może już tym",
    "cs": "a v ne na se že s do to je jak o ale po za od jeho pro byl ona tak jako jsou jejich její který která které může už"
    " tím ve by při podle",
    "tr": "ve bir bu da de için ile olarak çok daha gibi ne kadar ama olan o sonra en her ki değil mi var göre ise oldu",
    "ar": "في من على أن إلى التي الذي عن مع هذا هذه كان لا ما كانت قد بعد هو هي ذلك كما أو بين كل لم",
    "nl": "de het een en van in is dat op te zijn met voor niet aan er om ook als dan maar bij uit door naar heeft",
    "hi": "के में की है और से का को पर ने कि यह हैं एक भी था लिए थे",
}
SMALL: dict[str, frozenset[str]] = {
    language: frozenset(listed.split()) for language, listed in _SMALL.items()
}

# Words after which something must follow, and what cannot follow them: "of the", but not "the of".
_NEVER_LAST = {
    "en": "the a an my your our their every",
    "fr": "du des au aux cette chaque une ces",
    "es": "el los las una del al",
    "pt": "do dos da das ao aos",
    "it": "il gli del della dei delle al alla nel nella",
    "de": "des einem eines einen",
    "ru": "в к из от для без под между через среди",
    "uk": "в у до з від для без під між через серед",
    "pl": "w z do od dla bez pod między przez",
    "cs": "v z do od pro bez pod mezi přes",
    "ar": "في من إلى على عن مع",
}
_CANNOT_FOLLOW = {
    "en": "of in at by for with from into and or but is are was were has have had will would can could the a an to that which"
    " who they he she it we on during since because been be",
    "fr": "et ou mais sont pour par dans sur avec que du au aux le la les",
    "es": "y o pero es son para por con al el la los las",
    "pt": "e ou mas é são para por com do da dos das o os as",
    "it": "e o ma è sono per con del della il la i gli",
    "de": "und oder aber ist sind wird werden dass für von mit",
    "ru": "и или но в на с к из от для как",
    "uk": "і та або але в на з до від для як",
    "pl": "i oraz ale w na z do od dla że",
    "cs": "nebo ale v na z do od pro že",
    "ar": "في من إلى على عن مع و أو",
}
_LEFT_HANGING = {"en": "of in by with from to for at into on between during and or", "ru": "", "uk": ""}
_NEVER_TOGETHER = {
    "en": "of:and of:or of:are of:were of:is by:and from:and to:of of:by at:and with:of with:and into:and for:of"
    " from:of of:of in:of in:at by:of and:of to:and of:from of:with from:are in:is on:is in:was on:was on:are"
    " from:is in:of by:by of:has of:have of:had of:to to:is to:was to:has with:for and:but",
}
NEVER_LAST = {language: frozenset(listed.split()) for language, listed in _NEVER_LAST.items()}
CANNOT_FOLLOW = {language: frozenset(listed.split()) for language, listed in _CANNOT_FOLLOW.items()}
LEFT_HANGING = {language: frozenset(listed.split()) for language, listed in _LEFT_HANGING.items()}
NEVER_TOGETHER = {
    language: frozenset(tuple(each.split(":")[:2]) for each in listed.split())
    for language, listed in _NEVER_TOGETHER.items()
}

# What only a word that was lost leaves behind: "the level of equipment of is", "sailors of, who", "Said that sales".
_FINITE = "is|are|was|were|has|have|had|will|would|could"
_GAPS = {
    "en": (
        rf"(?<![\w'’-])(?:of|from|between|among|during|into|by) (?:{_FINITE})(?![\w'’-])",
        r"(?<![\w'’-])(?:the|an?|my|our|your|their|its|every)"
        r" (?:of|in|at|by|for|with|from|into|on|between|during|against|among)"
        r" (?:the|an?|my|our|your|their|its|his|her|this|these|those|which|whom|it|them)(?![\w'’-])",
        r"(?<![\w'’-])(?:of|from|between|into|among|at) (?:and|or)(?![\w'’-])",
        r"(?<![\w'’-])(?:and|or) ?\.(?=\W*$)",
        r"(?<![\w'’-])(?:(?<!kind )(?<!sort )of|the|an|my|our|your|their|every) ?[,)]",
        rf"^\W*(?:(?:In|From|At|For|With|By|As for),|(?:And|Or|Of|From|By) (?:{_FINITE})\b)",
        r"^\W*(?:Said|Says|Told|Announced|Reported|Confirmed|Stated|Has|Had|Was|Were|Is|Are|Will|Would|Could|Can|Must)"
        r" (?!(?:it|he|she|we|they|i|you|the|an?|my|our|your|their|its|his|her|this|that|these|those|there|not|to|all|both)\b)"
        r"[a-z]\w*(?=[^?]*$)",
    ),
    "fr": (r"(?<![\w'’-])(?:du|des|aux|cette|chaque|ces) ?[,)]",),
    "es": (r"(?<![\w'’-])(?:el|los|las|del|al) ?[,)]",),
    "pt": (r"(?<![\w'’-])(?:do|dos|das|ao|aos) ?[,)]",),
    "it": (r"(?<![\w'’-])(?:il|gli|del|della|dei|delle|al|alla|nel|nella) ?[,)]",),
    "de": (r"(?<![\w'’-])(?:einem|eines|einen) ?[,)]",),
}
GAPS = {language: tuple(map(re.compile, listed)) for language, listed in _GAPS.items()}


def small_words(language: str) -> frozenset[str]:
    """The commonest small words of a language; none where they are not listed."""
    return SMALL.get(base(language), frozenset())
