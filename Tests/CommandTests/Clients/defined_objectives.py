"""Objectives of one's own, written a second time in NumPy with gradients by hand: writes sweeps, and compares their results.

    defined_objectives.py write SCRIPTS     writes NAME.yaml for every objective
    defined_objectives.py check SCRIPTS     compares NAME.h5, the results of running them, after 60 steps

SCRIPTS is the folder of replaying, whose generator of normals is used. Exit code 1 where an iterate differs by more than 1e-9.
"""
import sys

import numpy as np

sys.path.insert(0, sys.argv[2])
from replaying.philox import Generator  # noqa: E402

STEPS, TRIALS, SEED, NOISE = 60, 3, 11, 0.02
SAMPLES = {0: 6, 1: 7}  # streams of normals that belong to the descent's and the ascent's noise
rng = np.random.default_rng(5)
A, B, y = rng.normal(size=(8, 5)), rng.normal(size=(4, 4)), rng.normal(size=8)
labels = np.sign(rng.normal(size=8))
inputs = rng.normal(size=(6, 3))
targets = rng.normal(size=6)


def lists(array):
    return str(np.asarray(array).tolist())


def rosenbrock(x, z):
    return np.array([-400 * x[0] * (x[1] - x[0] ** 2) - 2 * (1 - x[0]), 200 * (x[1] - x[0] ** 2)])


def beale(x, z):
    a, b = x
    r = [1.5 - a + a * b, 2.25 - a + a * b**2, 2.625 - a + a * b**3]
    return np.array([
        sum(2 * r[k] * (b ** (k + 1) - 1) for k in range(3)), sum(2 * r[k] * (k + 1) * a * b**k for k in range(3))])


def valley(x, z):
    return 2 * (x[0] * x[1] - 1) * np.array([x[1], x[0]])


def himmelblau(x, z):
    p, q = x[0] ** 2 + x[1] - 11, x[0] + x[1] ** 2 - 7
    return np.array([4 * x[0] * p + 2 * q, 2 * p + 4 * x[1] * q])


def network(x, z):
    u, v = x[:5], x[5:]
    g = A.T @ (A @ (u * v) - y + 0.5 * z) / 8
    return np.concatenate([g * v, g * u])


def tanh_network(x, z):
    W, b, w = x[:12].reshape(4, 3), x[12:16], x[16:]
    h = np.tanh(inputs @ W.T + b)
    r = h @ w - targets
    back = (2 / 6) * r[:, None] * w * (1 - h**2)
    return np.concatenate([(back.T @ inputs).ravel(), back.sum(0), (2 / 6) * h.T @ r])


def factorisation(x, z):
    U, V = x[:8].reshape(4, 2), x[8:].reshape(4, 2)
    R = U @ V.T - B
    return np.concatenate([(R @ V).ravel(), (R.T @ U).ravel()])


def logistic(x, z):
    return A.T @ (-labels / (1 + np.exp(labels * (A @ x)))) / 8 + 0.1 * x


def ackley(x, z):
    s, c = np.sqrt(np.mean(x**2)), np.mean(np.cos(2 * np.pi * x))
    return (4 * np.exp(-0.2 * s) * x / (x.size * s)) + np.exp(c) * 2 * np.pi * np.sin(2 * np.pi * x) / x.size


def log_sum_exp(x, z):
    w = np.exp(A @ x)
    return A.T @ w / w.sum() + x


def phase_retrieval(x, z):
    p = A @ x
    return A.T @ ((p**2 - y**2) * p) / 8


def smoothed_l1(x, z):
    return np.sign(x - 0.3) * 0.01 + x**3 + z * x


def regression(x, z):
    r = A @ x - y
    return A.T @ (r / np.linalg.norm(r)) + np.where(x > 0, x, 0.1 * x)


# name: variables, start, parts of the definition, gradient, samples a step
CASES = {
    "rosenbrock": ("{x: 2}", [-1.2, 1], "objective: 100 * (x[1] - x[0]^2)^2 + (1 - x[0])^2", rosenbrock, 0, 1e-3),
    "beale": ("{a: 1, b: 1}", [1, 0.6], "objective: (1.5 - a + a*b)^2 + (2.25 - a + a*b^2)^2 + (2.625 - a + a*b^3)^2", beale, 0, 1e-3),
    "valley": ("{x: 2}", [2, 0.1], "objective: (x[0] * x[1] - 1)^2", valley, 0, 0.05),
    "himmelblau": ("{x: 2}", [1, 1], "objective: (x[0]^2 + x[1] - 11)^2 + (x[0] + x[1]^2 - 7)^2", himmelblau, 0, 1e-3),
    "network": (
        "{u: 5, v: 5}", [0.4] * 5 + [0.3, -0.1, 0, 0.2, 0.5],
        f"constants: {{A: {lists(A)}, y: {lists(y)}}}\n  let: {{r: \"A @ (u * v) - y\"}}\n  sample: {{z: {{normal: 8}}}}\n"
        "  objective: sum(r^2) / 16\n  stochastic: sum((r + 0.5 * z)^2) / 16", network, 8, 0.05),
    "tanh-network": (
        "{W: [4, 3], b: 4, w: 4}", np.linspace(-1, 1, 20).tolist(),
        f"constants: {{X: {lists(inputs)}, y: {lists(targets)}}}\n"
        "  objective: mean((tanh(X @ transpose(W) + b) @ w - y)^2)", tanh_network, 0, 0.05),
    "factorisation": (
        "{U: [4, 2], V: [4, 2]}", np.linspace(-0.7, 1, 16).tolist(),
        f"constants: {{B: {lists(B)}}}\n  objective: sum((U @ transpose(V) - B)^2) / 2", factorisation, 0, 0.05),
    "logistic": (
        "{x: 5}", [0.1] * 5,
        f"constants: {{A: {lists(A)}, y: {lists(labels)}}}\n  objective: mean(log(1 + exp(-y * (A @ x)))) + 0.1 * sum(x^2) / 2",
        logistic, 0, 0.1),
    "ackley": (
        "{x: 3}", [0.9, -0.7, 0.4],
        "objective: 20 - 20 * exp(-0.2 * sqrt(mean(x^2))) + e - exp(mean(cos(2 * pi * x)))", ackley, 0, 1e-3),
    "log-sum-exp": (
        "{x: 5}", [0.3] * 5, f"constants: {{A: {lists(A)}}}\n  objective: log(sum(exp(A @ x))) + sum(x^2) / 2", log_sum_exp, 0, 0.05),
    "phase-retrieval": (
        "{x: 5}", [0.3, -0.2, 0.1, 0.5, 0.4],
        f"constants: {{A: {lists(A)}, y: {lists(y)}}}\n  objective: mean(((A @ x)^2 - y^2)^2) / 4", phase_retrieval, 0, 0.01),
    "smoothed-l1": (
        "{x: 4}", [0.5, -0.5, 1, 0.2],
        "sample: {z: {normal: 4}}\n  objective: 0.01 * norm1(x - 0.3) + sum(x^4) / 4\n"
        "  stochastic: 0.01 * norm1(x - 0.3) + sum(x^4) / 4 + sum(z * x^2) / 2", smoothed_l1, 4, 0.02),
    "regression": (
        "{x: 5}", [0.3, -0.2, 0.1, 0.5, -0.4],
        f"constants: {{A: {lists(A)}, y: {lists(y)}}}\n  objective: norm(A @ x - y) + sum(if(x > 0, x^2, 0.1 * x^2)) / 2",
        regression, 0, 0.02),
}


def iterate(gradient, samples, optimizer, x, learning_rate, rho, trial):
    """x_T of a trial by the definition of the optimizers."""
    d = x.size
    scale, generator = NOISE / np.sqrt(d), Generator(SEED, trial)

    def noise(stream):
        drawn = generator.normals(SAMPLES[stream], STEPS, samples) if samples else np.zeros((STEPS, 1))
        return scale * generator.normals(stream, STEPS, d), drawn

    descent = noise(0)
    ascent = noise(1) if optimizer == "n-sam" else descent
    for t in range(STEPS):
        point = x
        if optimizer != "sgd":
            g = gradient(x, ascent[1][t]) + ascent[0][t]
            point = x + rho * g / np.linalg.norm(g)
        x = x - learning_rate * (gradient(point, descent[1][t]) + descent[0][t])
    return x


if sys.argv[1] == "write":
    for name, (variables, start, parts, gradient, samples, learning_rate) in CASES.items():
        with open(f"{name}.yaml", "w") as file:
            file.write(
                f"schema: 1\nname: {name}\nproblem:\n  variables: {variables}\n  {parts}\noptimizer: [sgd, m-sam, n-sam]\n"
                f"steps: {STEPS}\ntrials: {TRIALS}\nseed: {SEED}\nnoise: {NOISE}\nlearning_rate: {learning_rate}\n"
                f"start: {{vector: {start}}}\naxes: {{rho: [0.05]}}\nrecord: [iterate, objective]\n")
else:
    import h5py

    worst = 0.0
    for name, (variables, start, parts, gradient, samples, learning_rate) in CASES.items():
        with h5py.File(f"{name}.h5") as result:
            found = result["iterate"][()].reshape(3, TRIALS, len(start))
        for o, optimizer in enumerate(["sgd", "m-sam", "n-sam"]):
            for trial in range(TRIALS):
                x = iterate(gradient, samples, optimizer, np.array(start, float), learning_rate, 0.05, trial)
                error = np.abs(found[o, trial] - x).max() / max(1, np.abs(x).max())
                worst = max(worst, error)
                if not error <= 1e-9:
                    sys.exit(f"{name}, {optimizer}, trial {trial}: differs by {error}: {found[o, trial]} for {x}")
    print(f"{len(CASES)} objectives agree to {worst:.1e}")
