"""Random numbers as functions of key, trial, stream, unit and draw (Problems.md, "Random streams").

A draw is two 64-bit words U and V of Philox4x32-10. Each law below says which draws it takes and what it makes of them.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]

# Streams; of a pair or triple, the first belongs to a step's sample 1, the others to samples 2 and 3.
NOISE = (0, 1, 12)
COMPONENTS = (2, 2, 13)
START = 3
NORMALS = (6, 7, 14)
SIGNS = (8, 9, 15)
UNIFORM = (10, 11, 16)
OWN_NORMALS, OWN_SIGNS, OWN_UNIFORM = 17, 18, 19
# Draws of indices of sample 2 begin here.
SECOND_INDICES = 1 << 31


def philox(counter: Sequence[Any], key: tuple[int, int]) -> list[Words]:
    """Philox4x32-10 (Salmon et al., SC 2011): counter is four arrays of words, key two words; four arrays of words."""
    c = [np.asarray(word, np.uint64) for word in counter]
    k = [np.uint64(word) for word in key]
    low, half = np.uint64(0xFFFFFFFF), np.uint64(32)
    for _ in range(10):
        a, b = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        c = [(b >> half) ^ c[1] ^ k[0], b & low, (a >> half) ^ c[3] ^ k[1], a & low]
        k = [(k[0] + np.uint64(0x9E3779B9)) & low, (k[1] + np.uint64(0xBB67AE85)) & low]
    return c


@dataclass(frozen=True)
class Generator:
    """The random numbers of a trial; `key` is 64 bits, `trial` below 2^56."""

    key: int
    trial: int

    def words(self, stream: int, unit: Any, draw: Any) -> tuple[Words, Words]:
        """U and V of draws; units and draws are broadcast."""
        draw, unit = np.broadcast_arrays(np.asarray(draw, np.uint64), np.asarray(unit, np.uint64))
        w = philox(
            (draw, unit, self.trial & 0xFFFFFFFF, self.trial >> 32 | stream << 24), (self.key & 0xFFFFFFFF, self.key >> 32))
        return w[0] << np.uint64(32) | w[1], w[2] << np.uint64(32) | w[3]

    def normals(self, stream: int, steps: int, dimension: int) -> Numbers:
        """Standard normals, [step, coordinate]: draw j of unit k serves coordinate j of the steps 2 k and 2 k + 1."""
        unit, j = np.mgrid[0:(steps + 1) // 2, 0:dimension]
        u, v = self.words(stream, unit, j)
        low = np.uint64(2**52 - 1)
        radius = np.sqrt(-2 * np.log(1 - (u & low) * 2.0**-52))
        angle = np.pi / 2 * ((v & low) * 2.0**-52 - 0.5)
        cosine = np.where(v >> np.uint64(63) == 1, -radius, radius) * np.cos(angle)
        sine = radius * np.sin(angle)
        swap = (v >> np.uint64(62)) & np.uint64(1) == 1
        pairs = np.stack([np.where(swap, sine, cosine), np.where(swap, cosine, sine)], axis=1)
        return pairs.reshape(2 * unit.shape[0], dimension)[:steps]

    def signs(self, stream: int, steps: int, dimension: int) -> Numbers:
        """Fair signs, [step, coordinate]: coordinate j has bit j mod 128 of draw j / 128, U's 64 before V's; a set bit is -1."""
        draws = (dimension + 127) // 128
        unit, draw = np.mgrid[0:steps, 0:draws]
        words = np.stack(self.words(stream, unit, draw), axis=-1)
        bits = (words[..., None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
        return np.where(bits.reshape(steps, 128 * draws)[:, :dimension] == 1, -1.0, 1.0)

    def uniform(self, stream: int, steps: int, count: int) -> Numbers:
        """Uniform numbers on [0, 1), [step, number]: number j has draw j / 2, U where j is even, V where it is odd."""
        draws = (count + 1) // 2
        unit, draw = np.mgrid[0:steps, 0:draws]
        words = np.stack(self.words(stream, unit, draw), axis=-1)
        return unit_interval(words).reshape(steps, 2 * draws)[:, :count]

    def indices(self, sample: int, place: int, steps: int, count: int, bound: int, replacement: bool) -> npt.NDArray[np.int64]:
        """Indices below `bound`, [step, index], of a step's sample 0, 1 or 2; `place` counts the samples of indices before.

        A word w stands for floor(w k / 2^64). With replacement k is the bound; without, Floyd's algorithm (Bentley & Floyd,
        Comm. ACM 30 (1987) 754): k = bound - count + i + 1, and a number that is taken becomes k - 1.
        """
        first = (place << 24) + (SECOND_INDICES if sample == 1 else 0)
        unit, draw = np.mgrid[0:steps, 0:(count + 1) // 2]
        words = np.stack(self.words(COMPONENTS[sample], unit, draw + first), axis=-1).reshape(steps, -1)[:, :count]
        chosen = np.empty((steps, count), np.int64)
        for step in range(steps):
            taken: set[int] = set()
            for i, word in enumerate(words[step].tolist()):
                k = bound if replacement else bound - count + i + 1
                number = word * k >> 64
                if not replacement and number in taken:
                    number = k - 1
                taken.add(number)
                chosen[step, i] = number
        return chosen

    def coins(self, sample: int, steps: int) -> Numbers:
        """A fair sign for each step: bit t mod 64 of draw 0 of unit t / 64, of V for sample 1, of U for others; 1 is -1."""
        u, v = self.words(COMPONENTS[sample], np.arange((steps + 63) // 64), 0)
        bits = ((v if sample == 1 else u)[:, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
        return np.where(bits.ravel()[:steps] == 1, -1.0, 1.0)

    def starting_normals(self, coordinates: range) -> Numbers:
        """Normals of coordinates of x_0: as noise of two steps that lie side by side."""
        pairs = self.normals(START, 2, (coordinates.stop + 1) // 2)
        return pairs.T.ravel()[coordinates.start:coordinates.stop]

    def starting_uniform(self, coordinates: range) -> Numbers:
        """Uniform numbers of coordinates of x_0: unit 1 of the stream."""
        words = np.stack(self.words(START, 1, np.arange((coordinates.stop + 1) // 2)), axis=-1)
        return unit_interval(words).ravel()[coordinates.start:coordinates.stop]


def unit_interval(words: Words) -> Numbers:
    """(word / 2^12) 2^-52, in [0, 1)."""
    return np.asarray((words >> np.uint64(12)) * 2.0**-52, np.float64)


def constants(law: str, count: int, seed: int) -> Numbers:
    """Numbers that a definition draws once: number k has draw k / 2 of the seed as key, counter (k / 2, 0, 0, 1)."""
    draw = np.arange((count + 1) // 2)
    w = philox((draw, 0, 0, 1), (seed & 0xFFFFFFFF, seed >> 32))
    u, v = w[0] << np.uint64(32) | w[1], w[2] << np.uint64(32) | w[3]
    if law == "normal":
        radius, angle = np.sqrt(-2 * np.log(1 - unit_interval(u))), 2 * np.pi * unit_interval(v)
        pairs = [radius * np.cos(angle), radius * np.sin(angle)]
    elif law == "uniform":
        pairs = [unit_interval(u), unit_interval(v)]
    else:
        pairs = [np.where(word >> np.uint64(63) == 0, 1.0, -1.0) for word in (u, v)]
    return np.stack(pairs, axis=1).ravel()[:count]
