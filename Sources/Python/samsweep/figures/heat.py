"""A statistic over two axes."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from .. import arguments, errors, results
from . import panels, words
from .exponents import _place
from .panels import Layout, Panels

#: Cells on their way to infinity do not take the colours from all others.
_MOST_ABOVE_MEDIAN = 1e6


def heat(
    result: xr.Dataset,
    value: str = "distance_squared",
    *,
    x: str | None = None,
    y: str | None = None,
    log: bool | None = None,
    layout: Layout | None = None,
) -> Figure:
    """The mean of a statistic over any two axes, a panel for each setting of the others.

    `x` is rho and `y` the learning rate unless you say otherwise, or what else is swept. Cells in which trials diverged are
    crossed; where all did, there is a cross on grey. What was not run is empty. Colours are logarithmic, unless `log` is False or
    some mean is negative; a mean of 0 has the colour of the least one.
    """
    if log is not None:
        arguments.flag("log", log)
    x, y = _axes(result, x, y)
    for name in (x, y, *((layout.panel or ()) if layout else ())):
        result = panels.with_dimension(result, name, "the axis" if name in (x, y) else "panel")
    mean, status = results.response(result, value).mean("trial"), result.status
    diverged = (status == 2).any("trial")
    ran = ((status == 1) | (status == 2)).any("trial")
    if log is None:
        log = not bool((mean < 0).any()) and bool((mean > 0).any())
    elif log and bool((mean < 0).any()):
        raise errors.usage(f"some means of {value} are negative and have no logarithm; leave log=True out")
    finite = mean.where(mean != 0, mean.where(mean > 0).min()) if log else mean
    norm, is_cut = _norm(finite, log)
    made = Panels(mean.fillna(0).where(ran), {x, y}, layout or Layout())
    image: Any = None
    lost = panels.GREY + "40"
    for panel in made.panels:
        axes = panel.axes
        own = panels.at(finite, panel.place, y, x)
        rows, columns = np.arange(own.sizes[y] + 1), np.arange(own.sizes[x] + 1)
        here = panels.at(ran, panel.place, y, x).values
        nothing = here & ~np.isfinite(own.values)
        axes.pcolormesh(columns, rows, np.where(nothing, 0.0, np.nan), cmap=_flat(lost), vmin=0, vmax=1)
        image = axes.pcolormesh(columns, rows, own.values, norm=norm, cmap="cividis")
        at = np.nonzero(panels.at(diverged, panel.place, y, x).values)
        axes.plot(at[1] + 0.5, at[0] + 0.5, linestyle="none", marker="x", color=panels.LOST, label="diverged")
        panels.name_places(made, axes, [_place(own, x, place) for place in range(own.sizes[x])], "x")
        panels.name_places(made, axes, [_place(own, y, place) for place in range(own.sizes[y])], "y")
        axes.tick_params(axis="x", rotation=45)
    if norm is not None:
        bar = made.figure.colorbar(image, ax=[panel.axes for panel in made.panels], extend="max" if is_cut else "neither")
        bar.set_label(words.symbol(value))
    entries = []
    if bool(diverged.any()):
        text = "some trials diverged" if bool((diverged & (status == 1).any("trial")).any()) else "all trials diverged"
        if bool((diverged & ~(status == 1).any("trial")).any()) and text.startswith("some"):
            text += "; on grey: all"
        entries.append(Line2D([], [], linestyle="none", marker="x", color=panels.LOST, label=text))
    return made.finish(words.symbol(x), words.symbol(y), entries)


def _flat(colour: str) -> Any:
    from matplotlib.colors import ListedColormap

    return ListedColormap([colour])


def _axes(result: xr.Dataset, x: str | None, y: str | None) -> tuple[str, str]:
    """Those asked for, or the first swept ones, rho and the learning rate before others."""
    swept = [str(name) for name in result.status.dims if name != "trial" and result.sizes[name] > 1]
    usual = [name for name in ("rho", "learning_rate", "noise", "dimension") if name in swept]
    names = [name for name in [*usual, *swept] if name not in (x, y)]
    x = x or (names.pop(0) if names else "rho")
    names = [name for name in names if name != x]
    y = y or (names.pop(0) if names else "learning_rate")
    if x == y:
        raise errors.usage(f"a map has two different axes, and both are {x}")
    return x, y


def _norm(finite: xr.DataArray, log: bool) -> tuple[Normalize | None, bool]:
    values = finite.values[np.isfinite(finite.values)]
    if not values.size:
        return None, False
    low, high = values.min(), values.max()
    if not log:
        return Normalize(low, high), False
    limit = _MOST_ABOVE_MEDIAN * np.median(values)
    is_cut = high > limit
    high = values[values <= limit].max()
    return LogNorm(low, high if high > low else low * 1.01), bool(is_cut)
