"""Words that languages borrow as they are spelled."""

BORROWED = frozenset(
    "café cafés façade façades fiancé fiancée cliché clichés naïve naïf résumé déjà jalapeño piñata señor señora coup à la"
    " née décor début entrée soirée élite tête touché château crêpe crème vis-à-vis mañana olé ångström über".split()
)
INTERNATIONAL = frozenset(
    "euro euros hotel hotels boutique boutiques amateur amateurs souvenir souvenirs entrepreneur entrepreneurs image images"
    " leader leaders marketing bitcoin bitcoins establishment summit tweet tweets rating selfie tsunami referendum hockey"
    " sapiens ceilidh turquoise festival festivals restaurant restaurants internet blog blogs online offline software smartphone"
    " smartphones computer film films video videos park parking stop stress boss show shows star stars team teams derby"
    " match matches set sets tennis golf rugby yoga sushi pizza pasta opera jazz rock punk pop rap piano casino virus visa"
    " radio taxi bus metro motor control animal animals hospital hospitals capital central local regional federal social total mph kph".split()
)
AS_THEY_ARE = BORROWED | INTERNATIONAL
