"""Local exponents, between neighbouring points, and the map of regimes that they make."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from .. import errors
from . import panels, words
from .panels import Layout, Panels

#: The letter and the number of the colour.
_REGIMES = {"floor": ("F", 0), "linear": ("1", 2), "quadratic": ("2", 1), "nothing": ("N", 7), "undetermined": ("?", None)}
#: What an axis of local exponents shows at most.
_LEAST, _LARGEST = -4.0, 8.0
_WORDS = {
    "floor": "floor", "linear": "linear", "quadratic": "quadratic", "nothing": "none of these", "undetermined": "too much scatter",
}  # fmt: skip


def local(laws: xr.Dataset, *, against: str, by: str = "optimizer", layout: Layout | None = None) -> Figure:
    """The exponent between each two neighbouring points with its interval, against the abscissa; dashed are 0, 1 and 2.

    `laws` is what `fit` returns with `cells`.
    """
    panels.require_apart(by, against)
    laws = _prepared(laws, by, layout)
    shown = laws.local_exponent
    between = np.sqrt(laws.lower_at.values * laws.upper_at.values)
    made = Panels(shown.isel(neighbours=between > 0), {"neighbours", by}, layout or Layout())
    entries: dict[int, Any] = {}
    for panel in made.panels:
        axes = panel.axes
        axes.set_xscale("log")
        for slope in (0, 1, 2):
            axes.axhline(slope, color=panels.GREY, linewidth=0.7, linestyle=(0, (5, 3)), zorder=1)
        for number, own in panels.series(shown, by):
            group = panels.at(laws.drop_dims(against, errors="ignore"), {**panel.place, **own}, "neighbours")
            y = group.local_exponent.values
            usable = np.isfinite(y) & (between > 0)
            if not usable.any():
                continue
            ends = np.nan_to_num([y - group.local_exponent_lower.values, group.local_exponent_upper.values - y])
            look: dict[str, Any] = {
                "color": panels.colour(number), "marker": panels.marker(number), "markersize": 0.42 * plt.rcParams["font.size"],
            }  # fmt: skip
            axes.errorbar(between[usable], y[usable], yerr=np.maximum(0, ends[:, usable]), elinewidth=0.8, linewidth=0.6, **look)
            entries[number] = Line2D([], [], label=words.label(shown, by, number, named=False), **look)
    # An exponent of tens, between two points that are hardly known, and an interval of thousands take no room from all others.
    known = shown.values[np.isfinite(shown.values)]
    low, high = max(_LEAST, min(-0.3, known.min())), min(_LARGEST, max(2.3, known.max()))
    margin = 0.06 * (high - low)
    for panel in made.panels:
        panel.axes.set_ylim(low - margin, high + margin)
    is_beyond = False
    for panel in made.panels:
        for number, own in panels.series(shown, by):
            y = panels.at(laws.drop_dims(against, errors="ignore"), {**panel.place, **own}, "neighbours").local_exponent.values
            for height, marker, beyond in ((0.97, "^", y > high), (0.03, "v", y < low)):
                if (chosen := beyond & (between > 0)).any():
                    is_beyond = True
                    edge = panel.axes.plot(
                        between[chosen], np.full(chosen.sum(), height), transform=panel.axes.get_xaxis_transform(), linestyle="none",
                        marker=marker, color=panels.colour(number), markerfacecolor=panel.axes.get_facecolor(), zorder=4,
                    )[0]  # fmt: skip
                    edge.set_in_layout(False)
    legend = [entry for _, entry in sorted(entries.items()) if by in shown.dims]
    if is_beyond:
        look = {"color": panels.ink(), "markerfacecolor": "none", "linestyle": "none", "marker": "^"}
        legend.append(Line2D([], [], label="at an edge: beyond it", **look))
    return made.finish(
        words.symbol(against), "local exponent", legend)


def regimes(laws: xr.Dataset, *, against: str, up: str | None = None, layout: Layout | None = None) -> Figure:
    """Where the law is a floor, linear, quadratic or nothing of these: a map over the abscissa and another dimension.

    `laws` is what `fit` returns with `cells`; the places of the abscissa are the stretches between neighbouring points. Where all
    trials diverged at an end of a stretch there is a cross on grey.
    """
    shown = laws.regime.where(laws.regime != "")
    swept = [str(name) for name in shown.dims if name != "neighbours" and shown.sizes[name] > 1]
    up = up or next((name for name in ("learning_rate", "noise") if name in swept), swept[-1] if swept else str(shown.dims[0]))
    panels.require_apart(up, against, "up")
    laws = _prepared(laws, up, layout, "up")
    shown = laws.regime.where((laws.regime != "") & (laws.lower_at > 0))
    shown = shown.isel(neighbours=laws.lower_at.values > 0)
    lost = (laws.cell_diverged > 0) & ~(laws.cell_finished > 0)
    ends = [lost.sel({against: shown[name]}).drop_vars(against) for name in ("lower_at", "upper_at")]
    diverged = ends[0] | ends[1]
    made = Panels(shown.where(shown.notnull() | ~diverged, "diverged"), {"neighbours", up}, layout or Layout())
    seen: set[str] = set()
    is_lost = False
    for panel in made.panels:
        axes = panel.axes
        own = panels.at(shown, panel.place, up, "neighbours")
        places = np.argwhere(panels.at(diverged, panel.place, up, "neighbours").values)
        if places.size:
            is_lost = True
            for row, column in places:
                axes.add_patch(Rectangle((column, row), 1, 1, facecolor=panels.GREY + "40", linewidth=0))
            axes.plot(places[:, 1] + 0.5, places[:, 0] + 0.5, linestyle="none", marker="x", color=panels.LOST)
        for (row, column), regime in np.ndenumerate(own.values):
            if regime not in _REGIMES:
                continue
            seen.add(str(regime))
            axes.add_patch(Rectangle((column, row), 1, 1, facecolor=_fill(str(regime)), edgecolor=axes.get_facecolor(), linewidth=0.5))
            axes.text(column + 0.5, row + 0.5, _REGIMES[regime][0], ha="center", va="center", fontsize="x-small")
        axes.set_xlim(0, own.shape[1])
        axes.set_ylim(0, own.shape[0])
        # Between two places stands the point that they share.
        marks = [f"{value:.3g}" for value in [*own.lower_at.values, own.upper_at.values[-1]]]
        step = -(-len(marks) // 7)
        # The last one stands at the edge; what would lie on it gives way.
        named = [*range(0, len(marks) - 1 - step // 2, step), len(marks) - 1]
        axes.set_xticks(named, [marks[place] for place in named], rotation=45)
        panels.name_places(made, axes, [_place(shown, up, place) for place in range(own.shape[0])], "y")
    entries: list[Any] = [Patch(facecolor=_fill(name), label=f"{_REGIMES[name][0]}  {_WORDS[name]}") for name in _REGIMES if name in seen]
    if is_lost:
        entries.append(Line2D([], [], linestyle="none", marker="x", color=panels.LOST, label="all trials diverged"))
    return made.finish(words.symbol(against), words.symbol(up), entries)


def _place(shown: xr.DataArray, name: str, place: int) -> str:
    text = words.label(shown, name, place, named=False)
    return text.split(" = ")[1] if text.count(" = ") == 1 else text


def _fill(regime: str) -> Any:
    number = _REGIMES[regime][1]
    return (*to_rgb(panels.GREY if number is None else panels.colour(number)), 0.4)


def _prepared(laws: xr.Dataset, by: str, layout: Layout | None, what: str = "by") -> xr.Dataset:
    for name in (by, *((layout.panel or ()) if layout else ())):
        if name != "optimizer" or name in laws.coords:
            laws = panels.with_dimension(laws, name, what if name == by else "panel")
    if "local_exponent" not in laws or not bool(laws.local_exponent.notnull().any()):
        raise errors.usage("there are no local exponents: no group has two neighbouring points that are known")
    return laws
