"""`samsweep plot`: figures of a result for papers, from the command line."""

from __future__ import annotations

import argparse
import pathlib
import sys
from collections.abc import Sequence
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import xarray as xr

from . import errors, figures, fits, results

#: Inches of a column and of a page of the common journals.
WIDTHS = {"single": 3.35, "double": 6.9}


def main(arguments: Sequence[str] | None = None) -> int:
    """Draws what the arguments say, prints the files' paths, and gives the exit code."""
    options = _parser().parse_args(arguments)
    if not pathlib.Path(options.result).exists():
        print(f"samsweep: error: {options.result}: there is no such file", file=sys.stderr)
        return 66
    matplotlib.use("Agg")
    try:
        for path in _draw(options):
            print(path)
    except errors.SamsweepError as error:
        print(f"samsweep: error: {error}", file=sys.stderr)
        return error.exit_code
    except (ValueError, KeyError) as error:
        print(f"samsweep: error: {error.args[0] if error.args else error}", file=sys.stderr)
        return 64
    except OSError as error:
        print(f"samsweep: error: {error}", file=sys.stderr)
        return 73
    return 0


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        self.print_usage(sys.stderr)
        self.exit(64, f"samsweep: error: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="samsweep plot", description="Draws a result: a figure for a paper as PDF, SVG or PNG.")
    parser.add_argument("result", help="a result file")
    parser.add_argument("--kind", choices=("law", "heat", "curves"), default="law", help="law over its points, map, trajectories")
    parser.add_argument("--output", action="append", metavar="FILE", help="by its ending .pdf, .svg or .png (default: RESULT.pdf)")
    parser.add_argument("--response", default="distance_squared", help="what is drawn: a statistic, or a trajectory's quantity")
    parser.add_argument("--against", default="rho", help="the abscissa of laws and maps")
    parser.add_argument("--by", default="optimizer", help="the dimension shown by colour")
    parser.add_argument("--up", default="learning_rate", help="the ordinate of maps")
    parser.add_argument("--select", action="append", default=[], metavar="NAME=VALUE", help="keep one value (the nearest)")
    parser.add_argument("--model", default="auto", help="the law to fit")
    parser.add_argument("--bootstrap", type=int, default=2000, help="resamples for intervals")
    parser.add_argument("--width", choices=WIDTHS, help="as wide as a journal's column or page, with its size of letters")
    return parser


def _draw(options: argparse.Namespace) -> list[pathlib.Path]:
    paths = [pathlib.Path(name) for name in options.output or [f"{pathlib.Path(options.result).with_suffix('')}.pdf"]]
    for path in paths:
        if path.suffix not in (".pdf", ".svg", ".png"):
            raise ValueError(f"--output {path}: the ending decides the format; give .pdf, .svg or .png")
    style: dict[Any, Any] = {"pdf.fonttype": 42, "svg.fonttype": "none", "savefig.dpi": 300}
    if options.width:
        style |= {"font.size": 8, "axes.linewidth": 0.6, "lines.linewidth": 1.0, "lines.markersize": 3}
    with plt.rc_context(style), results.open(options.result) as opened:
        result = _selected(opened, options.select)
        if options.kind == "heat":
            figure = figures.heat(result, options.response, x=options.against, y=options.up)
        elif options.kind == "curves":
            figure = figures.curves(result, options.response, by=options.by)
        else:
            laws = fits.fit(
                result, response=options.response, against=options.against, model=options.model, bootstrap=options.bootstrap,
                cells=True,
            )  # fmt: skip
            figure = figures.law(laws, against=options.against, by=options.by, response=options.response)
        if options.width:
            wide, high = figure.get_size_inches()
            figure.set_size_inches(WIDTHS[options.width], WIDTHS[options.width] * high / wide)
        for path in paths:
            figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
        plt.close(figure)
    return paths


def _selected(result: xr.Dataset, selections: Sequence[str]) -> xr.Dataset:
    for text in selections:
        name, _, value = text.partition("=")
        if name not in result.dims or name not in result.coords:
            raise ValueError(f"--select {text}: {name} is no dimension; there are {', '.join(map(str, result.status.dims))}")
        own = result[name]
        try:
            chosen = own.values[int(np.abs(own.values - float(value)).argmin())] if own.dtype.kind in "iuf" else value
            result = result.sel({name: [chosen]})
        except (KeyError, ValueError):
            raise ValueError(f"--select {text}: {name} has the values {', '.join(map(str, own.values))}") from None
    return result
