#!/usr/bin/env python3
"""scripts/crossing-replica.py [SWEEPS]: how often intervals of a crossing hold it when trials have ended, with the rule of Goals.md
written anew in NumPy, for two allocations.

n-SAM and SGD on a quadratic in one dimension, until their crossing is known to 10 %: samsweep computes three million trials of thirteen rhos
once (a minute), and each of SWEEPS (default 3000) draws its own from them. In a round places get numbers by their influence on
the crossing; with "half", no place that counts gets less than half of what another gets. Beside the coverage of the crossing of all
trials' means: the standard error that the intervals are made of, at the crossing that was found, and how much crossings really scatter.
Needs NumPy, SciPy, h5py and the program (SAMSWEEP_TEST_PROGRAM, or .build/release/samsweep). Saved in scripts/stopping-results.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np
from scipy.stats import t as student

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAM = os.path.abspath(os.environ.get("SAMSWEEP_TEST_PROGRAM", ROOT / ".build/release/samsweep"))
RHOS = np.logspace(-2, 2, 13)
# Of the thirteen places, those that have ever a part in the crossing, which lies between the third and the fourth of them.
USED = slice(3, 9)
LOGS = np.log(RHOS[USED])
PLACES, MIDDLE = len(LOGS), 2
TARGET, AT_LEAST, AT_MOST, KNOWN, STEP = 0.1, 64, 20_000, 0.01, 1.2
SWEEP = """\
schema: 1
name: crossing
problem: {name: quadratic, eigenvalues: 1}
optimizer: [sgd, n-sam]
start: {radius: 0}
steps: 200
learning_rate: 0.05
noise: 1
trials: 3000000
seed: 99991
axes: {rho: [{logspace: {from: 0.01, to: 100, count: 13}}]}
record: [distance]
"""


def differences():
    """(n-SAM's - SGD's distance^2)/rho, by place and trial."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "crossing.yaml")
        path.write_text(SWEEP)
        subprocess.run([PROGRAM, "run", path, "--output", path.with_suffix(".h5"), "--progress", "none"], check=True, stdout=subprocess.DEVNULL)
        with h5py.File(path.with_suffix(".h5")) as result:
            names = [name.decode() for name in result["optimizer"][:]]
            distances = result["distance"][...].reshape(len(names), len(RHOS), -1)
    first, second = (distances[names.index(name)][USED] for name in ("n-sam", "sgd"))
    return (first**2 - second**2) / RHOS[USED, None]


def lagrange(place, share):
    """Weights of all places for the cubic in ln rho through the four around, `share` of the way to the next place."""
    own = np.arange(max(0, place - 1), min(PLACES, place + 3))
    logs, at = LOGS[own], LOGS[place] + share * (LOGS[place + 1] - LOGS[place])
    weights = np.zeros(PLACES)
    for j in range(len(own)):
        others = np.delete(logs, j)
        weights[own[j]] = np.prod((at - others) / (logs[j] - others))
    return weights


GRID = [(place, share) for place in range(PLACES - 1) for share in np.arange(32) / 32]
WEIGHTS = np.array([lagrange(*one) for one in GRID])
POSITIONS = np.array([LOGS[place] + share * (LOGS[place + 1] - LOGS[place]) for place, share in GRID])


def between(a, b, low, high):
    return a + (b - a) * low / (low - high)


def interval(means, covariance, quantile):
    """The crossing and its interval (Fieller), as logarithms; None where there is none."""
    value = WEIGHTS @ means
    excess = value**2 - quantile**2 * np.einsum("ij,jk,ik->i", WEIGHTS, covariance, WEIGHTS)
    up = np.flatnonzero((value[:-1] < 0) & (value[1:] >= 0))
    if not len(up):
        return None
    j = up[0]
    at = between(POSITIONS[j], POSITIONS[j + 1], value[j], value[j + 1])
    inside = np.flatnonzero(excess <= 0)
    if not len(inside):
        return at, at, at
    a, b = inside[0], inside[-1]
    low = POSITIONS[a] if a == 0 else between(POSITIONS[a - 1], POSITIONS[a], excess[a - 1], excess[a])
    high = POSITIONS[b] if b + 1 == len(POSITIONS) else between(POSITIONS[b], POSITIONS[b + 1], excess[b], excess[b + 1])
    return at, min(low, at), max(high, at)


def moments(trials, numbers):
    """Means, their covariance, degrees of freedom and deviations, of each place's first trials."""
    means = np.array([row[:n].mean() for row, n in zip(trials, numbers)])
    deviations = [row[:n] - mean for row, n, mean in zip(trials, numbers, means)]
    squares = [(one**2).sum() for one in deviations]
    freedoms = [min(n - 1, 2 * s * s / ((one**4).sum() - s * s / n)) for one, s, n in zip(deviations, squares, numbers)]
    covariance = np.empty((PLACES, PLACES))
    for a in range(PLACES):
        for b in range(PLACES):
            common = min(numbers[a], numbers[b])
            product = deviations[a][:common] @ deviations[b][:common]
            covariance[a, b] = product / np.sqrt(numbers[a] * (numbers[a] - 1.0) * numbers[b] * (numbers[b] - 1.0))
    return means, covariance, np.array(freedoms), deviations


def influences(at, means):
    """How ln of the crossing moves with each mean."""
    place = min(PLACES - 2, max(0, np.searchsorted(LOGS, at) - 1))
    length = LOGS[place + 1] - LOGS[place]
    share = (at - LOGS[place]) / length
    slope = (lagrange(place, share + 1e-5) - lagrange(place, share - 1e-5)) @ means / 2e-5 / length
    return -lagrange(place, share) / slope


def allocated(influence, single, present, target):
    """The cheapest numbers with a variance of `target`, step by step: one place, the least or all by a fifth."""
    product = np.outer(influence, influence) * single

    def variance(numbers):
        return (product / np.maximum.outer(numbers, numbers)).sum()

    numbers = present.astype(float)
    value = variance(numbers)
    while value > target:
        steps = [[place] for place in range(len(numbers))] + [np.flatnonzero(numbers <= numbers.min()), range(len(numbers))]
        best = (0, None, None)
        for places in steps:
            raised = numbers.copy()
            raised[list(places)] *= STEP
            lower = variance(raised)
            best = max(best, ((value - lower) / (raised.sum() - numbers.sum()), lower, raised), key=lambda one: one[0])
        if best[1] is None:
            return None
        _, value, numbers = best
    return numbers


def sweep(trials, floor):
    """Crossing, interval, standard error and trials of the places when they end."""
    numbers = np.full(PLACES, AT_LEAST)
    while True:
        means, covariance, freedoms, deviations = moments(trials, numbers)
        doubt = student.ppf(1 - 0.05 / 2 / len(RHOS), freedoms) * np.sqrt(covariance.diagonal())
        certain = np.where(abs(means) > doubt, np.sign(means), 0)
        certain = certain[certain != 0]
        found = None
        if ((certain[:-1] < 0) & (certain[1:] > 0)).any():
            found = interval(means, covariance, student.ppf(0.975, freedoms[MIDDLE:MIDDLE + 2].min()))
        wanted = numbers.astype(float)
        if found is None:
            wanted *= 4
        else:
            at, low, high = found
            arm = max(np.exp(high - at) - 1, 1 - np.exp(low - at))
            influence = influences(at, means)
            own = np.flatnonzero(influence)
            if arm <= TARGET:
                sum_of = np.zeros(numbers.max())
                for place in own:
                    sum_of[:numbers[place]] += influence[place] * deviations[place] / numbers[place]
                square = (sum_of**2).sum()
                unknown = ((sum_of**4).sum() - square**2 / len(sum_of)) / square**2
                if unknown <= KNOWN:
                    return at, low, high, np.sqrt(influence @ covariance @ influence), numbers.sum()
                wanted[own] *= unknown / KNOWN
            else:
                single = (covariance * np.maximum.outer(numbers, numbers))[np.ix_(own, own)]
                present = influence[own] @ covariance[np.ix_(own, own)] @ influence[own]
                given = allocated(influence[own], single, numbers[own], present * (TARGET / arm) ** 2)
                given = numbers[own] * (arm / TARGET) ** 2 if given is None else given
                wanted[own] = np.maximum(given, floor * given.max())
        following = numbers.copy()
        for place in np.flatnonzero(wanted > numbers):
            n = numbers[place]
            more = min(max(int(np.ceil(wanted[place])), int(np.ceil(1.1 * n)) + 1), 4 * n, AT_MOST)
            following[place] = (more + 7) // 8 * 8
        if (following == numbers).all() or numbers.max() >= AT_MOST:
            return at, low, high, np.sqrt(influence @ covariance @ influence), numbers.sum()
        numbers = following


def main():
    sweeps = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    pool = differences()
    true = interval(pool.mean(1), np.cov(pool) / pool.shape[1], 1.96)[0]
    print(f"n-SAM and SGD cross at {np.exp(true):.4f}; {sweeps} sweeps, to {TARGET:.0%}")
    for name, floor in (("by influence alone", 0), ("half", 0.5)):
        rng = np.random.default_rng(1)
        ends = np.array([sweep(pool[:, rng.integers(0, pool.shape[1], AT_MOST)], floor) for _ in range(sweeps)])
        below, above = (ends[:, 2] < true).sum(), (ends[:, 1] > true).sum()
        share = 1 - (below + above) / sweeps
        print(f"{name}: {100 * share:.2f} ± {100 * np.sqrt(share * (1 - share) / sweeps):.2f} % hold it ({below} lie below, {above} above); "
              f"standard error by the intervals {100 * ends[:, 3].mean():.2f} %, scatter {100 * ends[:, 0].std():.2f} %, mean "
              f"{np.exp(ends[:, 0]).mean():.4f}; {2 * ends[:, 4].mean():,.0f} trials of the twelve cells around", flush=True)


if __name__ == "__main__":
    main()
