"""Runs `samsweep bench` and its peers side by side and prints how many times faster it is.

Everything alternates: a round measures each workload with each program, one after the other, for a moment; the figure is
the median over rounds. Usage: compare.py --samsweep PROGRAM --cpp PEER --mkl MKL [--seconds S] [--rounds N] [--output F]
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

PYTHON_PEERS = [
    "numpy", "numba", "numba-generators", "jax-f64-threefry", "jax-f64-rbg", "jax-f32-threefry", "jax-f32-rbg",
]
GENERATORS = ["sfmt19937", "philox4x32x10", "ars5"]
MSAM = "m-sam-quadratic-gaussian-d{}"
DIMENSIONS = [1, 8, 64, 512]
SHARED = "sweep-m-sam-quadratic-gaussian-d64-c32"
COMMON = [MSAM.format(d) for d in DIMENSIONS] + [
    "n-sam-quadratic-gaussian-d64", "sgd-quadratic-gaussian-d64", "m-sam-quadratic-rademacher-d64",
    "sam-quadratic-none-d1", SHARED,
]
LARGE = [MSAM.format(d) for d in (4096, 65536)]
OWN = COMMON + LARGE + ["trials-of-100-steps", "one-trial-per-cell", "noise-fill"]
ONE_THREAD = [MSAM.format(d) for d in DIMENSIONS] + [SHARED, "noise-fill"]
PRECISIONS = ["double", "single"]


class PythonPeer:
    """A worker that keeps its compiled code between rounds."""

    def __init__(self, name):
        self.process = subprocess.Popen(
            [sys.executable, pathlib.Path(__file__).with_name("python_peers.py"), name], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def rate(self, workload, seconds):
        print(workload, seconds, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"bench-peers: {self.process.args[2]} ended early on {workload}")
        return float(answer)


def output(*command, environment=None):
    return subprocess.run(
        [str(part) for part in command], check=True, text=True, capture_output=True,
        env=os.environ | (environment or {})).stdout.strip()


def own_rate(program, workload, precision, seconds, threads):
    line = output(
        program, "bench", "--workload", workload, "--precision", precision, "--seconds", seconds, "--threads", threads)
    return json.loads(line)["coordinate_steps_per_second"] / 1e6


def measure(options):
    """Rates by (program, workload): lists with one entry a round, in million coordinate-steps per second."""
    rates = {}
    peers = {name: PythonPeer(name) for name in PYTHON_PEERS}

    def note(program, workload, rate):
        rates.setdefault((program, workload), []).append(rate)

    def round(seconds, take):
        for workload in OWN:
            for precision in PRECISIONS:
                take(f"samsweep {precision}", workload, own_rate(options.samsweep, workload, precision, seconds, 2))
                if workload in ONE_THREAD:
                    take(
                        f"samsweep {precision}, 1 thread", workload,
                        own_rate(options.samsweep, workload, precision, seconds, 1))
            if workload in COMMON:
                take("c++", workload, float(output(options.cpp, workload, seconds, environment={"OMP_NUM_THREADS": "2"})))
                for name, peer in peers.items():
                    take(name, workload, peer.rate(workload, seconds))
        for generator in GENERATORS:
            take(f"mkl {generator}", "noise-fill", float(
                output(options.mkl, generator, 2, seconds, environment={"MKL_THREADING_LAYER": "SEQUENTIAL"})))

    round(0.01, lambda *_: None)  # compiles everything
    for number in range(options.rounds):
        print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
        round(options.seconds, note)
    for peer in peers.values():
        peer.process.stdin.close()
        peer.process.wait()
    return rates


class Report:
    """The tables, from medians over rounds."""

    def __init__(self, rates):
        self.medians = {key: statistics.median(values) for key, values in rates.items()}

    def rate(self, program, workload):
        return self.medians[program, workload]

    def best(self, programs, workload):
        return max((self.rate(program, workload), program) for program in programs)

    def ratios(self):
        """The targets: what is compared, the ratio wanted, and what was measured for either precision."""
        rows = []
        named = [peer for peer in PYTHON_PEERS if peer != "numba-generators"]
        for d in DIMENSIONS:
            rows.append(self.against(f"m-sam d = {d} / best of NumPy, Numba, JAX", ">= 10", MSAM.format(d), named))
        for d in DIMENSIONS:
            rows.append(self.against(
                f"m-sam d = {d} / Numba with a NumPy Generator per thread", "", MSAM.format(d), ["numba-generators"]))
        for d in DIMENSIONS:
            rows.append(self.against(f"m-sam d = {d} / C++", ">= 4", MSAM.format(d), ["c++"]))
        for d in DIMENSIONS:
            rows.append(self.row(f"m-sam d = {d} / MKL ICDF SFMT19937 fill", ">= 1", lambda p: (
                self.rate(f"samsweep {p}", MSAM.format(d)) / self.rate("mkl sfmt19937", "noise-fill"), "")))
        for d in DIMENSIONS:
            rows.append(self.row(f"cost of a step, d = {d} / cost of its noise", "<= 1.5", lambda p: (
                self.rate(f"samsweep {p}", "noise-fill") / self.rate(f"samsweep {p}", MSAM.format(d)), "")))
        rows.append(self.against("32 cells sharing noise / best Python peer, noise per cell", ">= 50", SHARED, named, MSAM.format(64)))
        rows.append(self.against("32 cells sharing noise / best Python peer, shared noise", ">= 10", SHARED, named))
        rows.append(self.against(
            "32 cells sharing noise / Numba with Generators, shared noise", "", SHARED, ["numba-generators"]))
        rows.append(self.row("32 cells sharing noise / one cell", ">= 5", lambda p: (
            self.rate(f"samsweep {p}", SHARED) / self.rate(f"samsweep {p}", MSAM.format(64)), "")))
        for workload in ONE_THREAD:
            rows.append(self.row(f"two threads / one, {workload}", ">= 1.9", lambda p: (
                self.rate(f"samsweep {p}", workload) / self.rate(f"samsweep {p}, 1 thread", workload), "")))
        costs = [MSAM.format(d) for d in (8, 64, 512, 4096, 65536)]
        rows.append(self.row("dearest / cheapest coordinate-step, d = 8 … 65536", "<= 1.3", lambda p: (
            max(self.rate(f"samsweep {p}", w) for w in costs) / min(self.rate(f"samsweep {p}", w) for w in costs), "")))
        rows.append(self.row("overhead of a trial of 100 steps, microseconds of a core", "<= 1", lambda p: (
            1600 / self.rate(f"samsweep {p}", "trials-of-100-steps") - 1600 / self.rate(f"samsweep {p}", MSAM.format(8)), "")))
        return rows

    def against(self, title, target, workload, peers, peer_workload=None):
        def ratio(precision):
            rate, peer = self.best(peers, peer_workload or workload)
            return self.rate(f"samsweep {precision}", workload) / rate, peer
        return self.row(title, target, ratio)

    def row(self, title, target, ratio):
        (double, peer), (single, _) = ratio("double"), ratio("single")
        return [title + (f" ({peer})" if peer and not title.endswith(peer) else ""), target, f"{double:.2f}", f"{single:.2f}"]

    def speeds(self):
        programs = ["samsweep double", "samsweep single", "c++", *PYTHON_PEERS]
        for workload in OWN:
            yield [workload] + [
                f"{self.medians[program, workload]:,.0f}" if (program, workload) in self.medians else ""
                for program in programs]

    def markdown(self):
        lines = ["| compared | target | double | single |", "|---|---|---|---|"]
        lines += ["| " + " | ".join(row) + " |" for row in self.ratios()]
        lines += ["", "Million coordinate-steps per second, two threads (noise-fill: million normals):", ""]
        heads = ["workload", "double", "single", "C++", "NumPy", "Numba", "Numba, Generators", *PYTHON_PEERS[3:]]
        lines += ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
        lines += ["| " + " | ".join(row) + " |" for row in self.speeds()]
        lines += ["", "Million normals per second, two threads, nothing else: " + ", ".join(
            f"MKL {g} {self.rate(f'mkl {g}', 'noise-fill'):,.0f}" for g in GENERATORS) + "."]
        return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser()
    for name in ("samsweep", "cpp", "mkl"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--seconds", type=float, default=0.2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--head", default="", help="lines about the machine")
    parser.add_argument("--output", help="where to save the tables; beside it, .json has the rates of every round")
    options = parser.parse_args()
    rates = measure(options)
    text = Report(rates).markdown()
    print(text)
    if options.output:
        path = pathlib.Path(options.output)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{options.head}\n\n{text}\n")
        path.with_suffix(".json").write_text(json.dumps(
            {"head": options.head, "rates": [[*key, values] for key, values in rates.items()]}, indent=1) + "\n")


if __name__ == "__main__":
    main()
