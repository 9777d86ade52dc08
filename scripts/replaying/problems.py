"""What trials run on: objectives of the user's own, and the catalogue's without data, in plain formulas (Problems.md)."""
from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np

from .objective import Sample
from .philox import Generator, Numbers
from .refusal import Refusal


class Objective(Protocol):
    """A function with what trials ask of it; a sample of None means the function itself."""

    minimum: float | None

    def value(self, x: Numbers, sample: Sample) -> float: ...
    def gradient(self, x: Numbers, sample: Sample) -> Numbers: ...
    def hessian_product(self, x: Numbers, direction: Numbers, sample: Sample) -> Numbers: ...
    def examples(self, sample: Sample) -> list[Sample]: ...
    def distance(self, x: Numbers) -> float: ...
    def samples(self, generator: Generator, which: int, steps: int) -> list[Sample]: ...


class Separable:
    """A sum over coordinates of one function, or the mean of two such; `component` is 1 or -1 for one of two, 0 for their mean."""

    minimum: float | None = 0.0
    draws_components = False

    def slope(self, x: Numbers, component: float) -> Numbers:
        raise NotImplementedError

    def curvature(self, x: Numbers, component: float) -> Numbers:
        raise NotImplementedError

    def excess(self, x: Numbers) -> float:
        """f(x) - f*."""
        raise NotImplementedError

    def minimiser(self) -> float:
        return 0.0

    def gradient(self, x: Numbers, sample: Sample) -> Numbers:
        return self.slope(x, component(sample))

    def hessian_product(self, x: Numbers, direction: Numbers, sample: Sample) -> Numbers:
        return self.curvature(x, component(sample)) * direction

    def value(self, x: Numbers, sample: Sample) -> float:
        return self.excess(x) + (self.minimum or 0.0)

    def examples(self, sample: Sample) -> list[Sample]:
        return [sample]

    def distance(self, x: Numbers) -> float:
        return float(np.linalg.norm(x - self.minimiser()))

    def samples(self, generator: Generator, which: int, steps: int) -> list[Sample]:
        if not self.draws_components:
            return [None] * steps
        return [{"component": sign} for sign in generator.coins(which, steps)]


def component(sample: Sample) -> float:
    return 0.0 if sample is None else float(sample["component"])


class Quadratic(Separable):
    def __init__(self, eigenvalues: Numbers) -> None:
        self.eigenvalues = eigenvalues

    def slope(self, x: Numbers, component: float) -> Numbers:
        return self.eigenvalues * x

    def curvature(self, x: Numbers, component: float) -> Numbers:
        return self.eigenvalues

    def excess(self, x: Numbers) -> float:
        return float(0.5 * np.sum(self.eigenvalues * x * x))


class PseudoHuber(Separable):
    def __init__(self, delta: float = 1, smoothness: float = 1) -> None:
        self.delta, self.beta = delta, smoothness

    def root(self, x: Numbers) -> Numbers:
        return np.sqrt(1 + (x / self.delta) ** 2)

    def slope(self, x: Numbers, component: float) -> Numbers:
        return self.beta * x / self.root(x)

    def curvature(self, x: Numbers, component: float) -> Numbers:
        return self.beta / self.root(x) ** 3

    def excess(self, x: Numbers) -> float:
        return float(np.sum(self.beta * x * x / (self.root(x) + 1)))


class Rastrigin(Separable):
    def __init__(self, amplitude: float = 10) -> None:
        self.amplitude = amplitude

    def slope(self, x: Numbers, component: float) -> Numbers:
        return 2 * x + 2 * np.pi * self.amplitude * np.sin(2 * np.pi * x)

    def curvature(self, x: Numbers, component: float) -> Numbers:
        return 2 + 4 * np.pi**2 * self.amplitude * np.cos(2 * np.pi * x)

    def excess(self, x: Numbers) -> float:
        return float(np.sum(x * x + 2 * self.amplitude * np.sin(np.pi * x) ** 2))


class Sine(Separable):
    def __init__(self, rho0: float, smoothness: float = 1) -> None:
        self.beta, self.rho0 = smoothness, rho0
        self.depth = 9 * smoothness * rho0**2 / (25 * np.pi**2)
        self.minimum = -self.depth
        self.phase = 5 * np.pi / (3 * rho0)

    def slope(self, x: Numbers, component: float) -> Numbers:
        return self.depth * self.phase * np.cos(self.phase * x)

    def curvature(self, x: Numbers, component: float) -> Numbers:
        return -self.depth * self.phase**2 * np.sin(self.phase * x)

    def displacement(self, x: Numbers) -> Numbers:
        period = 1.2 * self.rho0
        away = x - self.minimiser()
        return away - period * np.rint(away / period)

    def excess(self, x: Numbers) -> float:
        return float(np.sum(2 * self.depth * np.sin(self.phase * self.displacement(x) / 2) ** 2))

    def minimiser(self) -> float:
        return -0.3 * self.rho0

    def distance(self, x: Numbers) -> float:
        return float(np.linalg.norm(self.displacement(x)))


class TwoQuadratics(Separable):
    draws_components = True

    def __init__(self, a1: float = 0.5, a2: float = 1.5, K: float = 4) -> None:
        self.mean, self.half, self.pull = (a1 + a2) / 2, (a2 - a1) / 2, K
        self.ends = -2 * K / (a2 or a1), 2 * K / (a1 or a2)

    def slope(self, x: Numbers, component: float) -> Numbers:
        return self.mean * x - component * (self.pull + self.half * np.clip(x, *self.ends))

    def curvature(self, x: Numbers, component: float) -> Numbers:
        inside = np.asarray((x > self.ends[0]) & (x < self.ends[1]), float)
        return self.mean - component * self.half * inside

    def excess(self, x: Numbers) -> float:
        return float(np.sum(self.mean * x * x / 2))


class Trap(Separable):
    draws_components = True

    def __init__(self, rho0: float, c1: float = 0.5, c2: float = 0.5, smoothness: float = 1) -> None:
        self.beta, self.rho0 = smoothness, rho0
        self.knots = np.array([-0.25, 0.25, 0.625, 1]), np.array([1 - c1, -1, -1, 1 + c2])

    def mean_slope(self, x: Numbers) -> Numbers:
        return self.beta * x

    def mean_curvature(self, x: Numbers) -> Numbers:
        return np.full_like(x, self.beta)

    def slope(self, x: Numbers, component: float) -> Numbers:
        return np.asarray(self.mean_slope(x) + component * self.beta * self.rho0 * np.interp(x / self.rho0, *self.knots), float)

    def curvature(self, x: Numbers, component: float) -> Numbers:
        places, values = self.knots
        slopes = np.concatenate([[0], np.diff(values) / np.diff(places), [0]])
        return np.asarray(self.mean_curvature(x) + component * self.beta * slopes[np.searchsorted(places, x / self.rho0)], float)

    def excess(self, x: Numbers) -> float:
        return float(np.sum(self.beta * x * x / 2))


class HuberTrap(Trap):
    def __init__(self, rho0: float, smoothness: float = 1) -> None:
        super().__init__(rho0, smoothness=smoothness)
        self.knots = np.array([-0.75, -0.25, 0.25, 0.75, 1.25, 1.75]), np.array([0, 0.5, -0.5, -0.5, 0.5, 0])

    def mean_slope(self, x: Numbers) -> Numbers:
        return np.asarray(self.beta * np.clip(x, -self.rho0 / 4, self.rho0 / 4), float)

    def mean_curvature(self, x: Numbers) -> Numbers:
        return self.beta * np.asarray(np.abs(x) < self.rho0 / 4, float)

    def excess(self, x: Numbers) -> float:
        inside = np.minimum(np.abs(x), self.rho0 / 4)
        return float(np.sum(self.beta * inside * (np.abs(x) - inside / 2)))


# The catalogue's problems but for the quadratic, whose eigenvalues are no parameters.
CATALOGUE: Mapping[str, Callable[..., Separable]] = {
    "pseudo-huber": PseudoHuber, "rastrigin": Rastrigin, "sine": Sine, "two-quadratics": TwoQuadratics, "trap": Trap,
    "huber-trap": HuberTrap}


def named(name: str, parameters: Mapping[str, float], rho: float) -> Separable:
    """A problem of the catalogue; its rho0 is the cell's rho where it is not given."""
    if name not in CATALOGUE:
        raise Refusal(f"this page does not know the problem {name}; it knows quadratic, {', '.join(CATALOGUE)} and definitions")
    own = {"rho0": rho} if "rho0" in inspect.signature(CATALOGUE[name]).parameters else {}
    try:
        return CATALOGUE[name](**{**own, **parameters})
    except TypeError as error:
        raise Refusal(f"this page does not know what {name} is given: {', '.join(parameters)}") from error


def defaults(name: str) -> dict[str, float]:
    """The parameters that a problem has of itself; none of what is no problem of the catalogue."""
    parameters = inspect.signature(CATALOGUE[name]).parameters.values() if name in CATALOGUE else ()
    return {own.name: float(own.default) for own in parameters if own.default is not inspect.Parameter.empty}
