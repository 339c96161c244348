"""Pages with threads, invented, as a browser's plain text has them."""

FRENCH = """« La cloche sonne deux fois » : le boulanger de la baie répond à ses clients

2

Le 3 mai, onze clients sont restés sur le rocher, écrit l'agence locale Bigorneau Presse.

La mer est montée à l'heure dite.

Le pain, lui, ne s'est plaint de rien

- a ajouté le boulanger.

Le conseil en parlera lundi.
  • Annuaire des marées: https://example.org/marees
  • https://www.example.org/pain/
  • Archives de la baie
Nos chaînes d'information

Abonnez-vous et restez informé.

3 commentaires
information
Cher lecteur, connectez-vous.
  1. 12
    3 mai 2021 9: 05
    Deux fois, vraiment ?
    Je n'ai entendu qu'une cloche.

    Et encore.
  2. −4
    3 mai 2021 10: 15
    1. Bottes
    2. Pain
    1. 0
      Lise du Quai
      3 mai 2021 10: 20
      Et la confiture ?
"""


def page(heading: str, date: str, text: str = "Text.", body: str = "Body.") -> str:
    """The smallest page: a headline, a paragraph, and one comment."""
    return f"Headline\n\n1\n\n{body}\n\n{heading}\n  1. -3\n    {date}\n    {text}\n"
