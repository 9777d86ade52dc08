"""What expressions mean: values of their names put in, from left to right."""
from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .functions import Functions, Value, whole
from .refusal import Refusal
from .syntax import MARK

# What a scope makes of a call: it is handed the function's name and its arguments as they stand, to evaluate or not.
Caller = Callable[[str, list[ast.expr], "Evaluator"], Value]
NUMBERS = {"pi": np.pi, "e": np.e}
BINARY: dict[type[ast.operator], Callable[[Value, Value], Value]] = {
    ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b, ast.Div: lambda a, b: a / b}
COMPARISONS: dict[type[ast.cmpop], Callable[[Value, Value], Value]] = {
    ast.Lt: lambda a, b: a < b, ast.LtE: lambda a, b: a <= b, ast.Gt: lambda a, b: a > b, ast.GtE: lambda a, b: a >= b,
    ast.Eq: lambda a, b: a == b, ast.NotEq: lambda a, b: a != b}


class Evaluator:
    """Evaluates trees whose names are `names`; `special` are functions that a scope has of its own."""

    def __init__(
        self, functions: Functions, names: Mapping[str, Value], special: tuple[str, ...] = (), call: Caller | None = None
    ) -> None:
        self.functions, self.names, self.special, self.call = functions, names, special, call

    def __call__(self, tree: ast.expr) -> Value:
        np_, evaluate = self.functions.np, self
        if isinstance(tree, ast.Constant):
            # A number of NumPy's, so that 1 / 0 is infinite as in a trial.
            return np.float64(tree.value)  # type: ignore[arg-type]
        if isinstance(tree, ast.Name):
            name = tree.id.removeprefix(MARK)
            if name in self.names:
                return self.names[name]
            if name in NUMBERS:
                return np.float64(NUMBERS[name])
            raise Refusal(f"the name {name} is not known here")
        if isinstance(tree, ast.BinOp):
            left, right = evaluate(tree.left), evaluate(tree.right)
            if isinstance(tree.op, ast.Pow):
                return self.functions.power(left, right)
            if isinstance(tree.op, ast.MatMult):
                return np_.dot(left, right)
            if isinstance(tree.op, ast.Mod):
                return left - right * np_.floor(left / right)
            return BINARY[type(tree.op)](left, right)
        if isinstance(tree, ast.UnaryOp):
            value = evaluate(tree.operand)
            return -value if isinstance(tree.op, ast.USub) else np_.logical_not(value) if isinstance(tree.op, ast.Not) else value
        if isinstance(tree, ast.BoolOp):
            join = np_.logical_and if isinstance(tree.op, ast.And) else np_.logical_or
            value = evaluate(tree.values[0])
            for other in tree.values[1:]:
                value = join(value, evaluate(other))
            return value
        if isinstance(tree, ast.Compare):
            sides = [evaluate(side) for side in (tree.left, *tree.comparators)]
            value = COMPARISONS[type(tree.ops[0])](sides[0], sides[1])
            for place, operator in enumerate(tree.ops[1:], 1):
                value = np_.logical_and(value, COMPARISONS[type(operator)](sides[place], sides[place + 1]))
            return value
        if isinstance(tree, ast.List):
            return self.functions.listed([evaluate(item) for item in tree.elts])
        if isinstance(tree, ast.Subscript):
            inside = evaluate(tree.value)
            parts = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
            return inside[tuple(self.part(part) for part in parts)]
        if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and not tree.keywords:
            name = tree.func.id.removeprefix(MARK)
            if self.call and name in self.special:
                return self.call(name, tree.args, self)
            if name in self.functions.by_name:
                return self.functions.by_name[name](*[evaluate(argument) for argument in tree.args])
            raise Refusal(f"the function {name} is not known here")
        raise Refusal(f"{type(tree).__name__} is not known here")

    def part(self, tree: ast.expr) -> Any:
        """One of the things between the commas of square brackets."""
        if isinstance(tree, ast.Slice):
            ends = [None if end is None else whole(self.functions.plain(self(end))) for end in (tree.lower, tree.upper)]
            return slice(*ends)
        value = self.functions.plain(self(tree))
        # Sampled indices are whole numbers already.
        return value if np.asarray(value).dtype.kind == "i" else whole(value)


def number(functions: Functions, tree: ast.expr, names: Mapping[str, Value]) -> float:
    """One number over parameters and constants."""
    return float(np.asarray(Evaluator(functions, names)(tree)).reshape(()))
