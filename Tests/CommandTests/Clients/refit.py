"""The fits of a result made again with NumPy, SciPy and statsmodels, written from the documentation alone.

refit.py TRIALS.csv FITS.json MODEL joint|independent: weights, estimates, covariance, criterion, test and bootstrap of every
group must agree with what `samsweep fit --model MODEL --window all --bootstrap 1000 --format json` says, to the digits that
both share: estimates and standard errors to 1e-6, the criterion to 1e-6, the test's probability exactly, intervals to a
hundredth of their width (the program's refits stop at a thirtieth of a standard error).
"""
import csv
import json
import sys

import numpy as np
import scipy.optimize
import scipy.stats
import statsmodels.api as sm

path, fits, model, kind = sys.argv[1:5]
joint = kind == "joint"
resamples = 1000

MODELS = {  # name: value, start values of the nonlinear search, whether x = 0 takes part
    "power": (lambda x, c, k: c * np.power(x, k), [[1, k] for k in (0.5, 1, 2)], False),
    "power+floor": (
        lambda x, a, c, k: a + c * np.where(x > 0, np.power(np.where(x > 0, x, 1), k), 0),
        [[1, 1, k] for k in (0.3, 0.7, 1, 1.5, 2, 3, 5)], True),
    "polynomial": (lambda x, a, b, c: a + b * x + c * x * x, [[1, 1, 1]], True),
}


def least_squares(name, x, y, w):
    """Weighted; the best of several starts. Powers are searched for with their linear coefficients solved for."""
    value, starts, _ = MODELS[name]
    root = np.sqrt(w)
    if name == "polynomial":
        return sm.WLS(y, np.column_stack([np.ones_like(x), x, x * x]), weights=w).fit().params

    def columns(k):
        power = np.where(x > 0, np.power(np.where(x > 0, x, 1), k), 0)
        return np.column_stack([power] if name == "power" else [np.ones_like(x), power])

    def solved(k):
        return np.linalg.lstsq(columns(k) * root[:, None], y * root, rcond=None)[0]

    def misfit(k):
        return np.sum(w * (y - columns(k) @ solved(k)) ** 2)

    low = 0.05 if name == "power+floor" and np.any(x == 0) else -8
    grid = np.linspace(low, 8, 400)
    best = grid[np.argmin([misfit(k) for k in grid])]
    k = scipy.optimize.minimize_scalar(misfit, bounds=(max(low, best - 0.05), best + 0.05), method="bounded", options={"xatol": 1e-10}).x
    theta = np.append(solved(k), k)
    for _ in range(20):  # Gauss-Newton to full precision
        J = jacobian(name, x, theta)
        theta = theta + np.linalg.lstsq(J * root[:, None], (y - value(x, *theta)) * root, rcond=None)[0]
    return theta


def jacobian(name, x, theta):
    if name == "polynomial":
        return np.column_stack([np.ones_like(x), x, x * x])
    c, k = theta[-2], theta[-1]
    positive = np.where(x > 0, x, 1)
    power = np.where(x > 0, np.power(positive, k), 0)
    columns = [power, c * power * np.log(positive)]
    return np.column_stack(columns if name == "power" else [np.ones_like(x)] + columns)


def values(name, x, theta):
    value, _, uses_zero = MODELS[name]
    return value(x, *theta) if uses_zero else np.where(x > 0, value(np.where(x > 0, x, 1), *theta), 0)


def weights_of(x, Y):
    """One over the variance of each mean, shrunk towards a straight line in the point's rank."""
    n, R = Y.shape
    mean, sd = Y.mean(1), Y.std(1, ddof=1)
    relative = sd / (mean * np.sqrt(R))
    guide = mean.copy()
    for _ in range(2):
        w = 1 / (relative * guide) ** 2
        fitted = []
        for name, parameters in (("power", 2), ("power+floor", 3), ("polynomial", 3)):
            used = np.arange(n) if MODELS[name][2] else np.flatnonzero(x > 0)
            if len(used) <= parameters:
                continue
            f = values(name, x, least_squares(name, x[used], mean[used], w[used]))
            fitted.append((np.sum(w[used] * (mean[used] - f[used]) ** 2) / (len(used) - parameters), f))
        best = min(fitted, key=lambda pair: pair[0])[1]
        guide = np.clip(best, mean / (1 + 4 * relative), mean * (1 + 4 * relative))
    kurtosis = np.mean((Y - mean[:, None]) ** 4, axis=1) / sd**4
    noise = np.sum(np.maximum(kurtosis - 1, 0.5)) / (n * R)
    logs = 2 * np.log(sd / mean)
    rank = np.arange(n) - (n - 1) / 2
    trend = sm.OLS(logs, sm.add_constant(rank)).fit().fittedvalues
    spread = np.sum((logs - trend) ** 2) / (n - 2)
    shrinkage = noise / spread if spread > noise else 1
    smooth = np.exp(0.5 * (logs + shrinkage * (trend - logs))) * guide
    return R / smooth**2


def philox(counter, key):
    """Philox4x32-10 of arrays of counters (Salmon et al. 2011)."""
    mask = np.uint64(0xFFFFFFFF)
    c = [np.asarray(part, dtype=np.uint64) for part in counter]
    k = [np.uint64(part) for part in key]
    for _ in range(10):
        first, second = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        c = [(second >> np.uint64(32)) ^ c[1] ^ k[0], second & mask, (first >> np.uint64(32)) ^ c[3] ^ k[1], first & mask]
        k = [(k[0] + np.uint64(0x9E3779B9)) & mask, (k[1] + np.uint64(0xBB67AE85)) & mask]
    return c


def draws(R):
    """Row after row of the trials that a resample holds; seed 0."""
    blocks = (R + 3) // 4
    index, row = np.meshgrid(np.arange(blocks), np.arange(resamples))
    words = philox([index.ravel(), row.ravel(), np.zeros(index.size), np.full(index.size, 0x66697473)], [0, 0])
    words = np.stack(words, axis=1).reshape(resamples, blocks * 4)[:, :R]
    return (words * np.uint64(R) >> np.uint64(32)).astype(int)


def normal_equivalent(t, freedom):
    t = abs(t)
    if t <= 1 or freedom >= 1e4:
        return t
    tail = 2 * scipy.stats.t.sf(t, max(1, freedom))
    return -scipy.stats.norm.ppf(tail / 2) if tail > 1e-15 else min(t, 8 + 0.1 * np.sqrt(t))


def freedom_of(squares, fourths, R):
    noise = fourths - squares**2 / R
    return np.where(noise > 0, 2 * squares**2 / np.where(noise > 0, noise, 1), R - 1)


def close(name, a, b, tolerance):
    assert abs(a - b) <= tolerance, f"{group}: {name} {a!r} here, {b!r} there"


groups, order = {}, []
with open(path) as file:
    for row in csv.DictReader(file):
        assert row["status"] == "finished"
        groups.setdefault((row["optimizer"], row["learning_rate"], row["dimension"]), {}).setdefault(float(row["rho"]), []).append(
            float(row["distance"]) ** 2)

compared = laws = 0
for fit in json.load(open(fits)):
    by = fit["by"]
    group = next(key for key in groups if key[0] == by["optimizer"] and float(key[1]) == by["learning_rate"]
                 and int(key[2]) == by["dimension"])
    cells = sorted(groups[group].items())
    x, Y = np.array([at for at, _ in cells]), np.array([column for _, column in cells])
    n, R = Y.shape
    mean = Y.mean(1)
    w = weights_of(x, Y)
    theta = least_squares(model, x, mean, w)
    J = jacobian(model, x, theta)
    p = J.shape[1]
    gain = np.linalg.solve(J.T @ (J * w[:, None]), (J * w[:, None]).T)
    D = Y - mean[:, None]
    unit = R * (R - 1)
    # Covariance of the parameters: the influences of trials (joint), or of each point's own.
    if joint:
        influence = [gain @ D]
    else:
        influence = [gain[:, [i]] * D[i][None, :] for i in range(n)]
    V = sum(I @ I.T for I in influence) / unit
    chi = np.sum(w * (mean - J @ theta if model == "polynomial" else mean - values(model, x, theta)) ** 2)
    penalty = np.trace(J.T @ (J * w[:, None]) @ V)
    aicc = chi + 2 * penalty * R / (R - p - 1)
    close("criterion", aicc, next(c["aicc"] for c in fit["candidates"] if c["model"] == model), 1e-6 * (1 + abs(aicc)))

    # The test: residuals by their own standard errors, and differences of neighbours where trials are joint.
    residual = mean - values(model, x, theta)
    A = np.eye(n) - J @ gain
    rows = np.vstack([A, np.diff(A, axis=0)]) if joint else A
    value = np.concatenate([residual, np.diff(residual)]) if joint else residual
    if joint:
        left = rows @ D
        squares, fourths = np.sum(left**2, axis=1), np.sum(left**4, axis=1)
        freedom = np.minimum(freedom_of(squares, fourths, R), R - 1)
    else:
        squares = rows**2 @ np.sum(D**2, axis=1)
        noise = rows**4 @ (np.sum(D**4, axis=1) - np.sum(D**2, axis=1) ** 2 / R)
        freedom = 2 * squares**2 / noise
    error = np.sqrt(squares / unit)
    leverage = np.diag(J @ gain)
    usable = leverage <= 0.98
    part = np.concatenate([usable, usable[1:] & usable[:-1]]) if joint else usable
    size = np.array([normal_equivalent(v / e, f) for v, e, f in zip(value, error, freedom)])[part]
    rowsums = draws(R)
    if joint:
        means = np.stack([Y[:, row].mean(axis=1) for row in rowsums])
    else:
        means = np.stack([[Y[i, rowsums[(b + i) % resamples]].mean() for i in range(n)] for b in range(resamples)])
    null = np.abs((means - mean) @ rows.T / error * np.sqrt(R / (R - 1)))[:, part]
    sums, largest = np.sum(null**2, axis=1) >= np.sum(size**2), null.max(axis=1) >= size.max()
    probability = min(1, 2 * (min(sums.sum(), largest.sum()) + 1) / (resamples + 1))
    close("probability", probability, fit["fit_probability"], 1e-12)
    close("chi squared", np.mean(size**2), fit["reduced_chi_squared"], 1e-6 * (1 + np.mean(size**2)))
    compared += 1

    if fit["model"] != model:
        continue
    laws += 1
    # Refits of the resampled means.
    boot = np.tile(theta, (resamples, 1))
    if model == "polynomial":
        boot = (gain @ means.T).T
    else:
        for _ in range(60):
            for b in range(resamples):
                Jb = jacobian(model, x, boot[b])
                N = Jb.T @ (Jb * w[:, None])
                boot[b] += np.linalg.solve(N, (Jb * w[:, None]).T @ (means[b] - values(model, x, boot[b])))
            if _ >= 7:
                break
    for index, own in enumerate(fit["parameters"]):
        se = np.sqrt(V[index, index])
        close(own["name"], theta[index], own["value"], 1e-6 * (abs(theta[index]) + se))
        close(own["name"] + "'s standard error", se, own["standard_error"], 1e-6 * se)
        I = [part[index] for part in influence]
        total = sum(np.sum(i**2) for i in I)
        cubes, fourths = sum(np.sum(i**3) for i in I), sum(np.sum(i**4) - np.sum(i**2) ** 2 / R for i in I)
        free = min(2 * total**2 / fourths, (R - 1) * len(I))
        reach = scipy.stats.t.ppf(0.975, max(1, free)) * np.sqrt(R / (R - 1)) * R / max(R - p, (R + 1) // 2)
        a = cubes / (6 * total**1.5)
        sample = np.sort(boot[:, index])
        z = scipy.stats.norm.ppf(np.clip(np.sum(sample < theta[index]) + 0.5 * np.sum(sample == theta[index]), 0.5, resamples - 0.5) / resamples)
        ends = []
        for side in (-reach, reach):
            level = scipy.stats.norm.cdf(z + (z + side) / max(1 - a * (z + side), 0.1))
            rank = np.clip(level * (resamples + 1) - 1, 0, resamples - 1)
            below = min(int(rank), resamples - 2)
            ends.append(sample[below] + (rank - below) * (sample[below + 1] - sample[below]))
        if own["name"] == "floor":
            ends = [max(0, end) for end in ends]
        width = ends[1] - ends[0]
        for end, other in zip(ends, own["interval"]):
            close(own["name"] + "'s interval", end, other, 1e-2 * width)
print(compared, laws)
