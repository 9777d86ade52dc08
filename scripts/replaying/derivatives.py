"""Exact derivatives: HIPS autograd, which works through NumPy itself in double precision."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .functions import Functions, Value
from .philox import Numbers
from .refusal import Refusal

try:
    import autograd
    import autograd.numpy
    from autograd.tracer import getval
except ImportError:
    autograd = None

Function = Callable[[Value], Value]


def functions() -> Functions:
    if autograd is None:
        raise Refusal("the sweep has definitions, whose derivatives need autograd; try: python3 -m pip install autograd")

    def plain(value: Value) -> Any:
        while True:
            inside = getval(value)
            if inside is value:
                return value
            value = inside
    return Functions(autograd.numpy, plain)


def gradient(function: Function, x: Numbers) -> Numbers:
    return np.asarray(autograd.grad(function)(x), float)


def hessian_product(function: Function, x: Numbers, direction: Numbers) -> Numbers:
    slope = autograd.grad(function)
    return np.asarray(autograd.grad(lambda point: autograd.numpy.sum(slope(point) * direction))(x), float)
