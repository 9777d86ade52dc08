"""Scaling laws as datasets."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from . import arguments, errors, program, results
from .results import Result

#: Of each cell that took part: its name in the program's JSON, and in the dataset.
_CELL = {
    "measured": "measured", "standard_error": "measured_standard_error", "fitted": "fitted", "residual": "residual",
    "finished": "cell_finished", "diverged": "cell_diverged",
}  # fmt: skip
#: The same for what has two ends.
_ENDS = {"interval": "measured", "band": "fitted"}
_THEORY = {"predicted": "predicted", "prediction_error": "prediction_error", "z": "theory_z"}


def fit(
    result: Result,
    *,
    response: str = "distance_squared",
    against: str | Sequence[str] = "rho",
    by: str | Sequence[str] | None = None,
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
    their table. `outcome` is `law`, `constant` or `no-law`, and empty where nothing could be fitted; what is no law has no
    exponent. With `cells` the points stand beside them, over the abscissa too: `measured`, `measured_standard_error`,
    `measured_lower`, `measured_upper`, `fitted` with its band `fitted_lower` and `fitted_upper` (where the law was fitted),
    `residual` in standard errors, `cell_finished` and `cell_diverged` trials; and over the dimension `neighbours`
    `local_exponent` with its interval and `regime`, between `lower_at` and `upper_at`, the abscissae of two neighbouring points. With
    `theory` also `predicted`, `prediction_error` and `theory_z`. Several names in `against`, or `law="product"`, give one law
    over the whole grid.

    `response` is a recorded statistic, `distance_squared` or `excess`; the other options are those of `samsweep fit`.

    A dataset of which groups were selected, as `result.sel(optimizer="m-sam")`, gives the laws of those. Throws `ValueError` for
    one whose trials or abscissae were selected, or whose values were changed, since the program fits what is in the file.
    """
    names = arguments.names("against", against)
    options = [
        *arguments.word("response", response), *arguments.count("bootstrap", bootstrap), *arguments.word("intervals", intervals),
        *arguments.number("confidence", confidence), *arguments.count("seed", seed), *arguments.word("summary", summary),
        *arguments.word("law", law), *arguments.count("threads", threads), *arguments.flags(theory=theory),
    ]  # fmt: skip
    is_product = law == "product" or len(names) > 1
    if not (is_product and names == ["rho"]):
        options.append(f"--against={','.join(names)}")
    if is_product:
        for name, value, usual in (("model", model, "auto"), ("window", window, "auto"), ("cells", cells, False)):
            if not isinstance(value, type(usual)) or value != usual:
                raise errors.usage(f"{name} belongs to laws over one abscissa, and this one is a product over several; leave it out")
    else:
        options += [*arguments.word("model", model), f"--window={_window(window)}"]
    # Without a name all cells are one group.
    options += [] if by is None else ["--by", ",".join(arguments.names("by", by)) if len(by) else ""]
    is_detailed = arguments.flag("cells", cells) or theory
    path = results.path_of(result)
    selection = _selection(result, path, names)
    with tempfile.TemporaryDirectory() as scratch:
        file = os.path.join(scratch, "fits.nc")
        groups = program.parsed(["fit", path, *options, f"--output={file}", "--format", "json"])
        laws = xr.load_dataset(file, engine="h5netcdf")
    del laws.encoding["source"]
    # The file has points beside the laws; here they come with `cells`, of every group and with their counts.
    if not is_product:
        laws = laws.drop_dims([name for name in names if name in laws.dims])
    if is_detailed and not is_product:
        laws = laws.assign(_cells(laws, groups, names[0])).assign(_neighbours(laws, groups))
    return laws.sel({name: chosen for name, chosen in selection.items() if name in laws.dims})


def _window(window: str | tuple[float, float]) -> str:
    if isinstance(window, str):
        return window
    ends = list(window) if isinstance(window, (tuple, list, np.ndarray)) else []
    if len(ends) != 2:
        raise errors.wrong_type(f"window is 'auto', 'all' or two numbers, as (0.01, 1), not {window!r}")
    return ",".join(repr(arguments.real("window", end)) for end in ends)


def _cells(laws: xr.Dataset, groups: list[dict[str, Any]], against: str) -> dict[str, xr.DataArray]:
    """What was measured and fitted at each abscissa of each group; groups stand in the order of the dataset's dimensions."""
    dims = [str(name) for name in laws.exponent.dims]
    shape = [laws.sizes[name] for name in dims]
    places = sorted({cell["at"] for group in groups for cell in group.get("cells") or ()})
    wanted = [*_CELL.values(), *(f"{name}_{end}" for name in _ENDS.values() for end in ("lower", "upper"))]
    if any("theory" in group for group in groups):
        wanted += _THEORY.values()
    columns = {name: np.full((len(groups), len(places)), np.nan) for name in wanted}
    for row, group in enumerate(groups):
        for cell in group.get("cells") or ():
            place = places.index(cell["at"])
            _put(columns, row, place, {name: cell.get(key) for key, name in _CELL.items()})
            for key, name in _ENDS.items():
                lower, upper = cell.get(key) or (None, None)
                _put(columns, row, place, {f"{name}_lower": lower, f"{name}_upper": upper})
        for told in group.get("theory") or ():
            _put(columns, row, places.index(told["at"]), {name: told.get(key) for key, name in _THEORY.items()})
    return {
        name: xr.DataArray(values.reshape([*shape, len(places)]), dims=[*dims, against], coords={against: places})
        for name, values in columns.items()
    }


def _neighbours(laws: xr.Dataset, groups: list[dict[str, Any]]) -> dict[str, xr.DataArray]:
    """The exponents between neighbouring points of each group, over the dimension `neighbours`."""
    spans = sorted({(local["from"], local["to"]) for group in groups for local in group.get("local_exponents") or ()})
    dims = [*map(str, laws.exponent.dims), "neighbours"]
    names = ("local_exponent", "local_exponent_lower", "local_exponent_upper")
    columns = {name: np.full((len(groups), len(spans)), np.nan) for name in names}
    regimes = np.full((len(groups), len(spans)), "", dtype="<U16")
    for row, group in enumerate(groups):
        for local in group.get("local_exponents") or ():
            place = spans.index((local["from"], local["to"]))
            lower, upper = local["interval"] or (None, None)
            _put(columns, row, place, dict(zip(names, (local["exponent"], lower, upper))))
            regimes[row, place] = local["regime"]
    coords = {name: ("neighbours", [span[end] for span in spans]) for end, name in enumerate(("lower_at", "upper_at"))}
    shape = [*(laws.sizes[name] for name in dims[:-1]), len(spans)]
    return {
        name: xr.DataArray(values.reshape(shape), dims=dims, coords=coords)
        for name, values in (*columns.items(), ("regime", regimes))
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
            if result.sizes.get(name) == 0:
                raise errors.usage(f"nothing is left of the dimension {name}; select values that the result has")
            if name not in result.coords:
                raise errors.usage(
                    f"this dataset no longer has the dimension {name}; fit the result file, or use the dataset as it was opened"
                )
            if name == "trial" or name in {results.along(whole, one) for one in against}:
                raise errors.usage(
                    f"of the dimension {name} some values were selected, and a fit takes what is in the file; use window=(low, high) "
                    "to leave abscissae out"
                )
            if name in whole.indexes:
                selection[str(name)] = result[name].values if name in result.dims else result[name].item()
        results.require_unchanged(result, whole, selection, "a fit")
        return selection
