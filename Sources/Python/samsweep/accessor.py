"""`dataset.samsweep`: what one does with a result, on the result."""

from __future__ import annotations

import pathlib
from typing import Any

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from . import commands, figures, fits


@xr.register_dataset_accessor("samsweep")
class Accessor:
    """On a dataset that `samsweep.run` or `samsweep.open` returned."""

    def __init__(self, dataset: xr.Dataset) -> None:
        self._dataset = dataset

    def fit(self, **options: Any) -> xr.Dataset:
        """The scaling law of every group; see `samsweep.fit`."""
        return fits.fit(self._dataset, **options)

    def status(self) -> dict[str, Any]:
        """How far the result is; see `samsweep.status`."""
        return commands.status(self._dataset)

    def best(self, **options: Any) -> pd.DataFrame:
        """Where a response is smallest; see `samsweep.best`."""
        return commands.best(self._dataset, **options)

    def report(self, **options: Any) -> pathlib.Path:
        """Writes a web page of the result; see `samsweep.report`."""
        return commands.report(self._dataset, **options)

    def export(self, **options: Any) -> pd.DataFrame:
        """The result as a table; see `samsweep.export`."""
        return commands.export(self._dataset, **options)

    @property
    def plot(self) -> Plots:
        """Figures: `law()`, `heat()`, `curves()`."""
        return Plots(self._dataset)


class Plots:
    """Figures of a result."""

    def __init__(self, dataset: xr.Dataset) -> None:
        self._dataset = dataset

    def law(self, *, response: str = "distance_squared", against: str = "rho", by: str = "optimizer", **options: Any) -> Figure:
        """Points with intervals and the fitted law over them; `options` are those of `samsweep.fit`."""
        laws = fits.fit(self._dataset, response=response, against=against, cells=True, **options)
        return figures.law(laws, against=against, by=by, response=response)

    def heat(self, value: str = "distance_squared", **options: Any) -> Figure:
        """A statistic over two axes; see `samsweep.figures.heat`."""
        return figures.heat(self._dataset, value, **options)

    def curves(self, quantity: str = "distance_squared", **options: Any) -> Figure:
        """Trajectories with bands; see `samsweep.figures.curves`."""
        return figures.curves(self._dataset, quantity, **options)
