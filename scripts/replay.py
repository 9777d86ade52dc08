#!/usr/bin/env python3
"""Recomputes trials of a result file from their identity, in plain NumPy, and compares the recorded distances.

    scripts/replay.py RESULT.h5                       20 trials at random
    scripts/replay.py RESULT.h5 --sample 500          so many
    scripts/replay.py RESULT.h5 --trial 3 --at optimizer=m-sam --at rho=0.1     trial 3 of the cells nearest to that

A trial is a function of the root seed, its number and its cell's values, and this page is that function, written a
second time: Philox4x32-10, Box & Muller's normals, the optimizers on a quadratic. It knows sweeps of the quadratic
problem with gaussian noise at double precision and constant schedules.
Exit code 1 when a relative difference exceeds 1e-9.  Needs: pip install numpy xarray h5netcdf pyyaml
"""
import argparse
import hashlib
import struct
import sys

try:
    import numpy as np
    import xarray
    import yaml
except ImportError as missing:
    sys.exit(f"replay.py: {missing}; try: pip install numpy xarray h5netcdf pyyaml")

DESCENT, ASCENT, START = 0, 1, 3  # random streams


def philox(counter, key):
    """Philox4x32-10 (Salmon et al., SC 2011): counter is four arrays of words, key two words; four arrays of words."""
    c, k = [np.asarray(word, np.uint64) for word in counter], [np.uint64(word) for word in key]
    low, half = np.uint64(0xFFFFFFFF), np.uint64(32)
    for _ in range(10):
        a, b = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        c = [(b >> half) ^ c[1] ^ k[0], b & low, (a >> half) ^ c[3] ^ k[1], a & low]
        k = [(k[0] + np.uint64(0x9E3779B9)) & low, (k[1] + np.uint64(0xBB67AE85)) & low]
    return c


def normals(key, trial, stream, steps, dimension):
    """Unit noise of a trial, [step, coordinate]: each draw serves coordinate j of the steps 2 unit and 2 unit + 1."""
    unit, j = np.mgrid[0:(steps + 1) // 2, 0:dimension]
    w = philox((j, unit, trial & 0xFFFFFFFF, trial >> 32 | stream << 24), (key & 0xFFFFFFFF, key >> 32))
    u, v = w[0] << np.uint64(32) | w[1], w[2] << np.uint64(32) | w[3]
    low = np.uint64(2**52 - 1)
    radius = np.sqrt(-2 * np.log(1 - (u & low) * 2.0**-52))
    angle = np.pi / 2 * ((v & low) * 2.0**-52 - 0.5)
    cosine = np.where(v >> np.uint64(63) == 1, -radius, radius) * np.cos(angle)
    sine = radius * np.sin(angle)
    swap = (v >> np.uint64(62)) & np.uint64(1) == 1
    pairs = np.stack([np.where(swap, sine, cosine), np.where(swap, cosine, sine)], axis=1)
    return pairs.reshape(-1, dimension)[:steps]


def distance(optimizer, eigenvalues, x, learning_rate, rho, noise, steps, key, trial):
    """|x_T - x*| of a trial that starts at x; `noise` is the standard deviation of a coordinate's noise."""
    kind, normalised = optimizer.split("-")[0], "u" not in optimizer
    full = kind in ("sam", "usam")
    noise = 0 if full else noise
    descent = noise * normals(key, trial, DESCENT, steps, x.size)
    ascent = noise * normals(key, trial, ASCENT, steps, x.size) if kind == "n" else descent
    for own, shared in zip(ascent, descent):
        y = x
        if kind != "sgd":
            g = eigenvalues * x + own
            norm = np.linalg.norm(g) if normalised else 1
            y = x + rho * g / norm if norm > 0 else x
        x = x - learning_rate * (eigenvalues * y + shared)
    return np.linalg.norm(x)


def spectrum_range(cell, given):
    """The word and the ends of a range of eigenvalues; the ends may be axes."""
    (kind, ends), = given.items()
    word = f"problem.eigenvalues.{kind}"
    values = {end: float(cell[f"{word}.{end}"] if f"{word}.{end}" in cell else ends[end]) for end in ("from", "to")}
    return word, {f"{word}.{end}".replace(".geomspace.", ".logspace."): value for end, value in values.items()}


def eigenvalues_of(cell, given, dimension):
    """One eigenvalue per coordinate: a number, a range or a list of numbers and blocks."""
    if isinstance(given, list):
        blocks = [b if isinstance(b, dict) else {"value": b} for b in given]
        return np.repeat([float(b["value"]) for b in blocks], [b.get("multiplicity", 1) for b in blocks])
    if isinstance(given, dict):
        word, ends = spectrum_range(cell, given)
        return (np.linspace if word.endswith("linspace") else np.geomspace)(*ends.values(), dimension)
    return np.full(dimension, float(cell["problem.eigenvalues"] if "problem.eigenvalues" in cell else given))


def starting_point(cell, start, dimension, key, trial):
    if "vector" in start:
        return np.array(start["vector"], float)
    if "sphere" in start:
        z = normals(key, trial, START, 2, (dimension + 1) // 2).T.ravel()[:dimension]
        return float(cell["start.sphere"]) * z / np.linalg.norm(z)
    return np.full(dimension, float(cell["start.radius"]) / np.sqrt(dimension))


def stream_key(cell, problem):
    """The generator's key: the root seed, or, without common random numbers, digests of the cell's values, summed."""
    if int(cell.common_random_numbers):
        return int(cell.seed)
    names = ["learning_rate", "rho", "noise", "dimension", "steps", "seed", "start.radius", "start.sphere"]
    values = {name: float(cell[name]) for name in names + ["problem.eigenvalues"] if name in cell}
    if isinstance(problem.get("eigenvalues"), dict):
        values |= spectrum_range(cell, problem["eigenvalues"])[1]
    defaults = {"rho": 0, "noise": 0, "start.radius": 1}
    pairs = [f"{name}={struct.pack('>d', v).hex()}" for name, v in values.items() if v != defaults.get(name)]
    digests = [hashlib.sha256(pair.encode()).digest()[:8] for pair in pairs + ["problem=quadratic"]]
    return sum(int.from_bytes(digest, "big") for digest in digests) % 2**64


def replay(sweep, cell, trial):
    """The distance of trial `trial` of `cell`: a dataset with one value for each of the sweep's quantities."""
    known = {
        "problem": "quadratic", "noise_model": "gaussian", "noise_precision": "double", "method": "full",
        "learning_rate_schedule": "constant", "rho_schedule": "constant"}
    for name, value in known.items():
        if str(cell[name].values) != value:
            sys.exit(f"replay.py: this page knows {name} {value} only, and the sweep has {cell[name].values}")
    problem = sweep["problem"] if isinstance(sweep["problem"], dict) else {}
    dimension, key = int(cell.dimension), stream_key(cell, problem)
    scale = np.sqrt(dimension) if str(cell.noise_scale.values) == "total" else 1
    return distance(
        str(cell.optimizer.values), eigenvalues_of(cell, problem.get("eigenvalues", 1), dimension),
        starting_point(cell, sweep.get("start", {}), dimension, key, trial), float(cell.learning_rate),
        float(cell.rho), float(cell.noise) / scale, int(cell.steps), key, trial)


def chosen_cells(result, arguments):
    """(cell, trial) for what the options choose among the finished trials."""
    finished = np.argwhere(result.status.values == 1)
    if not finished.size:
        sys.exit("replay.py: no trial is finished")
    names = result.status.dims
    if arguments.trial is None and not arguments.at:
        rows = np.random.default_rng(0).choice(len(finished), min(arguments.sample, len(finished)), replace=False)
        for row in sorted(rows):
            yield result.isel(dict(zip(names[:-1], finished[row]))), int(finished[row][-1])
        return
    cell = result.isel({name: 0 for name in names if name not in [a.split("=")[0] for a in arguments.at] + ["trial"]})
    for name, value in (a.split("=", 1) for a in arguments.at):
        exact = result[name].dtype.kind not in "if"
        cell = cell.sel({name: value}) if exact else cell.sel({name: float(value)}, method="nearest")
    yield cell, arguments.trial or 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("result", help="result file of samsweep run")
    parser.add_argument("--sample", type=int, default=20, help="number of trials chosen at random")
    parser.add_argument("--trial", type=int, help="trial number")
    parser.add_argument("--at", action="append", default=[], metavar="NAME=VALUE", help="value of a dimension")
    arguments = parser.parse_args()

    result = xarray.open_dataset(arguments.result, engine="h5netcdf")
    sweep = yaml.safe_load(str(result.sweep.values))
    worst = 0
    for cell, trial in chosen_cells(result, arguments):
        recorded, own = float(cell.distance.sel(trial=trial)), replay(sweep, cell, trial)
        difference = abs(own - recorded) / recorded
        worst = max(worst, difference)
        where = " ".join(f"{n}={cell[n].values}" for n in result.status.dims[:-1])
        print(f"{where} trial={trial}: recorded {recorded:.17g}, replayed {own:.17g}, difference {difference:.1e}")
    print(f"largest relative difference: {worst:.1e}")
    sys.exit(0 if worst <= 1e-9 else 1)


if __name__ == "__main__":
    main()
