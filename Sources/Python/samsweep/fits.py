"""Scaling laws as datasets."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from . import program, results
from .results import Result

#: Of each cell that took part: its name in the program's JSON, and in the dataset.
_CELL = {"measured": "measured", "standard_error": "measured_standard_error", "fitted": "fitted"}
_THEORY = {"predicted": "predicted", "prediction_error": "prediction_error", "z": "theory_z"}


def fit(
    result: Result,
    *,
    response: str = "distance_squared",
    against: str | Sequence[str] = "rho",
    by: Sequence[str] | None = None,
    law: str | None = None,
    model: str = "auto",
    window: str | tuple[float, float] = "auto",
    summary: str = "mean",
    bootstrap: int = 2000,
    intervals: str = "bca",
    confidence: float = 0.95,
    seed: int = 0,
    cells: bool = False,
    theory: bool = False,
    threads: int | None = None,
) -> xr.Dataset:
    """Fits the scaling law of every group of a result.

    The dataset has the dimensions that tell groups apart and a variable for each thing that is known of a law: `model`,
    `exponent` with `exponent_lower` and `exponent_upper`, `prefactor`, `floor`, `warnings`, and more; `laws.to_dataframe()` is
    their table. With `cells` the points stand beside them, over the abscissa too: `measured`, `measured_standard_error`,
    `measured_lower`, `measured_upper` and `fitted`; with `theory` also `predicted`, `prediction_error` and `theory_z`. Several
    names in `against`, or `law="product"`, give one law over the whole grid.

    `response` is a recorded statistic, `distance_squared` or `excess`; the other options are those of `samsweep fit`.

    A dataset of which groups were selected, as `result.sel(optimizer="m-sam")`, gives the laws of those. Throws `ValueError` for
    one whose trials or abscissae were selected, or whose values were changed, since the program fits what is in the file.
    """
    path = results.path_of(result)
    names = [against] if isinstance(against, str) else list(against)
    arguments = ["fit", path, "--response", response, "--bootstrap", str(bootstrap), "--intervals", intervals]
    arguments += ["--confidence", repr(float(confidence)), "--seed", str(seed), "--summary", summary]
    is_product = law == "product" or len(names) > 1
    if not (is_product and names == ["rho"]):
        arguments += ["--against", ",".join(names)]
    if not is_product:
        ends = window if isinstance(window, str) else ",".join(repr(float(end)) for end in window)
        arguments += ["--model", model, "--window", ends]
    arguments += [] if by is None else ["--by", ",".join(by)]
    arguments += [] if law is None else ["--law", law]
    arguments += ["--theory"] if theory else []
    arguments += [] if threads is None else ["--threads", str(threads)]
    selection = _selection(result, path, names)
    with tempfile.TemporaryDirectory() as scratch:
        file = os.path.join(scratch, "fits.nc")
        done = program.call([*arguments, "--output", file, "--format", "json"])
        laws = xr.load_dataset(file, engine="h5netcdf")
    del laws.encoding["source"]
    if (cells or theory) and not is_product:
        laws = laws.assign(_cells(laws, json.loads(done.output), names[0]))
    return laws.sel({name: chosen for name, chosen in selection.items() if name in laws.dims})


def _cells(laws: xr.Dataset, groups: list[dict[str, Any]], against: str) -> dict[str, xr.DataArray]:
    """What was measured and fitted at each abscissa of each group; groups stand in the order of the dataset's dimensions."""
    places = sorted({cell["at"] for group in groups for cell in group.get("cells") or ()})
    dims = [str(name) for name in laws.exponent.dims]
    wanted = {**_CELL, "lower": "measured_lower", "upper": "measured_upper"}
    if any("theory" in group for group in groups):
        wanted |= _THEORY
    columns = {name: np.full((len(groups), len(places)), np.nan) for name in wanted.values()}
    for row, group in enumerate(groups):
        for cell in group.get("cells") or ():
            place = places.index(cell["at"])
            interval = cell.get("interval") or (None, None)
            known = {**{name: cell.get(key) for key, name in _CELL.items()},
                     "measured_lower": interval[0], "measured_upper": interval[1]}
            _put(columns, row, place, known)
        for told in group.get("theory") or ():
            _put(columns, row, places.index(told["at"]), {name: told.get(key) for key, name in _THEORY.items()})
    shape = [laws.sizes[name] for name in dims]
    return {
        name: xr.DataArray(values.reshape([*shape, len(places)]), dims=[*dims, against], coords={against: places})
        for name, values in columns.items()
    }


def _put(columns: dict[str, Any], row: int, place: int, known: dict[str, Any]) -> None:
    for name, value in known.items():
        if value is not None:
            columns[name][row, place] = value


def _selection(result: Result, path: str, against: Sequence[str]) -> dict[str, Any]:
    """What of the file's groups a dataset still has. Throws `ValueError` where trials or abscissae are not all there."""
    if not isinstance(result, xr.Dataset):
        return {}
    with results.open(path) as whole:
        selection: dict[str, Any] = {}
        for name, size in whole.sizes.items():
            if name not in whole.status.dims or result.sizes.get(name) == size:
                continue
            if name not in result.coords:
                raise ValueError(
                    f"this dataset no longer has the dimension {name}; fit the result file, or use the dataset as it was opened"
                )
            if name == "trial" or name in against:
                raise ValueError(
                    f"of the dimension {name} some values were selected, and a fit takes what is in the file; use window=(low, high) "
                    "to leave abscissae out"
                )
            if name in whole.indexes:
                selection[str(name)] = result[name].values if name in result.dims else result[name].item()
        for name, variable in result.data_vars.items():
            # What is still to be read comes from the file; what is in memory may have been computed.
            if "trial" in variable.dims and name in whole and variable.variable._in_memory:
                own = {key: chosen for key, chosen in selection.items() if key in whole[name].dims}
                if not np.array_equal(whole[name].sel(own).values, variable.values, equal_nan=variable.dtype.kind == "f"):
                    raise ValueError(f"{name} is not what the result file holds, and a fit takes what is in the file")
        return selection
