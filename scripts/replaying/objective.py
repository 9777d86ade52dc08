"""Objectives that a sweep defines (YourOwnObjective.md): from their text to values and derivatives."""
from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import derivatives, philox, syntax, tables
from .evaluation import Evaluator, number
from .functions import Functions, Value, whole
from .philox import Generator, Numbers
from .refusal import Refusal

# What a step draws: values by the samples' names; None: nothing is drawn and indices are all of them.
Sample = Mapping[str, Any] | None
Text = Any


@dataclass
class Law:
    """How one sample of a definition is drawn; `shape` is that of its value, `count` the numbers it takes."""

    kind: str
    shape: tuple[int, ...]
    count: int
    bound: int = 0
    replacement: bool = True
    freedom: float = 1
    weights: Numbers | None = None

    @property
    def drawn_as(self) -> str:
        """The kind of numbers it is made of."""
        return "uniform" if self.kind in ("student_t", "cauchy", "weighted") else self.kind

    @property
    def drawn(self) -> int:
        return 2 * self.count if self.kind == "student_t" else self.count

    def made_of(self, drawn: Numbers) -> Any:
        """The sample from the numbers drawn for it, [step, number]."""
        if self.kind == "cauchy":
            values: Any = 1 / np.tan(np.pi * ((drawn - 0.5) + 2.0**-53))
        elif self.kind == "student_t":
            u, v = drawn[:, :self.count] + 2.0**-53, drawn[:, self.count:]
            values = np.sqrt(self.freedom * np.expm1(-2 / self.freedom * np.log(u))) * np.cos(2 * np.pi * v)
        elif self.weights is not None:
            below = np.cumsum(self.weights)
            values = np.searchsorted(below[:-1] / below[-1], drawn.ravel(), side="right")
        else:
            values = drawn
        return values.reshape(len(drawn), *self.shape)


class Names(Mapping[str, Value]):
    """What names mean at a point: shorthand when it is first asked for, samples, variables, constants."""

    def __init__(self, objective: "DefinedObjective", x: Value, sample: Sample) -> None:
        self.objective, self.x, self.sample = objective, x, sample
        self.known: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        if name not in self.known:
            self.known[name] = self.objective.meaning(name, self)
        return self.known[name]

    def __contains__(self, name: object) -> bool:
        return self.objective.knows(str(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)


class DefinedObjective:
    """f and its stochastic form, for the parameters of a cell.

    `text` is the definition, all of it texts; `folders` are where data files are looked for.
    """

    def __init__(
        self, text: Mapping[str, Text], parameters: Mapping[str, float], dimension: int, folders: list[pathlib.Path],
        functions: Functions | None = None
    ) -> None:
        for key in text:
            if key not in KEYS:
                raise Refusal(f"this page does not know {key} of a problem")
        self.functions = functions or derivatives.functions()
        self.text = text
        self.dimension = dimension
        self.folders = folders
        self.constants: dict[str, Value] = {name: np.float64(value) for name, value in parameters.items()}
        self.constants["dimension"] = np.float64(dimension)
        self.variables: dict[str, tuple[int, tuple[int, ...]]] = {}
        place = 0
        for name, lengths in (text.get("variables") or {"x": "dimension"}).items():
            shape = self.shape(lengths)
            self.variables[name] = (place, shape)
            place += int(np.prod(shape))
        if place != dimension:
            raise Refusal(f"the variables have {place} coordinates, and the cell has {dimension}")
        for name, constant in (text.get("constants") or {}).items():
            self.constants[name] = self.constant(constant)
        self.shorthand = {name: syntax.parse(value) for name, value in (text.get("let") or {}).items()}
        self.laws = {name: self.law(name, law) for name, law in (text.get("sample") or {}).items()}
        self.exact = syntax.parse(text["objective"])
        self.stochastic = syntax.parse(text.get("stochastic") or text["objective"])
        self.stated_distance = syntax.parse(text["distance"]) if "distance" in text else None
        self.minimum = self.one(text["minimum"]) if "minimum" in text else None
        points = text.get("minimisers", [])
        is_list = isinstance(points, list) and any(isinstance(point, list) for point in points)
        self.minimisers = [self.numbers(point) for point in (points if is_list else [points] if points else [])]
        self.start_text = text.get("start") or {}

    # What stands in the definition

    def one(self, text: str) -> float:
        return number(self.functions, syntax.parse(text), self.constants)

    def numbers(self, text: Text) -> Numbers:
        """Numbers typed in or computed, as one row."""
        joined = f"[{', '.join(text)}]" if isinstance(text, list) else text
        return np.asarray(Evaluator(self.functions, self.constants)(syntax.parse(joined)), float).ravel()

    def lengths(self, text: Text) -> list[int]:
        return [whole(self.one(length)) for length in (text if isinstance(text, list) else [text])]

    def shape(self, text: Text) -> tuple[int, ...]:
        return () if isinstance(text, str) and syntax.is_one(text) else tuple(self.lengths(text))

    def constant(self, text: Text) -> Value:
        if isinstance(text, list):
            if any(isinstance(row, list) for row in text):
                return np.array([[float(cell) for cell in row] for row in text])
            return self.numbers(text)
        if not isinstance(text, dict):
            return np.asarray(Evaluator(self.functions, self.constants)(syntax.parse(text)), float)
        for kind in ("normal", "uniform", "rademacher"):
            if kind in text:
                shape = self.shape(text[kind])
                return philox.constants(kind, int(np.prod(shape)), int(float(text["seed"]))).reshape(shape)
        if "list" in text:
            values = np.array([float(value) for value in text["list"]])
            return np.pad(values, (0, self.lengths(text["pad_to"])[0] - values.size)) if "pad_to" in text else values
        for kind in ("linspace", "logspace", "geomspace"):
            if kind in text:
                ends = [self.one(text[kind][end]) for end in ("from", "to")]
                space: Callable[..., Numbers] = np.linspace if kind == "linspace" else np.geomspace
                return space(*ends, self.lengths(text[kind]["count"])[0])
        if "file" in text:
            return tables.read(tables.find(text["file"], self.folders), text.get("dataset", text.get("array")))
        raise Refusal(f"this page does not know the constant {text}")

    def law(self, name: str, text: Mapping[str, Text]) -> Law:
        for kind in ("normal", "rademacher", "uniform", "cauchy"):
            if kind in text and len(text) == 1:
                shape = self.shape(text[kind])
                return Law(kind, shape, int(np.prod(shape)))
        if set(text) == {"student_t", "freedom"}:
            shape = self.shape(text["student_t"])
            return Law("student_t", shape, int(np.prod(shape)), freedom=self.one(text["freedom"]))
        if set(text) == {"choice", "weights"}:
            return Law("weighted", (), 1, self.lengths(text["choice"])[0], weights=self.numbers(text["weights"]))
        if "choice" in text and len(text) == 1:
            return Law("indices", (), 1, self.lengths(text["choice"])[0])
        if "batch" in text and set(text) <= {"batch", "of", "replacement"}:
            count = self.lengths(text["batch"])[0]
            replacement = text.get("replacement", "false") == "true"
            return Law("indices", (count,), count, self.lengths(text["of"])[0], replacement)
        raise Refusal(f"this page does not know the sample {name}: {' '.join(text)}")

    # What names mean

    def knows(self, name: str) -> bool:
        return name in self.shorthand or name in self.laws or name in self.variables or name in self.constants or name == "x"

    def meaning(self, name: str, names: Names) -> Value:
        if name in self.shorthand:
            return Evaluator(self.functions, names)(self.shorthand[name])
        if name in self.laws:
            law = self.laws[name]
            if names.sample is None:
                return np.arange(law.bound)
            return names.sample[name]
        if name in self.variables:
            place, shape = self.variables[name]
            return self.functions.np.reshape(names.x[place:place + int(np.prod(shape))], shape)
        return self.constants[name] if name in self.constants else names.x

    # What is asked for

    def function(self, sample: Sample) -> Callable[[Value], Value]:
        tree = self.exact if sample is None else self.stochastic

        def value(x: Value) -> Value:
            return self.functions.np.reshape(Evaluator(self.functions, Names(self, x, sample))(tree), ())
        return value

    def value(self, x: Numbers, sample: Sample) -> float:
        return float(self.function(sample)(x))

    def gradient(self, x: Numbers, sample: Sample) -> Numbers:
        return derivatives.gradient(self.function(sample), x)

    def hessian_product(self, x: Numbers, direction: Numbers, sample: Sample) -> Numbers:
        return derivatives.hessian_product(self.function(sample), x, direction)

    def examples(self, sample: Sample) -> list[Sample]:
        """The sample with one index in the place of its batch, for each of them; else the sample as it is."""
        indices = [name for name, law in self.laws.items() if law.kind == "indices"]
        if len(indices) != 1:
            return [sample]
        law = self.laws[indices[0]]
        drawn = np.arange(law.bound) if sample is None else np.atleast_1d(sample[indices[0]])
        return [{**(sample or {}), indices[0]: index.reshape(() if law.shape == () else (1,))} for index in drawn]

    def distance(self, x: Numbers) -> float:
        if self.stated_distance is not None:
            return float(np.asarray(Evaluator(self.functions, Names(self, x, None))(self.stated_distance)).reshape(()))
        return min((float(np.linalg.norm(x - point)) for point in self.minimisers), default=np.nan)

    # What is drawn

    def samples(self, generator: Generator, which: int, steps: int) -> list[Sample]:
        """The samples of the steps; `which` is 0, 1 or 2. All numbers of one law lie side by side, in the definition's order."""
        if not self.laws:
            return [None] * steps
        parts: dict[str, Any] = {}
        for kind, streams, draw in (
                ("normal", philox.NORMALS, generator.normals), ("rademacher", philox.SIGNS, generator.signs),
                ("uniform", philox.UNIFORM, generator.uniform)):
            own = {name: law for name, law in self.laws.items() if law.drawn_as == kind}
            drawn = draw(streams[which], steps, sum(law.drawn for law in own.values()))
            place = 0
            for name, law in own.items():
                parts[name] = law.made_of(drawn[:, place:place + law.drawn])
                place += law.drawn
        indexed = [name for name, law in self.laws.items() if law.kind == "indices"]
        for before, name in enumerate(indexed):
            law = self.laws[name]
            parts[name] = generator.indices(which, before, steps, law.count, law.bound, law.replacement).reshape(steps, *law.shape)
        return [{name: drawn[step] for name, drawn in parts.items()} for step in range(steps)]

    @property
    def states_start(self) -> bool:
        return bool(self.start_text)

    def start(self, generator: Generator) -> Numbers:
        """x_0, variable by variable."""
        parts = []
        for name, (place, shape) in self.variables.items():
            count = int(np.prod(shape))
            coordinates = range(place, place + count)
            text = self.start_text[name]
            if not isinstance(text, dict):
                values = self.numbers(text)
                parts.append(np.full(count, values[0]) if values.size == 1 else values)
            elif "normal" in text:
                parts.append(self.one(text["normal"]) * generator.starting_normals(coordinates))
            elif "sphere" in text:
                z = generator.starting_normals(coordinates)
                parts.append(self.one(text["sphere"]) * z / np.linalg.norm(z))
            elif "uniform" in text:
                low, high = (self.one(end) for end in text["uniform"])
                parts.append(low + (high - low) * generator.starting_uniform(coordinates))
            else:
                raise Refusal(f"this page does not know the start {' '.join(text)} of {name}")
        return np.concatenate(parts)


KEYS = (
    "name", "summary", "formula", "citation", "parameters", "variables", "constants", "let", "objective", "sample", "stochastic",
    "minimum", "minimisers", "distance", "smoothness", "strong_convexity", "start")
