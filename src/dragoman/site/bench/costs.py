"""`bench cost`: what is sent to engines when texts are edited, quoted and repeated, against whole texts each time."""

from random import Random
from typing import TYPE_CHECKING, Any

from dragoman.site.bench.measuring import Result, measurement
from dragoman.site.bench.product import scratch_database
from dragoman.site.bench.sample import sentence

if TYPE_CHECKING:
    from dragoman.engines.fake import FakeEngine

_SENTENCES = 40
_TARGETS = ("fr", "es", "pt", "ru", "ar")


@measurement("cost")
def cost(quick: bool) -> Result:
    """Characters sent, as a share of what whole-text translation would send for the same events."""
    edits = 6 if quick else 60
    method = (
        f"an article of {_SENTENCES} sentences and its discussion, {len(_TARGETS)} languages, the fake counts"
    )
    result = Result("cost", "Characters sent to engines", method)
    with scratch_database():
        found = _replay(edits)
    sent = whole = 0
    for name, (own, all_of_it) in found.items():
        share = 100 * own / all_of_it
        result.add(f"{name}: of {all_of_it:,} characters", share, "%", counted=True)
        sent, whole = sent + own, whole + all_of_it
    result.add(
        f"everything: {sent:,} of {whole:,}", 100 * sent / whole, "%", budget="≤ 5", counted=True,
        holds=lambda it: it <= 5,
    )  # fmt: skip
    return result


def _replay(edits: int) -> dict[str, tuple[int, int]]:
    """By kind of event: characters sent, and those of the whole texts in every language."""
    from dragoman.engines.fake import FakeEngine
    from dragoman.engines.protocol import Pair
    from dragoman.translation import engines

    engine = FakeEngine(frozenset(Pair("en", target) for target in _TARGETS))
    with engines.use(engine):
        return _Day(engine, edits).events()


class _Day:
    """What happens to one article."""

    def __init__(self, engine: "FakeEngine", edits: int) -> None:
        self._engine, self._edits = engine, edits
        self._chance = Random(7)  # noqa: S311 - the same every time, nothing secret
        self._found: dict[str, list[int]] = {}
        self._sentences = [sentence(self._chance) for _ in range(_SENTENCES)]

    def events(self) -> dict[str, tuple[int, int]]:
        from dragoman.discussion.models import Thread
        from dragoman.translation.actions import create_document, revise
        from dragoman.translation.models import Document, Scope

        def written() -> Document:
            return create_document(kind="article", scope=Scope.NEWSROOM, language="en", fields=self._words())

        story = self._count("first version", self._article(), written)
        for _ in range(self._edits):  # a story develops: one sentence at a time
            self._sentences[self._chance.randrange(_SENTENCES)] = sentence(self._chance)
            self._count("edits", self._article(), lambda: revise(story, fields=self._words(), at_once=True))
        thread = Thread.objects.get(document=story)
        for number in range(self._edits // 2):
            self._quote(thread, story, number)
        for number in range(self._edits):
            self._repeat(thread, number)
        return {name: (sent, whole) for name, (sent, whole) in self._found.items()}

    def _article(self) -> str:
        return " ".join(self._sentences)

    def _words(self) -> dict[str, Any]:
        from dragoman.text.blocks import plain

        paragraphs = [" ".join(self._sentences[start : start + 5]) for start in range(0, _SENTENCES, 5)]
        return {"body": tuple(plain(paragraph) for paragraph in paragraphs)}

    def _quote(self, thread: Any, story: Any, number: int) -> None:
        """Three paragraphs of the article, and a word of one's own that others have said before."""
        from dragoman.discussion.actions.posting import worded
        from dragoman.text.markdown import reference_markdown

        story.refresh_from_db()
        start = number % 5
        quoted = [" ".join(self._sentences[5 * place : 5 * place + 5]) for place in range(start, start + 3)]
        marks = [
            reference_markdown(text, f"{story.pk}.{story.current.number}.body.{start + place}.0-4")
            for place, text in enumerate(quoted)
        ]
        said = _STOCK[number % len(_STOCK)]
        blocks = worded("\n\n".join([*marks, said]))
        self._import("quotations", thread, f"q{number}", blocks, " ".join([*quoted, said]))

    def _repeat(self, thread: Any, number: int) -> None:
        from dragoman.text.blocks import plain

        text = " ".join(_STOCK[(number + step) % len(_STOCK)] for step in range(3))
        self._import("repeats", thread, f"r{number}", (plain(text),), text)

    def _import(self, kind: str, thread: Any, key: str, blocks: Any, text: str) -> None:
        from django.utils import timezone

        from dragoman.discussion.actions import import_comment
        from dragoman.discussion.actions.importing import ForeignComment

        foreign = ForeignComment(key, blocks, "en", timezone.now())
        self._count(kind, text, lambda: import_comment(thread, foreign))

    def _count(self, kind: str, text: str, act: Any) -> Any:
        """Do it, let its jobs run, and add up what was sent and what the whole text would have been."""
        from dragoman.translation.testing import run_queued_jobs

        self._engine.ledger.clear()
        made = act()
        run_queued_jobs()
        sent = sum(len(text) for request in self._engine.ledger for text in request.texts)
        tally = self._found.setdefault(kind, [0, 0])
        tally[0] += sent
        tally[1] += len(text) * len(_TARGETS)
        return made


_STOCK = (
    "I could not agree more with what was said here.",
    "This is simply not true, and everybody knows it.",
    "Thank you for writing about our part of the town.",
    "When will the council finally answer our letters?",
    "The same thing happened to us two winters ago.",
)
