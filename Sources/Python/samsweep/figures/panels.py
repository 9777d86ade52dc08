"""Figures of several panels: one for each setting of the dimensions that are not drawn, and a legend that is never cut off."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

from .. import arguments, errors, results
from . import words

# Okabe and Ito's colours, which people with any kind of colour vision tell apart.
_LIGHT = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D1F", "#6A3D9A")
_DARK = ("#56B4E9", "#E69F00", "#2BC79A", "#E59CC8", "#F0E442", "#FF7A4D", "#B9A7FF", "#CFCFCF")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "h")
GREY = "#8a8a8a"
#: Crosses of diverged cells.
LOST = "#D55E00"
#: Inches of a column and of a page of the common journals.
WIDTHS = {"single": 3.35, "double": 6.9}
_MOST_PANELS = 40
#: Dimensions of values, not of settings.
_INNER = ("trial", "coordinate", "neighbours", "step", "quantile")
Data = TypeVar("Data", xr.Dataset, xr.DataArray)


@dataclasses.dataclass(frozen=True)
class Layout:
    """What all figures take."""

    #: Of the whole figure, in inches, or one of `WIDTHS`; `None` for as much as the panels like to have.
    width: float | str | None = None
    #: Dimensions with a column of panels, and with a row of panels, for each value; `None` for what fits.
    panel: Sequence[str] | None = None
    title: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "width", None if self.width is None else inches(self.width))
        # A single name is one dimension, not its letters.
        if self.panel is not None:
            names = arguments.names("panel", self.panel)
            if len(names) > 2 or len(set(names)) < len(names):
                raise errors.usage(f"panel {', '.join(names)}: give a dimension for the columns, and another one for the rows")
            object.__setattr__(self, "panel", tuple(names))
        if self.title is not None and not isinstance(self.title, str):
            raise errors.wrong_type(f"title is a text, not {self.title!r}")

    @property
    def inches(self) -> float | None:
        """The width."""
        return None if self.width is None else float(self.width)


def inches(width: Any) -> float:
    """A figure's width. Throws `UsageError` for what is no width."""
    if isinstance(width, str) and width in WIDTHS:
        return WIDTHS[width]
    if isinstance(width, str):
        raise errors.usage(f"width {width}: give single, double or inches")
    own = arguments.real("width", width)
    if not 1 <= own <= 60:
        raise errors.usage(f"width {own:g}: give single, double or inches from 1 to 60")
    return own


def colour(number: int) -> str:
    """Of a series, for light or dark paper."""
    colours = _DARK if is_dark() else _LIGHT
    return colours[number % len(colours)]


def marker(number: int) -> str:
    """Of a series."""
    return _MARKERS[number % len(_MARKERS)]


def is_dark() -> bool:
    """Whether figures stand on dark paper."""
    return sum(to_rgb(plt.rcParams["axes.facecolor"])) < 1.5


def ink() -> Any:
    """The colour of letters."""
    return plt.rcParams["text.color"]


def require_apart(by: str, against: str, what: str = "by") -> None:
    """Throws `ValueError` where colours or rows would tell apart what the abscissa already does."""
    if by == against:
        raise errors.usage(f"{what} {by} is what is drawn against; name another dimension")


def dimensions(data: xr.Dataset | xr.DataArray) -> list[str]:
    """What figures can tell apart: the sweep's dimensions, and behind each zip what it pairs."""
    own = [str(name) for name in data.dims if name not in _INNER]
    return [one for name in own for one in [name, *(results.paired(data, name) if name in data.coords else [])]]


def with_dimension(data: Data, name: str, what: str) -> Data:
    """The data with this dimension: one of theirs, or what a zip pairs, which then takes the zip's place."""
    # An axis of names that is not among the dimensions, as that of the only optimizer, has nothing to tell apart.
    if name in data.dims and name != "trial":
        return data
    own = data.coords.get(name)
    if own is not None and own.ndim == 0:
        # The one value that was selected.
        return data.expand_dims(name)
    if own is None or own.ndim != 1 or own.dims[0] in ("trial", "coordinate") or name in data.dims:
        raise errors.usage(f"{what} {name} is not a dimension; there are {', '.join(dimensions(data)) or 'none'}")
    place = str(own.dims[0])
    if not results.is_zip(data, place):
        raise errors.usage(f"{what} {name} stands in the place of {place}, which something else has taken")
    swapped = data.swap_dims({place: name})
    return swapped if name in swapped.indexes else swapped.set_xindex(name)


def place_of(data: xr.Dataset | xr.DataArray, name: str, wanted: Any) -> int:
    """Where a dimension has a value: a text, or a number in whatever spelling. Throws `UsageError`."""
    own = data[name].values
    if own.dtype.kind in "iuf":
        try:
            found = np.flatnonzero(own == float(wanted))
        except (TypeError, ValueError):
            found = np.array([], dtype=int)
    else:
        found = np.flatnonzero([str(one) == str(wanted) for one in own])
    if not found.size:
        raise errors.usage(f"{name} has no {wanted}; there are {', '.join(map(str, own))}")
    return int(found[0])


def value_of(data: xr.Dataset | xr.DataArray, name: str, place: int) -> str:
    """A dimension's value there, as figures write it."""
    return words.label(data, name, place, named=False)


def at(data: Data, places: dict[str, int], *kept: str) -> Data:
    """The data at these places, with the kept dimensions in that order and nothing else."""
    own = data.isel(places)
    own = own.squeeze([name for name in own.dims if name not in kept])
    return own.transpose(*kept) if isinstance(own, xr.DataArray) else own


def series(shown: xr.DataArray, by: str) -> list[tuple[int, dict[str, int]]]:
    """(number, selection) of what is told apart by colour."""
    if by not in shown.dims:
        return [(0, {})]
    return [(number, {by: number}) for number in range(shown.sizes[by])]


@dataclasses.dataclass(frozen=True)
class Panel:
    """Axes, and the positions of the setting that they show."""

    axes: Axes
    place: dict[str, int]


class Panels:
    """A figure with axes for each setting of the dimensions that are not used otherwise.

    Settings in which nothing was run have none. Where two or more dimensions are left, one of them gets columns and the others
    get rows, if the figure is wide enough for that.
    """

    def __init__(self, shown: xr.DataArray, used: set[str], layout: Layout, *, ratio: float = 0.84) -> None:
        self.layout = layout
        left = [str(name) for name in shown.dims if name not in used]
        for name in layout.panel or ():
            if name not in left:
                raise errors.usage(f"panel: {name} is not a dimension that is left for panels; there are {', '.join(left) or 'none'}")
        self._ratio = ratio
        self._swept = [name for name in left if shown.sizes[name] > 1]
        self._shown = shown
        # As wide as thirty letters.
        self._inches = 0.31 * float(plt.rcParams["font.size"])
        most = self._most_columns()
        across, down = self._grid()
        columns, rows = self._places(across), self._places(down)
        if down and len(columns) <= (most if layout.inches or not layout.panel else len(columns)):
            self._is_grid = True
        else:
            self._is_grid = False
            columns, rows = self._places([*down, *across] if not layout.panel else [*across, *down]), [{}]
        count = len(columns) * len(rows)
        if count > _MOST_PANELS:
            many = " × ".join(f"{shown.sizes[name]} of {name}" for name in self._swept)
            raise errors.usage(f"{count} panels ({many}) are too many; keep one value of some, with .sel(…) or --select")
        if not self._is_grid:
            wide = min(len(columns), most)
            # As few columns as fill the same rows.
            wide = -(-len(columns) // -(-len(columns) // wide))
            self._make(wide, -(-len(columns) // wide), ratio)
            self.panels = [Panel(axes, place) for axes, place in zip(self.grid.flat, columns)]
            for spare in self.grid.flat[len(columns) :]:
                spare.set_visible(False)
            # What stands above an empty place keeps its numbers.
            for axes in self.grid[-2, len(columns) % wide or wide :] if len(self.grid) > 1 else ():
                axes.xaxis.set_tick_params(labelbottom=True)
        else:
            self._make(len(columns), len(rows), ratio)
            self.panels = [
                Panel(self.grid[i, j], {**row, **column}) for (i, row), (j, column) in itertools.product(enumerate(rows), enumerate(columns))
            ]
        self._name(columns, rows)

    def _most_columns(self) -> int:
        return max(1, int(self.layout.inches / (0.62 * self._inches))) if self.layout.inches else 3

    def _grid(self) -> tuple[list[str], list[str]]:
        """Dimensions of the columns, and of the rows."""
        if self.layout.panel:
            across, down = ([[name] for name in self.layout.panel] + [[], []])[:2]
            rest = [name for name in self._swept if name not in self.layout.panel]
            return across, [*down, *rest]
        if len(self._swept) < 2:
            return self._swept, []
        first = "dimension" if "dimension" in self._swept else self._swept[0]
        return [first], [name for name in self._swept if name != first]

    def _places(self, names: Sequence[str]) -> list[dict[str, int]]:
        """Of the settings, those in which something is to be seen."""
        every = [dict(zip(names, place)) for place in itertools.product(*(range(self._shown.sizes[name]) for name in names))]
        return [place for place in every if bool(self._shown.isel(place).notnull().any())] or every[:1]

    def _make(self, columns: int, rows: int, ratio: float) -> None:
        width = self.layout.inches or (columns + 0.25) * self._inches
        panel = (width - 0.25 * self._inches) / columns
        self.figure, self.grid = plt.subplots(
            rows, columns, sharex=True, sharey="row" if self._is_grid else True, squeeze=False, layout="constrained",
            figsize=(width, (rows * ratio + 0.25 * ratio) * panel + 0.1),
        )  # fmt: skip
        self._panel_width = panel

    def _name(self, columns: list[dict[str, int]], rows: list[dict[str, int]]) -> None:
        if not self._is_grid:
            for panel in self.panels:
                own = {name: place for name, place in panel.place.items() if name in self._swept}
                panel.axes.set_title(words.wrapped(words.setting(self._shown, own), self._panel_width), fontsize="medium")
            return
        for axes, column in zip(self.grid[0], columns):
            axes.set_title(words.wrapped(words.setting(self._shown, column), self._panel_width), fontsize="medium")
        for axes, row in zip(self.grid[:, -1], rows):
            axes.annotate(
                words.wrapped(words.setting(self._shown, row), 0.84 * self._panel_width), (1.02, 0.5), xycoords="axes fraction",
                rotation=270, ha="left", va="center",
            )  # fmt: skip

    @property
    def panel_width(self) -> float:
        """Of each, in inches."""
        return self._panel_width

    @property
    def are_narrow(self) -> bool:
        """Whether a panel has no room for anything but what it draws."""
        return self._panel_width < 0.25 * float(plt.rcParams["font.size"])

    @property
    def rows(self) -> list[list[Panel]]:
        """Panels that share an ordinate."""
        if not self._is_grid:
            return [self.panels]
        wide = self.grid.shape[1]
        return [self.panels[start : start + wide] for start in range(0, len(self.panels), wide)]

    def finish(self, across: str, down: str, entries: Iterable[Any] = ()) -> Figure:
        """Names the axes, and puts legend and title above the panels."""
        # Names that are longer than the axes they belong to are cut off otherwise.
        wide, high = self.figure.get_size_inches()
        self.figure.supxlabel(words.wrapped(across, wide), fontsize="medium")
        self.figure.supylabel(words.wrapped(down, 0.8 * high), fontsize="medium")
        title, families = words.title(self.layout.title or "")
        handles = list(entries)
        if handles:
            self._add_legend(handles, title, families)
        elif title:
            self.figure.suptitle(words.wrapped(title, 0.8 * wide), fontfamily=families)
        for panel in self.panels:
            _thin_ticks(panel.axes)
        self._grow()
        return _shown_once(self.figure)

    def _grow(self) -> None:
        """Names, titles and legends take nothing from the panels: where they leave too little, the figure becomes higher."""
        rows, high = len(self.grid), self.figure.get_figheight()
        # So high that nothing is in the way of anything, from which follows what is needed.
        ample = high + rows * self._panel_width + 1
        self.figure.set_figheight(ample)
        self.figure.draw_without_rendering()
        if not self.layout.inches:
            # Nor do names along an ordinate, where the figure may become wider.
            narrowest = min(panel.axes.get_window_extent().width for panel in self.panels) / self.figure.dpi
            lack = 0.7 * self._panel_width - narrowest
            if lack > 0:
                self.figure.set_figwidth(self.figure.get_figwidth() + lack * self.grid.shape[1])
                self.figure.draw_without_rendering()
        boxes = [panel.axes.get_window_extent() for panel in self.panels]
        spare = min(box.height - 0.8 * self._ratio * box.width for box in boxes) / self.figure.dpi
        self.figure.set_figheight(max(high, ample - rows * spare))

    def _add_legend(self, entries: list[Any], title: str, families: list[str]) -> None:
        """In as many columns as the figure is wide; where one is too wide, its lines are broken, or the figure grows.

        It carries the figure's title: two things outside of the panels would lie on each other.
        """
        figure = self.figure
        renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
        wide = figure.get_figwidth()
        look: dict[str, Any] = {
            "handles": entries, "loc": "outside upper center", "frameon": False,
            "title": words.wrapped(title, 0.8 * wide) if title else None,
            "title_fontproperties": {"size": "large", "family": families},
        }  # fmt: skip
        needed = wide
        for columns in range(min(len(entries), 2 * max(3, self.grid.shape[1])), 0, -1):
            legend = figure.legend(ncols=columns, **look)
            needed = legend.get_window_extent(renderer).width / figure.dpi
            lines = -(-len(entries) // columns)
            fewest = -(-len(entries) // lines)
            if needed <= wide and fewest == columns:
                return
            legend.remove()
            if needed <= wide:
                # As few columns as fill the same lines.
                figure.legend(ncols=fewest, **look)
                return
        if self.layout.inches:
            for entry in entries:
                entry.set_label(words.wrapped(str(entry.get_label()), 0.8 * wide))
            figure.legend(ncols=1, **look)
        else:
            figure.legend(ncols=1, **look)
            figure.set_figwidth(needed + 0.1)


def name_places(panels: Panels, axes: Axes, values: Sequence[str], axis: str, most: int = 8) -> None:
    """Names of places along an axis, as many of them as there is room for, in lines that leave the panel its room."""
    step = -(-len(values) // most)
    names = [words.wrapped(value, 0.6 * panels.panel_width) for value in values[::step]]
    is_long = any("\n" in name for name in names)
    getattr(axes, f"{axis}axis").set_ticks(
        np.arange(0, len(values), step) + 0.5, names, fontsize="x-small" if is_long else None, linespacing=0.95)


def _thin_ticks(axes: Axes) -> None:
    """On a logarithmic axis of about a decade matplotlib names every digit, and the names lie on each other."""
    for own, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        if own.get_scale() != "log" or isinstance(own.get_major_locator(), NullLocator):
            continue
        own.set_minor_formatter(NullFormatter())
        decades = np.log10(high) - np.log10(low)
        if decades >= 1.4:
            continue
        fine: Any = MaxNLocator(3) if decades < 0.2 else LogLocator(subs=range(1, 10) if decades < 0.5 else (1, 2, 5))
        own.set_major_locator(fine)
        own.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.4g}"))


def _shown_once(figure: Figure) -> Figure:
    """Notebooks show a cell's value and, beside it, every figure that pyplot holds: there the value is enough."""
    if "inline" in plt.get_backend():
        plt.close(figure)
    return figure


