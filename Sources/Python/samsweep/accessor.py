"""`dataset.samsweep`: what one does with a result, on the result."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence
from typing import Any

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from . import commands, figures, fits, results
from .figures.panels import Layout


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
        """Figures: `law()`, `local()`, `regimes()`, `heat()`, `curves()`, `crossing()`."""
        return Plots(self._dataset)


class Plots:
    """Figures of a result, with a panel for each setting of the dimensions that are not drawn.

    All take `width` (inches of the figure; `samsweep.plot.WIDTHS` has those of journals' columns), `panel` (names of the
    dimensions with a column, and with a row of panels for each value) and `title`.
    """

    def __init__(self, dataset: xr.Dataset) -> None:
        results.require_some(dataset)
        self._dataset = dataset

    def law(
        self,
        *,
        response: str = "distance_squared",
        against: str = "rho",
        by: str = "optimizer",
        guides: bool = True,
        width: float | str | None = None,
        panel: Sequence[str] | None = None,
        title: str | None = None,
        **options: Any,
    ) -> Figure:
        """Points with intervals and the fitted law with its band; `options` are those of `samsweep.fit`."""
        laws = fits.fit(self._dataset, response=response, against=against, cells=True, **options)
        layout = Layout(width, panel, title)
        return figures.law(laws, against=against, by=by, response=response, guides=guides, layout=layout)

    def local(
        self,
        *,
        response: str = "distance_squared",
        against: str = "rho",
        by: str = "optimizer",
        width: float | str | None = None,
        panel: Sequence[str] | None = None,
        title: str | None = None,
        **options: Any,
    ) -> Figure:
        """The exponents between neighbouring points; `options` are those of `samsweep.fit`."""
        laws = fits.fit(self._dataset, response=response, against=against, cells=True, **options)
        return figures.local(laws, against=against, by=by, layout=Layout(width, panel, title))

    def regimes(
        self,
        *,
        response: str = "distance_squared",
        against: str = "rho",
        up: str | None = None,
        width: float | str | None = None,
        panel: Sequence[str] | None = None,
        title: str | None = None,
        **options: Any,
    ) -> Figure:
        """Where the law is a floor, linear, quadratic or nothing; `options` are those of `samsweep.fit`."""
        laws = fits.fit(self._dataset, response=response, against=against, cells=True, **options)
        return figures.regimes(laws, against=against, up=up, layout=Layout(width, panel, title))

    def heat(
        self,
        value: str = "distance_squared",
        *,
        x: str | None = None,
        y: str | None = None,
        log: bool | None = None,
        width: float | str | None = None,
        panel: Sequence[str] | None = None,
        title: str | None = None,
    ) -> Figure:
        """A statistic over two axes, with diverged cells crossed; see `samsweep.figures.heat`."""
        return figures.heat(self._dataset, value, x=x, y=y, log=log, layout=Layout(width, panel, title))

    def curves(
        self,
        quantity: str = "distance_squared",
        *,
        against: str = "step",
        by: str = "optimizer",
        band: tuple[float, float] = (0.05, 0.95),
        width: float | str | None = None,
        panel: Sequence[str] | None = None,
        title: str | None = None,
    ) -> Figure:
        """Trajectories with bands; see `samsweep.figures.curves`."""
        return figures.curves(self._dataset, quantity, against=against, by=by, band=band, layout=Layout(width, panel, title))

    def crossing(
        self,
        first: str | float,
        second: str | float,
        *,
        by: str = "optimizer",
        response: str = "distance_squared",
        against: str = "rho",
        width: float | str | None = None,
        panel: Sequence[str] | None = None,
        title: str | None = None,
        **options: Any,
    ) -> Figure:
        """Where two optimizers change places; see `samsweep.figures.crossing`."""
        layout = Layout(width, panel, title)
        return figures.crossing(
            self._dataset, first, second, by=by, response=response, against=against, layout=layout, **options)
