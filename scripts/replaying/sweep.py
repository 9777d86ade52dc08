"""The trials of a result: what its text and its cells say (SweepFile.md), and the generator's key."""
from __future__ import annotations

import dataclasses
import hashlib
import pathlib
import re
import struct
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import xarray
import yaml

from . import algorithms, problems, statistics, syntax
from .algorithms import Algorithm, Catalogued, OwnAlgorithm
from .evaluation import Evaluator
from .functions import Functions
from .objective import DefinedObjective
from .philox import Generator, Numbers
from .problems import Objective, Quadratic
from .refusal import Refusal
from .trial import Schedule, Trial

Cell = xarray.Dataset
Text = Any
# Of every optimizer.
COMMON = {"momentum": 0.0, "averaging": 0.0}
NOISE_MODELS = ("gaussian", "none", "rademacher", "sphere")
SCHEDULES: dict[str, tuple[dict[str, float], Callable[[int, Mapping[str, float]], float]]] = {
    "constant": ({}, lambda t, p: 1.0),
    "inverse-time": ({"offset": 1.0}, lambda t, p: 1 / (t + p["offset"])),
    "power": ({"exponent": 0.5}, lambda t, p: float((t + 1) ** -p["exponent"]))}
# Numbers that a cell's key is made of, with the values that are left out of it.
KEYED = ("learning_rate", "rho", "noise", "dimension", "steps", "seed", "start.radius", "start.sphere")
DEFAULTS = {"rho": 0.0, "noise": 0.0, "start.radius": 1.0}
DEFAULT_MEMBERS = {
    "problem": None, "noise_model": "gaussian", "learning_rate_schedule": "constant", "rho_schedule": "constant"}
# What is given without being in a cell's key: the definition's own start is in the sweep's text.
FORMS_OF_START = ("radius", "vector", "blocks", "sphere")


def read(text: str) -> Text:
    """YAML whose scalars stay as they are written."""
    return yaml.load(text, Loader=yaml.BaseLoader)


@dataclasses.dataclass(frozen=True)
class Formula:
    """A schedule by formula: written in the sweep, or defined in a file that it uses."""
    name: str
    factor: str
    parameters: dict[str, float]
    is_written: bool

    def _parts(self, label: str) -> tuple[str, dict[str, float]]:
        """The name in a label, and the parameters behind it."""
        match = re.fullmatch(r"(.*?)(\((\w+=[^=,()]+,?)+\))?", label)
        return (str(match[1]), labelled(match[2] or "")[1]) if match else (label, {})

    def is_meant(self, label: str) -> bool:
        """Whether a label is of it. Behind a written one's name stand its own values; a defined one has others there."""
        name, given = self._parts(label)
        is_own = (all(self.parameters.get(key) == number for key, number in given.items()) if self.is_written
                  else given.keys() <= self.parameters.keys())
        return is_own and "".join(name.split()) == "".join(self.name.split())

    def label(self, label: str) -> str:
        return self._parts(label)[0]

    def given(self, label: str) -> dict[str, float]:
        """What a label says of its parameters."""
        return {} if self.is_written else self._parts(label)[1]


class Sweep:
    """A sweep as a result has it; `optimizers` are all its labels, `folders` are where its files of data are looked for."""

    def __init__(
        self, text: str, optimizers: list[str], folders: list[pathlib.Path], functions: Functions | None = None
    ) -> None:
        self.optimizers = optimizers
        self.text: Mapping[str, Text] = read(text)
        self.folders = folders
        self.functions = functions
        # Definitions of the files that it uses, by kind and name, each with the folder of its file.
        self.used: dict[tuple[str, str], tuple[Mapping[str, Text], str]] = {}
        for name, content in (self.text.get("used") or {}).items():
            for kind in ("problems", "optimizers", "schedules", "statistics"):
                for member, definition in (read(content).get(kind) or {}).items():
                    self.used[kind, member] = definition, str(pathlib.PurePosixPath(name).parent)
        self.objectives: dict[Any, DefinedObjective] = {}
        self.statistics = statistics.read(self.text.get("record"), self.used)

    # Problems

    def problem(self, cell: Cell) -> Objective:
        given, name = self.text.get("problem"), str(cell["problem"].values)
        if isinstance(given, dict) and "objective" in given:
            return self.defined(given, {}, ".", cell)
        own = given if isinstance(given, dict) else {}
        if own.get("name", given) == name and ("problems", name) in self.used:
            definition, folder = self.used["problems", name]
            return self.defined(definition, own, folder, cell)
        if name.partition("(")[0] == "quadratic":
            return Quadratic(eigenvalues_of(cell, given_of(given).get("eigenvalues", "1"), int(cell.dimension)))
        bare, parameters = labelled(name)
        return problems.named(bare, parameters | self.given(cell, "problem"), float(cell.rho))

    @staticmethod
    def given(cell: Cell, kind: str) -> dict[str, float]:
        """The parameters of a kind of component that a cell has values of."""
        return {key.partition(".")[2]: float(cell[key]) for key in map(str, cell.variables) if key.startswith(f"{kind}.")}

    def defined(self, definition: Mapping[str, Text], own: Mapping[str, Text], folder: str, cell: Cell) -> DefinedObjective:
        values = {name: float(value) for name, value in (definition.get("parameters") or {}).items()}
        values |= {name: float(own[name]) for name in values if name in own}
        values |= {name: value for name, value in self.given(cell, "problem").items() if name in values}
        dimension = int(cell.dimension)
        key = (id(definition), dimension, tuple(values.values()))
        if key not in self.objectives:
            text = {**definition, **({"start": own["start"]} if "start" in own else {})}
            folders = [place / folder for place in self.folders] + self.folders
            self.objectives[key] = DefinedObjective(text, values, dimension, folders, self.functions)
        return self.objectives[key]

    # Optimizers

    def algorithm(self, cell: Cell, objective: Objective) -> tuple[Algorithm, dict[str, float]]:
        """The algorithm, and what all of them have: momentum and averaging."""
        name, given = labelled(str(cell.optimizer.values))
        swept = self.given(cell, "optimizer")
        for parameter in swept:
            if not any(parameter in self.parameters(labelled(str(other))[0]) for other in self.optimizers):
                raise Refusal(f"this page does not know the parameter {parameter} of an optimizer")
        # An axis belongs to the optimizers that take it.
        given |= {parameter: value for parameter, value in swept.items() if parameter in self.parameters(name)}
        if name in algorithms.CATALOGUE:
            known = self.parameters(name)
            for parameter in given:
                if parameter not in known:
                    raise Refusal(f"this page does not know {parameter} of {name}; it knows {', '.join(known)}")
            values = known | given
            return Catalogued(name, values), {key: values[key] for key in COMMON}
        definition = self.program(name)
        parameters = {key: float(value) for key, value in (definition.get("parameters") or {}).items()}
        parameters |= {key: value for key, value in given.items() if key in parameters}
        stated = self.stated(cell, objective, definition)
        known = {**parameters, **stated, "steps": float(cell.steps), "dimension": float(cell.dimension)}
        return OwnAlgorithm(definition, known, int(cell.steps)), COMMON | {key: given[key] for key in COMMON if key in given}

    def parameters(self, name: str) -> dict[str, float]:
        """What an optimizer takes, with the values it has of itself."""
        if name in algorithms.CATALOGUE:
            return algorithms.CATALOGUE[name] | COMMON
        return COMMON | {key: float(value) for key, value in (self.program(name).get("parameters") or {}).items()}

    def program(self, name: str) -> Mapping[str, Text]:
        given = self.text.get("optimizer")
        for entry in given if isinstance(given, list) else [given]:
            if isinstance(entry, dict) and "step" in entry and entry.get("name") == name:
                return entry
        if ("optimizers", name) in self.used:
            return self.used["optimizers", name][0]
        raise Refusal(
            f"this page does not know the optimizer {name}; it knows {', '.join(algorithms.CATALOGUE)} and programs of one's own")

    def stated(self, cell: Cell, objective: Objective, definition: Mapping[str, Text]) -> dict[str, float]:
        """What the problem states, of what a program may ask for."""
        stated = {name: float(cell[name]) for name in ("smoothness", "strong_convexity") if name in cell}
        if isinstance(objective, DefinedObjective):
            for name in ("smoothness", "strong_convexity"):
                if name in objective.text:
                    stated[name] = objective.one(objective.text[name])
        if objective.minimum is not None:
            stated["minimum"] = objective.minimum
        return stated

    # Trials

    def trial(self, cell: Cell, number: int) -> tuple[Trial, Numbers]:
        """A trial and its starting point. `cell`: a dataset with one value for each of the sweep's quantities."""
        for name, value in {"noise_precision": "double", "method": "full"}.items():
            if str(cell[name].values) != value:
                raise Refusal(f"this page knows {name} {value} only, and the sweep has {cell[name].values}")
        model = str(cell.noise_model.values)
        if model not in NOISE_MODELS:
            raise Refusal(f"this page does not know noise_model {model}; it knows {', '.join(NOISE_MODELS)}")
        objective, dimension = self.problem(cell), int(cell.dimension)
        algorithm, common = self.algorithm(cell, objective)
        generator = Generator(self.key(cell), number)
        scale = np.sqrt(dimension) if str(cell.noise_scale.values) == "total" else 1
        trial = Trial(
            algorithm, objective, generator, int(cell.steps), self.schedule(cell, objective, "learning_rate"),
            self.schedule(cell, objective, "rho"), model,
            float(cell.noise) / scale, common["momentum"], common["averaging"])
        return trial, self.start(cell, objective, generator)

    def start(self, cell: Cell, objective: Objective, generator: Generator) -> Numbers:
        start, dimension = self.text.get("start") or {}, int(cell.dimension)
        swept = any(name in cell.dims or name in cell for name in ("start.radius", "start.sphere"))
        if isinstance(objective, DefinedObjective) and not start and not swept and objective.states_start:
            return objective.start(generator)
        for form in start:
            if form not in FORMS_OF_START:
                raise Refusal(f"this page does not know the start {form}; it knows {', '.join(FORMS_OF_START)}")
        if "vector" in start:
            return np.array([float(value) for value in start["vector"]])
        if "blocks" in start:
            return blocks_of(start["blocks"], given_of(self.text.get("problem")).get("eigenvalues", "1"), dimension)
        if isinstance(objective, DefinedObjective):
            centre: Numbers | float = objective.minimisers[0] if objective.minimisers else 0.0
        else:
            centre = getattr(objective, "minimiser")()
        if "start.sphere" in cell:
            z = generator.starting_normals(range(dimension))
            return centre + float(cell["start.sphere"]) * z / np.linalg.norm(z)
        return centre + np.full(dimension, float(cell["start.radius"]) / np.sqrt(dimension))

    # Schedules

    def schedule(self, cell: Cell, objective: Objective, of: str) -> Schedule:
        kind, value = f"{of}_schedule", float(cell[of])
        label = str(cell[kind].values)
        own = self.formula(kind, label)
        if own is None:
            name, given = labelled(label)
            if name not in SCHEDULES:
                raise Refusal(f"this page does not know {kind} {name}; it knows {', '.join(SCHEDULES)} and formulas")
            defaults, named = SCHEDULES[name]
            parameters = defaults | given | self.given(cell, kind)
            return lambda t: value * named(t, parameters)
        parameters = own.parameters | own.given(label)
        parameters |= {name: number for name, number in self.given(cell, kind).items() if name in parameters}
        tree = syntax.parse(own.factor)
        stated = self.stated(cell, objective, {})
        if isinstance(objective, Quadratic):
            stated |= {"smoothness": float(np.max(objective.eigenvalues)), "strong_convexity": float(np.min(objective.eigenvalues))}
        if {"smoothness", "strong_convexity"} <= stated.keys():
            stated["condition_number"] = stated["smoothness"] / stated["strong_convexity"]
        known = {name: float(cell[name]) for name in syntax.names(tree) - stated.keys() - parameters.keys() if name in cell}
        names = {name: np.float64(number) for name, number in (known | stated | parameters).items()}
        functions = Functions(np, lambda v: v)
        return lambda t: value * float(Evaluator(functions, {**names, "t": np.float64(t)})(tree))

    def formulas(self, kind: str) -> list[Formula]:
        """The sweep's own schedules and those of the files that it uses, in the order in which it has them."""
        places = [self.text, self.text.get("axes") or {}, *(self.text.get("zip") or [])]
        entries = [entry for place in places if kind in place for entry in (place[kind] if isinstance(place[kind], list) else [place[kind]])]
        found = []
        for entry in entries:
            if isinstance(entry, dict) and "factor" in entry:
                found.append(Formula(str(entry.get("name", entry["factor"])), str(entry["factor"]), numbers_of(entry.get("parameters")), is_written=True))
                continue
            name = entry.get("name") if isinstance(entry, dict) else entry
            definition = self.used.get(("schedules", str(name)), ({}, ""))[0]
            factor = definition.get("factor")
            if isinstance(factor, dict):
                factor = factor.get(kind.removesuffix("_schedule"))
            if factor is not None:
                found.append(Formula(str(name), factor, numbers_of(definition.get("parameters")), is_written=False))
        return found

    def defaults(self, kind: str, name: str) -> dict[str, float]:
        """The values of parameters that have no share in a key."""
        if not kind.endswith("_schedule"):
            return problems.defaults(name)
        # A parameter that is swept is one of all schedules; the first that has it decides.
        written = [formula.parameters for formula in reversed(self.formulas(kind))]
        members = [SCHEDULES["inverse-time" if kind == "learning_rate_schedule" else "power"][0]]
        return {key: value for parameters in written + members for key, value in parameters.items()}

    def formula(self, kind: str, label: str) -> Formula | None:
        """What a label stands for; none for the catalogue's."""
        return next((formula for formula in self.formulas(kind) if formula.is_meant(label)), None)

    def key(self, cell: Cell) -> int:
        """The generator's key: the root seed, or, without common random numbers, digests of the cell's values, summed."""
        if int(cell.common_random_numbers):
            return int(cell.seed)
        numbers = {name: float(cell[name]) for name in KEYED if name in cell}
        shares = [f"{name}={struct.pack('>d', value).hex()}" for name, value in numbers.items() if value != DEFAULTS.get(name)]
        for kind, member in DEFAULT_MEMBERS.items():
            label = str(cell[kind].values)
            own = self.formula(kind, label) if kind.endswith("_schedule") else None
            name, given = labelled(label) if own is None else (own.label(label), own.given(label))
            if name != member:
                shares.append(f"{kind}={name}")
            defaults = self.defaults(kind, name)
            if own is not None:
                defaults |= {parameter: own.parameters[parameter] for parameter in given}
            values = given | self.given(cell, kind)
            word = ""
            eigenvalues = given_of(self.text.get("problem")).get("eigenvalues")
            if kind == "problem" and isinstance(eigenvalues, dict):
                word, ends = spectrum_range(cell, eigenvalues)
                values = {end.partition(".")[2]: value for end, value in ends.items()}
            for parameter, value in values.items():
                if value != defaults.get(parameter):
                    shares.append(f"{kind}.{parameter}={struct.pack('>d', value).hex()}")
        digests = [hashlib.sha256(share.encode()).digest()[:8] for share in shares]
        return sum(int.from_bytes(digest, "big") for digest in digests) % 2**64


def labelled(label: str) -> tuple[str, dict[str, float]]:
    """The name and parameters of a label, as n-sam(momentum=0.5)."""
    name, _, rest = label.partition("(")
    return name, {key: float(value) for key, _, value in (part.partition("=") for part in rest.rstrip(")").split(",") if part)}


def numbers_of(given: Text) -> dict[str, float]:
    return {name: float(value) for name, value in (given or {}).items()}


def given_of(problem: Text) -> Mapping[str, Text]:
    return problem if isinstance(problem, dict) else {}


def spectrum_range(cell: Cell, given: Mapping[str, Text]) -> tuple[str, dict[str, float]]:
    """The word and the ends of a range of eigenvalues; the ends may be axes."""
    (kind, ends), = given.items()
    word = f"problem.eigenvalues.{kind}"
    values = {end: float(cell[f"{word}.{end}"] if f"{word}.{end}" in cell else ends[end]) for end in ("from", "to")}
    return word, {f"{word}.{end}".replace(".geomspace.", ".logspace."): value for end, value in values.items()}


def eigenvalues_of(cell: Cell, given: Text, dimension: int) -> Numbers:
    """One eigenvalue per coordinate: a number, a range or a list of numbers and blocks."""
    if isinstance(given, list):
        blocks = [block if isinstance(block, dict) else {"value": block} for block in given]
        return np.repeat([float(block["value"]) for block in blocks], [int(float(block.get("multiplicity", 1))) for block in blocks])
    if isinstance(given, dict):
        word, ends = spectrum_range(cell, given)
        space: Callable[..., Numbers] = np.linspace if word.endswith("linspace") else np.geomspace
        return space(*ends.values(), dimension)
    return np.full(dimension, float(cell["problem.eigenvalues"] if "problem.eigenvalues" in cell else given))


def blocks_of(norms: list[str], eigenvalues: Text, dimension: int) -> Numbers:
    """A start of one norm for each entry of the eigenvalues; a number or a range has one block, or one for each coordinate."""
    blocks = eigenvalues if isinstance(eigenvalues, list) else [{"multiplicity": dimension}]
    sizes = [int(float(block.get("multiplicity", 1))) if isinstance(block, dict) else 1 for block in blocks]
    if isinstance(eigenvalues, dict):
        sizes = [1] * dimension
    return np.repeat(np.array([float(norm) for norm in norms]) / np.sqrt(sizes), sizes)
