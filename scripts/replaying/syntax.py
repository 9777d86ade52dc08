"""Expressions and programs as trees of Python's own `ast` (YourOwnObjective.md, "Expressions"; YourOwnAlgorithm.md).

The language is Python's expressions but for `^`, which is `**`, `if(…)`, which is a function, and words of Python's that are
names here, as lambda. A small tokenizer turns one into the other; then only the kinds of nodes listed here are let through.
"""
from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from .refusal import Refusal

TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*)(?:[eE][-+]?\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_.]*)"
    r"|(?P<sign>\*\*|<=|>=|==|!=|[-<>+*/%^@()\[\],:]))")
LOGIC = ("and", "or", "not")
KINDS = (
    ast.Expression, ast.Constant, ast.Name, ast.Load, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.Call, ast.Subscript,
    ast.Slice, ast.Tuple, ast.List, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Mod, ast.Pow, ast.MatMult, ast.USub, ast.UAdd,
    ast.Not, ast.And, ast.Or, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
# What stands before every name, so that none is a word of Python's.
MARK = "n_"


def parse(text: str) -> ast.expr:
    """The tree of an expression; its names begin with MARK."""
    place, parts = 0, []
    end = len(text.rstrip())
    while place < end:
        found = TOKEN.match(text, place)
        if not found:
            raise Refusal(f"the expression {text.strip()!r} has a sign that is not known here: {text[place:].strip()[:10]!r}")
        place = found.end()
        name = found["name"]
        if name and name not in LOGIC:
            parts.append(MARK + name.replace(".", "__of__"))
        else:
            parts.append("**" if found["sign"] == "^" else found["number"] or name or found["sign"])
    try:
        tree = ast.parse(" ".join(parts), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Refusal(f"the expression {text.strip()!r} cannot be read here: {error}") from error
    for node in ast.walk(tree):
        if not isinstance(node, KINDS):
            raise Refusal(f"the expression {text.strip()!r} holds {type(node).__name__}, which is not known here")
    return tree.body


def names(tree: ast.expr) -> set[str]:
    """The names in an expression, those of functions included."""
    return {node.id.removeprefix(MARK) for node in ast.walk(tree) if isinstance(node, ast.Name)}


def is_one(text: str) -> bool:
    """Whether a length is written as 1: what has it is a number and no vector."""
    return text.strip() == "1"


@dataclass
class Line:
    """`name = value`, done where each of the conditions holds or, as said, does not."""

    name: str
    value: ast.expr
    guards: list[tuple[int, bool]] = field(default_factory=list)


@dataclass
class Program:
    """The lines of a step, and the conditions of their blocks."""

    lines: list[Line]
    conditions: list[ast.expr]


def program(text: str) -> Program:
    """A step: assignments, one a line, in blocks behind if, elif and else."""
    lines: list[Line] = []
    conditions: list[ast.expr] = []
    # Of each open block: its indentation, what must hold in it, and the conditions of the if above the next line.
    blocks: list[tuple[int, list[tuple[int, bool]], list[int]]] = [(0, [], [])]
    announced: list[tuple[int, bool]] | None = None
    for raw in re.split(r"\r\n|\n|\r", text):
        line = raw.split("#")[0].rstrip()
        if not line.strip():
            continue
        indentation = len(line) - len(line.lstrip())
        line = line.strip()
        if announced is not None:
            blocks.append((indentation, announced, []))
            announced = None
        elif not lines and not conditions:
            blocks = [(indentation, [], [])]
        while len(blocks) > 1 and indentation < blocks[-1][0]:
            blocks.pop()
        _, guards, chain = blocks[-1]
        head = re.fullmatch(r"(if|elif)\b\s*(.*):", line)
        if head or re.fullmatch(r"else\s*:", line):
            if not head or head[1] == "elif":
                others = [(condition, False) for condition in chain]
            else:
                chain.clear()
                others = []
            own: list[tuple[int, bool]] = []
            if head:
                conditions.append(parse(head[2]))
                chain.append(len(conditions) - 1)
                own = [(len(conditions) - 1, True)]
            else:
                chain.clear()
            announced = guards + others + own
            continue
        assignment = re.match(r"([A-Za-z_][A-Za-z0-9_]*)\s*=(?!=)", line)
        if not assignment:
            raise Refusal(f"the line {line!r} of a step is no assignment")
        lines.append(Line(assignment[1], parse(line[assignment.end():]), list(guards)))
        chain.clear()
    return Program(lines, conditions)
