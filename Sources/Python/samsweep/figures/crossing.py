"""Where two optimizers, or two settings of anything else, change places."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from .. import results
from . import panels, words
from .panels import Layout, Panels

Numbers = npt.NDArray[np.float64]


def crossing(
    result: xr.Dataset,
    first: str,
    second: str,
    *,
    by: str = "optimizer",
    response: str = "distance_squared",
    against: str = "rho",
    resamples: int = 1000,
    confidence: float = 0.95,
    layout: Layout | None = None,
) -> Figure:
    """How many times the mean of `first` that of `second` is, with the interval, and where the two cross.

    Intervals are quantiles of a bootstrap over trials, the same ones of both where random numbers are common, and over the whole
    curve at once: that of a crossing is where the resampled curves cross (in a straight line on these axes between the two
    points around it), and is shown where at least half of them do. Of an optimizer that ran at one abscissa alone, as sgd at
    rho = 0, that value stands for all.
    """
    for name in (by, against, *((layout.panel or ()) if layout else ())):
        result = panels.with_dimension(result, name, "by" if name == by else "the axis" if name == against else "panel")
    values = results.response(result, response)
    both = []
    for name in (first, second):
        known = [str(own) for own in result[by].values]
        if name not in known:
            raise ValueError(f"{by} has no {name}; there are {', '.join(known)}")
        both.append(_everywhere(values.isel({by: known.index(name)}, drop=True), against))
    x = result[against].values.astype(float)
    are_common = bool(result["common_random_numbers"].item()) if "common_random_numbers" in result else True
    ratio = both[0].mean("trial") / both[1].mean("trial")
    made = Panels(ratio.where(ratio[against] > 0), {against}, layout or Layout())
    random = np.random.default_rng(0)
    is_crossed = False
    for panel in made.panels:
        axes = panel.axes
        pair = [panels.at(one, panel.place, "trial", against).values for one in both]
        centre, samples = _ratios(pair[0], pair[1], random, resamples, are_common)
        usable = np.isfinite(centre) & (x > 0)
        axes.axhline(1, color=panels.GREY, linewidth=0.8, linestyle=(0, (5, 3)))
        axes.set_xscale("log")
        axes.set_yscale("log")
        if not usable.any():
            continue
        ends = np.nanquantile(samples[:, usable], [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
        axes.fill_between(x[usable], ends[0], ends[1], color=panels.colour(0), alpha=0.2, linewidth=0)
        axes.plot(x[usable], centre[usable], color=panels.colour(0), marker="o", markersize=3)
        said = []
        for place, found in _crossings(x[usable], centre[usable], samples[:, usable], confidence):
            axes.axvline(place, color=panels.colour(1), linewidth=1)
            if found is not None:
                axes.axvspan(*found, color=panels.colour(1), alpha=0.15, linewidth=0)
            ends_ = found or (np.nan, np.nan)
            said.append(words.interval(place, *ends_))
            is_crossed = True
        if said:
            axes.legend(
                [Line2D([], [], color=panels.colour(1))] * len(said), said, title=words.symbol(against), fontsize="x-small",
                title_fontsize="x-small", frameon=False,
            )  # fmt: skip
    entries = [Line2D([], [], color=panels.colour(1), label="crossing, with interval")] if is_crossed else []
    name = words.symbol(response)
    return made.finish(words.symbol(against), f"{name}: {words.literal(first)} / {words.literal(second)}", entries)


def _everywhere(values: xr.DataArray, against: str) -> xr.DataArray:
    """With the value of a single abscissa at all of them, where no other one was run."""
    ran = np.flatnonzero(values.notnull().any([name for name in values.dims if name != against]))
    if ran.size != 1:
        return values
    return values.isel({against: ran[0]}, drop=True).expand_dims({against: values[against]})


def _ratios(first: Numbers, second: Numbers, random: np.random.Generator, resamples: int, are_common: bool) -> tuple[Numbers, Numbers]:
    """The ratio of means at each abscissa, and that of resampled trials."""
    count = len(first)
    with np.errstate(all="ignore"):
        centre = _mean(first) / _mean(second)
        drawn = np.empty((resamples, first.shape[1]))
        for number in range(resamples):
            own = random.integers(count, size=count)
            other = own if are_common else random.integers(count, size=count)
            drawn[number] = _mean(first[own]) / _mean(second[other])
    return np.where(centre > 0, centre, np.nan), np.where(drawn > 0, drawn, np.nan)


def _mean(values: Numbers) -> Numbers:
    known = np.isfinite(values)
    total: Numbers = np.where(known, values, 0).sum(0) / known.sum(0)
    return total


def _crossings(x: Numbers, centre: Numbers, samples: Numbers, confidence: float) -> list[tuple[float, tuple[float, float] | None]]:
    """Each crossing of 1 with its interval; `None` where fewer than half of the resampled curves cross the same way at all."""
    found: list[tuple[float, tuple[float, float] | None]] = []
    logs = np.log(samples)
    for place in np.flatnonzero(np.sign(np.log(centre[1:])) * np.sign(np.log(centre[:-1])) < 0):
        at = _between(x, np.log(centre), place)
        upward = centre[place + 1] > 1
        nearest = []
        for one in logs:
            own = [_between(x, one, i) for i in np.flatnonzero(one[1:] * one[:-1] < 0) if (one[i + 1] > 0) == upward]
            if own:
                nearest.append(min(own, key=lambda value: abs(np.log(value / at))))
        tail = (1 - confidence) / 2
        interval: Any = tuple(np.quantile(nearest, [tail, 1 - tail])) if len(nearest) >= len(logs) / 2 else None
        found.append((at, interval))
    return found


def _between(x: Numbers, logs: Numbers, place: Any) -> float:
    share = logs[place] / (logs[place] - logs[place + 1])
    return float(np.exp(np.log(x[place]) + share * (np.log(x[place + 1]) - np.log(x[place]))))
