"""The program's commands as functions."""

from __future__ import annotations

import io
import json
import os
import pathlib
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, Union

import pandas as pd
import xarray as xr
import yaml

from . import arguments, errors, program, results, sweeps
from .program import ProgressListener
from .results import Result
from .sweeps import Sweep

#: `None`: a bar where someone sees it (a terminal, a notebook); `True`, `False`; or what hears of the progress.
Progress = Union[bool, None, ProgressListener]
#: (index, count) or "index/count", counted from 0.
Shard = Union[str, tuple[int, int]]


def run(
    sweep: Sweep,
    *,
    output: str | os.PathLike[str] | None = None,
    threads: int | None = None,
    shard: Shard | None = None,
    fresh: bool = False,
    repair: bool = False,
    drop: bool = False,
    isa: str | None = None,
    progress: Progress = None,
    **overrides: Any,
) -> xr.Dataset:
    """Runs what is missing of a sweep, on all cores, and opens its result.

    `sweep` is a path, a YAML text or a dict; `overrides` replace its fields, as `trials=64` or `axes__rho=np.logspace(-3, 0, 7)`.
    NumPy arrays may stand wherever lists do, and (X, y) in the place of a problem's data file. `output` is the result file,
    `Results/NAME.h5` by default; what it holds is not computed again. `shard=(i, n)` computes one of n parts, `fresh` starts
    over, `repair` computes damaged trials again, `drop` lets results go that the sweep no longer asks for.

    Ctrl-C and a notebook's stop button stop the run and keep what is done: the same call goes on from there. Throws
    `SamsweepError`.
    """
    options = [
        *arguments.count("threads", threads), *arguments.shard(shard), *arguments.word("isa", isa),
        *arguments.flags(fresh=fresh, repair=repair, drop=drop),
    ]  # fmt: skip
    target = None if output is None else pathlib.Path(arguments.path("output", output))
    given = sweeps.sweep_input(sweep, overrides)
    folder: pathlib.Path | None = None
    with _listener(progress) as listener:
        if given.data:
            target = (target or pathlib.Path("Results", f"{_name(sweep, overrides)}.h5")).resolve()
            folder = target.parent
            sweeps.write_data(given, folder)
        options += [] if target is None else [f"--output={target}"]
        options += ["--progress", "none" if progress is False else "json"]
        made = program.last_line(
            ["run", given.argument, *given.overrides, *options], text=given.text, folder=_folder(folder), listener=listener)
    return results.open(made)


def plan(sweep: Sweep, *, shards: int = 1, threads: int | None = None, **overrides: Any) -> dict[str, Any]:
    """What a sweep amounts to, without running it: `cells`, `trials`, `seconds` on this machine, `bytes`, and more."""
    return _looked_at("plan", sweep, overrides, [*arguments.count("shards", shards), *arguments.count("threads", threads)])


def status(result: Result) -> dict[str, Any]:
    """How far a result is, also while a run writes it: `done`, `missing`, `diverged`, `total`, `complete`, and more."""
    known: dict[str, Any] = program.parsed(["status", results.path_of(result), "--format", "json"])
    return known


def merge(shards: Sequence[Result], output: str | os.PathLike[str], *, compress: int | None = None) -> xr.Dataset:
    """Makes one result of the shards of a sweep, and opens it. Some shards give a partial result."""
    if isinstance(shards, (str, os.PathLike, xr.Dataset)) or not isinstance(shards, Sequence):
        raise errors.wrong_type(f"shards is a list of results, as sorted(glob('shard-*.h5')), not {type(shards).__name__}")
    files = [results.path_of(one) for one in shards]
    if not files:
        raise errors.usage("shards is an empty list: there is nothing to merge")
    options = [f"--output={arguments.path('output', output)}", *arguments.count("compress", compress)]
    return results.open(program.last_line(["merge", *files, *options]))


def verify(
    *sweep: Sweep,
    output: str | os.PathLike[str] | None = None,
    findings: bool = False,
    fresh: bool = False,
    drop: bool = False,
    threads: int | None = None,
    progress: Progress = None,
    **overrides: Any,
) -> pd.DataFrame:
    """Runs sweeps that carry claims, and gives a table of verdicts: a row for each claim, or with `findings` for each place in
    the grid where one was examined.

    A verdict is `pass`, `fail` or `undecided`; a failed claim is no exception. Of the largest or smallest of several cells,
    findings have that cell's coordinates as `extreme_learning_rate` and so on. `output` is the folder of the result files,
    `Results/verify` by default.
    """
    if not sweep:
        raise errors.usage("verify takes one sweep with claims, or several, and none was given")
    is_detailed = arguments.flag("findings", findings)
    options = [*arguments.count("threads", threads), *arguments.flags(fresh=fresh, drop=drop), "--format", "json"]
    given = [sweeps.sweep_input(one, overrides) for one in sweep]
    texts = [one.text for one in given if one.text is not None]
    if len(texts) > 1:
        raise errors.wrong_type("at most one of the sweeps to verify can be a text or a dict; write the others to files")
    target = None if output is None else pathlib.Path(arguments.path("output", output))
    folder: pathlib.Path | None = None
    with _listener(progress) as listener:
        if any(one.data for one in given):
            target = folder = (target or pathlib.Path("Results/verify")).resolve()
            for one in given:
                sweeps.write_data(one, folder)
        options += [] if target is None else [f"--output={target}"]
        options += ["--progress", "none" if progress is False else "json"]
        claims = program.parsed(
            ["verify", *(_from(one, folder) for one in given), *given[0].overrides, *options],
            text=texts[0] if texts else None, folder=_folder(folder), listener=listener, accept=(0, 2),
        )  # fmt: skip
    if not is_detailed:
        return pd.DataFrame([_judged(claim) for claim in claims])
    return pd.DataFrame([
        {"sweep": claim["sweep"], "claim": claim["claim"], **found["at"],
         **{key: value for key, value in found.items() if key not in ("at", "extreme_at")},
         **{f"extreme_{name}": value for name, value in found.get("extreme_at", {}).items()}}
        for claim in claims for found in claim["findings"]
    ])


def best(
    result: Result,
    *,
    over: str | Sequence[str] = "learning_rate",
    response: str = "distance_squared",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Where a response is smallest over an axis (or several), in every setting of the others: a row for each setting, with the
    runner-up, the difference, its interval, and whether the two differ."""
    options = [
        f"--over={','.join(arguments.names('over', over))}", *arguments.word("response", response),
        *arguments.number("confidence", confidence), "--format", "csv",
    ]  # fmt: skip
    results.require_whole(result, "best")
    return _table(program.call(["best", results.path_of(result), *options]).output)


def report(
    result: Result,
    output: str | os.PathLike[str] | None = None,
    *,
    response: str | None = None,
    against: str | None = None,
) -> pathlib.Path:
    """Writes a result as one web page that needs nothing else, and gives its path: `RESULT.html` beside the result by default."""
    options = [*arguments.word("response", response), *arguments.word("against", against)]
    options += [] if output is None else [f"--output={arguments.path('output', output)}"]
    results.require_whole(result, "a report")
    return pathlib.Path(program.last_line(["report", results.path_of(result), *options]))


def export(
    result: Result, kind: Literal["cells", "trials", "curves"] = "cells", *, statistics: str | Sequence[str] | None = None
) -> pd.DataFrame:
    """A result as a table: a row per cell and statistic, per trial, or per recorded step."""
    kinds = {"cells": [], "trials": ["--trials"], "curves": ["--curves"]}
    if kind not in kinds:
        raise errors.usage(f"there is no table of {kind!r}; there are {', '.join(kinds)}")
    options = kinds[kind]
    if statistics is not None:
        options += [f"--statistics={','.join(arguments.names('statistics', statistics, 'statistics'))}"]
    results.require_whole(result, "export")
    return _table(program.call(["export", results.path_of(result), *options]).output)


def _table(text: str) -> pd.DataFrame:
    # Newer pandas reads every number as it is without being asked.
    exact: dict[str, Any] = {"float_precision": "round_trip"} if int(pd.__version__.split(".")[0]) < 3 else {}
    table: pd.DataFrame = pd.read_csv(io.StringIO(text), **exact)
    return table


def listing(
    kind: Literal[
        "problems", "optimizers", "noises", "schedules", "statistics", "curves", "models", "formats", "schedulers"
    ]
    | None = None,
) -> pd.DataFrame:
    """What sweeps can be made of: a row each, with summary, formula, citation and parameters; without a kind everything."""
    if kind is not None and not isinstance(kind, str):
        raise errors.wrong_type(f"kind is a text, as 'optimizers', not {kind!r}")
    known = program.parsed(["list", *([] if kind is None else [kind]), "--format", "json"])
    if kind is not None:
        return pd.DataFrame(known).set_index("name")
    return pd.DataFrame([{"kind": own, **entry} for own, entries in known.items() for entry in entries]).set_index(["kind", "name"])


def check(sweep: Sweep, *, samples: int | None = None, **overrides: Any) -> dict[str, Any]:
    """What a sweep's problems amount to, without running it: `problems` with values, gradients and curvatures where trials begin
    and at each minimiser, and `optimizers` of the sweep's own with the gradients of a step.

    `samples` is the number of stochastic gradients whose mean is compared with the exact one, 100,000 by default. Throws
    `InvalidSweepError` where something contradicts what the sweep states, with the numbers.
    """
    return _looked_at("check", sweep, overrides, arguments.count("samples", samples))


def schema() -> dict[str, Any]:
    """The JSON Schema of sweep files."""
    text: dict[str, Any] = program.parsed(["schema"])
    return text


def _looked_at(command: str, sweep: Sweep, overrides: Mapping[str, Any], options: Sequence[str]) -> dict[str, Any]:
    """What a command says of a sweep that it does not run."""
    given = sweeps.sweep_input(sweep, overrides)
    with tempfile.TemporaryDirectory() as scratch:
        sweeps.write_data(given, pathlib.Path(scratch))
        found: dict[str, Any] = program.parsed(
            [command, given.argument, *given.overrides, *options, "--format", "json"], text=given.text,
            folder=scratch if given.data else None,
        )  # fmt: skip
    return found


def _judged(claim: dict[str, Any]) -> dict[str, Any]:
    """A claim's row: what was measured in the setting that decides stands beside the verdict."""
    row = {key: value for key, value in claim.items() if key not in ("findings", "tightest")}
    found = claim["tightest"] or {}
    lower, upper = found.get("interval") or (None, None)
    least, most = found.get("accepted") or (None, None)
    return {
        **row, "settings": len(claim["findings"]), "at": found.get("at"), "measured": found.get("measured"), "lower": lower,
        "upper": upper, "accepted_lower": least, "accepted_upper": most,
    }  # fmt: skip


def _from(given: sweeps.SweepInput, folder: pathlib.Path | None) -> str:
    """A sweep's path, seen from the folder in which the program works."""
    return given.argument if folder is None or given.text is not None else sweeps.from_anywhere(given.argument)


def _folder(folder: pathlib.Path | None) -> str | None:
    return None if folder is None else str(folder)


def _name(sweep: Sweep, overrides: Mapping[str, Any]) -> str:
    """The name that decides the standard output's; the program says what is wrong where there is none."""
    if "name" in overrides:
        return str(overrides["name"])
    if isinstance(sweep, Mapping):
        fields: Any = sweep
    else:
        is_text = isinstance(sweep, str) and ("\n" in sweep or ": " in sweep)
        fields = yaml.safe_load(str(sweep) if is_text else pathlib.Path(sweep).read_text(encoding="utf-8"))
    return str(fields.get("name", "sweep")) if isinstance(fields, Mapping) else "sweep"


def _is_watched() -> bool:
    """Whether someone sees a bar: a terminal, or a notebook's kernel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return sys.stderr.isatty() or getattr(shell, "kernel", None) is not None


@contextmanager
def _listener(progress: Progress) -> Iterator[ProgressListener | None]:
    if not (progress is None or isinstance(progress, bool) or callable(progress)):
        raise errors.wrong_type(f"progress is None, True, False or a function of what is told, not {progress!r}")
    if callable(progress):
        yield progress
    elif progress is False or (progress is None and not _is_watched()):
        yield None
    else:
        bar = _Bar()
        try:
            yield bar
        finally:
            bar.close()


class _Bar:
    """tqdm's bar, in a terminal and in a notebook."""

    def __init__(self) -> None:
        self._bar: Any = None

    def __call__(self, told: dict[str, Any]) -> None:
        if self._bar is None:
            self._bar = self._make()(total=told.get("total"), unit=" trials", unit_scale=True)
        if told.get("diverged"):
            self._bar.set_postfix_str(f"{told['diverged']} diverged", refresh=False)
        self._bar.update(told["done"] - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()

    @staticmethod
    def _make() -> Callable[..., Any]:
        with warnings.catch_warnings():
            # Without ipywidgets a notebook gets the terminal's bar, which is no reason to warn.
            warnings.simplefilter("ignore")
            from tqdm.auto import tqdm
        made: Callable[..., Any] = tqdm
        return made
