"""Result files as xarray sees them: opened lazily, with nothing but finished trials."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any, Union

import numpy as np
import xarray as xr
from xarray.backends import BackendArray, BackendEntrypoint
from xarray.core import indexing

from . import arguments, errors

#: The path of a result file, or a dataset that was opened from one.
Result = Union[str, "os.PathLike[str]", xr.Dataset]

_FINISHED = 1
#: Variables that say something about trials that are not finished, too.
_UNMASKED = ("status", "steps_taken")
#: Of a result that keeps summaries: how many trials of a block did what.
_COUNTS = ("finished", "diverged")


def open(path: str | os.PathLike[str], **options: Any) -> xr.Dataset:
    """A result as a dataset: values are read when they are used, and are NaN where a trial is not finished.

    The same as `xarray.open_dataset(path, engine="samsweep")`, also for a file that a run is writing. `options` are xarray's,
    as `chunks`. Throws `InputNotFoundError` where there is no such file, and `InvalidSweepError` where it is no result.
    """
    name = arguments.path("the result", path)
    if not os.path.exists(name):
        raise errors.InputNotFoundError(
            f"{name} does not exist; make it with samsweep.run(sweep, output={name!r})", 66, (errors.Problem("does not exist", file=name),)
        )
    try:
        result = xr.open_dataset(name, engine=ResultEntrypoint, **options)
    except OSError as error:
        reason = "it is a folder" if os.path.isdir(name) else " ".join(str(error).split())
        raise errors.InvalidSweepError(_complaint(name, reason), 65, (errors.Problem(reason, file=name),)) from error
    if "samsweep_format" not in result.attrs:
        result.close()
        raise errors.InvalidSweepError(_complaint(name, "it has no samsweep_format"), 65, (errors.Problem("no result", file=name),))
    return result


def _complaint(name: str, reason: str) -> str:
    return f"{name} is no result file of samsweep ({reason}); xarray.open_dataset opens other files"


def path_of(result: Result) -> str:
    """The file of a result. Throws `ValueError` for a dataset that comes from none."""
    if not isinstance(result, xr.Dataset):
        return arguments.file("a result", result)
    source = result.encoding.get("source")
    if not isinstance(source, str) or not os.path.exists(source):
        raise errors.usage(
            "this dataset does not know its result file, as after a computation; give the file's path, or use the dataset that "
            "samsweep.run or samsweep.open returned"
        )
    return source


def require_some(data: xr.Dataset) -> None:
    """Throws `ValueError` for a dataset that is no result, or of which a selection left nothing."""
    if "status" in data and "block" in data.status.dims and "trials_per_block" in data:
        raise errors.usage(
            "this result keeps summaries of blocks of trials (keep: summary), and what is asked for needs trials; "
            "samsweep.fit takes its file, and xarray its variables"
        )
    if "status" not in data or "trial" not in data.status.dims:
        raise errors.usage("this dataset is no result of samsweep, or not with all of its trials: it has no status of each of them")
    for name, size in data.sizes.items():
        if size == 0:
            raise errors.usage(f"nothing is left of the dimension {name}; select values that the result has")


def require_unchanged(result: xr.Dataset, whole: xr.Dataset, selection: Mapping[str, Any], what: str) -> None:
    """Throws `ValueError` where a dataset no longer holds the values that its file has."""
    for name, variable in result.data_vars.items():
        # What is still to be read comes from the file; what is in memory may have been computed.
        if "trial" in variable.dims and name in whole and variable.variable._in_memory:
            own = {key: chosen for key, chosen in selection.items() if key in whole[name].dims}
            if not np.array_equal(whole[name].sel(own).values, variable.values, equal_nan=variable.dtype.kind == "f"):
                raise errors.usage(f"{name} is not what the result file holds, and {what} takes what is in the file")


def require_whole(result: Result, what: str) -> None:
    """Throws `ValueError` for a dataset that is a part of its file, or whose values were changed."""
    if not isinstance(result, xr.Dataset):
        return
    with open(path_of(result)) as whole:
        for name, size in whole.sizes.items():
            if name in whole.status.dims and result.sizes.get(name) != size:
                raise errors.usage(
                    f"of the dimension {name} some values were selected, and {what} takes the whole result file; give the dataset "
                    "as it was opened, and select in what comes back"
                )
        require_unchanged(result, whole, {}, what)


def response(result: xr.Dataset, name: str) -> xr.DataArray:
    """What is measured of every trial, NaN where it is not finished: a statistic, or `distance_squared`.

    Throws `ValueError` for what is not recorded.
    """
    source = "distance" if name == "distance_squared" and name not in result else name
    if source == "status" or source not in result or "trial" not in result[source].dims:
        recorded = [str(own) for own in result.data_vars if "trial" in result[own].dims and own not in _UNMASKED]
        raise errors.usage(f"{name} is not recorded; there are {', '.join(recorded)}")
    trials = result[source].where(result.status == _FINISHED)
    return trials**2 if source != name else trials


def is_zip(data: xr.Dataset | xr.DataArray, name: str) -> bool:
    """Whether a dimension counts positions of a zip; files of fits, and results from before it was stored, say it in words."""
    attributes = data[name].attrs if name in data.coords else {}
    kind, words = attributes.get("kind", ""), str(attributes.get("long_name", ""))
    return kind == "positions" or (kind == "" and words.startswith("position in the zip"))


def along(data: xr.Dataset, name: str) -> str | None:
    """The dimension along which a quantity runs: itself, or the zip that pairs it with others; `None` where there is none."""
    if name in data.dims and name in data.coords:
        return name
    if name in data.coords and data[name].ndim == 1 and is_zip(data, str(data[name].dims[0])):
        return str(data[name].dims[0])
    return None


def paired(data: xr.Dataset | xr.DataArray, name: str) -> list[str]:
    """What a zip pairs, in the file's order; nothing for other dimensions."""
    if not is_zip(data, name):
        return []
    # What follows from the optimizer is no part of the pair.
    return [
        str(own) for own, values in data.coords.items() if values.dims == (name,) and own not in (name, "gradients_per_step")
    ]


class ResultEntrypoint(BackendEntrypoint):
    """xarray's engine `samsweep`."""

    description = "Results of samsweep, masked by status"

    def open_dataset(
        self, filename_or_obj: Any, *, drop_variables: str | Iterable[str] | None = None
    ) -> xr.Dataset:
        dropped = {drop_variables} if isinstance(drop_variables, str) else set(drop_variables or ())
        # Readers need no lock, and some file systems of clusters have none.
        raw = xr.open_dataset(
            filename_or_obj, engine="h5netcdf", cache=False, driver_kwds={"locking": False}, drop_variables=dropped - {"status"}
        )
        if "status" not in raw:
            return raw
        # Trials, or blocks of them.
        row = raw.variables["status"].dims[-1:]
        unmasked = _UNMASKED if row == ("trial",) else _UNMASKED + _COUNTS
        masked = {
            name: _masked(variable, raw.variables["status"])
            for name, variable in raw.data_vars.variables.items()
            if set(row) & set(variable.dims) and name not in unmasked and variable.dtype.kind in "iuf"
        }
        result = raw.assign(masked).drop_vars(dropped & {"status"})
        result.set_close(raw._close)
        result.encoding = raw.encoding
        return result


def _masked(variable: xr.Variable, status: xr.Variable) -> xr.Variable:
    data = indexing.LazilyIndexedArray(_FinishedTrials(variable, status))
    return xr.Variable(variable.dims, data, variable.attrs, fastpath=True)


class _FinishedTrials(BackendArray):
    """The values of a variable, NaN where the status is not `finished`; both are read when they are asked for."""

    def __init__(self, variable: xr.Variable, status: xr.Variable) -> None:
        self.variable = variable
        self.status = status
        self.shape = variable.shape
        self.dtype = np.dtype(np.float64)

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        return indexing.explicit_indexing_adapter(key, self.shape, indexing.IndexingSupport.OUTER, self._read)

    def _read(self, key: tuple[Any, ...]) -> Any:
        chosen = dict(zip(self.variable.dims, key))
        values = self.variable.isel(chosen)
        status = self.status.isel({name: place for name, place in chosen.items() if name in self.status.dims})
        # A variable over more than the trials, as `iterate`, has its further dimensions behind them.
        finished = (status == _FINISHED).values
        finished = finished.reshape(finished.shape + (1,) * (values.ndim - finished.ndim))
        return np.where(finished, values.values.astype(np.float64), np.nan)
