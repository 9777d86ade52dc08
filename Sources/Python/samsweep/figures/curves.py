"""Trajectories with bands."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from .. import arguments, errors
from . import panels, words
from .panels import Layout, Panels


def curves(
    result: xr.Dataset,
    quantity: str = "distance_squared",
    *,
    against: str = "step",
    by: str = "optimizer",
    band: tuple[float, float] = (0.05, 0.95),
    layout: Layout | None = None,
) -> Figure:
    """Trajectories: the mean over trials at each recorded step, with a band between two quantiles.

    Of a vector one number, as `iterate[0]`. `against` is `step`, or `gradient_evaluations` for optimizers at equal budgets.
    """
    written, (quantity, element) = quantity, _number(quantity)
    name = f"{quantity}_curve_mean"
    if name not in result:
        recorded = [str(key).removesuffix("_curve_mean") for key in result.data_vars if str(key).endswith("_curve_mean")]
        raise errors.usage(
            f"this result has no trajectory of {written}; there are {', '.join(recorded)}"
            if recorded else "this result has no trajectories: its sweep has no curves"
        )  # fmt: skip
    if against not in ("step", "gradient_evaluations"):
        raise errors.usage(f"trajectories run along step or gradient_evaluations, not {against}")
    if against not in result.variables:
        raise errors.usage(f"this result was made before {against} was stored; run the sweep again with fresh=True")
    result = _one_number(result, quantity, element)
    ends_at = _quantiles(result, band)
    panels.require_apart(by, "step")
    for one in (by, *((layout.panel or ()) if layout else ())):
        if one != "optimizer" or one in result.coords:
            result = panels.with_dimension(result, one, "by" if one == by else "panel")
    mean, quantiles = result[name], result[f"{quantity}_curve_quantiles"]
    made = Panels(mean, {"step", by}, layout or Layout())
    abscissa = result[against]
    known = abscissa.values[abscissa.values > 0]
    least, has_zero = (known.min() if known.size else 1), bool((abscissa == 0).any())
    # What is on its way to infinity does not take the room from all others.
    start = mean.isel(step=0).max()
    # Quantities of one's own may have any sign.
    is_log = bool((mean.isnull() | (mean >= 0)).all() and (mean > 0).any())
    limit = 1e6 * float(start if start > 0 else mean.median()) if is_log else np.inf
    handles: dict[int, Any] = {}
    for panel in made.panels:
        axes = panel.axes
        for number, own in panels.series(mean, by):
            place = {**panel.place, **own}
            centre = panels.at(mean, place, "step").values
            steps = panels.at(abscissa, {name: at for name, at in place.items() if name in abscissa.dims}, "step").values
            if not np.isfinite(centre).any():
                continue
            colour = panels.colour(number)
            ends = panels.at(quantiles, place, "quantile", "step").isel(quantile=ends_at).values
            centre, ends = (np.where(values < 1e3 * limit, values, np.nan) for values in (centre, ends))
            axes.fill_between(steps, ends[0], ends[1], color=colour, alpha=0.2, linewidth=0)
            axes.plot(steps, centre, color=colour, linewidth=1.2)
            handles[number] = Line2D([], [], color=colour, label=words.label(mean, by, number, named=False))
        # A step 0 stands left of the first one, as far as a factor of ten.
        axes.set_xscale("symlog", linthresh=max(1, least)) if has_zero else axes.set_xscale("log")
        axes.set_yscale("log" if is_log else "linear")
        if axes.get_ylim()[1] > limit:
            axes.set_ylim(top=limit)
    entries = [entry for _, entry in sorted(handles.items())] if by in mean.dims else []
    symbol = words.symbol(quantity).replace("x_T", "x_t")
    return made.finish(words.symbol(against), symbol if element is None else f"{symbol}[{element}]", entries)


def _number(quantity: str) -> tuple[str, int | None]:
    """The name of a quantity, and of a vector which of its numbers is meant."""
    match = re.fullmatch(r"(\w+)\[(\d+)\]", quantity)
    return (match[1], int(match[2])) if match else (quantity, None)


def _one_number(result: xr.Dataset, quantity: str, number: int | None) -> xr.Dataset:
    """The result with one number of a vector in the place of all. Throws `UsageError` where there is none of that place."""
    inner = {"coordinate", f"{quantity}_index"} & {str(dimension) for dimension in result[f"{quantity}_curve_mean"].dims}
    if not inner:
        if number is not None:
            raise errors.usage(f"{quantity} is a number and no vector: write {quantity} alone")
        return result
    (dimension,) = inner
    if number is None or number >= result.sizes[dimension]:
        raise errors.usage(f"{quantity} is a vector: give one of its numbers, {quantity}[0] to {quantity}[{result.sizes[dimension] - 1}]")
    return result.isel({dimension: number})


def _quantiles(result: xr.Dataset, band: tuple[float, float]) -> list[int]:
    """Where the band's ends stand among the recorded quantiles. Throws `UsageError` for others."""
    known = result["quantile"].values
    ends = list(band) if isinstance(band, (tuple, list)) else []
    places = [int(np.abs(known - arguments.real("band", end)).argmin()) for end in ends]
    if len(places) != 2 or any(abs(known[place] - end) > 1e-9 for place, end in zip(places, ends)) or places[0] >= places[1]:
        raise errors.usage(f"band {band}: give two of the recorded quantiles, ascending: {', '.join(f'{one:g}' for one in known)}")
    return places
