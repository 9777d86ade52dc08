"""A small sweep and its result, made once."""

from __future__ import annotations

import pathlib
from typing import Any

import matplotlib
import numpy as np
import pytest
import xarray as xr

import samsweep

matplotlib.use("Agg")


@pytest.fixture
def sweep() -> dict[str, Any]:
    """160 trials of a few microseconds; two of the learning rates diverge."""
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
def result(sweep: dict[str, Any], tmp_path: pathlib.Path) -> xr.Dataset:
    return samsweep.run(sweep, output=tmp_path / "small.h5")


@pytest.fixture
def long_sweep(sweep: dict[str, Any]) -> dict[str, Any]:
    """Minutes of work, so that it is always stopped in the middle; single trials are short."""
    del sweep["curves"]
    return {**sweep, "steps": 2000, "trials": 1_000_000, "record": ["distance"]}
