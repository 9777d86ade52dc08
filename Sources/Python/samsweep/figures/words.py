"""What figures call things: symbols, values, settings, all of it safe to be drawn."""

from __future__ import annotations

import re
import textwrap
import warnings
from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib import font_manager
from matplotlib.mathtext import MathTextParser

from .. import results

_SYMBOLS = {
    "rho": r"$\rho$", "noise": r"$\sigma$", "learning_rate": r"$\eta$", "dimension": r"$d$", "steps": r"$T$", "step": r"$t$", "gradient_evaluations": "gradient evaluations",
    "distance_squared": r"$\mathrm{E}\,\|x_T - x^*\|^2$", "distance": r"$\mathrm{E}\,\|x_T - x^*\|$",
    "suboptimality": r"$\mathrm{E}\,f(x_T) - f^*$", "gradient_norm": r"$\mathrm{E}\,\|\nabla f(x_T)\|$",
    "tail_distance_squared": r"$\mathrm{E}\,\|x_t - x^*\|^2$, last tenth of the steps",
}  # fmt: skip


def symbol(name: str) -> str:
    """As formulas write it, or its name in words."""
    return _SYMBOLS.get(name, literal(name.replace("_", " ")))


def value(data: xr.Dataset | xr.DataArray, name: str, position: int) -> str:
    """A coordinate's value."""
    own = data[name].values[position]
    if isinstance(own, (float, np.floating)):
        return f"{own:.4g}"
    names = [str(one) for one in np.atleast_1d(data[name].values)]
    # Names that hold numbers, as those of optimizers, are shortened where they remain different.
    short = [re.sub(r"\d+\.\d{5,}(?:e[-+]\d+)?", lambda found: f"{float(found[0]):.4g}", one) for one in names]
    return literal(short[position] if len(set(short)) == len(set(names)) else names[position])


def label(data: xr.Dataset | xr.DataArray, name: str, position: int, *, named: bool = True) -> str:
    """As `d = 10`; of a zip, what it pairs there. Without `named`, of what names itself the value alone."""
    if name not in data.coords:
        return ""
    if not named and not results.is_zip(data, name) and data[name].dtype.kind not in "iuf":
        return value(data, name, position)
    names = results.paired(data, name) or [name]
    return ", ".join(f"{symbol(one)} = {value(data, one, position)}" for one in names)


def setting(data: xr.Dataset | xr.DataArray, places: Mapping[str, int]) -> str:
    """All of them, with a comma between."""
    return ", ".join(filter(None, (label(data, name, place, named=False) for name, place in places.items())))


def literal(text: str) -> str:
    """A text that can be drawn: with its formulas where they are some, otherwise as it is written."""
    try:
        MathTextParser("path").parse(text)
        return text
    except ValueError:
        return text.replace("$", r"\$")


def title(text: str) -> tuple[str, list[str]]:
    """A title, and the fonts that have its letters. What no installed font has is drawn as a mark, and told in a warning."""
    families = list(plt.rcParams["font.family"])
    missing = _missing(text, font_manager.findfont(font_manager.FontProperties(family=families)))
    if not missing:
        return literal(text), families
    for entry in font_manager.fontManager.ttflist:
        # Fonts of pictures are none that matplotlib draws.
        if missing and "Color" not in entry.name and not entry.name.startswith("Last Resort"):
            left = _missing("".join(missing), entry.fname)
            if left < missing:
                families, missing = [*families, entry.name], left
    if missing:
        letters = "".join(sorted(missing))
        warnings.warn(f"no installed font has {letters} of the title; install one that has, as Noto", UserWarning, stacklevel=6)
        text = "".join("\ufffd" if letter in missing else letter for letter in text)
    return text.replace("$", r"\$"), families


def _missing(text: str, font: str) -> set[str]:
    try:
        known = font_manager.get_font(font).get_charmap()
    except (OSError, RuntimeError):
        return set(text)
    return {letter for letter in text if ord(letter) not in known and not letter.isspace()}


def wrapped(text: str, inches: float) -> str:
    """In lines that are about as long as that, broken between words, and within a word that alone is too long."""
    letters = max(8, int(inches * 72 / (0.72 * float(plt.rcParams["font.size"]))))
    # A formula is a letter, and stays with its value.
    formulas: list[str] = []

    def keep(found: re.Match[str]) -> str:
        formulas.append(found[0])
        return "\ue000"

    text = re.sub(r"(?<!\\)\$.*?(?<!\\)\$", keep, text)
    text = re.sub(r",(?! )", ", ", text).replace(" = ", "\xa0=\xa0")
    lines = textwrap.fill(text, letters, break_on_hyphens=False).replace("\xa0", " ")
    return re.sub("\ue000", lambda _: formulas.pop(0), lines)


def interval(centre: Any, lower: Any, upper: Any) -> str:
    """As `1.98 [1.95, 2.01]`; without ends the value alone."""
    if not np.isfinite([float(lower), float(upper)]).all():
        return f"{float(centre):.3g}"
    return f"{float(centre):.3g} [{float(lower):.3g}, {float(upper):.3g}]"
