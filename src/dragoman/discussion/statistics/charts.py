"""Charts as SVG, drawn here: no script, no library in the page. The figures stand in a table beside each.

Units are those of the view box; sizes follow the page's width by CSS.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 200
_LEFT, _BOTTOM, _TOP = 44, 24, 8
LABELS_AT_MOST = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle, with what it says to who points at it."""

    x: float
    y: float
    width: float
    height: float
    title: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """Text at a place."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What the template draws."""

    bars: tuple[Bar, ...]
    labels: tuple[Label, ...]
    grid: tuple[Label, ...]  # a line across at `y`, and what it stands for
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT


def columns(
    values: Sequence[int], names: Sequence[str], titles: Sequence[str], ticks: Sequence[str]
) -> Chart:
    """A column for each value, from left to right. `ticks`: the words of `scale`'s steps, 0 first."""
    top = max(scale(max(values, default=0))[-1], 1)
    step = (WIDTH - _LEFT) / max(len(values), 1)
    room = HEIGHT - _BOTTOM - _TOP
    heights = [value / top * room for value in values]
    bars = tuple(
        Bar(
            _r(_LEFT + (place + 0.1) * step), _r(HEIGHT - _BOTTOM - height), _r(step * 0.8), _r(height), title
        )
        for place, (height, title) in enumerate(zip(heights, titles, strict=True))
    )
    every = -(-len(names) // LABELS_AT_MOST) or 1
    labels = tuple(
        Label(_r(_LEFT + (place + 0.5) * step), HEIGHT - 6, name)
        for place, name in enumerate(names)
        if place % every == 0
    )
    marks = scale(max(values, default=0))
    grid = tuple(
        Label(_LEFT - 6, _r(HEIGHT - _BOTTOM - mark / top * room), tick)
        for mark, tick in zip(marks, ticks, strict=True)
    )
    return Chart(bars, labels, grid)


def shares(values: Sequence[int]) -> list[float]:
    """How long each one's bar is, where that of the highest is 100."""
    top = max([*values, 1])
    return [_r(100 * value / top) for value in values]


def scale(highest: int) -> list[int]:
    """Where lines are drawn: 0 and up to four round steps that reach the highest value."""
    if highest <= 0:
        return [0]
    step = 1
    while step * 4 < highest:
        step = _next(step)
    return list(range(0, step * -(-highest // step) + 1, step))


def _next(step: int) -> int:
    """1, 2, 5, 10, 20, 50…"""
    return step * 5 // 2 if str(step).startswith("2") else step * 2


def _r(value: float) -> float:
    return round(value, 1)
