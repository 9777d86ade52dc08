#!/usr/bin/env python3
"""Draws how far optimizers end up from the optimum, against rho: a figure for a paper from a result file.

    scripts/plot_scaling.py RESULT.h5                     RESULT.pdf, RESULT.svg and RESULT.png
    scripts/plot_scaling.py RESULT.h5 --output fig.pdf    one file; the ending chooses the format
    scripts/plot_scaling.py RESULT.h5 --excess            the excess over rho = 0, trial by trial: what the perturbation adds
    scripts/plot_scaling.py RESULT.h5 --panel dimension,learning_rate --select noise=1
    scripts/plot_scaling.py RESULT.h5 --against learning_rate --response suboptimality

Points are means over finished trials with 95 % intervals; crosses mark cells in which some trials diverged, and crosses
at the upper edge those in which all did. Grey lines show slopes 1 and 2, dashed ones the level of SGD (or of rho = 0).
What a zip pairs may be named like a dimension, in --against, --by, --panel and --select; a zip itself is told by what it
pairs. Needs: pip install xarray h5netcdf h5py matplotlib
In an environment of its own: python3 -m venv .venv-plot && .venv-plot/bin/pip install xarray h5netcdf h5py matplotlib
"""
import argparse
import itertools
import os
import re
import shlex
import sys
import textwrap

try:
    import matplotlib

    matplotlib.use("Agg")
    import h5netcdf  # noqa: F401  the engine below
    import h5py  # noqa: F401  what it reads files with
    import matplotlib.pyplot as plt
    import numpy as np
    import xarray
except ImportError as missing:
    python = shlex.quote(sys.executable)
    sys.exit(f"plot_scaling.py: {missing}; try: {python} -m pip install xarray h5netcdf h5py matplotlib")

# Okabe & Ito's colours, which people with any kind of colour vision tell apart.
COLOURS = {
    "light": ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D1F", "#6A3D9A"],
    "dark": ["#56B4E9", "#E69F00", "#2BC79A", "#E59CC8", "#F0E442", "#FF7A4D", "#B9A7FF", "#CFCFCF"],
}
MARKERS = ["o", "s", "^", "D", "v", "P", "X", "h"]
GREY = "#8a8a8a"
DASHES = ["-", (0, (5, 1.6)), (0, (1.2, 1.4)), (0, (5, 1.4, 1.2, 1.4))]
SYMBOLS = {
    "rho": r"$\rho$", "noise": r"$\sigma$", "learning_rate": r"$\eta$", "dimension": r"$d$", "steps": r"$T$",
    "distance_squared": r"$\mathrm{E}\,\|x_T - x^*\|^2$", "distance": r"$\mathrm{E}\,\|x_T - x^*\|$",
    "suboptimality": r"$\mathrm{E}\,f(x_T) - f^*$", "gradient_norm": r"$\mathrm{E}\,\|\nabla f(x_T)\|$",
    "tail_distance_squared": r"$\mathrm{E}\,\|x_t - x^*\|^2$, last tenth of the steps",
    "optimizer": "optimizer",
}
STYLES = {
    "paper": {"font.size": 8, "lines.markersize": 3.2, "lines.linewidth": 1.0},
    "talk": {"font.size": 13, "lines.markersize": 6, "lines.linewidth": 2.0},
    "dark": {"font.size": 13, "lines.markersize": 6, "lines.linewidth": 2.0},
}
PANEL_INCHES = {"paper": (2.15, 1.95), "talk": (4.2, 3.6), "dark": (4.2, 3.6)}


def fail(message):
    sys.exit(f"plot_scaling.py: {message}")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("result", help="result file of samsweep")
    parser.add_argument("--response", default="distance_squared", help="what is drawn; distance_squared or a variable")
    parser.add_argument("--against", default="rho", help="dimension along the abscissa")
    parser.add_argument("--by", default="optimizer", help="dimension shown by colour")
    parser.add_argument("--panel", help="COLUMNS[,ROWS]: dimensions with panels of their own")
    parser.add_argument("--select", action="append", default=[], metavar="NAME=VALUE", help="keep one value (nearest)")
    parser.add_argument("--excess", action="store_true", help="draw the excess over the abscissa 0, as fit does; hollow: negative")
    parser.add_argument("--style", choices=STYLES, default="paper")
    parser.add_argument("--title", help="printed above the panels")
    parser.add_argument("--no-guides", action="store_true", help="no lines of slope 1 and 2")
    parser.add_argument("--output", help="file name; .pdf, .svg or .png chooses one format, none writes all three")
    return parser.parse_args()


def with_dimension(data, name, option):
    """The data with this dimension: one of theirs, or what a zip pairs, which then takes the zip's place."""
    if name in data.dims and name != "trial":
        return data
    own = data.coords.get(name)
    if own is None or own.ndim != 1 or own.dims[0] in ("trial", "coordinate"):
        paired = [str(n) for n, c in data.coords.items() if c.ndim == 1 and n not in data.dims]
        known = ", ".join([str(d) for d in data.dims if d not in ("trial", "coordinate")] + paired)
        fail(f"{option} {name} is not a dimension; there are {known}")
    place = own.dims[0]
    if not is_zip(data, place):
        fail(f"{option} {name} stands in the place of {place}, which another option has taken")
    data = data.swap_dims({place: name})
    return data if data.indexes.get(name) is not None and data.indexes[name].is_unique else data.set_xindex(name)


def is_zip(data, name):
    """Whether a dimension counts positions of a zip; results from before it was stored say it in words."""
    attributes = data[name].attrs if name in data.coords else {}
    return attributes.get("kind", "") == "positions" or (
        "kind" not in attributes and str(attributes.get("long_name", "")).startswith("position in the zip"))


def open_result(arguments):
    if not os.path.exists(arguments.result):
        fail(f"{arguments.result} does not exist; make it with: samsweep run SWEEP.yaml --output {arguments.result}")
    try:
        data = xarray.open_dataset(arguments.result, engine="h5netcdf")
    except (OSError, ValueError) as error:
        fail(f"{arguments.result} cannot be opened as a result file: {error}")
    if "status" not in data:
        fail(f"{arguments.result} is not a result file of samsweep")
    data = with_dimension(data, arguments.against, "--against")
    if data[arguments.against].dtype.kind not in "iuf":
        fail(f"--against {arguments.against} has names and no numbers: {', '.join(map(str, data[arguments.against].values))}")
    if arguments.by != "optimizer" or arguments.by in data.dims:
        data = with_dimension(data, arguments.by, "--by")
    for name in filter(None, (arguments.panel or "").split(",")):
        data = with_dimension(data, name, "--panel")
    for text in arguments.select:
        name, _, value = text.partition("=")
        if name == arguments.against:
            fail(f"--select {text}: {name} is what is drawn against; choose another --against")
        data = with_dimension(data, name, f"--select {text}: ")
        try:
            data = data.sel({name: value}) if data[name].dtype.kind not in "iuf" else data.sel(
                {name: float(value)}, method="nearest")
        except (KeyError, ValueError):
            fail(f"--select {text}: {name} has the values {', '.join(map(str, data[name].values))}")
    return data


def responses(data, name):
    """The response of every trial; NaN where it is not finished."""
    source = "distance" if name == "distance_squared" and name not in data else name
    if source not in data:
        fail(f"--response {name} is not recorded; there are {', '.join(n for n in data if 'trial' in data[n].dims)}")
    values = data[source].where(data.status == 1)
    return values**2 if source != name else values


def baseline(values, arguments):
    """What SGD does, trial by trial: the sgd curve, or rho = 0; None where there is neither, or the curves have each their
    own."""
    against, by = arguments.against, arguments.by
    if against == "rho" and by == "optimizer" and by in values.dims and "sgd" in values[by].values:
        own = values.sel({by: "sgd"}, drop=True)
        # It does not depend on rho, and a sweep may have run it at one rho only.
        ran = np.flatnonzero(own.notnull().any([d for d in own.dims if d != against]))
        return own.isel({against: ran[0] if ran.size else 0}, drop=True)
    if against == "rho" and (values.rho == 0).any():
        own = values.isel(rho=int(np.flatnonzero(values.rho.values == 0)[0]), drop=True)
        if by not in own.dims:
            return own
        means = own.mean("trial")
        agree = bool((abs(means - means.isel({by: 0})) <= 1e-9 * abs(means)).where(means.notnull(), True).all())
        return own.isel({by: 0}, drop=True) if agree else None
    return None


def excess(values, against):
    """The excess over the same trial of the same curve where the abscissa is 0: what fit means by it, too."""
    zeros = np.flatnonzero(values[against].values == 0)
    if not zeros.size:
        fail(f"--excess is over {against} = 0, which is not among the values")
    return values - values.isel({against: int(zeros[0])}, drop=True)


class Curves:
    """Means, half widths of 95 % intervals and shares of diverged trials."""

    def __init__(self, data, arguments):
        values = responses(data, arguments.response)
        kept = [arguments.against, arguments.by, "trial", *(arguments.panel or "").split(",")]
        single = [d for d in values.dims if values.sizes[d] == 1 and d not in kept]
        values, data = values.squeeze(single), data.squeeze(single)
        self.base = baseline(values, arguments)
        if arguments.excess:
            values = excess(values, arguments.against)
        count = values.count("trial")
        self.mean = values.mean("trial")
        self.error = 1.96 * values.std("trial", ddof=1) / np.sqrt(count)
        self.diverged = (data.status == 2).any("trial")
        self.all_diverged = self.diverged & (data.status != 1).all("trial")
        if self.base is not None:
            self.base = self.base.mean("trial")
        if not bool((count > 0).any()):
            fail(f"no trial is finished in {arguments.result}")
        if not (self.mean[arguments.against].values > 0).any():
            fail(f"{arguments.against} has no value above 0, and the axis is logarithmic: choose another --against")
        self.dims = [d for d in self.mean.dims if self.mean.sizes[d] > 1 and d not in (arguments.against, arguments.by)]


def arrange(curves, arguments):
    """(columns, rows, dashes): lists of dimensions."""
    if arguments.panel:
        columns, rows = ([[n] if n else [] for n in arguments.panel.split(",")] + [[]])[:2]
        for name in columns + rows:
            if name not in curves.mean.dims:
                fail(f"--panel {name} is not a dimension; there are {', '.join(curves.mean.dims)}")
        rest = [d for d in curves.dims if d not in columns + rows]
    else:
        rest = list(curves.dims)
        columns = [rest.pop(rest.index("dimension") if "dimension" in rest else 0)] if rest else []
        rows = [rest.pop(rest.index("noise") if "noise" in rest else 0)] if rest else []
    short = [d for d in rest if curves.mean.sizes[d] <= len(DASHES)]
    dashes = short[:1]
    return columns, rows + [d for d in rest if d not in dashes], dashes


def combinations(mean, names):
    """All selections of the named dimensions: a list of dictionaries of positions."""
    return [dict(zip(names, p)) for p in itertools.product(*(range(mean.sizes[n]) for n in names))]


def symbol(name):
    return SYMBOLS.get(name, name.replace("_", " "))


def value_text(mean, name, position):
    value = mean[name].values[position]
    return str(value) if mean[name].dtype.kind not in "iuf" else f"{value:g}"


def label(mean, selection):
    """As `d = 10`; of a zip, what it pairs there."""
    parts = []
    for name, position in selection.items():
        paired = [n for n, c in mean.coords.items() if c.dims == (name,) and n != name] if is_zip(mean, name) else []
        parts += [f"{symbol(n)} = {value_text(mean, n, position)}" for n in paired or [name]]
    return literal(", ".join(parts))


def literal(text):
    """A text that can be drawn: with its formulas where they are some, otherwise as it is written."""
    try:
        matplotlib.mathtext.MathTextParser("path").parse(text)
        return text
    except ValueError:
        return text.replace("$", r"\$")


def names_of(mean, by):
    return [str(v) for v in mean[by].values] if by in mean.dims else [""]


def shown_curves(curves, arguments):
    """(position, colour, marker) of what is drawn as points: all but SGD, which is a level."""
    is_level = arguments.by == "optimizer" and arguments.against == "rho"
    shown = [i for i, name in enumerate(names_of(curves.mean, arguments.by)) if not (is_level and name == "sgd")]
    colours = COLOURS["dark" if arguments.style == "dark" else "light"]
    return list(zip(shown, itertools.cycle(colours), itertools.cycle(MARKERS)))


def draw_curve(axes, curves, selection, look, arguments):
    mean = curves.mean.isel(selection)
    colour, marker, style = look
    x, y = mean[arguments.against].values.astype(float), mean.values
    error, diverged = curves.error.isel(selection).values, curves.diverged.isel(selection).values
    everywhere = curves.all_diverged.isel(selection).values & (x > 0)
    if everywhere.any():
        crosses, = axes.plot(
            x[everywhere], np.full(everywhere.sum(), 0.97 - 0.05 * axes.crossed), transform=axes.get_xaxis_transform(), linestyle="none",
            marker="x", color=colour, zorder=4)
        crosses.set_in_layout(False)
        # One below the other, so that each is seen.
        axes.crossed += 1
    usable = np.isfinite(y) & (x > 0) & (y != 0)
    x, y, error, diverged = x[usable], y[usable], np.nan_to_num(error[usable]), diverged[usable]
    size, low = np.abs(y), np.minimum(error, 0.999 * np.abs(y))
    clear = (size > error) if arguments.excess else np.ones(len(x), bool)
    # Intervals that reach towards 0 do not decide what the axis shows.
    axes.points = np.append(axes.points, [x, np.maximum(size - low, size / 2), size + error, clear], axis=1)
    axes.plot(x, size, color=colour, linestyle=style, alpha=0.35 if arguments.excess else 1, zorder=3)
    for positive, sure in itertools.product((True, False), (True, False)):
        chosen = ((y > 0) == positive) & (clear == sure) & ~diverged
        axes.errorbar(
            x[chosen], size[chosen], yerr=[low[chosen], error[chosen]], linestyle="none", color=colour, marker=marker,
            markerfacecolor=colour if positive else axes.get_facecolor(), alpha=1 if sure else 0.3,
            elinewidth=0.8 * plt.rcParams["lines.linewidth"], zorder=4)
    axes.plot(x[diverged], size[diverged], linestyle="none", marker="x", color=colour, zorder=4)


def set_limits(panels):
    """The ordinate of a row of panels, from what is known well enough to be seen."""
    points = np.concatenate([axes.points for axes in panels], axis=1)
    if (points[3] == 1).any():
        points = points[:, points[3] == 1]
    points = points[:, np.isfinite(points[1]) & (points[1] > 0) & np.isfinite(points[2])]
    if points.size:
        low, high = np.log10([points[1].min(), points[2].max()])
        margin = 0.06 * (high - low) + 0.05
        panels[0].set_ylim(10 ** (low - margin), 10 ** (high + margin))


def draw_level(axes, curves, selection, dashes):
    """The level of SGD, or of rho = 0: what is left when nothing is perturbed."""
    level = float(curves.base.isel({n: p for n, p in selection.items() if n in curves.base.dims}))
    if np.isfinite(level) and level > 0:
        axes.points = np.append(axes.points, [[1e-300, 1e300], [level] * 2, [level] * 2, [1, 1]], axis=1)
        axes.axhline(level, color=plt.rcParams["text.color"], linestyle=dashes, linewidth=0.8, zorder=2)


def free_corner(panels):
    """(is upper left, decades): the empty corner of a row of panels, and its height left of or below the curves."""
    (left, right), (bottom, top) = np.log10(panels[0].get_xlim()), np.log10(panels[0].get_ylim())
    points = np.concatenate([axes.points for axes in panels], axis=1)
    x, low, high = np.log10(points[:3])
    first, last = x < left + 0.42 * (right - left), x > right - 0.42 * (right - left)
    above = top - np.max(high[first], initial=bottom)
    below = np.min(low[last], initial=top) - bottom
    return (True, above) if above >= below else (False, below)


def draw_guides(panels):
    """Two short lines of slope 1 and 2 where a row of panels has room for them."""
    (left, right), (bottom, top) = np.log10(panels[0].get_xlim()), np.log10(panels[0].get_ylim())
    is_above, room = free_corner(panels)
    width = min(0.18 * (right - left), 0.36 * room)
    x = left + 0.07 * (right - left) if is_above else right - width - 0.18 * (right - left)
    y = top - 0.06 * (top - bottom) - 2 * width if is_above else bottom + 0.06 * (top - bottom)
    for axes, slope in itertools.product(panels, (1, 2)):
        end = x + width, y + slope * width
        axes.plot(10 ** np.array([x, end[0]]), 10 ** np.array([y, end[1]]), color=GREY, linewidth=0.9, zorder=1)
        text = r"$\propto\rho^2$" if slope == 2 else r"$\propto\rho$"
        axes.annotate(
            text, 10 ** np.array(end), (3, -1), textcoords="offset points", fontsize="small", color=GREY, va="center")


def draw_panel(axes, curves, selection, dashes, arguments):
    axes.points, axes.crossed = np.empty((4, 0)), 0
    for style, own in zip(DASHES, combinations(curves.mean, dashes)):
        everything = {**selection, **own}
        for position, colour, marker in shown_curves(curves, arguments):
            chosen = {arguments.by: position} if arguments.by in curves.mean.dims else {}
            draw_curve(axes, curves, {**everything, **chosen}, (colour, marker, style), arguments)
        if curves.base is not None and arguments.against == "rho" and not arguments.excess:
            draw_level(axes, curves, everything, style)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.grid(True, which="major", linewidth=0.4, alpha=0.25)


def legend_entries(curves, dashes, arguments):
    line, ink = matplotlib.lines.Line2D, plt.rcParams["text.color"]
    entries = []
    by = names_of(curves.mean, arguments.by)
    for i, colour, marker in shown_curves(curves, arguments):
        text = label(curves.mean, {arguments.by: i}) if arguments.by != "optimizer" else literal(by[i])
        if by[i]:
            entries.append(line([], [], color=colour, marker=marker, label=text))
    if curves.base is not None and arguments.against == "rho" and not arguments.excess:
        entries.append(line([], [], color=ink, linewidth=0.8, label="sgd" if "sgd" in by else r"$\rho = 0$"))
    for style, own in zip(DASHES, combinations(curves.mean, dashes)):
        if own:
            entries.append(line([], [], color=GREY, linestyle=style, label=label(curves.mean, own)))
    if arguments.excess:
        entries.append(line([], [], color=ink, marker="o", markerfacecolor="none", linestyle="none", label="negative"))
        entries.append(line([], [], color=ink, marker="o", alpha=0.3, linestyle="none", label="interval covers 0"))
    if bool(curves.diverged.any()):
        # Where some did, a point of the others is left.
        some = bool((curves.diverged & ~curves.all_diverged).any())
        everywhere = bool(curves.all_diverged.any())
        text = "some trials diverged" if some else "all trials diverged"
        entries.append(line([], [], color=ink, marker="x", linestyle="none", label=(
            f"{text}; at the upper edge: all" if some and everywhere else text)))
    return entries


def set_style(arguments):
    plt.style.use("dark_background" if arguments.style == "dark" else "default")
    plt.rcParams.update({
        "axes.spines.top": False, "axes.spines.right": False, "axes.linewidth": 0.6, "pdf.fonttype": 42,
        "svg.fonttype": "none", "mathtext.fontset": "dejavusans", "legend.frameon": False, "savefig.dpi": 300,
        "grid.color": GREY, "xtick.direction": "out", "ytick.direction": "out", "xtick.minor.visible": False,
        "axes.titlesize": "medium", **STYLES[arguments.style]})


def wrapped(text, inches):
    """In lines that are about as long as that, broken between words, and within a word that alone is too long."""
    letters = max(8, int(inches * 72 / (0.72 * plt.rcParams["font.size"])))
    # A formula is a letter, and stays with its value.
    formulas = []
    text = re.sub(r"(?<!\\)\$.*?(?<!\\)\$", lambda found: formulas.append(found[0]) or "\ue000", text)
    text = re.sub(r",(?! )", ", ", text).replace(" = ", "\xa0=\xa0")
    lines = textwrap.fill(text, letters, break_on_hyphens=False).replace("\xa0", " ")
    return re.sub("\ue000", lambda _: formulas.pop(0), lines)


def add_legend(figure, entries, most, title):
    """Above the panels, in as many columns as the figure is wide; where one is too wide, the figure grows.

    It carries the figure's title: two things outside of the panels would lie on each other."""
    renderer = figure.canvas.get_renderer()
    look = {
        "handles": entries, "loc": "outside upper center", "title_fontsize": "large",
        "title": wrapped(title, 0.8 * figure.get_figwidth()) if title else None}
    for columns in range(min(most, len(entries)), 0, -1):
        legend = figure.legend(ncols=columns, **look)
        width = legend.get_window_extent(renderer).width / figure.dpi
        if width <= figure.get_figwidth():
            lines = -(-len(entries) // columns)
            if -(-len(entries) // lines) < columns:
                # As few columns as fill the same lines.
                legend.remove()
                figure.legend(ncols=-(-len(entries) // lines), **look)
            return
        if columns > 1:
            legend.remove()
    figure.set_figwidth(width + 0.1)


def draw(curves, arguments):
    columns, rows, dashes = arrange(curves, arguments)
    across, down = combinations(curves.mean, columns), combinations(curves.mean, rows)
    if len(across) * len(down) > 40:
        many = f"{len(across) * len(down)} panels are too many"
        fail(f"{many}: keep one value of {' or '.join(rows + columns)} with --select")
    width, height = PANEL_INCHES[arguments.style]
    figure, grid = plt.subplots(
        len(down), len(across), sharex=True, sharey="row", squeeze=False, layout="constrained",
        figsize=(width * len(across) + 0.35 * width, height * len(down) + 0.45 * height))
    for (i, row), (j, column) in itertools.product(enumerate(down), enumerate(across)):
        draw_panel(grid[i, j], curves, {**row, **column}, dashes, arguments)
        if i == 0 and column:
            grid[i, j].set_title(wrapped(label(curves.mean, column), width))
        if j == len(across) - 1 and row:
            grid[i, j].annotate(
                wrapped(label(curves.mean, row), height), (1.02, 0.5), xycoords="axes fraction", rotation=270, ha="left", va="center")
    for panels in grid:
        set_limits(panels)
        if arguments.against == "rho" and not arguments.no_guides:
            draw_guides(panels)
    response = symbol(arguments.response)
    figure.supxlabel(symbol(arguments.against), fontsize="medium")
    figure.supylabel(f"excess of {response} over {symbol(arguments.against)} = 0" if arguments.excess else response, fontsize="medium")
    entries = legend_entries(curves, dashes, arguments)
    title = literal(arguments.title) if arguments.title else None
    if entries:
        add_legend(figure, entries, max(3, 2 * len(across)), title)
    elif title:
        figure.suptitle(wrapped(title, figure.get_figwidth()))
    return figure


def main():
    arguments = parse_arguments()
    set_style(arguments)
    figure = draw(Curves(open_result(arguments), arguments), arguments)
    base, ending = os.path.splitext(arguments.output or os.path.splitext(arguments.result)[0])
    chosen = [ending] if ending in (".pdf", ".svg", ".png") else [".pdf", ".svg", ".png"]
    base = base if ending in (".pdf", ".svg", ".png") else base + ending
    for ending in chosen:
        try:
            figure.savefig(base + ending, metadata={"Date": None} if ending == ".svg" else None)
        except OSError as error:
            fail(f"{base + ending} cannot be written: {error.strerror}")
        print(base + ending)


if __name__ == "__main__":
    main()
