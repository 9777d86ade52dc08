"""Constants from files (YourOwnObjective.md, "Constants"), read by NumPy and h5py."""
from __future__ import annotations

import io
import pathlib

import numpy as np

from .philox import Numbers
from .refusal import Refusal


def find(name: str, folders: list[pathlib.Path]) -> pathlib.Path:
    """Where a file lies: absolute, or in the first of the folders that has it."""
    for folder in [pathlib.Path()] if pathlib.Path(name).is_absolute() else folders:
        if (folder / name).is_file():
            return folder / name
    raise Refusal(f"the data file {name} is not found; it was looked for in {', '.join(map(str, folders))}")


def read(path: pathlib.Path, part: str | None) -> Numbers:
    """A vector or matrix; `part` names a dataset of HDF5, or X or y of LIBSVM text."""
    content = path.read_bytes()
    try:
        if content.startswith(b"\x89HDF"):
            import h5py
            with h5py.File(path) as file:
                return np.asarray(file[str(part)][()], float)
        if content.startswith(b"\x93NUMPY"):
            return np.asarray(np.load(io.BytesIO(content), allow_pickle=False), float)
        text = content.decode("utf-8-sig")
        return libsvm(text)[0 if part == "X" else 1] if part else separated(text)
    except (ValueError, KeyError, OSError) as error:
        raise Refusal(f"the data file {path} cannot be read here: {error}") from error


def libsvm(text: str) -> tuple[Numbers, Numbers]:
    """X and y of `target index:value …` lines, indices from 1."""
    lines = [line.split("#")[0].replace(": ", ":").split() for line in text.splitlines()]
    rows = [line for line in lines if line]
    entries = [[word.split(":") for word in row[1:]] for row in rows]
    matrix = np.zeros((len(rows), max(int(index) for row in entries for index, _ in row)))
    for r, row in enumerate(entries):
        for index, value in row:
            matrix[r, int(index) - 1] = float(value)
    return matrix, np.array([float(row[0]) for row in rows])


def separated(text: str) -> Numbers:
    """Numbers between commas, semicolons or blanks; a first line of something else is a header. One column is a vector."""
    rows: list[list[float]] = []
    has_header = False
    for line in text.splitlines():
        bare = line.split("#")[0]
        sign = "," if "," in bare else ";" if ";" in bare else None
        words = [word.strip() for word in bare.split(sign)]
        if not any(words):
            continue
        try:
            rows.append([float(word) for word in words])
        except ValueError:
            if rows or has_header:
                raise
            has_header = True
    table = np.array(rows)
    return table[:, 0] if table.shape[1] == 1 else table
