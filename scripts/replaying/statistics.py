"""Statistics that a sweep defines (YourOwnObjective.md): expressions of an iterate and of what is known of the objective there."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from . import derivatives, syntax
from .evaluation import Evaluator
from .functions import Value
from .objective import DefinedObjective, Names
from .philox import Numbers
from .problems import Objective
from .refusal import Refusal

OVER = ("end", "tail", "best", "mean", "first")


class Meanings(Mapping[str, Value]):
    """What names mean in a statistic: parts of the problem, the statistic's own parameters, and what is known of f at x."""

    def __init__(self, objective: Objective, x: Numbers, parameters: Mapping[str, float]) -> None:
        self.objective, self.x, self.parameters = objective, x, parameters
        self.problem: Mapping[str, Value] = (
            Names(objective, x, None) if isinstance(objective, DefinedObjective) else {"x": x, "dimension": np.float64(x.size)})
        self.known = {"objective": self.value, "gradient": self.gradient, "distance": self.distance, "suboptimality": self.excess}

    def value(self) -> Value:
        return np.float64(self.objective.value(self.x, None))

    def gradient(self) -> Value:
        return np.asarray(self.objective.gradient(self.x, None), float)

    def distance(self) -> Value:
        return np.float64(self.objective.distance(self.x))

    def excess(self) -> Value:
        excess = getattr(self.objective, "excess", None)
        return np.float64(excess(self.x) if excess else self.objective.value(self.x, None) - (self.objective.minimum or 0.0))

    def __getitem__(self, name: str) -> Value:
        if name in self.problem:
            return self.problem[name]
        return np.float64(self.parameters[name]) if name in self.parameters else self.known[name]()

    def __contains__(self, name: object) -> bool:
        return name in self.problem or name in self.parameters or name in self.known

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)


class OwnStatistic:
    """`text` is the definition, all of it texts; `given` are parameters in the place of the definition's."""

    def __init__(self, text: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        self.tree = syntax.parse(text["value"])
        self.over = text.get("over", "end")
        if self.over not in OVER:
            raise Refusal(f"this page does not know over: {self.over} of a statistic")
        self.parameters = {name: float(given.get(name, value)) for name, value in (text.get("parameters") or {}).items()}
        self.functions = derivatives.functions()

    @property
    def watches_all(self) -> bool:
        """Whether it sees all iterates, and not the last tenth alone."""
        return self.over in ("best", "mean", "first")

    def value(self, objective: Objective, x: Numbers) -> Numbers:
        return np.asarray(Evaluator(self.functions, Meanings(objective, x, self.parameters))(self.tree), float).squeeze()

    def of(self, objective: Objective, seen: list[Numbers], tail: int) -> Numbers:
        """What is recorded, of all iterates or of the last ones, of which `tail` are the last tenth."""
        if self.over == "end":
            return self.value(objective, seen[-1])
        values = np.stack([self.value(objective, x) for x in (seen[-tail:] if self.over == "tail" else seen)])
        if self.over == "first":
            return np.asarray(np.where(values.any(axis=0), values.argmax(axis=0), np.nan), float)
        return np.asarray(values.min(axis=0) if self.over == "best" else values.mean(axis=0), float)


def read(record: Any, used: Mapping[tuple[str, str], tuple[Mapping[str, Any], str]]) -> dict[str, OwnStatistic]:
    """Those of a sweep's `record`, written there or in what it uses."""
    found = {}
    for entry in record if isinstance(record, list) else [record]:
        if isinstance(entry, dict) and "value" in entry:
            found[str(entry["name"])] = OwnStatistic(entry, {})
        elif entry is not None:
            name, given = (str(entry["name"]), entry) if isinstance(entry, dict) else (str(entry), {})
            if ("statistics", name) in used:
                found[name] = OwnStatistic(used["statistics", name][0], given)
    return found
