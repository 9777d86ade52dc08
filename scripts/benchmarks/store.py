#!/usr/bin/env python3
"""How fast results are stored, found again and compressed: scripts/benchmarks/store.py [PROGRAM]

Every figure is the median of five runs of the whole program, start to end. What starting and storing cost is the
processor time of the same run whose trials make a single step.
"""
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.path.abspath((sys.argv[1:] or [ROOT / ".build/release/samsweep"])[0])
SWEEP = """
schema: 1
name: store
problem: {name: quadratic, eigenvalues: 1}
optimizer: m-sam
steps: STEPS
trials: TRIALS
axes: {rho: {linspace: {from: 0.1, to: 1, count: CELLS}}, learning_rate: [0.05], noise: [1], dimension: [1]}
"""
REPEATS = 5


def run(folder, *options):
    """Seconds, and seconds of processor time."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([PROGRAM, "run", "s.yaml", "--output", "s.h5", "--progress", "none", *options], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def write(folder, cells, trials, steps):
    text = SWEEP.replace("STEPS", str(steps)).replace("TRIALS", str(trials)).replace("CELLS", str(cells))
    pathlib.Path(folder, "s.yaml").write_text(text)


def fresh(folder, *options):
    runs = []
    for _ in range(REPEATS):
        result = pathlib.Path(folder, "s.h5")
        result.unlink(missing_ok=True)
        runs.append(run(folder, *options))
    return [statistics.median(column) for column in zip(*runs)]


def main():
    with tempfile.TemporaryDirectory() as folder:
        for cells, trials in [(1000, 1000), (10_000, 100), (100_000, 10)]:
            write(folder, cells, trials, 10)
            seconds, _ = fresh(folder)
            print(f"{cells * trials:,} trials of 10 steps in {cells:,} cells: {cells * trials / seconds / 1e6:.2f} million "
                  f"trials a second ({seconds:.2f} s)", flush=True)
            again = statistics.median(run(folder)[0] for _ in range(REPEATS))
            print(f"  the same command again, nothing missing: {again:.3f} s", flush=True)
        write(folder, 1000, 1000, 10)
        plain, _ = fresh(folder)
        before = os.path.getsize(pathlib.Path(folder, "s.h5"))
        packed, _ = fresh(folder, "--compress", "4")
        after = os.path.getsize(pathlib.Path(folder, "s.h5"))
        print(f"compressing {before / 2**20:.1f} MiB to {after / 2**20:.1f} MiB: {packed - plain:.2f} s more")
        write(folder, 1000, 128, 100_000)
        _, whole = fresh(folder)
        write(folder, 1000, 128, 1)
        _, rest = fresh(folder)
        print(f"128,000 trials of 10^5 coordinate-steps: {whole:.2f} s of processor time, of which planning, starting and "
              f"storing are {rest:.3f} s, {100 * rest / whole:.1f} %")


if __name__ == "__main__":
    main()
