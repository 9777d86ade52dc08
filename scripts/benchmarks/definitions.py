"""Objectives as definitions beside JAX, and the quadratic as a definition beside the compiled one.

Both take m-SAM steps with noise, each as its users would write it: `samsweep bench --sweep` on a sweep file; jax.grad under vmap,
jit and scan, trials split over one host device per core, the number of trials that fills the machine best, the faster of two
generators. Everything alternates: a round measures each workload with each program for a moment; figures are medians over rounds,
in million steps of a trial per second on two cores.
Usage: definitions.py --samsweep PROGRAM [--seconds S] [--rounds N] [--head LINES] [--output F]
       definitions.py jax-DTYPE-PRNG        a worker: reads lines `WORKLOAD SECONDS`
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

THREADS = 2
RHO, ETA = 0.05, 0.01
PEERS = ["jax-f64-threefry", "jax-f64-rbg", "jax-f32-threefry", "jax-f32-rbg"]
TRIALS = (64, 512, 2048)
# What is compared: the problem as the sweep file has it, its noise, and the wanted ratios to double and single precision.
WORKLOADS = {
    "diagonal-network": """
  parameters: {d: 30, n: 20, sigma: 0.1}
  variables: {u: d, v: d}
  constants:
    A: {normal: [n, d], seed: 7}
    beta: {list: [0.577, 0.577, 0.577], pad_to: d}
    y: "A @ beta"
  let: {r: "A @ (u * v) - y"}
  objective: "sum(r^2) / (2 * n)"
  sample: {xi: {normal: n}}
  stochastic: "sum((r + sigma * xi)^2) / (2 * n)"
  start: {u: 0.3, v: 0.1}
""",
    "two-layer-tanh": """
  parameters: {n: 64, p: 10, k: 20, sigma: 0.1}
  variables: {W: [p, k], v: k}
  constants:
    A: {normal: [n, p], seed: 7}
    y: "tanh(A[:, 0])"
  let: {r: "tanh(A @ W) @ v - y"}
  objective: "sum(r^2) / (2 * n)"
  sample: {xi: {normal: n}}
  stochastic: "sum((r + sigma * xi)^2) / (2 * n)"
  start: {W: {normal: 0.3}, v: {normal: 0.3}}
""",
    "rosenbrock": """
  variables: {x: 2}
  objective: "(1 - x[0])^2 + 10 * (x[1] - x[0]^2)^2"
  start: {x: [-0.5, 0.5]}
""",
    "factorisation": """
  variables: {U: [8, 2], V: [8, 2]}
  constants: {M: {normal: [8, 8], seed: 7}}
  objective: "sum((U @ transpose(V) - M)^2) / 2"
  start: {U: {normal: 0.3}, V: {normal: 0.3}}
""",
    "logistic-batches": """
  parameters: {n: 569, d: 30}
  variables: {w: d}
  constants:
    A: {normal: [n, d], seed: 7}
    s: "if(A[:, 0] > 0, 1, -1)"
  sample: {i: {batch: 32, of: n, replacement: true}}
  objective: "mean(softplus(-s[i] * (A[i] @ w)))"
  start: {w: 0.1}
""",
}
# Additive noise where nothing is drawn for the objective itself.
NOISE = {"rosenbrock": 0.1, "factorisation": 0.1}
STEPS = {"two-layer-tanh": 100, "logistic-batches": 200}
TARGETS = {"double": 10, "single": 4}
# The quadratic as a definition, and how much dearer than the compiled one it may be.
QUADRATICS = {1: 3, 8: 2, 100: 2}


def sweep(name, problem, steps, noise, dimension=None, trials=64):
    own = f"problem:{problem}" if problem.startswith("\n") else f"problem: {problem}\n"
    size = f"dimension: {dimension}\n" if dimension else ""
    return (f"schema: 1\nname: {name}\n{own}optimizer: m-sam\nlearning_rate: {ETA}\nrho: {RHO}\nnoise: {noise}\n{size}"
            f"steps: {steps}\ntrials: {trials}\nrecord: objective\n")


def sweeps():
    """The sweep files by workload."""
    files = {name: sweep(name, text, STEPS.get(name, 1000), NOISE.get(name, 0)) for name, text in WORKLOADS.items()}
    for d in QUADRATICS:
        ends = f"{{from: {0.1 if d > 1 else 1}, to: 1}}"
        compiled = f"{{name: quadratic, eigenvalues: {{logspace: {ends}}}}}"
        defined = (f'\n  parameters: {{d: {d}}}\n  variables: {{x: d}}\n  constants: {{a: {{logspace: {ends[:-1]}, count: d}}}}}}\n'
                   '  objective: "sum(a * x^2) / 2"\n  minimisers: "0 * a"\n')
        files[f"quadratic-{d}"] = sweep(f"quadratic-{d}", compiled, 2000, 1, dimension=d)
        files[f"quadratic-{d}-defined"] = sweep(f"quadratic-{d}-defined", defined, 2000, 1)
    return files


# JAX

def jax_peer(dtype, prng):
    os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={THREADS}"
    os.environ["JAX_PLATFORMS"] = "cpu"
    import jax
    import jax.numpy as jnp
    import numpy as np

    jax.config.update("jax_enable_x64", dtype == "f64")
    jax.config.update("jax_default_prng_impl", {"threefry": "threefry2x32", "rbg": "rbg"}[prng])
    real = jnp.float64 if dtype == "f64" else jnp.float32
    random = np.random.default_rng(7)
    normal = jax.random.normal

    def problem(name):
        """The coordinates, the loss of one trial on its sample, and what one trial draws in a step."""
        if name == "diagonal-network":
            a = jnp.asarray(random.normal(size=(20, 30)), real)
            y = a @ jnp.asarray([0.577] * 3 + [0] * 27, real)
            return 60, lambda x, xi: jnp.sum((a @ (x[:30] * x[30:]) - y + 0.1 * xi) ** 2) / 40, lambda key: normal(key, (20,), real)
        if name == "two-layer-tanh":
            a = jnp.asarray(random.normal(size=(64, 10)), real)
            y = jnp.tanh(a[:, 0])

            def loss(x, xi):
                return jnp.sum((jnp.tanh(a @ x[:200].reshape(10, 20)) @ x[200:] - y + 0.1 * xi) ** 2) / 128
            return 220, loss, lambda key: normal(key, (64,), real)
        if name == "rosenbrock":
            return 2, lambda x, xi: (1 - x[0]) ** 2 + 10 * (x[1] - x[0] ** 2) ** 2 + x @ xi, noise(2)
        if name == "factorisation":
            m = jnp.asarray(random.normal(size=(8, 8)), real)
            return 32, lambda x, xi: jnp.sum((x[:16].reshape(8, 2) @ x[16:].reshape(8, 2).T - m) ** 2) / 2 + x @ xi, noise(32)
        a = jnp.asarray(random.normal(size=(569, 30)), real)
        s = jnp.where(a[:, 0] > 0, 1, -1).astype(real)
        return 30, lambda x, i: jnp.mean(jax.nn.softplus(-s[i] * (a[i] @ x))), lambda key: jax.random.randint(key, (32,), 0, 569)

    def noise(d):
        """Additive noise of total size 0.1, whose gradient is itself."""
        return lambda key: normal(key, (d,), real) * (0.1 / d**0.5)

    def build(name, trials):
        d, loss, sample = problem(name)
        gradient, draw, steps = jax.vmap(jax.grad(loss)), jax.vmap(sample), 50

        def step(state, _):
            x, key = state
            key, one = jax.random.split(key)
            drawn = draw(jax.random.split(one, trials))
            g = gradient(x, drawn)
            size = jnp.sqrt(jnp.sum(g * g, axis=-1, keepdims=True))
            y = x + jnp.where(size > 0, RHO / size, 0) * g
            return (x - ETA * gradient(y, drawn), key), None

        run = jax.pmap(lambda x, key: jax.lax.scan(step, (x, key), None, length=steps)[0], donate_argnums=(0, 1))
        state = [jnp.full((THREADS, trials, d), 0.1, real), jax.random.split(jax.random.key(1), THREADS)]

        def once():
            state[:] = run(*state)
            state[0].block_until_ready()
            return steps * THREADS * trials

        return once

    chosen = {}

    def measure(name, seconds):
        if name not in chosen:
            tried = [build(name, trials) for trials in TRIALS]
            chosen[name] = max(tried, key=lambda once: rate(once, 0.3))
        return rate(chosen[name], seconds)

    return measure


def rate(run, seconds):
    """Million units of work per second of `run()`, which returns the work it did."""
    run()
    began, work = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - began) < seconds:
        work += run()
    return work / elapsed / 1e6


def work(peer):
    measure = jax_peer(*peer.split("-")[1:])
    for line in sys.stdin:
        name, seconds = line.split()
        print(f"{measure(name, float(seconds)):.5f}", flush=True)


# Both

class Peer:
    """A worker that keeps its compiled code between rounds."""

    def __init__(self, name):
        self.process = subprocess.Popen([sys.executable, __file__, name], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def rate(self, workload, seconds):
        print(workload, seconds, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"definitions.py: {self.process.args[2]} ended early on {workload}")
        return float(answer)


def own_rate(program, path, seconds):
    line = subprocess.run(
        [program, "bench", "--sweep", path, "--seconds", str(seconds), "--threads", str(THREADS)], check=True, text=True,
        capture_output=True).stdout
    return json.loads(line)["trial_steps_per_second"] / 1e6


def measure(options):
    """Rates by (program, workload): lists with one entry a round."""
    rates, peers = {}, {name: Peer(name) for name in PEERS}
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: pathlib.Path(folder) / f"{name}.yaml" for name in sweeps()}
        for name, text in sweeps().items():
            paths[name].write_text(text)
        for workload in WORKLOADS:
            for peer in peers.values():
                peer.rate(workload, 0.01)
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
            for workload, path in paths.items():
                rates.setdefault(("samsweep", workload), []).append(own_rate(options.samsweep, path, options.seconds))
                for name, peer in peers.items() if workload in WORKLOADS else ():
                    rates.setdefault((name, workload), []).append(peer.rate(workload, options.seconds))
    for peer in peers.values():
        peer.process.stdin.close()
        peer.process.wait()
    return rates


def markdown(rates):
    median = {key: statistics.median(values) for key, values in rates.items()}
    lines = ["| m-SAM, noise included | samsweep / JAX, double (wanted) | samsweep / JAX, single (wanted) |", "|---|---|---|"]
    for workload in WORKLOADS:
        cells = []
        for precision, wanted in TARGETS.items():
            best, peer = max((median[name, workload], name) for name in PEERS if ("f64" in name) == (precision == "double"))
            cells.append(f"{median['samsweep', workload] / best:.1f} (>= {wanted}; {peer})")
        lines.append(f"| {workload} | {' | '.join(cells)} |")
    lines += ["", "| quadratic as a definition | times the compiled one's time (wanted) |", "|---|---|"]
    for d, wanted in QUADRATICS.items():
        lines.append(f"| d = {d} | {median['samsweep', f'quadratic-{d}'] / median['samsweep', f'quadratic-{d}-defined']:.2f} (<= {wanted}) |")
    programs = ["samsweep", *PEERS]
    lines += ["", "Million steps of a trial per second, two threads:", "", "| workload | " + " | ".join(programs) + " |",
              "|---" * (len(programs) + 1) + "|"]
    for workload in sweeps():
        values = [f"{median[program, workload]:.3g}" if (program, workload) in median else "" for program in programs]
        lines.append(f"| {workload} | {' | '.join(values)} |")
    return "\n".join(lines)


def main():
    if len(sys.argv) == 2 and sys.argv[1] in PEERS:
        return work(sys.argv[1])
    parser = argparse.ArgumentParser()
    parser.add_argument("--samsweep", required=True)
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--head", default="", help="lines about the machine")
    parser.add_argument("--output", help="where to save the tables; beside it, .json has the rates of every round")
    options = parser.parse_args()
    rates = measure(options)
    text = markdown(rates)
    print(text)
    if options.output:
        path = pathlib.Path(options.output)
        path.write_text(f"{options.head}\n\n{text}\n")
        path.with_suffix(".json").write_text(json.dumps(
            {"head": options.head, "rates": [[*key, values] for key, values in rates.items()]}, indent=1) + "\n")


if __name__ == "__main__":
    main()
