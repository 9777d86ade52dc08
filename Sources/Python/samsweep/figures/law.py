"""The fitted law with its band over the points."""

from __future__ import annotations

import itertools
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from .. import arguments, errors
from . import panels, words
from .panels import Layout, Panel, Panels


def law(
    laws: xr.Dataset,
    *,
    against: str,
    by: str = "optimizer",
    response: str | None = None,
    guides: bool = True,
    layout: Layout | None = None,
) -> Figure:
    """Points with intervals, and the fitted law with its band over them, on logarithmic axes: a panel for each setting, a colour
    for each value of `by`.

    `laws` is what `fit` returns with `cells`. Where no law describes the points none is drawn, and the panel says so. What is
    not positive, as rho = 0, has no place on these axes: the value there is a dashed level where all of a panel's series share
    it. A cross on a point says that some of its trials diverged, one at the upper edge that all did. Of a response that may be
    negative, as the excess, hollow points show the size of negative values, and pale ones have an interval that covers 0.
    Grey lines show slopes 1 and 2.
    """
    panels.require_apart(by, against)
    arguments.flag("guides", guides)
    for name in (by, *((layout.panel or ()) if layout else ())):
        # The only optimizer is no dimension to tell apart.
        laws = panels.with_dimension(laws, name, "by" if name == by else "panel") if name != "optimizer" or name in laws.coords else laws
    response = response or str(laws.attrs.get("response", ""))
    # Negative values, as excesses have them, are drawn by their size.
    drawn = _Drawn(laws, against, by, signed=response.startswith("excess") or bool((laws.measured < 0).any()))
    if not bool((laws[against] > 0).any()):
        raise errors.usage(f"{against} has no value above 0, and the axis is logarithmic; choose another one")
    if not bool(drawn.seen.notnull().any()):
        reasons = [str(text) for text in laws.warnings.values.ravel() if text]
        raise errors.usage(f"there is nothing to draw: {reasons[0] if reasons else 'no trial is finished'}")
    made = Panels(drawn.seen, {against, by}, layout or Layout())
    for panel in made.panels:
        drawn.draw(panel)
    for row in made.rows:
        _limit([drawn.points[panel.axes] for panel in row], row, max(drawn.crossed[panel.axes] for panel in row))
        if guides:
            _guides([drawn.points[panel.axes] for panel in row], row, against, made.figure.get_figheight())
    for panel in made.panels:
        _legend_of_laws(panel.axes, drawn.said[panel.axes], drawn.crossed[panel.axes], above=made.are_narrow)
    name = words.symbol(response)
    if response.startswith("excess"):
        base = response.removeprefix("excess").removeprefix("_") or "distance_squared"
        name = f"excess of {words.symbol(base)} over {words.symbol(against)} = 0"
    return made.finish(words.symbol(against), name, drawn.legend())


class _Drawn:
    """Draws panels, and remembers what a legend has to explain."""

    def __init__(self, laws: xr.Dataset, against: str, by: str, signed: bool) -> None:
        self.laws, self.against, self.by, self.signed = laws, against, by, signed
        self.seen = laws.measured.where(laws.measured.notnull(), laws.cell_diverged.where(laws.cell_diverged > 0))
        #: By axes: x, the ends of what is seen, whether it is known well, and the size alone.
        self.points: dict[Axes, Any] = {}
        #: By axes: rows of crosses at the upper edge.
        self.crossed: dict[Axes, int] = {}
        #: By axes: what is said of each series' law.
        self.said: dict[Axes, list[tuple[Any, str]]] = {}
        self._used: set[int] = set()
        self._lines: set[int] = set()
        self._some = self._all = self._level = self._hollow = self._pale = self._zero = False

    def draw(self, panel: Panel) -> None:
        axes = panel.axes
        axes.set_xscale("log")
        axes.set_yscale("log")
        self.points[axes], self.said[axes] = np.empty((5, 0)), []
        groups = {number: self._group(panel, own) for number, own in panels.series(self.seen, self.by)}
        groups = {
            number: group for number, group in groups.items()
            if np.isfinite(group.measured).any() or (group.cell_diverged > 0).any()
        }  # fmt: skip
        rows = sum(bool(_lost(group, self.against).any()) for group in groups.values())
        crossed = 0
        for number, group in groups.items():
            self._used.add(number)
            crossed += self._points(axes, group, number, 0.97 - _row_height(rows) * crossed)
            self._law(axes, group, number)
        self.crossed[axes] = rows
        self._levels(panel)

    def _group(self, panel: Panel, own: dict[str, int]) -> xr.Dataset:
        return panels.at(self.laws.drop_dims("neighbours", errors="ignore"), {**panel.place, **own}, self.against)

    def _points(self, axes: Axes, group: xr.Dataset, number: int, edge: float) -> bool:
        """Whether a row of crosses at the upper edge, at that part of the panel's height, was needed."""
        x, y = group[self.against].values, group.measured.values
        low, high = group.measured_lower.values, group.measured_upper.values
        diverged = np.nan_to_num(group.cell_diverged.values) > 0
        everywhere = _lost(group, self.against)
        colour, marker = panels.colour(number), panels.marker(number)
        if everywhere.any():
            crosses = axes.plot(
                x[everywhere], np.full(everywhere.sum(), edge), transform=axes.get_xaxis_transform(),
                linestyle="none", marker="x", color=colour, zorder=4,
            )[0]  # fmt: skip
            crosses.set_in_layout(False)
            self._all = True
        usable = np.isfinite(y) & (x > 0) & ((y != 0) if self.signed else (y > 0))
        is_clear = ~((low <= 0) & (high >= 0)) if self.signed else np.ones(len(x), bool)
        size = np.abs(y)
        reach = np.nan_to_num(np.maximum(high - y, y - low))
        down = np.minimum(np.nan_to_num(np.where(y > 0, y - low, high - y)), 0.999 * size)
        up = np.nan_to_num(np.where(y > 0, high - y, y - low))
        if self.signed:
            axes.plot(x[usable], size[usable], color=colour, alpha=0.35, zorder=2)
        # Intervals that reach towards 0 do not decide what the axis shows.
        shown = [x, np.maximum(size - reach, size / 2), size + up, is_clear, size]
        self.points[axes] = np.append(self.points[axes], np.array(shown)[:, usable], axis=1)
        for is_positive, is_sure in itertools.product((True, False), (True, False)):
            chosen = usable & ((y > 0) == is_positive) & (is_clear == is_sure)
            if not chosen.any():
                continue
            axes.errorbar(
                x[chosen], size[chosen], yerr=[down[chosen], up[chosen]], linestyle="none", color=colour, marker=marker,
                markersize=0.42 * plt.rcParams["font.size"], elinewidth=0.8, zorder=3, alpha=1 if is_sure else 0.3,
                markerfacecolor=colour if is_positive else axes.get_facecolor(),
            )  # fmt: skip
            self._hollow |= not is_positive
            self._pale |= not is_sure
        nothing = np.isfinite(y) & (x > 0) & (y == 0)
        if nothing.any():
            zeros = axes.plot(
                x[nothing], np.full(nothing.sum(), 0.03), transform=axes.get_xaxis_transform(), linestyle="none", marker="v",
                color=colour, zorder=4,
            )[0]  # fmt: skip
            zeros.set_in_layout(False)
            self._zero = True
        some = usable & diverged
        if some.any():
            axes.plot(x[some], size[some], linestyle="none", marker="x", markersize=0.7 * plt.rcParams["font.size"], color=panels.ink(), zorder=5)
            self._some = True
        return bool(everywhere.any())

    def _law(self, axes: Axes, group: xr.Dataset, number: int) -> None:
        x, fitted = group[self.against].values, group.fitted.values
        outcome, colour = str(group.outcome.item()), panels.colour(number)
        on_law = np.isfinite(fitted) & (x > 0) & (fitted > 0)
        if on_law.sum() > 1:
            line = axes.plot(x[on_law], fitted[on_law], color=colour, zorder=2.5)[0]
            low, high = group.fitted_lower.values[on_law], group.fitted_upper.values[on_law]
            banded = np.isfinite(low) & np.isfinite(high)
            if banded.any():
                axes.fill_between(
                    x[on_law], np.maximum(low, fitted[on_law] / 1e3), high, where=banded, color=colour, alpha=0.2, linewidth=0, zorder=1.5)
            self.said[axes].append((line, _said(group)))
        elif np.isfinite(group.measured.values[x > 0]).any():
            said = "no law" if outcome == "no-law" else "not fitted"
            self.said[axes].append((self._handle(number, line=False), said))

    def _levels(self, panel: Panel) -> None:
        """What is left at abscissa 0, where all series agree about it; and series that were run there alone."""
        zeros = np.flatnonzero(self.laws[self.against].values == 0)
        if not zeros.size or self.signed:
            return
        shared = []
        for number, own in panels.series(self.seen, self.by):
            values = self._group(panel, own).measured.values
            level = values[zeros[0]]
            if not (np.isfinite(level) and level > 0):
                continue
            if not np.isfinite(values[self.laws[self.against].values > 0]).any():
                panel.axes.axhline(level, color=panels.colour(number), linestyle=(0, (5, 1.6)), linewidth=1, zorder=2)
                self._lines.add(number)
            else:
                shared.append(level)
                continue
            self._see(panel.axes, level)
        if shared and np.ptp(shared) <= 1e-9 * max(shared):
            panel.axes.axhline(shared[0], color=panels.ink(), linestyle=(0, (1.2, 1.4)), linewidth=0.8, zorder=2)
            self._level = True
            self._see(panel.axes, shared[0])

    def _see(self, axes: Axes, level: float) -> None:
        self.points[axes] = np.append(self.points[axes], [[1e-300, 1e300], [level] * 2, [level] * 2, [1, 1], [level] * 2], axis=1)

    def _handle(self, number: int, label: str = "", *, line: bool = True) -> Any:
        is_level = number in self._lines
        return Line2D(
            [], [], color=panels.colour(number), marker="" if is_level else panels.marker(number), label=label,
            markersize=0.42 * plt.rcParams["font.size"], linestyle=(0, (5, 1.6)) if is_level else "-" if line else "none",
        )  # fmt: skip

    def legend(self) -> list[Any]:
        entries = [
            self._handle(number, words.label(self.seen, self.by, number, named=False))
            for number, _ in panels.series(self.seen, self.by) if number in self._used and self.by in self.seen.dims
        ]  # fmt: skip
        ink = panels.ink()
        if self._level:
            entries.append(Line2D([], [], color=ink, linestyle=(0, (1.2, 1.4)), label=f"{words.symbol(self.against)} = 0"))
        if self._hollow:
            entries.append(Line2D([], [], color=ink, marker="o", markerfacecolor="none", linestyle="none", label="negative"))
        if self._pale:
            entries.append(Line2D([], [], color=ink, marker="o", alpha=0.3, linestyle="none", label="interval covers 0"))
        if self._zero:
            entries.append(Line2D([], [], color=ink, marker="v", linestyle="none", label="at the lower edge: 0"))
        if self._some or self._all:
            text = "some trials diverged" if self._some else "all trials diverged"
            text += "; at the upper edge: all" if self._some and self._all else ""
            entries.append(Line2D([], [], color=ink, marker="x", linestyle="none", label=text))
        return entries


def _lost(group: xr.Dataset, against: str) -> Any:
    """Where all trials diverged, of what has a place on the axis."""
    diverged, finished = (np.nan_to_num(group[name].values) > 0 for name in ("cell_diverged", "cell_finished"))
    return diverged & ~finished & (group[against].values > 0)


def _row_height(rows: int) -> float:
    """Of a row of crosses, in heights of the panel: all of them take half of it at most."""
    return min(0.05, 0.5 / max(1, rows))


def _said(group: xr.Dataset) -> str:
    """A law in a few letters: its exponent with interval, or what else it is."""
    if str(group.outcome.item()) == "constant":
        return "constant"
    if np.isfinite(float(group.exponent)):
        return words.interval(group.exponent, group.exponent_lower, group.exponent_upper)
    model = str(group.model.item())
    return {"polynomial": "0, 1 and 2", "linear+quadratic": "1 and 2"}.get(model, model)


def _legend_of_laws(axes: Axes, said: list[tuple[Any, str]], crossed: int, above: bool) -> None:
    """In the panel, under its rows of crosses; where that is narrow above it, with the panel's title, so that no point is covered."""
    if not said:
        return
    name = "exponent"
    place: dict[str, Any] = {"loc": "best", "bbox_to_anchor": (0, 0, 1, 0.98 - _row_height(crossed) * crossed if crossed else 1)}
    if above:
        name = f"{axes.get_title()}\n{name}".strip()
        axes.set_title("")
        place = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "borderaxespad": 0.2}
    legend = axes.legend(
        [handle for handle, _ in said], [text for _, text in said], title=name, fontsize="x-small",
        title_fontsize="small" if above else "x-small", handlelength=1.2, labelspacing=0.25, borderpad=0.2,
        # Lines through the whole panel, as a floor's, are in the way of every place: letters are read over them.
        frameon=not above, framealpha=0.85, facecolor=axes.get_facecolor(), edgecolor="none", **place,
    )  # fmt: skip
    legend.get_title().set_multialignment("center")


def _limit(points: list[Any], row: list[Panel], crossed: int) -> None:
    """The ordinate of panels that share it: all points, the intervals of those that are known, and room for rows of crosses."""
    every = np.concatenate(points, axis=1)
    if (every[3] == 1).any():
        # What is hardly known has its place, and its interval decides nothing.
        every[1:3] = np.where(every[3] == 1, every[1:3], every[4])
    every = every[:, np.isfinite(every[1]) & (every[1] > 0) & np.isfinite(every[2])]
    if not every.size:
        # Where every trial diverged there is nothing that numbers could belong to.
        for panel in row:
            panel.axes.yaxis.set_major_locator(NullLocator())
            panel.axes.yaxis.set_minor_locator(NullLocator())
    else:
        low, high = np.log10([every[1].min(), every[2].max()])
        margin = 0.06 * (high - low) + 0.05
        taken = _row_height(crossed) * crossed
        room = (high - low + 2 * margin) * taken / (1 - taken)
        row[0].axes.set_ylim(10 ** (low - margin), 10 ** (high + margin + room))


def _guides(points: list[Any], row: list[Panel], against: str, inches: float) -> None:
    """Two short lines of slope 1 and 2 where panels that share an ordinate have room for them: in an empty corner."""
    (left, right), (bottom, top) = np.log10(row[0].axes.get_xlim()), np.log10(row[0].axes.get_ylim())
    x, low, high = np.log10(np.concatenate(points, axis=1)[:3])
    if not x.size:
        return
    wide, high_ = right - left, top - bottom
    above = top - np.max(high[x < left + 0.42 * wide], initial=bottom)
    below = np.min(low[x > right - 0.42 * wide], initial=top) - bottom
    is_above = above >= below
    width = min(0.18 * wide, 0.36 * max(above, below))
    start = left + 0.07 * wide if is_above else right - width - 0.18 * wide
    foot = top - 0.06 * high_ - 2 * width if is_above else bottom + 0.06 * high_
    # Where the lines are too short for their names to stand apart there are none.
    points_high = row[0].axes.get_position().height * inches * 72
    if width / high_ * points_high < 1.1 * float(plt.rcParams["font.size"]):
        return
    name = words.symbol(against).strip("$")
    seen = [panel for panel, own in zip(row, points) if own.size]
    for panel, slope in itertools.product(seen, (1, 2)):
        end = start + width, foot + slope * width
        ends = 10 ** np.array([start, end[0]]), 10 ** np.array([foot, end[1]])
        panel.axes.plot(*ends, color=panels.GREY, linewidth=0.9, zorder=1)
        # Legends keep away from lines, and not from texts.
        beyond = 10 ** np.array([end[0], end[0] + 0.14 * wide])
        panel.axes.plot(beyond, [ends[1][1]] * 2, alpha=0, zorder=0)
        text = rf"$\propto{name}{'^2' if slope == 2 else ''}$" if words.symbol(against).startswith("$") else str(slope)
        panel.axes.annotate(
            text, (ends[0][1], ends[1][1]), (3, -1), textcoords="offset points", fontsize="small", color=panels.GREY, va="center")
