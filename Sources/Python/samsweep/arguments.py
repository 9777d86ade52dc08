"""What functions are given, checked and written as the program's options.

An option is written with its value, as `--seed=-1`, so that no value is taken for an option. What is `None` is not given.
"""

from __future__ import annotations

import numbers
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import errors


def count(name: str, value: Any) -> list[str]:
    """A whole number. Throws `WrongTypeError` for anything else, `2.0` and `True` too."""
    if value is None:
        return []
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Integral):
        raise errors.wrong_type(f"{name} is a whole number, not {value!r}")
    return [_option(name, int(value))]


def number(name: str, value: Any) -> list[str]:
    """A number. Throws `WrongTypeError` for anything else."""
    return [_option(name, repr(real(name, value)))]


def real(name: str, value: Any) -> float:
    """The same as Python has it."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        raise errors.wrong_type(f"{name} is a number, not {value!r}")
    return float(value)


def flags(**wanted: Any) -> list[str]:
    """Those that are True. Throws `WrongTypeError` for what is neither True nor False: "no" would be true to Python."""
    return [f"--{name}" for name, value in wanted.items() if flag(name, value)]


def flag(name: str, value: Any) -> bool:
    """True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise errors.wrong_type(f"{name} is True or False, not {value!r}")
    return bool(value)


def word(name: str, value: Any) -> list[str]:
    """A name, or whatever the program understands. Throws `WrongTypeError` for what is no text."""
    if value is None:
        return []
    if not isinstance(value, str):
        raise errors.wrong_type(f"{name} is a text, not {value!r}")
    return [_option(name, value)]


def names(name: str, value: str | Sequence[str], what: str = "dimensions") -> list[str]:
    """One name, several, or those of a text with commas. Throws `WrongTypeError`, and `UsageError` where there is none."""
    found = value.split(",") if isinstance(value, str) else value
    if isinstance(found, (bytes, dict)) or not all(isinstance(one, str) for one in _listed(name, found, what)):
        raise errors.wrong_type(f"{name} is a name or a list of names, not {value!r}")
    found = [one.strip() for one in found]
    if not found or not all(found):
        raise errors.usage(f"{name} names nothing; give one or several {what}")
    return found


def _listed(name: str, value: Any, what: str) -> list[Any]:
    try:
        return list(value)
    except TypeError:
        raise errors.wrong_type(f"{name} is a name or a list of names ({what}), not {value!r}") from None


def path(name: str, value: Any) -> str:
    """A path as text. Throws `WrongTypeError` for what is none."""
    if not isinstance(value, (str, os.PathLike)) or not isinstance(text := os.fspath(value), str):
        raise errors.wrong_type(f"{name} is a path, not {value!r}")
    if not text:
        raise errors.usage(f"{name} is an empty path")
    return text


def file(name: str, value: Any) -> str:
    """A path that is no option: what begins with a dash lies in this folder."""
    text = path(name, value)
    return f"./{text}" if text.startswith("-") else text


def shard(value: Any) -> list[str]:
    """(index, count) or "index/count", counted from 0."""
    if value is None:
        return []
    parts = value.split("/") if isinstance(value, str) else list(value) if isinstance(value, (tuple, list)) else [value]
    try:
        index, total = (int(part) if isinstance(part, str) else _whole(part) for part in parts)
    except (TypeError, ValueError):
        raise errors.usage(f"shard is one of n parts, as (0, 8) or '0/8', counted from 0, not {value!r}") from None
    if not 0 <= index < total:
        raise errors.usage(f"shard {index}/{total} is none of {total} parts, which are counted from 0 to {total - 1}")
    return [_option("shard", f"{index}/{total}")]


def _whole(value: Any) -> int:
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Integral):
        raise TypeError
    return int(value)


def _option(name: str, value: Any) -> str:
    return f"--{name}={value}"
