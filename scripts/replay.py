#!/usr/bin/env python3
"""Recomputes trials of a result file from their identity, in plain Python, and compares what was recorded.

    scripts/replay.py RESULT.h5                       20 trials at random
    scripts/replay.py RESULT.h5 --sample 500          so many
    scripts/replay.py RESULT.h5 --trial 3 --at optimizer=m-sam --at rho=0.1     trial 3 of the cells nearest to that

A trial is a function of the root seed, its number and its cell's values, and the folder replaying is that function, written a
second time: Philox4x32-10 and the laws that are drawn with it, the language of definitions with derivatives by autograd, the
optimizers of the catalogue, and its problems without data. It knows gaussian, rademacher and sphere noise at double precision
and the schedules constant, inverse-time, power and those by formula, and says what it does not know. Compared are the quantities of
`samsweep list statistics` that are recorded and statistics of one's own, but for zero_gradients, alignment and Hessians of more than 200 coordinates,
which are named at the end; shown is what differs most.

Data files of definitions are looked for beside the sweep file, beside the result and here.

Where a trial comes upon the minimiser but for rounding, or where trials that start a last bit apart end apart, the last
bit decides where it ends, and another order of operations may end elsewhere. Such trials are told apart. Starts at random
points (start: {sphere: 1}) have none; where all eigenvalues are equal every start is on a ray to the minimiser, and
another radius or rho helps.
Exit code 1 when another relative difference exceeds 1e-9, 2 when the result is nothing that is known here.
Needs: pip install autograd numpy xarray h5netcdf h5py pyyaml
"""
from __future__ import annotations

import argparse
import pathlib
import sys
from collections.abc import Iterator

try:
    import h5py
    import numpy as np
    import xarray

    from replaying.refusal import Refusal
    from replaying.sweep import Cell, Sweep
    from replaying.trial import MEASURES, ON_THE_WAY, QUANTITIES, difference, measurable
except ImportError as missing:
    sys.exit(f"replay.py: {missing}; try: {sys.executable} -m pip install autograd numpy xarray h5netcdf h5py pyyaml")

TOLERANCE = 1e-9  # of relative differences
# The program finds an eigenvalue to this.
TOLERANCES = {"sharpness": 1e-7}


def chosen_cells(result: xarray.Dataset, arguments: argparse.Namespace) -> Iterator[tuple[Cell, int]]:
    """(cell, trial) for what the options choose among the finished trials."""
    finished = np.argwhere(result.status.values == 1)
    if not finished.size:
        raise Refusal("no trial is finished")
    names = [str(name) for name in result.status.dims]
    if arguments.trial is None and not arguments.at:
        rows = np.random.default_rng(0).choice(len(finished), min(arguments.sample, len(finished)), replace=False)
        for row in sorted(rows):
            yield result.isel(dict(zip(names[:-1], finished[row]))), int(finished[row][-1])
        return
    chosen = dict(text.partition("=")[::2] for text in arguments.at)
    for name in chosen:
        if name not in names[:-1]:
            raise Refusal(f"--at {name}: there is no such dimension; there are {', '.join(names[:-1])}")
    if arguments.trial is not None and arguments.trial not in result.trial.values:
        raise Refusal(f"--trial {arguments.trial}: there are trials 0 to {result.sizes['trial'] - 1}")
    cell = result.isel({name: 0 for name in names[:-1] if name not in chosen})
    for name, value in chosen.items():
        try:
            exact = result[name].dtype.kind not in "if"
            cell = cell.sel({name: value}) if exact else cell.sel({name: float(value)}, method="nearest")
        except (KeyError, ValueError) as error:
            values = ", ".join(map(str, result[name].values))
            raise Refusal(f"--at {name}={value}: {name} has the values {values}") from error
    yield cell, arguments.trial or 0


def folders_of(path: pathlib.Path) -> list[pathlib.Path]:
    """Where data files are looked for: beside the sweep file, beside the result, here."""
    with h5py.File(path) as file:
        written = file["samsweep"].attrs.get("sweep_file") if "samsweep" in file else None
    places = [pathlib.Path(written.decode() if isinstance(written, bytes) else str(written)).parent] if written else []
    return [*places, path.parent, pathlib.Path()]


def replay(arguments: argparse.Namespace) -> int:
    """Prints the trials; the exit code."""
    path = pathlib.Path(arguments.result)
    try:
        result = xarray.open_dataset(path, engine="h5netcdf")
        folders = folders_of(path)
    except (OSError, ValueError) as error:
        raise Refusal(f"{path} cannot be opened as a result file: {error}") from error
    if not {"status", "sweep", "optimizer"} <= set(map(str, result.variables)):
        raise Refusal(f"{path} is not a result of samsweep run")
    sweep = Sweep(str(result.sweep.values), [str(label) for label in np.atleast_1d(result.optimizer.values)], folders)
    # What the sweep defines goes before what the library has under the same name.
    known = [*sweep.statistics, *(name for name in (*QUANTITIES, *ON_THE_WAY, *MEASURES) if name not in sweep.statistics)]
    recorded_names = [name for name in known if name in result]
    if not recorded_names:
        raise Refusal(f"the sweep records none of {', '.join(known)}, and this page computes nothing else")
    left_out = {str(name) for name in result.data_vars if "trial" in result[name].dims} - {*known, "status", "steps_taken"}
    worst, rounded, differ = 0.0, 0, 0
    for cell, number in chosen_cells(result, arguments):
        where = " ".join(f"{n}={cell[n].values}" for n in result.status.dims[:-1])
        trial, start = sweep.trial(cell, number)
        trial.statistics = sweep.statistics
        trial.watches_all = any(one.watches_all for one in sweep.statistics.values()) or any(
            name in ON_THE_WAY and ON_THE_WAY[name][1] == "start" for name in recorded_names)
        names = [name for name in recorded_names if measurable(name, start.size)]
        left_out |= set(recorded_names) - set(names)
        if not names:
            raise Refusal(f"{where}: {', '.join(recorded_names)} of {start.size} coordinates is too much for this page")
        recorded = {name: np.asarray(cell[name].sel(trial=number), float) for name in names}
        if "iterate" in recorded:
            # Behind the coordinates of a smaller dimension stands nothing.
            recorded["iterate"] = recorded["iterate"][:start.size]
        if int(cell.status.sel(trial=number)) != 1:
            raise Refusal(f"{where} trial={number} is not finished: there is nothing to compare with")
        given = trial.drawn(start.size)
        seen, met = trial.end(start, given)
        replayed = {name: np.asarray(trial.recorded(name, seen), float) for name in names}
        for name in sweep.statistics:
            # A vector of other cells may be longer.
            if recorded[name].ndim == 1:
                replayed[name] = np.atleast_1d(replayed[name])
                recorded[name] = recorded[name][:replayed[name].size]
        differences = {name: difference(recorded[name], replayed[name]) for name in names}
        name = max(names, key=lambda name: differences[name])
        a, b = (f"{values[name]:.17g}" if values[name].ndim == 0 else str(values[name]) for values in (recorded, replayed))
        text = f"{where} trial={number}: {name} recorded {a}, replayed {b}, difference {differences[name]:.1e}"
        apart = [name for name in names if not differences[name] <= TOLERANCES.get(name, TOLERANCE)]
        if apart and not met:
            spread = trial.spread(start, given, apart)
            apart = [name for name in apart if not differences[name] <= 1000 * spread[name]]
        elif met:
            apart = []
        if not apart and not differences[name] <= TOLERANCES.get(name, TOLERANCE):
            rounded += 1
            text += " (the last bit of rounding decides where this trial ends)"
        else:
            worst = max(worst, *(differences[name] if np.isfinite(differences[name]) else np.inf for name in names))
            differ += bool(apart)
        print(text, flush=True)
    print(f"largest relative difference of {', '.join(recorded_names)}: {worst:.1e}")
    if left_out:
        print(f"not computed here, and not compared: {', '.join(sorted(left_out))}")
    if rounded:
        print(f"{rounded} more differ, whose end the last bit of rounding decides: to have none, start at random points "
              "(start: {sphere: 1}) or, where all eigenvalues are equal, change start.radius or rho a little; or record what "
              "does not vanish")
    return 0 if differ == 0 else 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("result", help="result file of samsweep run")
    parser.add_argument("--sample", type=int, default=20, help="number of trials chosen at random")
    parser.add_argument("--trial", type=int, help="trial number")
    parser.add_argument("--at", action="append", default=[], metavar="NAME=VALUE", help="value of a dimension")
    sys.setrecursionlimit(20_000)
    try:
        with np.errstate(all="ignore"):
            sys.exit(replay(parser.parse_args()))
    except (Refusal, RecursionError) as error:
        print(f"replay.py: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
