"""A small sweep and its result, made once."""

from __future__ import annotations

import pathlib
import shutil
from typing import Any

import matplotlib
import numpy as np
import pytest
import xarray as xr

import samsweep

matplotlib.use("Agg")


def small_sweep() -> dict[str, Any]:
    return {
        "schema": 1,
        "name": "small",
        "problem": {"name": "quadratic", "eigenvalues": {"logspace": {"from": 0.1, "to": 1.0}}},
        "optimizer": ["sgd", "m-sam"],
        "steps": 300,
        "trials": 8,
        "axes": {
            "rho": np.concatenate([[0.0], np.geomspace(0.01, 10.0, 4)]),
            "learning_rate": np.array([0.05, 0.1]),
            "noise": [0.1],
            "dimension": [2],
        },
        "record": ["distance", "iterate", "zero_gradients"],
        "curves": {"at": [0, 1, 10, 100, 300], "of": ["distance_squared"]},
    }


@pytest.fixture
def sweep() -> dict[str, Any]:
    """160 trials of a few microseconds."""
    return small_sweep()


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    path = tmp_path_factory.mktemp("small") / "small.h5"
    samsweep.run(small_sweep(), output=path).close()
    return path


@pytest.fixture
def result(stored: pathlib.Path, tmp_path: pathlib.Path) -> xr.Dataset:
    """A copy of its own for each test."""
    return samsweep.open(shutil.copy(stored, tmp_path))


@pytest.fixture
def long_sweep(sweep: dict[str, Any]) -> dict[str, Any]:
    """Minutes of work, so that it is always stopped in the middle; single trials are short."""
    del sweep["curves"]
    return {**sweep, "steps": 2000, "trials": 1_000_000, "record": ["distance"]}


@pytest.fixture
def ballistic(tmp_path: pathlib.Path) -> xr.Dataset:
    """Without noise, SAM on x²/2 ends on a cycle of half width eta rho/(2 - eta): distance² is proportional to rho²."""
    return samsweep.run(
        {
            "schema": 1, "name": "ballistic", "problem": {"name": "quadratic", "eigenvalues": 1}, "optimizer": ["sam", "usam"],
            "steps": 400, "trials": 1, "axes": {"rho": np.geomspace(0.1, 10, 9), "learning_rate": [0.1, 0.2]},
        },
        output=tmp_path / "ballistic.h5",
    )  # fmt: skip
