"""Makes every system call of every scenario fail at every count, and looks at what becomes of it.

    matrix.py PROGRAM [--sample N] [--workers N] [--scenario NAME …]

Each run is right if it ends with 0 and its files and its output are those of an undisturbed run, bit for bit; or if it
ends as the contract says (73 or 74), and the same command, undisturbed, then
ends with 0 and the same files. Prints a line per scenario and call, and the runs that are not right; exit code 1 if
there are any. `--sample` takes that many runs, spread over all of them.
"""

import argparse
import concurrent.futures
import errno
import filecmp
import os
import queue
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ERRORS = {"EIO": errno.EIO, "ENOSPC": errno.ENOSPC, "EINTR": errno.EINTR, "EMFILE": errno.EMFILE, "SHORT": "SHORT"}
TRANSFERS = {"pwrite", "pread", "write", "read", "send", "recv"}
# Between the program and the children that read files for it: no disk, no network.
BETWEEN = {"send", "recv"}
# What an interrupted call can be, and what a limit of open files can concern.
INTERRUPTIBLE = TRANSFERS | {"open", "close", "fsync", "fdatasync", "ftruncate", "fallocate", "flock"}
SWEEP = """schema: 1
name: small
problem: {name: quadratic, eigenvalues: {logspace: {from: 0.1, to: 1.0}}}
optimizer: [sgd, m-sam]
steps: 20
trials: 6
seed: 7
axes: {rho: [0, 0.1], learning_rate: [0.05], noise: [0.1], dimension: [1, 3]}
record: [distance, zero_gradients]
"""
CURVES = SWEEP + "curves: {of: [distance_squared], at: {linspace: {from: 0, to: 20, count: 5}}}\n"
LAW = SWEEP.replace("rho: [0, 0.1]", "rho: [0.1, 0.2, 0.4, 0.8, 1.6]")

# Name: what is done before, and the command.
RUN = ["run", "s.yaml", "--output", "r.h5", "--threads", "1", "--progress", "none"]
SCENARIOS = {
    "run": ([], RUN),
    "resume": ([RUN + ["--shard", "0/2"]], RUN),
    "grow": ([RUN], RUN + ["--set", "trials=9"]),
    "add-a-statistic": ([RUN], RUN + ["--set", "record=[distance, zero_gradients, suboptimality]"]),
    "merge": ([RUN[:3] + [f"p{i}.h5"] + RUN[4:] + ["--shard", f"{i}/2"] for i in range(2)],
              ["merge", "p0.h5", "p1.h5", "--output", "r.h5"]),
    "compress": ([RUN], RUN + ["--compress", "4"]),
    "curves": ([], ["run", "c.yaml"] + RUN[2:]),
    "fit-output": ([["run", "l.yaml"] + RUN[2:]],
                   ["fit", "r.h5", "--bootstrap", "100", "--format", "json", "--output", "f.h5"]),
    "report": ([RUN], ["report", "r.h5", "--bootstrap", "100"]),
    "submit": ([], ["submit", "s.yaml", "--scheduler", "pbs", "--shards", "2", "--output", "jobs", "--time", "5"]),
    "status": ([RUN], ["status", "r.h5"]),
    "export": ([RUN + ["--compress", "4"]], ["export", "r.h5", "--trials"]),
    "audit": ([RUN], ["audit", "r.h5", "--sample", "5", "--threads", "1"]),
}


class Matrix:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.library = os.path.join(folder, "interpose.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", self.library, os.path.join(HERE, "interpose.c"), "-ldl"],
                       check=True)

    def call(self, folder, command, **extra):
        environment = dict(os.environ, LD_PRELOAD=self.library, FIXED_TIME="1700000000", SWIFT_BACKTRACE="enable=no")
        environment.update(extra)
        # A program that waits for its turn at the processor does not hang.
        seconds = 60 * max(1, os.getloadavg()[0] / os.cpu_count())
        try:
            done = subprocess.run([self.program] + command, cwd=folder, env=environment, timeout=seconds,
                                  stdin=subprocess.DEVNULL, capture_output=True)
            return done.returncode, done.stdout, done.stderr.decode(errors="replace").strip()
        except subprocess.TimeoutExpired:
            return "hangs", b"", ""

    def base(self, name):
        folder = os.path.join(self.folder, name, "base")
        os.makedirs(folder)
        for file, text in [("s.yaml", SWEEP), ("c.yaml", CURVES), ("l.yaml", LAW)]:
            with open(os.path.join(folder, file), "w") as out:
                out.write(text)
        for command in SCENARIOS[name][0]:
            status, _, messages = self.call(folder, command)
            assert status == 0, (name, command, messages)
        return folder

    def reference(self, name, worker):
        """The files and the output of an undisturbed run where this worker works, and how often each call is made.

        Results and job scripts hold the path of their sweep, so that each worker has a place and a reference of its own.
        """
        place, kept = self.place(name, worker), os.path.join(self.folder, name, f"reference-{worker}")
        shutil.copytree(os.path.join(self.folder, name, "base"), place)
        counts = os.path.join(self.folder, name, "counts")
        status, output, messages = self.call(place, SCENARIOS[name][1], COUNT=counts)
        assert status == 0, (name, messages)
        shutil.move(place, kept)
        with open(counts) as lines:
            return kept, output, {line.split()[0]: int(line.split()[1]) for line in lines}

    def place(self, name, worker):
        return os.path.join(self.folder, name, f"work-{worker}", "place")

    def differences(self, folder, kept):
        there = {os.path.relpath(os.path.join(p, f), folder) for p, _, files in os.walk(folder) for f in files}
        right = {os.path.relpath(os.path.join(p, f), kept) for p, _, files in os.walk(kept) for f in files}
        names = [f"{name} is {'left over' if name in there else 'missing'}" for name in sorted(there ^ right)]
        return names + [f"{name} differs" for name in sorted(there & right)
                        if not filecmp.cmp(os.path.join(folder, name), os.path.join(kept, name), shallow=False)]

    def look(self, name, workers, call, count, error, many):
        """None where the run is right; else what is wrong. Takes a worker's number and reference, and gives them back."""
        worker, kept, output = workers.get()
        try:
            def judge():
                return self.judge(name, self.place(name, worker), kept, output, call, count, error, many)

            wrong = judge()
            # A machine that others use, too, may have given it no time: what hangs hangs again.
            return judge() if wrong and "hangs" in wrong else wrong
        finally:
            workers.put((worker, kept, output))

    def judge(self, name, folder, kept, output, call, count, error, many):
        shutil.copytree(os.path.join(self.folder, name, "base"), folder)
        command = SCENARIOS[name][1]
        try:
            status, text, messages = self.call(folder, command, FAULT=f"{call}:{count}:{ERRORS[error]}:{many}")
            if status == 0:
                wrong = self.differences(folder, kept)
                # A lock whose file cannot be looked at is not removed; the next run takes it.
                wrong = [text for text in wrong if not (many > 1 and text.endswith(".samsweep-lock is left over"))]
                if text != output:
                    wrong.append("other output")
                return f"ends with 0: {', '.join(wrong)}" if wrong else None
            if status not in (73, 74):
                return f"ends with {status}: {messages[-300:]}"
            # Where nothing can be written any more, no word can be.
            if not messages and not (call == "write" and many > 1):
                return f"ends with {status} without a word"
            again, text, messages = self.call(folder, command)
            if again != 0:
                return f"ends with {status}, and then with {again}: {messages[-300:]}"
            wrong = self.differences(folder, kept)
            return f"ends with {status}, and then: {', '.join(wrong)}" if wrong else None
        finally:
            shutil.rmtree(folder)


def faults(counts):
    for call, count in counts.items():
        # Reads and answers are many and alike: some 40 of them, spread; all calls of every other kind.
        step = max(1, count // 40) if call == "pread" or call in BETWEEN else 1
        for index in range(1, count + 1, step):
            for error in ERRORS:
                # Where no more threads can be had, the system says EAGAIN: tests of their own.
                if call == "pthread_create" or error == "SHORT" and call not in TRANSFERS or error == "EINTR" and call not in INTERRUPTIBLE:
                    continue
                if call in BETWEEN and error not in ("EINTR", "SHORT"):
                    continue
                yield call, index, error, 1
            # Once broken, for ever broken.
            if call not in ("close", "pthread_create") and call not in BETWEEN:
                yield call, index, "EIO", 1000000


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--sample", type=int)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--scenario", action="append", choices=list(SCENARIOS))
    options = parser.parse_args()
    names = options.scenario or list(SCENARIOS)
    total = bad = 0
    with tempfile.TemporaryDirectory() as folder:
        matrix = Matrix(os.path.abspath(options.program), folder)
        for place, name in enumerate(names):
            matrix.base(name)
            workers = queue.SimpleQueue()
            for worker in range(options.workers):
                kept, output, counts = matrix.reference(name, worker)
                workers.put((worker, kept, output))
            runs = list(faults(counts))
            if options.sample:
                wanted = max(1, options.sample // len(names))
                runs = runs[place % 7::max(1, len(runs) // wanted)]
            tally = {}
            with concurrent.futures.ThreadPoolExecutor(options.workers) as pool:
                jobs = {pool.submit(matrix.look, name, workers, *run): run for run in runs}
                for done, job in enumerate(concurrent.futures.as_completed(jobs), 1):
                    # Of one that is stopped, how far it came.
                    if done % 100 == 0:
                        print(f"{name}: {done} of {len(runs)} runs", file=sys.stderr, flush=True)
                    call, index, error, many = jobs[job]
                    wrong = job.result()
                    one = tally.setdefault(call, [0, 0])
                    one[0] += 1
                    one[1] += wrong is not None
                    if wrong:
                        print(f"WRONG {name}: {call} {index} {error}{' and after' if many > 1 else ''}: {wrong}", flush=True)
            shutil.rmtree(os.path.join(folder, name))
            total += len(runs)
            bad += sum(one[1] for one in tally.values())
            print(f"{name}: " + ", ".join(f"{call} {one[0]}" for call, one in sorted(tally.items())), flush=True)
    print(f"{total} runs, {bad} not right")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
