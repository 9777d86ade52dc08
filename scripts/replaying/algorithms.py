"""Steps of trials: the catalogue's optimizers, and programs of the user's own (YourOwnAlgorithm.md)."""
from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from . import derivatives, philox, syntax
from .evaluation import Evaluator
from .functions import Value, whole
from .objective import Sample
from .philox import Generator, Numbers
from .problems import Objective
from .refusal import Refusal


@dataclass
class Step:
    """What a step is given. Of its samples 1, 2 and 3 those that the algorithm asks for are there, each with its noise."""

    t: int
    learning_rate: float
    rho: float
    samples: Mapping[int, Sample]
    noise: Mapping[int, Numbers]

    def gradient(self, objective: Objective, x: Numbers, which: int) -> Numbers:
        return objective.gradient(x, self.samples[which]) + self.noise[which]


class Algorithm(Protocol):
    """From x_t to x_{t+1}, with a memory of its own."""

    # The samples it asks for, from 1.
    asks: tuple[int, ...]
    # Whether the last step divided by the norm of what was rounding error alone.
    met_minimiser: bool

    def begin(self, x: Numbers, generator: Generator) -> None: ...
    def step(self, objective: Objective, x: Numbers, step: Step) -> Numbers: ...


# The catalogue's optimizers and what they take, with its default; all take momentum and averaging beside.
CATALOGUE: dict[str, dict[str, float]] = {
    "sgd": {}, "sam": {}, "n-sam": {}, "m-sam": {}, "usam": {}, "n-usam": {}, "m-usam": {},
    "asam": {"stabiliser": 0.01}, "vasso": {"theta": 0.4}}


class Catalogued:
    """An optimizer of the catalogue."""

    def __init__(self, name: str, parameters: Mapping[str, float]) -> None:
        self.name, self.parameters = name, parameters
        self.is_exact = name in ("sam", "usam")
        self.asks: tuple[int, ...] = () if self.is_exact else (1, 2) if name in ("n-sam", "n-usam") else (1,)
        self.memory: Numbers = np.zeros(0)
        self.met_minimiser = False
        self.norm = 0.0

    def begin(self, x: Numbers, generator: Generator) -> None:
        self.memory, self.met_minimiser, self.norm = np.zeros_like(x), False, 0.0

    def step(self, objective: Objective, x: Numbers, step: Step) -> Numbers:
        def gradient(point: Numbers, which: int) -> Numbers:
            return objective.gradient(point, None) if self.is_exact else step.gradient(objective, point, which)
        y = x
        if self.name != "sgd":
            y, norm = self.perturbed(x, gradient(x, 2 if 2 in self.asks else 1), step.rho)
            # A norm so much smaller than the one before is the rounding error of a difference of equal numbers.
            self.met_minimiser, self.norm = step.rho > 0 and norm < 2.0**-44 * self.norm, norm
        return x - step.learning_rate * gradient(y, 1)

    def perturbed(self, x: Numbers, g: Numbers, rho: float) -> tuple[Numbers, float]:
        """Where the descent gradient is taken, and the norm that the ascent was divided by."""
        if "u" in self.name:
            return x + rho * g, np.inf
        direction = weight = g
        if self.name == "asam":
            size = np.abs(x) + self.parameters["stabiliser"]
            direction, weight = size * size * g, size * g
        elif self.name == "vasso":
            theta = self.parameters["theta"]
            self.memory = direction = weight = (1 - theta) * self.memory + theta * g
        norm = float(np.linalg.norm(weight))
        return (x + rho * direction / norm if norm > 0 else x), norm


QUESTIONS = ("grad", "full", "value", "full_value", "hvp", "full_hvp", "each")
DRAWS = ("normal", "rademacher", "uniform")
WITH_A_SAMPLE = {"grad": 1, "value": 1, "hvp": 2}  # how many arguments come before the sample's number


class OwnAlgorithm:
    """A program, line by line; `known` are parameters, steps, dimension and what the problem states."""

    def __init__(self, text: Mapping[str, Any], known: Mapping[str, float], steps: int) -> None:
        for key in text:
            if key not in ("name", "summary", "formula", "citation", "parameters", "memory", "step"):
                raise Refusal(f"this page does not know {key} of an optimizer")
        self.functions = derivatives.functions()
        self.program = syntax.program(text["step"])
        self.known = {name: np.float64(value) for name, value in known.items()}
        self.first = {name: np.float64(value) for name, value in (text.get("memory") or {}).items()}
        self.memory: dict[str, Value] = {}
        self.steps = steps
        self.met_minimiser = False
        calls = [node for tree in [*(line.value for line in self.program.lines), *self.program.conditions]
                 for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
        named = [(call.func.id.removeprefix(syntax.MARK), call.args) for call in calls if isinstance(call.func, ast.Name)]
        self.asks = tuple(sorted(
            {self.sample(name, arguments) for name, arguments in named if name in WITH_A_SAMPLE} | {1 for name, _ in named if name == "each"}))
        self.counts = {law: sum(name == law for name, _ in named) for law in DRAWS}
        self.drawn: dict[str, Numbers] = {}

    @staticmethod
    def sample(name: str, arguments: list[ast.expr]) -> int:
        before = WITH_A_SAMPLE[name]
        if len(arguments) == before:
            return 1
        last = arguments[-1]
        if len(arguments) == before + 1 and isinstance(last, ast.Constant):
            return whole(last.value)
        raise Refusal(f"this page does not know {name} with {len(arguments)} arguments")

    def begin(self, x: Numbers, generator: Generator) -> None:
        self.memory, d = dict(self.first), x.size
        draw = {"normal": (generator.normals, philox.OWN_NORMALS), "rademacher": (generator.signs, philox.OWN_SIGNS),
                "uniform": (generator.uniform, philox.OWN_UNIFORM)}
        for law, (function, stream) in draw.items():
            if self.counts[law]:
                self.drawn[law] = function(stream, self.steps, self.counts[law] * d)

    def step(self, objective: Objective, x: Numbers, step: Step) -> Numbers:
        try:
            return self.run(objective, x, step)
        except (IndexError, TypeError, ValueError):
            if step.t > 0 or not self.memory:
                raise
            # What a memory is follows from what the program does with it: a number, or a vector of x's shape.
            self.memory = {name: np.full(x.size, value) for name, value in self.first.items()}
            return self.run(objective, x, step)

    def run(self, objective: Objective, x: Numbers, step: Step) -> Numbers:
        d = x.size
        names: dict[str, Value] = {
            **self.known, **self.memory, "x": x, "learning_rate": np.float64(step.learning_rate), "rho": np.float64(step.rho),
            "t": np.float64(step.t)}
        places = dict.fromkeys(DRAWS, 0)
        example: Sample = None
        in_example = False

        def call(name: str, arguments: list[ast.expr], evaluate: Evaluator) -> Value:
            nonlocal example, in_example
            if name in DRAWS:
                if not arguments:
                    place = places[name]
                    places[name] += d
                    return self.drawn[name][step.t, place:place + d]
                raise Refusal(f"this page does not know {name} with arguments in a program")
            if name == "each":
                shares = []
                for example in objective.examples(step.samples[1]):
                    in_example = True
                    shares.append(evaluate(arguments[0]))
                    in_example = False
                return sum(shares[1:], shares[0]) / len(shares)
            if name == "grad" and in_example:
                return objective.gradient(evaluate(arguments[0]), example) + step.noise[1]
            which = None if name.startswith("full") else self.sample(name, arguments)
            sample = None if which is None else step.samples[which]
            v = evaluate(arguments[0])
            if name.endswith("hvp"):
                return objective.hessian_product(v, evaluate(arguments[1]), sample)
            if name.endswith("value"):
                return np.float64(objective.value(v, sample))
            return objective.gradient(v, None) if which is None else step.gradient(objective, v, which)

        evaluate = Evaluator(self.functions, names, QUESTIONS + DRAWS, call)
        conditions = {}
        for line in self.program.lines:
            for condition, _ in line.guards:
                if condition not in conditions:
                    conditions[condition] = bool(evaluate(self.program.conditions[condition]))
            # What stands in a block that is not taken is passed over, but for the numbers that it draws.
            if all(conditions[condition] == holds for condition, holds in line.guards):
                names[line.name] = evaluate(line.value)
            else:
                for node in ast.walk(line.value):
                    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                        name = node.func.id.removeprefix(syntax.MARK)
                        if name in DRAWS:
                            places[name] += d
        self.memory = {name: names[name] for name in self.first}
        return np.asarray(names["x"], float)
