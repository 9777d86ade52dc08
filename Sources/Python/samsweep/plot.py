"""`samsweep plot`: figures of a result for papers, from the command line."""

from __future__ import annotations

import argparse
import pathlib
import shlex
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from . import errors, figures, fits, results
from .figures import panels
from .figures.panels import WIDTHS as WIDTHS
from .figures.panels import Layout

STYLES: dict[str, dict[str, Any]] = {
    "paper": {"font.size": 8, "lines.linewidth": 1.0},
    "talk": {"font.size": 13, "lines.linewidth": 2.0},
    "dark": {"font.size": 13, "lines.linewidth": 2.0},
}
_ENDINGS = (".pdf", ".svg", ".png")
_EXAMPLES = """\
examples:
    samsweep plot R.h5                                  RESULT.pdf, .svg and .png: the laws over their points
    samsweep plot R.h5 --output figure.pdf --width single --select noise=1
    samsweep plot R.h5 --excess                         the excess over rho = 0, trial by trial, as fit means it
    samsweep plot R.h5 --against learning_rate --response suboptimality --panel dimension,noise
    samsweep plot R.h5 --kind local                     exponents between neighbouring points
    samsweep plot R.h5 --kind regimes --up noise        where the law is a floor, linear, quadratic or nothing
    samsweep plot R.h5 --kind heat --up learning_rate   a map, with diverged cells crossed
    samsweep plot R.h5 --kind crossing --between m-sam,sgd
    samsweep plot R.h5 --kind curves --against gradient_evaluations        trajectories at equal budgets

What a zip pairs may be named like a dimension, in --against, --by, --up, --panel and --select; a zip itself is told by what
it pairs.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Draws what the arguments say, prints the files' paths, and gives the exit code."""
    options = _parser().parse_args(arguments)
    if not pathlib.Path(options.result).exists():
        known = shlex.quote(options.result)
        print(
            f"samsweep: error: {options.result} does not exist; make it with: samsweep run SWEEP.yaml --output {known}",
            file=sys.stderr)
        return 66
    matplotlib.use("Agg")
    with warnings.catch_warnings():
        warnings.showwarning = _warn
        try:
            _require_used(options)
            for path in _draw(options):
                print(path)
        except errors.SamsweepError as error:
            return _fail(error, error.exit_code)
        except OSError as error:
            return _fail(f"cannot write {error.filename}: {error.strerror}" if error.filename else error, 73)
    return 0


def _fail(message: Any, code: int) -> int:
    print("samsweep: error: " + " ".join(str(message).split()), file=sys.stderr)
    return code


def _warn(message: Warning | str, *_: Any, **__: Any) -> None:
    print("samsweep: warning: " + " ".join(str(message).split()), file=sys.stderr)


#: Options that only some kinds of figure take.
_USED = {
    "excess": ("law", "local", "regimes"), "by": ("law", "local", "curves", "crossing"), "up": ("regimes", "heat"), "between": ("crossing",),
    "model": ("law", "local", "regimes"), "bootstrap": ("law", "local", "regimes", "crossing"), "no_guides": ("law",),
}  # fmt: skip
#: What they are where they are not given.
_USUAL = {"by": "optimizer", "model": "auto", "bootstrap": 2000}


def _require_used(options: argparse.Namespace) -> None:
    """Throws `UsageError` for an option that the kind of figure does not take; fills in those that are not given."""
    for name, kinds in _USED.items():
        given = getattr(options, name)
        if given is None or given is False:
            setattr(options, name, _USUAL.get(name, given))
        elif options.kind not in kinds:
            raise errors.usage(f"--{name.replace('_', '-')} belongs to --kind {' and '.join(kinds)}; --kind {options.kind} has none")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        self.exit(64, f"samsweep: error: {message}; see samsweep plot --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="samsweep plot", description="Draws a result: a figure for a paper as PDF, SVG or PNG.", epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False,
    )  # fmt: skip
    parser.add_argument("result", help="a result file")
    parser.add_argument("--kind", choices=_KINDS, default="law", help="what is drawn (default: law)")
    parser.add_argument(
        "--output", action="append", metavar="FILE", help="by its ending .pdf, .svg or .png (default: RESULT with all three)")
    parser.add_argument("--response", default="distance_squared", help="a statistic, or a trajectory's quantity")
    parser.add_argument("--excess", action="store_true", help="the excess over abscissa 0, trial by trial; hollow: negative")
    parser.add_argument("--against", help="the abscissa (default: rho; of curves: step)")
    parser.add_argument("--by", help="the dimension shown by colour (default: optimizer)")
    parser.add_argument("--up", help="the ordinate of maps")
    parser.add_argument("--between", metavar="FIRST,SECOND", help="of a crossing: two values of --by")
    parser.add_argument("--panel", metavar="COLUMNS[,ROWS]", help="dimensions with panels of their own")
    parser.add_argument("--select", action="append", default=[], metavar="NAME=VALUE", help="keep one value (three digits are enough)")
    parser.add_argument("--model", help="the law to fit (default: auto)")
    parser.add_argument("--bootstrap", type=int, help="resamples for intervals (default: 2000)")
    parser.add_argument("--style", choices=STYLES, default="paper", help="size of letters, and light or dark paper")
    parser.add_argument("--width", type=_inches, metavar="WIDTH", help="of the figure: single or double (columns of a journal), or inches")
    parser.add_argument("--title", help="printed above the panels")
    parser.add_argument("--no-guides", action="store_true", help="no lines of slope 1 and 2")
    return parser


def _inches(text: str) -> float:
    try:
        return panels.inches(text if text in WIDTHS else float(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not single, double or a number of inches from 1 to 60") from None


def _style(name: str) -> dict[str, Any]:
    return {
        "axes.spines.top": False, "axes.spines.right": False, "axes.linewidth": 0.6, "axes.titlesize": "medium",
        "pdf.fonttype": 42, "svg.fonttype": "none", "mathtext.fontset": "dejavusans", "savefig.dpi": 300, **STYLES[name],
    }  # fmt: skip


def _draw(options: argparse.Namespace) -> list[pathlib.Path]:
    base = pathlib.Path(options.result).with_suffix("")
    paths = [pathlib.Path(name) for name in options.output or [f"{base}{ending}" for ending in _ENDINGS]]
    for path in paths:
        if path.suffix not in _ENDINGS:
            raise errors.usage(f"--output {path}: the ending decides the format; give .pdf, .svg or .png")
    if options.excess:
        options.response = "excess"
    paper = ["dark_background"] if options.style == "dark" else ["default"]
    with plt.style.context([*paper, _style(options.style)]):
        figure = _KINDS[options.kind](options)
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
        plt.close(figure)
    return paths


def _layout(options: argparse.Namespace) -> Layout:
    names = [name for name in (options.panel or "").split(",") if name]
    if len(names) > 2:
        raise errors.usage(f"--panel {options.panel}: give a dimension for the columns, and one for the rows")
    return Layout(options.width, names or None, options.title)


def _opened(options: argparse.Namespace) -> xr.Dataset:
    return results.open(options.result)


def _laws(options: argparse.Namespace) -> tuple[xr.Dataset, str]:
    against = options.against or "rho"
    with _opened(options) as opened:
        for text in options.select:
            if text.partition("=")[0] == against:
                raise errors.usage(f"--select {text}: {against} is what is drawn against; choose another --against")
        own = opened.coords.get(against)
        if own is not None and own.dtype.kind not in "iuf":
            raise errors.usage(f"--against {against} has names and no numbers: {', '.join(map(str, own.values))}")
        laws = fits.fit(
            _selected(opened, options.select), response=options.response, against=against, model=options.model,
            bootstrap=options.bootstrap, cells=True,
        )  # fmt: skip
    return laws, against


def _law(options: argparse.Namespace) -> Figure:
    laws, against = _laws(options)
    return figures.law(
        laws, against=against, by=options.by, response=options.response, guides=not options.no_guides, layout=_layout(options))


def _local(options: argparse.Namespace) -> Figure:
    laws, against = _laws(options)
    return figures.local(laws, against=against, by=options.by, layout=_layout(options))


def _regimes(options: argparse.Namespace) -> Figure:
    laws, against = _laws(options)
    return figures.regimes(laws, against=against, up=options.up, layout=_layout(options))


def _heat(options: argparse.Namespace) -> Figure:
    with _opened(options) as opened:
        result = _selected(opened, options.select)
        return figures.heat(result, options.response, x=options.against, y=options.up, layout=_layout(options))


def _curves(options: argparse.Namespace) -> Figure:
    with _opened(options) as opened:
        result = _selected(opened, options.select)
        return figures.curves(
            result, options.response, against=options.against or "step", by=options.by, layout=_layout(options))


def _crossing(options: argparse.Namespace) -> Figure:
    first, comma, second = (options.between or "").partition(",")
    if not (first and comma and second):
        raise errors.usage("--kind crossing needs --between FIRST,SECOND: two optimizers, or two values of --by")
    with _opened(options) as opened:
        result = _selected(opened, options.select)
        return figures.crossing(
            result, first, second, by=options.by, response=options.response, against=options.against or "rho",
            resamples=options.bootstrap, layout=_layout(options),
        )  # fmt: skip


_KINDS: dict[str, Callable[[argparse.Namespace], Figure]] = {
    "law": _law, "local": _local, "regimes": _regimes, "heat": _heat, "curves": _curves, "crossing": _crossing,
}  # fmt: skip


def _place(own: Any, value: str) -> int | None:
    """Where a value stands: a name as it is, a number to three digits."""
    if own.dtype.kind not in "iuf":
        return own.tolist().index(value) if value in own.tolist() else None
    try:
        wanted = float(value)
    except ValueError:
        return None
    place = int(np.abs(own - wanted).argmin())
    return place if abs(own[place] - wanted) <= 5e-3 * abs(own[place]) else None


def _selected(result: xr.Dataset, selections: Sequence[str]) -> xr.Dataset:
    for text in selections:
        name, _, value = text.partition("=")
        along = results.along(result, name)
        if along is None or along == "trial":
            known = ", ".join(panels.dimensions(result[["status"]]))
            raise errors.usage(f"--select {text}: {name} is no dimension; there are {known}")
        own = result[name].values
        place = _place(own, value)
        if place is None:
            raise errors.usage(f"--select {text}: {name} has the values {', '.join(map(str, own))}")
        result = result.isel({along: [place]})
    return result
