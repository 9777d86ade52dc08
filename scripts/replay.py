#!/usr/bin/env python3
"""Recomputes trials of a result file from their identity, in plain NumPy, and compares what was recorded.

    scripts/replay.py RESULT.h5                       20 trials at random
    scripts/replay.py RESULT.h5 --sample 500          so many
    scripts/replay.py RESULT.h5 --trial 3 --at optimizer=m-sam --at rho=0.1     trial 3 of the cells nearest to that

A trial is a function of the root seed, its number and its cell's values, and this page is that function, written a
second time: Philox4x32-10, Box & Muller's normals, the optimizers on a quadratic. It knows sweeps of the quadratic
problem with gaussian noise at double precision and constant schedules, and says what it does not know. Compared is the
distance, or the suboptimality or gradient norm where that is not recorded.

Where a trial comes upon the minimiser but for rounding, or where trials that start a last bit apart end apart, the last
bit decides where it ends, and another order of operations may end elsewhere. Such trials are told apart. Starts at random
points (start: {sphere: 1}) have none; where all eigenvalues are equal every start is on a ray to the minimiser, and
another radius or rho helps.
Exit code 1 when another relative difference exceeds 1e-9, 2 when the result is nothing this page knows.
Needs: pip install numpy xarray h5netcdf h5py pyyaml
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
    sys.exit(f"replay.py: {missing}; try: {sys.executable} -m pip install numpy xarray h5netcdf h5py pyyaml")

DESCENT, ASCENT, START = 0, 1, 3  # random streams
TOLERANCE = 1e-9  # of relative differences
# Optimizers and what they take, with its default; all take momentum and averaging.
OPTIMIZERS = {
    "sgd": {}, "sam": {}, "n-sam": {}, "m-sam": {}, "usam": {}, "n-usam": {}, "m-usam": {},
    "asam": {"stabiliser": 0.01}, "vasso": {"theta": 0.4}}
EVERY_OPTIMIZER = {"momentum": 0.0, "averaging": 0.0}
# What can be compared, in the order of preference: functions of the eigenvalues and the last iterate, x* = 0.
RESPONSES = {
    "distance": lambda eigenvalues, x: np.linalg.norm(x),
    "suboptimality": lambda eigenvalues, x: 0.5 * np.sum(eigenvalues * x * x),
    "gradient_norm": lambda eigenvalues, x: np.linalg.norm(eigenvalues * x)}


def refuse(message):
    print(f"replay.py: {message}", file=sys.stderr)
    sys.exit(2)


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


def optimizer_of(cell):
    """The optimizer's name and parameters: from its label, as n-sam(momentum=0.5), and from axes of their own."""
    label = str(cell.optimizer.values)
    name, _, rest = label.partition("(")
    if name not in OPTIMIZERS:
        refuse(f"this page does not know the optimizer {name}; it knows {', '.join(OPTIMIZERS)}")
    given = dict(part.split("=") for part in rest.rstrip(")").split(",") if part)
    given |= {key.split(".")[1]: cell[key].values for key in map(str, cell.variables) if key.startswith("optimizer.")}
    known = OPTIMIZERS[name] | EVERY_OPTIMIZER
    for parameter in given:
        if parameter not in known:
            refuse(f"this page does not know {parameter} of {name}; it knows {', '.join(known)}")
    return name, known | {parameter: float(value) for parameter, value in given.items()}


class Trial:
    """A trial of an optimizer on a quadratic, x* = 0; `noise` is the standard deviation of a coordinate's noise."""

    def __init__(self, optimizer, eigenvalues, learning_rate, rho, noise, steps, key, trial):
        self.name, self.parameters = optimizer
        self.eigenvalues, self.learning_rate, self.rho, self.steps = eigenvalues, learning_rate, rho, steps
        noise = 0 if self.name in ("sam", "usam") else noise
        self.descent = noise * normals(key, trial, DESCENT, steps, eigenvalues.size)
        own = self.name in ("n-sam", "n-usam")
        self.ascent = noise * normals(key, trial, ASCENT, steps, eigenvalues.size) if own else self.descent

    def perturbed(self, x, g):
        """Where the descent gradient is taken, and the norm that the ascent was divided by."""
        if self.name == "sgd":
            return x, np.inf
        if "u" in self.name:
            return x + self.rho * g, np.inf
        direction = weight = g
        if self.name == "asam":
            size = np.abs(x) + self.parameters["stabiliser"]
            direction, weight = size * size * g, size * g
        elif self.name == "vasso":
            theta = self.parameters["theta"]
            self.memory = direction = weight = (1 - theta) * self.memory + theta * g
        norm = np.linalg.norm(weight)
        return (x + self.rho * direction / norm if norm > 0 else x), norm

    def end(self, x):
        """What is recorded of a trial from x, and whether it came upon the minimiser but for rounding."""
        momentum, averaging = self.parameters["momentum"], self.parameters["averaging"]
        first = self.steps - max(1, int(averaging * self.steps)) + 1 if averaging > 0 else self.steps + 1
        velocity, total, before, met = np.zeros_like(x), np.zeros_like(x), 0.0, False
        self.memory = np.zeros_like(x)
        for t, (own, shared) in enumerate(zip(self.ascent, self.descent), 1):
            y, norm = self.perturbed(x, self.eigenvalues * x + own)
            # A norm so much smaller than the one before is the rounding error of a difference of equal numbers.
            met, before = met or (self.rho > 0 and norm < 2.0**-44 * before), norm
            plain = x - self.learning_rate * (self.eigenvalues * y + shared)
            velocity = (plain - x) + momentum * velocity
            x = x + velocity if momentum > 0 else plain
            if t >= first:
                total = total + x
        return (total / (self.steps - first + 1) if averaging > 0 else x), met

    def spread(self, x, response):
        """How far apart, relatively, trials end that start a few last bits apart."""
        signs = [np.where(np.arange(x.size) % 2 == 0, even, odd) for even, odd in ((1, 2), (2, -1), (-3, 1), (-1, -2))]
        ends = [response(self.eigenvalues, self.end(x * (1 + sign * 2.0**-51))[0]) for sign in signs]
        return (max(ends) - min(ends)) / max(max(ends), sys.float_info.min)


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


def starting_point(cell, start, given, dimension, key, trial):
    if "vector" in start:
        return np.array(start["vector"], float)
    if "blocks" in start:
        # One norm for each entry of the eigenvalues; a number or a range has one block, or one for each coordinate.
        blocks = given if isinstance(given, list) else [{"multiplicity": dimension}]
        sizes = [b.get("multiplicity", 1) if isinstance(b, dict) else 1 for b in blocks]
        if isinstance(given, dict):
            sizes = [1] * dimension
        return np.repeat(np.array(start["blocks"], float) / np.sqrt(sizes), sizes)
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


def response_of(result):
    """The name of what is compared."""
    for name in RESPONSES:
        if name in result:
            return name
    refuse(f"the sweep records neither {' nor '.join(RESPONSES)}, and this page computes nothing else")


def replay(sweep, cell, trial):
    """The trial and its starting point. `cell`: a dataset with one value for each of the sweep's quantities."""
    known = {
        "problem": "quadratic", "noise_model": "gaussian", "noise_precision": "double", "method": "full",
        "learning_rate_schedule": "constant", "rho_schedule": "constant"}
    for name, value in known.items():
        own = str(cell[name].values)
        if own != value and (name, own) != ("noise_model", "none"):
            refuse(f"this page knows {name} {value} only, and the sweep has {own}")
    problem = sweep["problem"] if isinstance(sweep["problem"], dict) else {}
    dimension, key = int(cell.dimension), stream_key(cell, problem)
    scale = np.sqrt(dimension) if str(cell.noise_scale.values) == "total" else 1
    given = problem.get("eigenvalues", 1)
    own = Trial(
        optimizer_of(cell), eigenvalues_of(cell, given, dimension), float(cell.learning_rate), float(cell.rho),
        float(cell.noise) / scale, int(cell.steps), key, trial)
    return own, starting_point(cell, sweep.get("start", {}), given, dimension, key, trial)


def chosen_cells(result, arguments):
    """(cell, trial) for what the options choose among the finished trials."""
    finished = np.argwhere(result.status.values == 1)
    if not finished.size:
        refuse("no trial is finished")
    names = result.status.dims
    if arguments.trial is None and not arguments.at:
        rows = np.random.default_rng(0).choice(len(finished), min(arguments.sample, len(finished)), replace=False)
        for row in sorted(rows):
            yield result.isel(dict(zip(names[:-1], finished[row]))), int(finished[row][-1])
        return
    chosen = dict(text.partition("=")[::2] for text in arguments.at)
    for name in chosen:
        if name not in names[:-1]:
            refuse(f"--at {name}: there is no such dimension; there are {', '.join(names[:-1])}")
    if arguments.trial is not None and arguments.trial not in result.trial.values:
        refuse(f"--trial {arguments.trial}: there are trials 0 to {result.sizes['trial'] - 1}")
    cell = result.isel({name: 0 for name in names[:-1] if name not in chosen})
    for name, value in chosen.items():
        try:
            exact = result[name].dtype.kind not in "if"
            cell = cell.sel({name: value}) if exact else cell.sel({name: float(value)}, method="nearest")
        except (KeyError, ValueError):
            refuse(f"--at {name}={value}: {name} has the values {', '.join(map(str, result[name].values))}")
    yield cell, arguments.trial or 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("result", help="result file of samsweep run")
    parser.add_argument("--sample", type=int, default=20, help="number of trials chosen at random")
    parser.add_argument("--trial", type=int, help="trial number")
    parser.add_argument("--at", action="append", default=[], metavar="NAME=VALUE", help="value of a dimension")
    arguments = parser.parse_args()

    try:
        result = xarray.open_dataset(arguments.result, engine="h5netcdf")
    except (OSError, ValueError) as error:
        refuse(f"{arguments.result} cannot be opened as a result file: {error}")
    if not {"status", "sweep", "optimizer"} <= set(map(str, result.variables)):
        refuse(f"{arguments.result} is not a result of samsweep run")
    sweep = yaml.safe_load(str(result.sweep.values))
    name = response_of(result)
    worst, rounded = 0, 0
    for cell, trial in chosen_cells(result, arguments):
        where = " ".join(f"{n}={cell[n].values}" for n in result.status.dims[:-1])
        recorded = float(cell[name].sel(trial=trial))
        if np.isnan(recorded):
            refuse(f"{where} trial={trial} is not finished: there is nothing to compare with")
        own, start = replay(sweep, cell, trial)
        end, met = own.end(start)
        value = RESPONSES[name](own.eigenvalues, end)
        difference = abs(value - recorded) / max(abs(recorded), abs(value), sys.float_info.min)
        text = f"{where} trial={trial}: recorded {recorded:.17g}, replayed {value:.17g}, difference {difference:.1e}"
        if difference > TOLERANCE and (met or difference <= 1000 * own.spread(start, RESPONSES[name])):
            rounded += 1
            text += " (the last bit of rounding decides where this trial ends)"
        else:
            worst = max(worst, difference)
        print(text)
    print(f"largest relative difference of {name}: {worst:.1e}")
    if rounded:
        print(f"{rounded} more differ, whose end the last bit of rounding decides: to have none, start at random points "
              "(start: {sphere: 1}) or, where all eigenvalues are equal, change start.radius or rho a little")
    sys.exit(0 if worst <= TOLERANCE else 1)


if __name__ == "__main__":
    main()
