"""Sweeps as Python has them (paths, YAML texts, dicts with NumPy arrays) and as the program reads them."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import math
import os
import pathlib
import re
from collections.abc import Mapping
from typing import Any, Union

import numpy as np
import yaml

from . import errors

#: The path of a sweep file, its text, or its fields. Arrays and their scalars are welcome wherever numbers are.
Sweep = Union[str, "os.PathLike[str]", Mapping[str, Any]]


@dataclasses.dataclass(frozen=True)
class SweepInput:
    """How the program is given a sweep."""

    #: The sweep file's path, or `-` for standard input.
    argument: str
    text: str | None
    #: `--set` and what belongs to it.
    overrides: tuple[str, ...]
    #: The data and the large constants that stood in the sweep as arrays, as LIBSVM text and NumPy's files; they must lie in the
    #: program's working folder.
    data: Mapping[str, bytes]


#: Where examples and constants stand: also those of one of several problems.
_DATA = re.compile(r"problem(\[\d+\])?\.data")
_CONSTANT = re.compile(r"problem(\[\d+\])?\.constants\.\w+")
#: Constants of more numbers than these are kept as files: a sweep file has a megabyte at most.
_MOST_WRITTEN = 2000


def sweep_input(sweep: Sweep, overrides: Mapping[str, Any]) -> SweepInput:
    """A sweep with changes: `trials=64`, `axes={"rho": …}`; two underscores stand for a dot, as in `axes__rho=…`.

    Throws `TypeError` where a value is nothing that a sweep file can hold, `ValueError` for numbers that are not finite.
    """
    data: dict[str, bytes] = {}
    changes: list[str] = []
    if isinstance(sweep, str) and not sweep.strip():
        raise errors.usage("the sweep is an empty text; give a path, a YAML text or a dict")
    for name, value in overrides.items():
        field = name.replace("__", ".")
        changes += ["--set", f"{field}={json.dumps(_plain(value, field, data), ensure_ascii=False)}"]
    if isinstance(sweep, Mapping):
        return SweepInput("-", _yaml(_plain(sweep, "", data)), tuple(changes), data)
    if isinstance(sweep, str) and ("\n" in sweep or ": " in sweep):
        return SweepInput("-", sweep, tuple(changes), data)
    if not isinstance(sweep, (str, os.PathLike)):
        raise errors.wrong_type(f"a sweep is a path, a YAML text or a dict, not {type(sweep).__name__}")
    path = from_anywhere(sweep) if data else os.fspath(sweep)
    return SweepInput(f"./{path}" if path.startswith("-") else path, None, tuple(changes), data)


def from_anywhere(path: str | os.PathLike[str]) -> str:
    """An absolute path of the same file: behind a symbolic link `..` is not the folder that holds the link."""
    return os.path.join(os.getcwd(), os.fspath(path))


def _plain(value: Any, field: str, data: dict[str, bytes]) -> Any:
    """What JSON and YAML can hold; the data of a problem become the name of a file."""
    if _DATA.fullmatch(field) and not isinstance(value, (str, os.PathLike)):
        return _data_file(value, field, data)
    if _CONSTANT.fullmatch(field):
        numbers = _numbers(value)
        if numbers is not None and numbers.size > _MOST_WRITTEN:
            return {"file": _array_file(numbers, field, data)}
        if numbers is not None:
            if not np.isfinite(numbers).all():
                raise errors.usage(f"{field}: must be finite numbers")
            return numbers.tolist()
    if isinstance(value, Mapping):
        # What is None is not given.
        return {
            str(key): _plain(entry, f"{field}.{key}" if field else str(key), data)
            for key, entry in value.items() if entry is not None
        }  # fmt: skip
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, np.generic) or hasattr(value, "__array__"):
        return _plain(np.asarray(value).tolist(), field, data)
    if isinstance(value, (list, tuple, range)):
        return [_plain(entry, f"{field}[{place}]", data) for place, entry in enumerate(value)]
    if isinstance(value, float):
        if not math.isfinite(value):
            raise errors.usage(f"{field}: {value} is no finite number")
        return value
    if value is None or isinstance(value, (bool, int, str)):
        return value
    raise errors.wrong_type(f"{field or 'the sweep'}: a sweep cannot hold a value of type {type(value).__name__}, {value!r}")


def _numbers(value: Any) -> np.ndarray[Any, Any] | None:
    """Numbers as an array, also those of lists, frames and tensors; truth values, as masks have them, are 0 and 1."""
    if value is None or isinstance(value, (str, bytes, Mapping)):
        return None
    try:
        numbers = np.asarray(value)
    except (TypeError, ValueError):
        return None
    if numbers.dtype.kind == "b":
        numbers = numbers.astype(np.int64)
    return numbers if numbers.dtype.kind in "iuf" else None


def _array_file(value: np.ndarray[Any, Any], field: str, data: dict[str, bytes]) -> str:
    """An array as NumPy's file, under a name that its content decides."""
    numbers = np.ascontiguousarray(value, dtype=np.float64)
    if not np.isfinite(numbers).all():
        raise errors.usage(f"{field}: must be finite numbers")
    file = io.BytesIO()
    np.lib.format.write_array(file, numbers, version=(1, 0), allow_pickle=False)
    name = f"constant-{hashlib.sha256(file.getvalue()).hexdigest()[:16]}.npy"
    data[name] = file.getvalue()
    return name


def _data_file(value: Any, field: str, data: dict[str, bytes]) -> str:
    """Examples (X, y), or {"X": X, "y": y}, as LIBSVM text under a name that its content decides.

    Text and not HDF5, since its bytes are the same with every version of every library, and so is the sweep's fingerprint.
    """
    if isinstance(value, Mapping):
        unknown = [str(key) for key in value if key not in ("X", "y")]
        parts = () if unknown else (value.get("X"), value.get("y"))
    else:
        parts = tuple(value) if isinstance(value, (tuple, list)) else ()
    if len(parts) != 2 or parts[0] is None or parts[1] is None:
        raise errors.wrong_type(f'{field}: give a path, (X, y) or {{"X": X, "y": y}}')
    try:
        features, targets = (np.asarray(part, dtype=np.float64) for part in parts)
    except (TypeError, ValueError) as error:
        raise errors.wrong_type(f"{field}: X and y are arrays of numbers: {error}") from None
    if features.ndim != 2 or features.shape[:1] != targets.shape or features.size == 0:
        raise errors.usage(
            f"{field}: X must be examples × features and y one target per example, not {features.shape} and {targets.shape}"
        )
    if not (np.isfinite(features).all() and np.isfinite(targets).all()):
        raise errors.usage(f"{field}: X and y must be finite numbers")
    lines = [
        " ".join([repr(float(target)), *(f"{column}:{entry!r}" for column, entry in enumerate(row.tolist(), 1))])
        for row, target in zip(features, targets)
    ]
    text = "\n".join(lines) + "\n"
    name = f"data-{hashlib.sha256(text.encode()).hexdigest()[:16]}.svm"
    data[name] = text.encode()
    return name


def write_data(sweep: SweepInput, folder: pathlib.Path) -> None:
    """Puts the sweep's data where the program looks for them."""
    for name, content in sweep.data.items():
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / name).exists():
            scratch = folder / f"{name}.{os.getpid()}"
            scratch.write_bytes(content)
            scratch.replace(folder / name)


def _yaml(fields: Any) -> str:
    return yaml.safe_dump(fields, sort_keys=False, default_flow_style=None, allow_unicode=True, width=110)
