#!/usr/bin/env python3
"""scripts/stopping-replica.py [SWEEPS]: the study of scripts/stopping again, with the rule written anew in NumPy from Goals.md.

For each law of single trials and each half-width asked for (in standard deviations of a trial): how many of SWEEPS (default 2000)
95 % intervals hold the mean at the time at which the rule stops adding trials. Then the same for the exponent of a power law over nine
places, each with noise of its own, by weighted least squares in logarithms: without and with the condition that the relative variance of
the variance is at most 1 %. Needs NumPy alone.
"""
import sys

import numpy as np

Z, COVERAGE_ERROR, AT_LEAST = 1.959963984540054, 0.001, 64
DENSITY = np.exp(-Z * Z / 2) / np.sqrt(2 * np.pi)
LAWS = {
    "normal": (lambda rng, n: 1 + rng.standard_normal(n), 1.0),
    "chi-squared(1)": (lambda rng, n: rng.standard_normal(n) ** 2, 2**0.5),
    "chi-squared(10)": (lambda rng, n: rng.chisquare(10, n) / 10, 0.2**0.5),
    "lognormal": (lambda rng, n: np.exp(rng.standard_normal(n) - 0.5), (np.e - 1) ** 0.5),
    "skewed-two-point(0.1)": (lambda rng, n: 1 + np.where(rng.random(n) < 0.1, 3.0, -1 / 3), 1.0),
}


def half_width(x):
    # Student's quantile to the first order beyond the normal one.
    n = len(x)
    return Z * (1 + (Z * Z + 1) / (4 * (n - 1))) * x.std(ddof=1) / n**0.5


def needed(x, share):
    """Trials that the interval's width and its trustworthiness ask for."""
    deviations = x - x.mean()
    square = (deviations**2).mean()
    skewness, kurtosis = (deviations**3).mean() / square**1.5, (deviations**4).mean() / square**2 - 3
    error = 2 * DENSITY * Z * (kurtosis * (Z**2 - 3) / 12 - skewness**2 * (Z**4 + 2 * Z**2 - 3) / 18)
    return max(len(x) * (half_width(x) / (share * abs(x.mean()))) ** 2, abs(error) / COVERAGE_ERROR)


def sweep(rng, draw, share):
    x = draw(rng, AT_LEAST)
    while (need := needed(x, share)) > len(x):
        n = len(x)
        more = min(max(int(np.ceil(need)), int(np.ceil(1.1 * n)) + 1), 4 * n)
        x = np.concatenate([x, draw(rng, (more + 7) // 8 * 8 - n)])
    return abs(x.mean() - 1) <= half_width(x), len(x)


PLACES = np.linspace(np.log(0.01), 0, 9)
FACTORS = {
    "chi-squared(4)": lambda rng, n: rng.chisquare(4, (len(PLACES), n)) / 4,
    "chi-squared(1)": lambda rng, n: rng.standard_normal((len(PLACES), n)) ** 2,
    "two-point(0.1)": lambda rng, n: np.where(rng.random((len(PLACES), n)) < 0.1, 9.0, 1 / 9),
    "lognormal": lambda rng, n: np.exp(rng.standard_normal((len(PLACES), n)) - 0.5),
}


def exponent(x):
    """How far the exponent is off, its variance, and the relative variance of that."""
    n = x.shape[1]
    means, variances = x.mean(1), x.var(1, ddof=1)
    weights = n * means**2 / variances
    shares = weights * (PLACES - (weights * PLACES).sum() / weights.sum())
    shares /= (shares * PLACES).sum()
    influences = shares / means
    variance = (influences**2 * variances / n).sum()
    fourth = ((x - means[:, None]) ** 4).mean(1)
    return (shares * np.log(means)).sum(), variance, (influences**4 * (fourth - variances**2) / n**3).sum() / variance**2


def exponent_sweep(rng, draw, width, most):
    x = draw(rng, AT_LEAST)
    while True:
        n = x.shape[1]
        off, variance, unknown = exponent(x)
        arm = Z * (1 + (Z * Z + 1) * unknown / 8) * variance**0.5
        need = n * max((arm / width) ** 2, unknown / most)
        if need <= n:
            return abs(off) <= arm, x.size
        more = min(max(int(np.ceil(need)), int(np.ceil(1.1 * n)) + 1), 4 * n)
        x = np.concatenate([x, draw(rng, (more + 7) // 8 * 8 - n)], 1)


def main():
    sweeps = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    rng = np.random.default_rng(18)
    for name, (draw, deviation) in LAWS.items():
        for part in (0.3, 0.1, 0.03):
            held, trials = zip(*(sweep(rng, draw, deviation * part) for _ in range(sweeps)))
            print(f"{name}, half-width {part} deviations, {sweeps} sweeps: coverage {100 * np.mean(held):.2f} %, "
                  f"trials {np.mean(trials):.0f} (with the deviation known {(Z / part) ** 2:.0f})", flush=True)
    for name, width in (("chi-squared(4)", 0.02), ("chi-squared(1)", 0.05), ("two-point(0.1)", 0.05), ("lognormal", 0.05)):
        for most in (np.inf, 0.01):
            held, trials = zip(*(exponent_sweep(rng, FACTORS[name], width, most) for _ in range(sweeps)))
            print(f"exponent of {name}, to {width}, variance known to {most}, {sweeps} sweeps: coverage {100 * np.mean(held):.2f} %, "
                  f"trials {np.mean(trials):.0f}", flush=True)


main()
