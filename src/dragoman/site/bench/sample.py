"""An article with comments of the size that the budgets speak of, for where the peers' harness is not. No Django."""

from random import Random
from typing import Any

_WORDS = (
    *("bridge", "river", "town", "ferry", "water", "council", "night", "street", "lamp", "market", "school"),
    *(
        "harbour",
        "winter",
        "keeper",
        "road",
        "square",
        "letter",
        "the",
        "of",
        "and",
        "to",
        "in",
        "that",
        "was",
    ),
    *("for", "on", "with", "is", "closed", "again", "opens", "counted", "nobody", "says", "knows", "because"),
)


def sample(comments: int = 200) -> dict[str, Any]:
    """Some 700 words and so many comments, in the shape of `filling.content`: the same every time."""
    chance = Random(comments)  # noqa: S311 - the same every time, nothing secret
    body = [" ".join(sentence(chance) for _ in range(5)) for _ in range(12)]
    headline, source = "High water at the old bridge", "Our own"
    article = {"headline": headline, "standfirst": sentence(chance), "source": source, "body": body}
    return {"article": article, "comments": [_comment(number, chance) for number in range(1, comments + 1)]}


def _comment(number: int, chance: Random) -> dict[str, Any]:
    answers = number > 3 and chance.random() < 0.6
    return {
        "id": number,
        "parent": number - chance.randint(1, 3) if answers else None,
        "author": f"Reader {number % 30}",
        "minute": number * 3,
        "text": " ".join(sentence(chance) for _ in range(4)) + f" Mark {number:04d}.",
    }


def sentence(chance: Random) -> str:
    """Ten words or so that are none."""
    words = [chance.choice(_WORDS) for _ in range(chance.randint(8, 14))]
    return " ".join(words).capitalize() + "."
