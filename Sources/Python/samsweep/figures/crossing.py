"""Where two optimizers, or two settings of anything else, change places."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from .. import arguments, errors, results
from . import panels, words
from .panels import Layout, Panel, Panels

Numbers = npt.NDArray[np.float64]


def crossing(
    result: xr.Dataset,
    first: str | float,
    second: str | float,
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
    rho = 0, that value stands for all. A cross on a point says that some trials diverged; one at the upper edge that all of
    `first` did, one at the lower edge that all of `second` did. Numbers are found by their value, however they are written.
    """
    _require_meaningful(result, by, against, resamples, confidence)
    for name in (by, against, *((layout.panel or ()) if layout else ())):
        result = panels.with_dimension(result, name, "by" if name == by else "the axis" if name == against else "panel")
    if result[against].dtype.kind not in "iuf":
        raise errors.usage(f"against {against} has names and no numbers: {', '.join(map(str, result[against].values))}")
    values = results.response(result, response)
    places = [panels.place_of(result, by, name) for name in (first, second)]
    if places[0] == places[1]:
        raise errors.usage(f"{by} {first} is held against itself; name two values")
    both = [_everywhere(values.isel({by: place}, drop=True), against) for place in places]
    lost = [_lost(result.isel({by: place}, drop=True), against) for place in places]
    if not any(bool(one.any()) for one in (*lost[0], *lost[1])) and not all(bool(one.notnull().any()) for one in both):
        raise errors.usage(f"no trial of {by} {first} and of {by} {second} is finished; there is nothing to compare")
    x = result[against].values.astype(float)
    if not (x > 0).any():
        raise errors.usage(f"{against} has no value above 0, and the axis is logarithmic; choose another one")
    are_common = bool(result["common_random_numbers"].item()) if "common_random_numbers" in result else True
    ratio = both[0].mean("trial") / both[1].mean("trial")
    seen = ratio.fillna((lost[0][1] | lost[1][1]).astype(float).where(lost[0][1] | lost[1][1])).where(ratio[against] > 0)
    made = Panels(seen, {against, by}, layout or Layout())
    random = np.random.default_rng(0)
    is_crossed, are_lost, are_some = False, [False, False], False
    for panel in made.panels:
        axes = panel.axes
        pair = [panels.at(one, panel.place, "trial", against).values for one in both]
        gone = [panels.at(one[1], panel.place, against).values & (x > 0) for one in lost]
        some = np.logical_or(*[panels.at(one[0], panel.place, against).values for one in lost])
        centre, samples = _ratios(pair[0], pair[1], random, resamples, are_common)
        usable = np.isfinite(centre) & (x > 0)
        axes.axhline(1, color=panels.GREY, linewidth=0.8, linestyle=(0, (5, 3)))
        axes.set_xscale("log")
        axes.set_yscale("log")
        for number, height in enumerate((0.96, 0.04)):
            if gone[number].any():
                crosses = axes.plot(
                    x[gone[number]], np.full(gone[number].sum(), height), transform=axes.get_xaxis_transform(), linestyle="none",
                    marker="x", color=panels.LOST, zorder=4,
                )[0]  # fmt: skip
                crosses.set_in_layout(False)
                are_lost[number] = True
        said = []
        if usable.any():
            ends = _quantiles(samples[:, usable], confidence)
            axes.fill_between(x[usable], ends[0], ends[1], color=panels.colour(0), alpha=0.2, linewidth=0)
            axes.plot(x[usable], centre[usable], color=panels.colour(0), marker="o", markersize=3)
            if (usable & some).any():
                axes.plot(
                    x[usable & some], centre[usable & some], linestyle="none", marker="x", color=panels.ink(), zorder=5,
                    markersize=0.7 * plt.rcParams["font.size"],
                )  # fmt: skip
                are_some = True
            for place, found in _crossings(x[usable], centre[usable], samples[:, usable], confidence):
                axes.axvline(place, color=panels.colour(1), linewidth=1)
                if found is not None:
                    axes.axvspan(*found, color=panels.colour(1), alpha=0.15, linewidth=0)
                said.append(words.interval(place, *(found or (np.nan, np.nan))))
                is_crossed = True
        if said:
            axes.legend(
                [Line2D([], [], color=panels.colour(1))] * len(said), said, title=words.symbol(against), fontsize="x-small",
                title_fontsize="x-small", frameon=False,
            )  # fmt: skip
    for row in made.rows:
        _limit(row)
    entries = [Line2D([], [], color=panels.colour(1), label="crossing, with interval")] if is_crossed else []
    if are_some:
        entries.append(Line2D([], [], color=panels.ink(), marker="x", linestyle="none", label="some trials diverged"))
    told = [panels.value_of(result, by, place) for place in places]
    for is_lost, edge, name in zip(are_lost, ("upper", "lower"), told):
        if is_lost:
            entries.append(Line2D([], [], color=panels.LOST, marker="x", linestyle="none", label=f"at the {edge} edge: all trials of {name} diverged"))
    return made.finish(words.symbol(against), f"{words.symbol(response)}: {told[0]} / {told[1]}", entries)


def _require_meaningful(result: xr.Dataset, by: str, against: str, resamples: int, confidence: float) -> None:
    panels.require_apart(by, against)
    if by == "trial" or against == "trial":
        raise errors.usage("trials are no setting; name another dimension")
    arguments.count("resamples", resamples)
    if resamples < 100:
        raise errors.usage(f"{resamples} bootstrap resamples cannot carry an interval; give 100 or more")
    if not 0 < arguments.real("confidence", confidence) < 1:
        raise errors.usage(f"confidence {confidence} is not a probability; give a number between 0 and 1, as 0.95")


def _lost(result: xr.Dataset, against: str) -> tuple[xr.DataArray, xr.DataArray]:
    """Where some trials diverged, and where all did."""
    diverged, finished = (result.status == 2).any("trial"), (result.status == 1).any("trial")
    return diverged, _everywhere((diverged & ~finished).where(diverged | finished), against).fillna(0).astype(bool)


def _limit(row: list[Panel]) -> None:
    """The ordinate of panels that share it, from what they draw, with room at both edges, and 1 inside."""
    lines = [line for panel in row for line in panel.axes.get_lines() if line.get_transform() == panel.axes.transData]
    bands = [np.asarray(path.vertices, dtype=float)[:, 1] for panel in row for band in panel.axes.collections for path in band.get_paths()]
    heights = [np.asarray(line.get_ydata(), dtype=float) for line in lines]
    centre = np.concatenate([np.ones(1), *heights])
    centre = centre[np.isfinite(centre) & (centre > 0)]
    # A band without an end does not take the room of all ratios.
    ends = np.concatenate([np.ones(1), *bands])
    ends = ends[(ends > centre.min() / 30) & (ends < centre.max() * 30)]
    low, high = np.log10([min(centre.min(), ends.min()), max(centre.max(), ends.max())])
    margin = 0.1 * (high - low) + 0.1
    row[0].axes.set_ylim(10 ** (low - margin), 10 ** (high + margin))


def _quantiles(samples: Numbers, confidence: float) -> Numbers:
    """By column, of what is a number there."""
    tail = (1 - confidence) / 2
    ends = np.full((2, samples.shape[1]), np.nan)
    for column, own in enumerate(samples.T):
        known = own[np.isfinite(own)]
        if known.size:
            ends[:, column] = np.quantile(known, [tail, 1 - tail])
    return ends


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
