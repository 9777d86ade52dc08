#!/usr/bin/env python3
"""Merging beside cat of the same bytes on the same disk: scripts/benchmarks/merge.py [--warm] [GIGABYTES] [SHARDS] [FOLDER]

Shards are as scattered as they can be: each has a few trials of every cell. Both write the merged bytes to a new file and
bring it to disk, with the page cache as it is after the shards were written (warm) and dropped before (cold, as root; not with
--warm, and all programs of the machine then read their files anew).
Medians of three runs, one after the other; peak memory is that of the whole process.
"""
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("SAMSWEEP", str(ROOT / ".build/release/samsweep"))
REPEATS = 3
# A trial of two steps with three statistics: 8 + 8 + 4 and the state and steps.
BYTES_PER_TRIAL = 8 + 8 + 4 + 1 + 8
TRIALS = 2048
SWEEP = """
schema: 1
name: merge
problem: {{name: quadratic, eigenvalues: 1}}
optimizer: m-sam
noise: 0.1
learning_rate: 0.05
steps: 2
trials: {trials}
axes: {{rho: {{linspace: {{from: 0, to: 1, count: {cells}}}}}}}
record: [distance, suboptimality, zero_gradients]
"""


def drop_caches():
    subprocess.run(["sync"], check=True)
    try:
        pathlib.Path("/proc/sys/vm/drop_caches").write_text("3\n")
    except OSError:
        return False
    return True


def timed(command, output):
    """Seconds until the output is on disk, and peak memory in bytes."""
    output.unlink(missing_ok=True)
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, command
    subprocess.run(["sync", str(output)], check=True)
    return time.perf_counter() - began, usage.ru_maxrss * 1024


def main():
    words = [word for word in sys.argv[1:] if word != "--warm"]
    gigabytes = float(words[0]) if words else 10
    shards = int(words[1]) if len(words) > 1 else 20
    cells = max(1, round(gigabytes * 1e9 / BYTES_PER_TRIAL / TRIALS))
    with tempfile.TemporaryDirectory(dir=words[2] if len(words) > 2 else None) as name:
        folder = pathlib.Path(name)
        (folder / "s.yaml").write_text(SWEEP.format(trials=TRIALS, cells=cells))
        parts = [folder / f"{index}.h5" for index in range(shards)]
        for index, part in enumerate(parts):
            subprocess.run(
                [PROGRAM, "run", str(folder / "s.yaml"), "--shard", f"{index}/{shards}", "--output", str(part), "--progress",
                 "none"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        size = sum(part.stat().st_size for part in parts)
        print(f"{shards} shards, {size / 1e9:.4f} GB, {cells} cells of {TRIALS} trials")
        merged, copy = folder / "m.h5", folder / "copy"
        commands = {
            "cat": (["sh", "-c", 'out=$1; shift; cat "$@" >"$out"', "sh", str(copy), *map(str, parts)], copy),
            "merge": ([PROGRAM, "merge", *map(str, parts), "--output", str(merged)], merged),
        }
        for state in ("warm", "cold") if len(words) == len(sys.argv) - 1 else ("warm",):
            seconds = {"cat": [], "merge": []}
            memory = 0
            for _ in range(REPEATS):
                for what, (command, output) in commands.items():
                    if state == "cold" and not drop_caches():
                        print("cold: not measured, only root drops caches")
                        return
                    took, used = timed(command, output)
                    seconds[what].append(took)
                    if what == "merge":
                        memory = max(memory, used)
                        merged_size = output.stat().st_size
                    output.unlink()
            cat, merge = (statistics.median(seconds[what]) for what in ("cat", "merge"))
            print(f"{state}: {merge / cat:.2f} times cat: merge {merge:.2f} s, cat {cat:.2f} s, {memory / 1e6:.0f} MB of memory, "
                  f"{merged_size / 1e9:.4f} GB merged")


main()
