"""A trial from its starting point to what is recorded of it (`samsweep list statistics`)."""
from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from . import philox
from .algorithms import Algorithm, Step
from .philox import Generator, Numbers
from .problems import Objective
from .statistics import OwnStatistic

Schedule = Callable[[int], float]


@dataclass
class Trial:
    """`noise_scale` is the standard deviation of a coordinate's noise; `noise_model` a law of the catalogue."""

    algorithm: Algorithm
    objective: Objective
    generator: Generator
    steps: int
    learning_rate: Schedule
    rho: Schedule
    noise_model: str
    noise_scale: float
    momentum: float = 0.0
    averaging: float = 0.0
    # Whether all iterates are wanted, and not the last tenth alone.
    watches_all: bool = False
    # Those that the sweep defines, by name.
    statistics: dict[str, OwnStatistic] = field(default_factory=dict)

    def noise(self, which: int, dimension: int) -> Numbers:
        """Additive noise of a step's sample 0, 1 or 2, [step, coordinate]."""
        stream = philox.NOISE[which]
        if self.noise_model == "none" or self.noise_scale == 0:
            return np.zeros((self.steps, dimension))
        if self.noise_model == "rademacher":
            return self.noise_scale * self.generator.signs(stream, self.steps, dimension)
        unit = self.generator.normals(stream, self.steps, dimension)
        if self.noise_model == "sphere":
            unit = np.sqrt(dimension) * unit / np.linalg.norm(unit, axis=1, keepdims=True)
        return self.noise_scale * unit

    def drawn(self, dimension: int) -> Callable[[int], Step]:
        """What each step is given; drawn once, whatever the trial starts from."""
        asked = self.algorithm.asks
        noise = {which: self.noise(which - 1, dimension) for which in asked}
        samples = {which: self.objective.samples(self.generator, which - 1, self.steps) for which in asked}

        def step(t: int) -> Step:
            return Step(
                t, self.learning_rate(t), self.rho(t), {which: drawn[t] for which, drawn in samples.items()},
                {which: drawn[t] for which, drawn in noise.items()})
        return step

    def end(
        self, x: Numbers, given: Callable[[int], Step], disturbed: np.random.Generator | None = None
    ) -> tuple[list[Numbers], bool]:
        """What statistics see of a trial from x, and whether it came upon the minimiser but for rounding.

        That is x_t, or the mean of iterates, of the last tenth and, where quantities of the whole way are recorded, of all t before.
        Where it is `disturbed`, every iterate is off by a last bit or two.
        """
        first = self.steps - max(1, int(self.averaging * self.steps)) + 1 if self.averaging > 0 else self.steps + 1
        velocity, total, met = np.zeros_like(x), np.zeros_like(x), False
        self.algorithm.begin(x, self.generator)
        watched = 0 if self.watches_all else tail(self.steps)
        seen = [x] if watched == 0 else []
        for t in range(self.steps):
            plain = self.algorithm.step(self.objective, x, given(t))
            met = met or self.algorithm.met_minimiser
            velocity = (plain - x) + self.momentum * velocity
            x = x + velocity if self.momentum > 0 else plain
            if disturbed:
                x = x * (1 + disturbed.choice([-1.0, 1.0], x.size) * 2.0**-52)
            if t + 1 >= first:
                total = total + x
            if t + 1 >= watched:
                seen.append(total / (t + 2 - first) if t + 1 >= first else x)
        return seen, met

    def recorded(self, name: str, seen: list[Numbers]) -> Numbers | float:
        """A quantity that is recorded, of what statistics see."""
        if name in self.statistics:
            return self.statistics[name].of(self.objective, seen, max(1, self.steps // 10))
        if name in QUANTITIES:
            return QUANTITIES[name](self.objective, seen[-1])
        if name in MEASURES:
            return MEASURES[name](self, seen[-1])
        of, start, stop, summary = ON_THE_WAY[name]
        points = seen[tail(self.steps) - (self.steps + 1):] if start == "tail" else seen[:len(seen) - stop]
        return float(summary([float(QUANTITIES[of](self.objective, x)) for x in points]))

    def spread(self, x: Numbers, given: Callable[[int], Step], names: list[str]) -> dict[str, float]:
        """How far apart, relatively, trials end whose iterates are last bits apart."""
        signs = [np.where(np.arange(x.size) % 2 == 0, even, odd) for even, odd in ((1, 2), (2, -1), (-3, 1), (-1, -2))]
        ends = [self.end(x * (1 + sign * 2.0**-51), given, np.random.default_rng(k))[0] for k, sign in enumerate(signs)]
        spread = {}
        for name in names:
            values = [self.recorded(name, end) for end in ends]
            spread[name] = max(difference(values[0], value) for value in values[1:])
        return spread


def tail(steps: int) -> int:
    """The first iterate of the last tenth."""
    return steps - max(1, steps // 10) + 1


def difference(a: Numbers | float, b: Numbers | float) -> float:
    """Relative; of vectors, of their lengths. None where neither is a number, as of a sharpness without a Hessian."""
    if np.isnan(a).any() and np.isnan(b).any():
        return 0.0
    size = max(float(np.linalg.norm(a)), float(np.linalg.norm(b)), sys.float_info.min)
    return float(np.linalg.norm(np.asarray(a) - np.asarray(b))) / size


QUANTITIES: dict[str, Callable[[Objective, Numbers], Numbers | float]] = {
    "distance": lambda objective, x: objective.distance(x),
    "suboptimality": lambda objective, x: suboptimality(objective, x),
    "objective": lambda objective, x: objective.value(x, None),
    "gradient_norm": lambda objective, x: float(np.linalg.norm(objective.gradient(x, None))),
    "iterate": lambda objective, x: x}
# Of which quantity, the first iterate, how many are left out at the end, and what is made of them.
ON_THE_WAY: dict[str, tuple[str, str, int, Callable[[list[float]], float]]] = {
    "tail_distance_squared": ("distance", "tail", 0, lambda values: float(np.mean(np.square(values)))),
    "tail_distance_max": ("distance", "tail", 0, max),
    "best_distance": ("distance", "start", 0, min),
    "best_suboptimality": ("suboptimality", "start", 0, min),
    "mean_gradient_norm": ("gradient_norm", "start", 1, lambda values: float(np.mean(values))),
    "mean_gradient_norm_squared": ("gradient_norm", "start", 1, lambda values: float(np.mean(np.square(values))))}
# Measures of the iterate that take a Hessian or the trial's rates, which have no schedules then.
MEASURES: dict[str, Callable[[Trial, Numbers], float]] = {
    "sharpness": lambda trial, x: float(np.linalg.eigvalsh(hessian(trial.objective, x))[-1]),
    "hessian_trace": lambda trial, x: float(np.trace(hessian(trial.objective, x))),
    "gradient_cosine": lambda trial, x: gradient_cosine(trial.objective, x, trial.rho(0)),
    "sam_edge": lambda trial, x: sam_edge(float(np.linalg.norm(trial.objective.gradient(x, None))), trial.rho(0), trial.learning_rate(0))}
# Of the largest dimension for which a whole matrix is worth its time.
MOST_COORDINATES = 200


def hessian(objective: Objective, x: Numbers) -> Numbers:
    """Column by column; symmetric but for rounding, which eigenvalues do not see."""
    columns = [objective.hessian_product(x, unit, None) for unit in np.eye(x.size)]
    matrix = np.stack(columns, axis=1)
    return np.asarray((matrix + matrix.T) / 2, float)


def gradient_cosine(objective: Objective, x: Numbers, rho: float) -> float:
    g = objective.gradient(x, None)
    perturbed = objective.gradient(x + rho * g / np.linalg.norm(g), None)
    return float(g @ perturbed / np.linalg.norm(g) / np.linalg.norm(perturbed))


def sam_edge(length: float, rho: float, rate: float) -> float:
    """(|g|/(2 rho)) (sqrt(1 + 8 rho/(eta |g|)) - 1) without its cancellation."""
    return float(4 / rate / (np.sqrt(1 + 8 * rho / (rate * length)) + 1))


def measurable(name: str, dimension: int) -> bool:
    """Whether a quantity is one that is computed here."""
    return name not in ("sharpness", "hessian_trace") or dimension <= MOST_COORDINATES


def suboptimality(objective: Objective, x: Numbers) -> float:
    excess = getattr(objective, "excess", None)
    return float(excess(x)) if excess else objective.value(x, None) - (objective.minimum or 0.0)
