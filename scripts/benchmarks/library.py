"""Compiled problems beside the same problems as definitions: which of them could live in the library.

Whole steps of m-sam, sam and sgd with their noise, on one thread, in turn: compiled, defined, compiled, … What counts is processor
time, which other work on the machine changes less than a clock's, of as many trials as take SECONDS, less that of eight trials.
The ratio of neighbours is printed, its median and range over the rounds; rates are million steps of a trial per second.
Usage: library.py --kernel-time PROGRAM [--seconds S] [--rounds N] [--only PROBLEM] [--output F]
       PROGRAM: swift build -c release --product KernelTime, then .build/release/KernelTime
"""

import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT / "Sweeps/data/breast-cancer.svm"
OPTIMIZERS = ["m-sam", "sam", "sgd"]
# A definition that costs at most so many times its compiled kernel could take that one's place.
BOUND = 1.5

# phi's primitive: a piece that climbs from 0 to 1 between two knots is (relu(u)^2 - relu(u - 1)^2) / 2 over the slope of u.
RAMP = "(relu({u})^2 - relu({u} - 1)^2)"
# name: (dimensions, compiled, defined); constants `d` and names of parameters as the catalogue has them.
PROBLEMS = {
    "pseudo-huber": ([1, 8, 100], "pseudo-huber", """
  parameters: {delta: 1, smoothness: 1}
  variables: {x: dimension}
  objective: "smoothness * delta^2 * sum(sqrt(1 + (x / delta)^2) - 1)"
  start: {x: 0.5}
"""),
    "rastrigin": ([1, 8, 100], "{name: rastrigin, amplitude: 0.1}", """
  parameters: {amplitude: 0.1}
  variables: {x: dimension}
  objective: "sum(x^2 + amplitude * (1 - cos(2 * pi * x)))"
  start: {x: 0.5}
"""),
    "sine": ([1], "{name: sine, rho0: 0.3}", """
  parameters: {smoothness: 1, rho0: 0.3}
  variables: {x: 1}
  objective: "9 * smoothness * rho0^2 / (25 * pi^2) * sum(sin(5 * pi / (3 * rho0) * x))"
  start: {x: 0.5}
"""),
    "trap": ([1], "{name: trap, rho0: 0.3}", f"""
  parameters: {{c1: 0.5, c2: 0.5, smoothness: 1, rho0: 0.3}}
  variables: {{x: 1}}
  let:
    u: "2 * x / rho0 + 0.5"
    v: "8 / 3 * x / rho0 - 5 / 3"
    Phi: "(1 - c1) * x / rho0 + (c1 - 2) / 4 * {RAMP.format(u='u')} + (c2 + 2) * 3 / 16 * {RAMP.format(u='v')}"
  sample: {{s: {{rademacher: 1}}}}
  objective: "smoothness * sum(x^2) / 2"
  stochastic: "sum(smoothness * x^2 / 2 + smoothness * rho0^2 * s * Phi)"
  start: {{x: 0.5}}
"""),
    "huber-trap": ([1], "{name: huber-trap, rho0: 0.3}", f"""
  parameters: {{smoothness: 1, rho0: 0.3}}
  variables: {{x: 1}}
  let:
    z: "2 * x / rho0"
    Phi: "{RAMP.format(u='(z + 1.5)')} / 8 - {RAMP.format(u='(z + 0.5)')} / 4 + {RAMP.format(u='(z - 1.5)')} / 4 - {RAMP.format(u='(z - 2.5)')} / 8"
    loss: "{RAMP.format(u='(z + 0.5)')} / 8 - x / (4 * rho0)"
  sample: {{s: {{rademacher: 1}}}}
  objective: "smoothness * rho0^2 * sum(loss)"
  stochastic: "smoothness * rho0^2 * sum(loss + s * Phi)"
  start: {{x: 0.5}}
"""),
    "two-quadratics": ([1], "two-quadratics", """
  parameters: {a1: 0.5, a2: 1.5, K: 4}
  variables: {x: 1}
  let:
    low: "-2 * K / a2"
    high: "2 * K / a1"
    pull: "K * x + (a2 - a1) / 2 * (low * x + (relu(x - low)^2 - relu(x - high)^2) / 2)"
  sample: {s: {rademacher: 1}}
  objective: "(a1 + a2) / 4 * sum(x^2)"
  stochastic: "sum((a1 + a2) / 4 * x^2 - s * pull)"
  start: {x: 0.5}
"""),
    "logistic": ([31], f"{{name: logistic, data: {DATA}, batch: 32}}", f"""
  parameters: {{l2: 0.01, batch: 32}}
  variables: {{w: 31}}
  constants:
    y: {{file: {DATA}, array: y}}
    A: {{normal: [569, 31], seed: 1}}
  sample: {{i: {{batch: batch, of: 569, replacement: true}}}}
  objective: "mean(softplus(-y[i] * (A[i] @ w))) + l2 * sum(w^2) / 2"
  start: {{w: 0.1}}
"""),
    "least-squares": ([31], f"{{name: least-squares, data: {DATA}, batch: 32, l2: 0.01}}", f"""
  parameters: {{l2: 0.01, batch: 32}}
  variables: {{w: 31}}
  constants:
    y: {{file: {DATA}, array: y}}
    A: {{normal: [569, 31], seed: 1}}
  sample: {{i: {{batch: batch, of: 569, replacement: true}}}}
  objective: "mean((A[i] @ w - y[i])^2) / 2 + l2 * sum(w^2) / 2"
  start: {{w: 0.1}}
"""),
}
STEPS = {"logistic": 200, "least-squares": 200}


def sweep(name, problem, dimension, optimizer, steps, trials):
    own = f"problem:{problem}" if problem.startswith("\n") else f"problem: {problem}\n"
    size = f"dimension: {dimension}\n" if len(PROBLEMS[name][0]) > 1 else ""
    return (f"schema: 1\nname: {name}\n{own}optimizer: {optimizer}\nlearning_rate: 0.01\nrho: 0.05\nnoise: 0.3\n{size}"
            f"steps: {steps}\ntrials: {trials}\nrecord: objective\n")


class Workload:
    """One cell of a sweep and the trials that take a given time."""

    def __init__(self, program, folder, *cell):
        self.program, self.path, self.cell = program, pathlib.Path(folder) / "sweep.yaml", cell
        self.start, self.trials = min(self.used(8) for _ in range(3)), 0

    def used(self, trials):
        """Processor seconds of so many trials, the program's start included."""
        self.path.write_text(sweep(*self.cell, trials))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([self.program, self.path, "1"], check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def rate(self, seconds):
        """Million steps of a trial per second of a processor."""
        if not self.trials:
            few = 64
            while (used := self.used(few) - self.start) < seconds / 8:
                few *= 2 if used > seconds / 64 else 8
            self.trials = max(1, round(few * seconds / used / 8)) * 8
        return self.trials * self.cell[-1] / (self.used(self.trials) - self.start) / 1e6


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kernel-time", required=True)
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", help="a problem")
    parser.add_argument("--output", help="where to save what is printed")
    options = parser.parse_args()
    lines = [f"load at the start: {os.getloadavg()[0]:.2f}; each pair {options.rounds} times {options.seconds} s of a processor", "",
             "| problem | d | optimizer | compiled, M steps/s | defined | times the compiled one's time: median (range) | at most 1.5 |",
             "|---|---|---|---|---|---|---|"]
    print("\n".join(lines), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, (dimensions, compiled, defined) in PROBLEMS.items():
            if options.only and name != options.only:
                continue
            for d in dimensions:
                for optimizer in OPTIMIZERS:
                    both = [Workload(options.kernel_time, folder, name, problem, d, optimizer, STEPS.get(name, 2000))
                            for problem in (compiled, defined)]
                    pairs = [[one.rate(options.seconds) for one in both] for _ in range(options.rounds)]
                    ratios = [a / b for a, b in pairs]
                    median = statistics.median(ratios)
                    one, two = (statistics.median(p[k] for p in pairs) for k in (0, 1))
                    lines.append(f"| {name} | {d} | {optimizer} | {one:.3g} | {two:.3g} | {median:.2f} "
                                 f"({min(ratios):.2f} to {max(ratios):.2f}) | {'yes' if median <= BOUND else 'no'} |")
                    print(lines[-1], flush=True)
    if options.output:
        pathlib.Path(options.output).write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
