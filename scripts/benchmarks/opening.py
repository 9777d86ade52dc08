#!/usr/bin/env python3
"""What opening a result costs: scripts/benchmarks/opening.py [--short] [PROGRAM ...]

Merges 10 and 300 shards of a small sweep, several programs in turn, and prints for each the processor time per file, its child
processes included: the difference of the two merges over 290. Medians of five (--short: 2 and 12 shards, once, which shows nothing but
that it works); the processor time of a merge hardly depends on
what else the machine does, but the caches do.
"""
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FEW, MANY, REPEATS = 10, 300, 5
SWEEP = """schema: 1
name: shards
problem: {name: quadratic, eigenvalues: 1}
optimizer: [sgd, m-sam]
steps: 20
trials: 300
axes:
  rho: [0, {logspace: {from: 1.0e-3, to: 1.0, count: 4}}]
  learning_rate: [0.01, 0.05]
  noise: [0.1, 1.0]
record: [distance, suboptimality]
"""


def merge(program, folder, count):
    """Seconds of processor time."""
    shards = [f"{folder}/{index}.h5" for index in range(count)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([program, "merge", *shards, "--output", f"{folder}/merged.h5"], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    global FEW, MANY, REPEATS
    words = [word for word in sys.argv[1:] if word != "--short"]
    if len(words) < len(sys.argv) - 1:
        FEW, MANY, REPEATS = 2, 12, 1
    programs = words or [str(ROOT / ".build/release/samsweep")]
    with tempfile.TemporaryDirectory() as folder:
        sweep = pathlib.Path(folder, "shards.yaml")
        sweep.write_text(SWEEP)
        for index in range(MANY):
            subprocess.run(
                [programs[0], "run", sweep, "--shard", f"{index}/{MANY}", "--output", f"{folder}/{index}.h5", "--threads", "1",
                 "--progress", "none"], check=True, capture_output=True)
        rounds = [[merge(p, folder, MANY) - merge(p, folder, FEW) for p in programs] for _ in range(REPEATS)]
    for place, program in enumerate(programs):
        each = [1000 * one[place] / (MANY - FEW) for one in rounds]
        print(f"{os.path.basename(program)}: {statistics.median(each):.1f} ms of processor time for each of {MANY - FEW} files "
              f"({', '.join(f'{value:.1f}' for value in each)})")


if __name__ == "__main__":
    main()
