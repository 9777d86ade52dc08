"""Figures of results: laws over their points, maps over two axes, trajectories with bands."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

#: Okabe and Ito's colours, which people with any kind of colour vision tell apart.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D1F", "#6A3D9A")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "h")
GREY = "#8a8a8a"
SYMBOLS = {
    "rho": r"$\rho$", "noise": r"$\sigma$", "learning_rate": r"$\eta$", "dimension": r"$d$", "steps": r"$T$", "step": r"$t$",
    "distance_squared": r"$\mathrm{E}\,\|x_T - x^*\|^2$", "distance": r"$\mathrm{E}\,\|x_T - x^*\|$",
    "suboptimality": r"$\mathrm{E}\,f(x_T) - f^*$", "gradient_norm": r"$\mathrm{E}\,\|\nabla f(x_T)\|$",
}  # fmt: skip
_MOST_PANELS = 24
_PANEL = (3.1, 2.6)


def law(laws: xr.Dataset, *, against: str, by: str = "optimizer", response: str | None = None) -> Figure:
    """Points with intervals and the fitted law, on logarithmic axes: a panel for each setting, a colour for each value of `by`.

    `laws` is what `fit` returns with `cells`. What is not positive, as rho = 0, has no place on these axes and is left out.
    """
    shown = laws.measured
    by = by if by in shown.dims else ""
    figure, panels = _panels(shown, {against, by})
    handles: dict[str, Any] = {}
    for axes, setting in panels:
        for number, value in enumerate(shown[by].values if by else [None]):
            own = laws.isel({**setting, **({by: number} if by else {})})
            drawn = _draw_law(axes, own, against, number)
            if drawn is not None:
                handles.setdefault("" if value is None else _text(value), drawn)
        axes.set_xscale("log")
        axes.set_yscale("log")
        _legend_of_exponents(axes)
    _frame(figure, SYMBOLS.get(against, against), _symbol(response or str(laws.attrs.get("response", ""))))
    if by and handles:
        figure.legend(handles.values(), handles.keys(), loc="outside upper center", ncols=min(5, len(handles)), frameon=False)
    return _shown_once(figure)


def _draw_law(axes: Axes, own: xr.Dataset, against: str, number: int) -> Any:
    colour = COLOURS[number % len(COLOURS)]
    x, y = own[against].values, own.measured.values
    usable = np.isfinite(y) & (x > 0) & (y > 0)
    if not usable.any():
        return None
    low = np.where(own.measured_lower > 0, own.measured_lower, y / 2)
    ends = np.abs(np.array([y - low, own.measured_upper - y]))
    drawn = axes.errorbar(
        x[usable], y[usable], yerr=np.nan_to_num(ends[:, usable]), linestyle="none", color=colour,
        marker=MARKERS[number % len(MARKERS)], markersize=4, elinewidth=0.8, zorder=3,
    )  # fmt: skip
    fitted = own.fitted.values
    on_law = np.isfinite(fitted) & (x > 0) & (fitted > 0)
    exponent = float(own.exponent)
    words = "" if not np.isfinite(exponent) else f"{exponent:.3g} [{float(own.exponent_lower):.3g}, {float(own.exponent_upper):.3g}]"
    if on_law.any():
        axes.plot(x[on_law], fitted[on_law], color=colour, linewidth=1.2, zorder=2, label=words)
    return drawn


def _legend_of_exponents(axes: Axes) -> None:
    lines = [line for line in axes.get_lines() if (text := str(line.get_label())) and not text.startswith("_")]
    if lines:
        axes.legend(handles=lines, title="exponent", fontsize="x-small", title_fontsize="x-small", frameon=False)


def heat(
    result: xr.Dataset, value: str = "distance_squared", *, x: str = "rho", y: str = "learning_rate", log: bool = True
) -> Figure:
    """The mean of a statistic over any two axes, a panel for each setting of the others.

    Cells in which trials diverged are crossed; where all did, there is a cross and no colour.
    """
    mean, status = _mean(result, value), result.status
    for name in (x, y):
        if name not in mean.dims:
            raise ValueError(f"{name} is no dimension of this result; there are {', '.join(map(str, mean.dims))}")
    diverged = (status == 2).any("trial")
    finite = mean.where(mean > 0) if log else mean
    low, high = float(finite.min()), float(finite.max())
    norm: Normalize | None = None
    if np.isfinite(low) and np.isfinite(high):
        norm = LogNorm(low, high if high > low else low * 1.01) if log else Normalize(low, high)
    figure, panels = _panels(mean, {x, y})
    image: Any = None
    for axes, setting in panels:
        own = finite.isel(setting).transpose(y, x)
        image = axes.pcolormesh(np.arange(own.sizes[x] + 1), np.arange(own.sizes[y] + 1), own.values, norm=norm, cmap="cividis")
        rows, columns = np.nonzero(diverged.isel(setting).transpose(y, x).values)
        axes.plot(columns + 0.5, rows + 0.5, linestyle="none", marker="x", color="#D55E00", label="diverged")
        _ticks(axes, own[x].values, own[y].values)
    _frame(figure, SYMBOLS.get(x, x), SYMBOLS.get(y, y))
    if norm is not None:
        figure.colorbar(image, ax=[axes for axes, _ in panels], label=_symbol(value))
    if bool(diverged.any()):
        figure.legend(*panels[0][0].get_legend_handles_labels(), loc="outside upper right", frameon=False)
    return _shown_once(figure)


def _ticks(axes: Axes, across: Any, down: Any) -> None:
    for axis, values in ((axes.xaxis, across), (axes.yaxis, down)):
        step = -(-len(values) // 8)
        axis.set_ticks(np.arange(0, len(values), step) + 0.5, [_text(value) for value in values[::step]])
    axes.tick_params(axis="x", rotation=45)


def curves(
    result: xr.Dataset, quantity: str = "distance_squared", *, by: str = "optimizer", band: tuple[float, float] = (0.05, 0.95)
) -> Figure:
    """Trajectories: the mean over trials at each recorded step, with a band between two quantiles."""
    name = f"{quantity}_curve_mean"
    if name not in result:
        recorded = [str(key).removesuffix("_curve_mean") for key in result.data_vars if str(key).endswith("_curve_mean")]
        raise ValueError(
            f"this result has no trajectory of {quantity}; there are {', '.join(recorded)}"
            if recorded else "this result has no trajectories: its sweep has no curves"
        )  # fmt: skip
    mean, quantiles = result[name], result[f"{quantity}_curve_quantiles"]
    by = by if by in mean.dims else ""
    figure, panels = _panels(mean, {"step", by})
    steps = result.step.values
    handles: dict[str, Any] = {}
    for axes, setting in panels:
        for number, value in enumerate(mean[by].values if by else [None]):
            own = {**setting, **({by: number} if by else {})}
            centre = mean.isel(own).values
            if not np.isfinite(centre).any():
                continue
            colour = COLOURS[number % len(COLOURS)]
            ends = quantiles.isel(own).sel(quantile=list(band), method="nearest").transpose("quantile", "step").values
            axes.fill_between(steps, ends[0], ends[1], color=colour, alpha=0.2, linewidth=0)
            (handles["" if value is None else _text(value)],) = axes.plot(steps, centre, color=colour, linewidth=1.2)
        axes.set_xscale("symlog" if (steps == 0).any() else "log")
        axes.set_yscale("log")
    symbol = _symbol(quantity).replace("x_T", "x_t")
    _frame(figure, SYMBOLS["step"], symbol)
    if by and handles:
        figure.legend(handles.values(), handles.keys(), loc="outside upper center", ncols=min(5, len(handles)), frameon=False)
    return _shown_once(figure)


def _shown_once(figure: Figure) -> Figure:
    """Notebooks show a cell's value and, beside it, every figure that pyplot holds: there the value is enough."""
    if "inline" in plt.get_backend():
        plt.close(figure)
    return figure


def _mean(result: xr.Dataset, value: str) -> xr.DataArray:
    """Over the finished trials."""
    source = "distance" if value == "distance_squared" and value not in result else value
    if source not in result or "trial" not in result[source].dims:
        recorded = [str(name) for name in result.data_vars if "trial" in result[name].dims and name not in ("status", "steps_taken")]
        raise ValueError(f"{value} is not recorded; there are {', '.join(recorded)}")
    trials = result[source].where(result.status == 1)
    return (trials**2 if source != value else trials).mean("trial")


def _panels(shown: xr.DataArray, used: set[str]) -> tuple[Figure, list[tuple[Axes, dict[str, int]]]]:
    """A figure with axes for each setting of the dimensions that are not used otherwise."""
    others = [str(name) for name in shown.dims if name not in used]
    settings = [dict(zip(others, places)) for places in itertools.product(*(range(shown.sizes[name]) for name in others))]
    # Settings that were not run, as cells that `where` drops, need no panel.
    settings = [one for one in settings if bool(np.isfinite(shown.isel(one)).any())] or settings[:1]
    if len(settings) > _MOST_PANELS:
        many = " × ".join(f"{shown.sizes[name]} of {name}" for name in others if shown.sizes[name] > 1)
        raise ValueError(f"{len(settings)} panels ({many}) are too many; keep some with .sel(…) or .isel(…)")
    columns = min(len(settings), 3 if len(settings) % 3 == 0 or len(settings) > 4 else 2)
    rows = -(-len(settings) // columns)
    figure, grid = plt.subplots(
        rows, columns, sharex=True, sharey=True, squeeze=False, layout="constrained",
        figsize=(_PANEL[0] * columns + 0.6, _PANEL[1] * rows + 0.6),
    )  # fmt: skip
    for spare in grid.flat[len(settings) :]:
        spare.set_visible(False)
    panels = list(zip(grid.flat, settings))
    swept = [name for name in others if shown.sizes[name] > 1]
    for axes, setting in panels:
        axes.set_title(_setting(shown, setting, swept), fontsize="small")
    return figure, panels


def _setting(shown: xr.DataArray, setting: Mapping[str, int], names: Sequence[str]) -> str:
    return ", ".join(f"{SYMBOLS.get(name, name)} = {_text(shown[name].values[setting[name]])}" for name in names)


def _frame(figure: Figure, across: str, down: str) -> None:
    figure.supxlabel(across, fontsize="medium")
    figure.supylabel(down, fontsize="medium")


def _symbol(name: str) -> str:
    return SYMBOLS.get(name, name)


def _text(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, (float, np.floating)) else str(value)
