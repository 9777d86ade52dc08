#!/usr/bin/env python3
"""What 16, 64 and 1,000 nodes make of a sweep: measured pieces, a model of them, and its prediction checked.

    scripts/benchmarks/scaling.py [--short] SAMSWEEP [OUTPUT.md]

Each piece is measured several times as the processor time of the process and everything it started (user + system, so
that other work on the machine counts little) and as time on the clock; the least of each is kept. Takes some minutes; with --short
some seconds, once and with so little work that nothing but the counts means anything.
"""
import concurrent.futures
import datetime
import os
import platform
import re
import subprocess
import sys
import tempfile
import time

SWEEP = """schema: 1
name: scaling
problem: {name: quadratic, eigenvalues: {logspace: {from: 0.1, to: 1.0}}}
optimizer: [sgd, n-sam, m-sam]
steps: STEPS
trials: TRIALS
seed: 4
axes:
  rho: [0, {logspace: {from: 0.01, to: 1, count: 5}}]
  learning_rate: [0.01, 0.05]
  noise: [1]
  dimension: [10]
record: [distance, suboptimality, tail_distance_squared]
"""
CELLS, DIMENSION = 36, 10


def text(steps, trials):
    return SWEEP.replace("STEPS", str(steps)).replace("TRIALS", str(trials))


def write(name, steps, trials):
    with open(name, "w") as file:
        file.write(text(steps, trials))
    return name


class Spent:
    """Processor and clock seconds of a command line."""

    def __init__(self, program, *arguments):
        begin = time.monotonic()
        process = subprocess.Popen([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.output = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        self.clock = time.monotonic() - begin
        self.processor = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss / 1024
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"{arguments}: exit code {process.returncode}: {self.output}")


def least(times, make):
    """The least processor and clock seconds of several tries; `make` is called before each."""
    tries = [make() for _ in range(times)]
    return min(t.processor for t in tries), min(t.clock for t in tries)


def fresh(program, sweep, *more):
    return Spent(program, "run", sweep, "--output", "r.h5", "--fresh", "--threads", "1", "--progress", "none", *more)


def shards(program, sweep, count, folder):
    """Computes all shards, several at a time: only their trials are asked for, not how long they take. Trials of each."""
    os.makedirs(folder, exist_ok=True)

    def one(shard):
        done = Spent(program, "run", sweep, "--shard", f"{shard}/{count}", "--output", f"{folder}/{shard}.h5",
                     "--fresh", "--threads", "1")
        found = re.search(r"([\d,]+) trials are done", done.output)
        return int(found[1].replace(",", "")) if found else 0

    with concurrent.futures.ThreadPoolExecutor(8) as workers:
        return list(workers.map(one, range(count)))


def merge(program, folder, count, tries):
    def once():
        if os.path.exists("m.h5"):
            os.remove("m.h5")
        return Spent(program, "merge", *(f"{folder}/{i}.h5" for i in range(count)), "--output", "m.h5")

    return least(tries, once)


def main():
    words = [word for word in sys.argv[1:] if word != "--short"]
    is_short = len(words) < len(sys.argv) - 1
    if not 1 <= len(words) <= 2:
        sys.exit(__doc__)
    tries, scale = (1, 10) if is_short else (3, 1)
    program = os.path.abspath(words[0])
    output = os.path.abspath(words[1]) if len(words) == 2 else None
    here = os.path.dirname(os.path.abspath(__file__))
    commit = subprocess.run(["git", "-C", here, "describe", "--always", "--dirty", "--abbrev=12"],
                            capture_output=True, text=True).stdout.strip() or "unknown"
    load = os.getloadavg()[0]
    lines = []

    def say(line=""):
        lines.append(line)
        print(line, flush=True)

    processor = next((line.split(": ")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
                     platform.machine())
    say(f"# Scaling, {datetime.date.today()}")
    say()
    say(f"Commit {commit}, {processor}, {os.cpu_count()} cores, one-minute load {load:.1f} at the start. Processor seconds "
        "(clock seconds), the least of several tries.")
    say()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        say("| piece | measured |")
        say("|---|---|")
        start = least(tries, lambda: Spent(program, "--version"))
        say(f"| start of the program | {start[0]:.4f} s ({start[1]:.4f}) |")
        plan = least(tries, lambda: Spent(program, "run", write("tiny.yaml", 1, 1), "--output", "p.h5", "--threads", "1",
                                      "--progress", "none"))
        say(f"| start, plan, check of a finished file of {CELLS} cells | {plan[0]:.4f} s ({plan[1]:.4f}) |")
        first = least(tries, lambda: fresh(program, write("tiny.yaml", 1, 8)))
        say(f"| start, plan, new file, first block, seal | {first[0]:.4f} s ({first[1]:.4f}) |")

        steps, small, large = 5000 // scale, 256, 1024
        a = least(tries, lambda: fresh(program, write("a.yaml", steps, small)))
        b = least(tries, lambda: fresh(program, write("b.yaml", steps, large)))
        work = CELLS * (large - small) * steps * DIMENSION
        rate = [(y - x) / work for x, y in zip(a, b)]
        say(f"| one core, a coordinate-step of {CELLS} cells that share noise | {rate[0] * 1e9:.3f} ns ({rate[1] * 1e9:.3f}) |")

        a = least(tries, lambda: fresh(program, write("a.yaml", 1, 20_000 // scale)))
        size_a = os.path.getsize("r.h5")
        b = least(tries, lambda: fresh(program, write("b.yaml", 1, 80_000 // scale)))
        size_b = os.path.getsize("r.h5")
        put = [(y - x) / (size_b - size_a) for x, y in zip(a, b)]
        say(f"| storing a byte (trials of one step, their cost included) | {put[0] * 1e9:.2f} ns ({put[1] * 1e9:.2f}) |")

        few, many, small, large = 4, 64 // scale, 8_000 // scale, 80_000 // scale
        shards(program, write("a.yaml", 1, small), few, "few")
        shards(program, "a.yaml", many, "many")
        shards(program, write("b.yaml", 1, large), few, "big")
        base, files, bytes_ = (merge(program, folder, count, tries) for folder, count in (("few", few), ("many", many), ("big", few)))
        whole_small, whole_big = CELLS * small * 33, CELLS * large * 33
        per_byte = [(y - x) / (whole_big - whole_small) for x, y in zip(base, bytes_)]
        per_file = [max(0.0, (y - x) / (many - few)) for x, y in zip(base, files)]
        fixed = [max(0.0, x - few * f - whole_small * p) for x, f, p in zip(base, per_file, per_byte)]
        say(f"| merging a byte of the result | {per_byte[0] * 1e9:.2f} ns ({per_byte[1] * 1e9:.2f}) |")
        say(f"| merging a file more | {per_file[0] * 1e3:.2f} ms ({per_file[1] * 1e3:.2f}) |")
        say(f"| every merge | {fixed[0]:.3f} s ({fixed[1]:.3f}) |")

        imbalance = {}
        for count in (16,) if is_short else (16, 64, 1000):
            held = shards(program, write("cut.yaml", 1, 2048), count, f"cut{count}")
            assert sum(held) == CELLS * 2048, (count, sum(held))
            imbalance[count] = max(held) * count / sum(held) - 1
            say(f"| largest of {count:,} shards of {CELLS * 2048:,} trials over their mean | {imbalance[count] * 100:.1f} % |")

        say()
        say("## Two shards side by side")
        say()
        steps, trials = 20_000 // scale, 512
        sweep = write("two.yaml", steps, trials)
        predicted = first[0] + CELLS * trials / 2 * (steps * DIMENSION * rate[0] + 33 * put[0])
        begin = time.monotonic()
        pair = [subprocess.Popen([program, "run", sweep, "--shard", f"{i}/2", "--output", f"two{i}.h5", "--threads", "1",
                                  "--progress", "none"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                for i in range(2)]
        used = []
        for process in pair:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            used.append(usage.ru_utime + usage.ru_stime)
        clock = time.monotonic() - begin
        alone = Spent(program, "run", sweep, "--shard", "0/2", "--output", "alone.h5", "--threads", "1", "--progress", "none")
        joined = Spent(program, "merge", "two0.h5", "two1.h5", "--output", "two.h5")
        join = fixed[0] + 2 * per_file[0] + CELLS * trials * 33 * per_byte[0]
        say(f"Each of 2 shards of {CELLS} cells × {trials} trials × {steps:,} steps, d = {DIMENSION}, one core each: predicted "
            f"{predicted:.2f} s of a processor, used {used[0]:.2f} and {used[1]:.2f} s ({max(used) / predicted - 1:+.0%}); "
            f"alone {alone.processor:.2f} s. On the clock both took {clock:.2f} s, which other work on the machine decides. "
            f"Their merge: predicted {join:.3f} s, used {joined.processor:.3f} s.")

        say()
        say("## The model")
        say()
        say("    shard = first + (1 + imbalance) steps / nodes / cores × step + bytes / nodes × store")
        say("    merge = every + nodes × file + bytes × byte")
        say()
        core_days, cores = 1000, 64
        total_steps = core_days * 86_400 / rate[0]
        for result in (1e9, 1e11):
            say(f"A sweep of {core_days:,} core-days and {result:.0e} bytes, nodes of {cores} cores, one shard each:")
            say()
            say("| nodes | shard, hours | merge, hours | both, hours | efficiency |")
            say("|---|---|---|---|---|")
            ideal = None
            for nodes in (1, 16, 64, 1000):
                excess = imbalance.get(nodes, 0.0)
                shard = first[0] + (1 + excess) * total_steps / nodes / cores * rate[0] + result / nodes * put[0]
                together = 0.0 if nodes == 1 else fixed[0] + nodes * per_file[0] + result * per_byte[0]
                both = shard + together
                ideal = ideal or both
                say(f"| {nodes:,} | {shard / 3600:.3f} | {together / 3600:.4f} | {both / 3600:.3f} | {ideal / both / nodes:.0%} |")
            say()
        halves = (rate[0] * total_steps / cores / (result * per_byte[0]))
        say(f"With {result:.0e} bytes merging takes as long as computing at {halves:,.0f} nodes; with ten times the bytes at a "
            "tenth of that. Merging is one process that reads and writes every byte once, so the file system's own speed, "
            "which is not in these figures, counts from there on.")
    if output:
        with open(output, "w") as file:
            file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
