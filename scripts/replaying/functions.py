"""The functions of the language, over arrays whose derivatives a library takes (YourOwnObjective.md, "Expressions").

Kinks are as that page has them: the derivative of abs and sign at 0 is 0, of relu at 0 is 0, of min and max where both agree
that of the first, of a norm at 0 is 0, of largest that of the first largest.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .refusal import Refusal

# Arrays, or what the library puts in their place.
Value = Any
# Angles beyond it count as 0.
LARGEST_ANGLE = 1e15


class Functions:
    """Functions by name over `library`, which has NumPy's functions; `plain(v)` is a value without derivatives."""

    def __init__(self, library: Any, plain: Callable[[Value], Any]) -> None:
        self.np, self.plain = library, plain
        self.by_name: dict[str, Callable[..., Value]] = {
            "sqrt": library.sqrt, "exp": library.exp, "log": library.log, "log1p": library.log1p, "expm1": library.expm1,
            "log10": lambda a: library.log(a) / math.log(10),
            "sin": lambda a: library.sin(self.angle(a)), "cos": lambda a: library.cos(self.angle(a)),
            "tan": lambda a: library.tan(self.angle(a)), "tanh": library.tanh,
            "sigmoid": self.sigmoid, "softplus": self.softplus, "relu": lambda a: self.select(a > 0, a, 0.0),
            "abs": lambda a: a * library.sign(a), "sign": library.sign, "floor": library.floor, "ceil": library.ceil,
            "min": self.chain(self.minimum), "max": self.chain(self.maximum), "pow": self.power, "if": self.select,
            "sum": library.sum, "mean": library.mean, "dot": lambda a, b: library.sum(a * b), "norm": self.norm,
            "norm1": lambda a: library.sum(a * library.sign(a)),
            "norm_inf": lambda a: self.largest(a * library.sign(a)), "unit": self.unit, "largest": self.largest,
            "smallest": lambda a: -self.largest(-a), "transpose": library.transpose, "reshape": self.reshape,
            "concat": self.concat, "outer": lambda a, b: library.reshape(a, (-1, 1)) * library.reshape(b, (1, -1)),
            "diag": self.diag, "trace": lambda a: library.sum(self.diag(a))}

    # Element by element

    def select(self, condition: Value, a: Value, b: Value) -> Value:
        # Broadcast first: some libraries take the derivative of `where` for equal shapes only.
        zero = np.zeros(np.broadcast_shapes(np.shape(self.plain(condition)), np.shape(self.plain(a)), np.shape(self.plain(b))))
        return self.np.where(condition, a + zero, b + zero)

    def angle(self, a: Value) -> Value:
        return self.select((a <= LARGEST_ANGLE) & (a >= -LARGEST_ANGLE), a, 0.0 * a)

    def chain(self, function: Callable[[Value, Value], Value]) -> Callable[..., Value]:
        def of_all(first: Value, *others: Value) -> Value:
            for other in others:
                first = function(first, other)
            return first
        return of_all

    def minimum(self, a: Value, b: Value) -> Value:
        return self.select((b < a) | (b != b), b, a)

    def maximum(self, a: Value, b: Value) -> Value:
        return self.select((b > a) | (b != b), b, a)

    def sigmoid(self, a: Value) -> Value:
        small = self.np.exp(self.select(a >= 0, -a, a))
        return self.select(a >= 0, 1 / (1 + small), small / (1 + small))

    def softplus(self, a: Value) -> Value:
        return self.select(a >= 0, a, 0.0 * a) + self.np.log1p(self.np.exp(self.select(a >= 0, -a, a)))

    def power(self, a: Value, b: Value) -> Value:
        if self.plain(b) is b:
            return a ** b
        # b varies: a^b ln a where a > 0, and no derivative along b elsewhere.
        positive = a > 0
        logarithm = self.np.log(self.select(positive, a, 1.0 + 0.0 * a))
        return self.select(positive, self.np.exp(b * logarithm), a ** self.plain(b))

    # Of all elements

    def norm(self, a: Value) -> Value:
        size = float(np.max(np.abs(self.plain(a)))) if self.is_eager(a) else None
        if size is not None:
            if size == 0 or not math.isfinite(size):
                return 0.0 * self.np.sum(a) if size == 0 else size
            scale = 2.0 ** max(-1000, math.frexp(size)[1])
            return scale * self.np.sqrt(self.np.sum((a / scale) ** 2))
        squares = self.np.sum(a * a)
        positive = squares > 0
        return self.np.where(positive, self.np.sqrt(self.np.where(positive, squares, 1.0)), 0.0)

    def is_eager(self, a: Value) -> bool:
        return isinstance(self.plain(a), (np.ndarray, np.generic, float, int))

    def unit(self, a: Value) -> Value:
        size = self.norm(a)
        is_zero = size == 0
        return self.np.where(is_zero, 0.0, 1 / self.np.where(is_zero, 1.0, size)) * a

    def largest(self, a: Value) -> Value:
        flat = self.np.reshape(a, (-1,))
        return flat[self.np.argmax(self.plain(flat))]

    # Shapes

    def reshape(self, a: Value, *lengths: Value) -> Value:
        return self.np.reshape(a, tuple(whole(self.plain(length)) for length in lengths))

    def concat(self, *parts: Value) -> Value:
        if np.ndim(self.plain(parts[0])) == 2:
            return self.np.concatenate(parts, axis=0)
        return self.np.concatenate([self.np.reshape(part, (-1,)) for part in parts])

    def diag(self, a: Value) -> Value:
        shape = np.shape(self.plain(a))
        if len(shape) == 2:
            places = np.arange(min(shape))
            return a[places, places]
        return self.select(np.eye(shape[0]) == 1, a, 0.0)

    def listed(self, items: list[Value]) -> Value:
        return self.np.stack(items)


def whole(value: Any) -> int:
    """A whole number that parameters decide."""
    number = float(value)
    if number != round(number):
        raise Refusal(f"an index or length is {number}, which is no whole number")
    return int(number)
