#!/usr/bin/env python3
"""Kills `samsweep run` again and again and looks at what it leaves. Called by scripts/soak, which says more.

After every kill the file is opened by h5dump, by xarray with h5netcdf and with netCDF4, and every trial that it shows as
finished is compared, bit for bit, with an undisturbed run. Exits with 1 when a file is unreadable or a value wrong.
"""
import argparse
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np
import xarray

SWEEP = """
schema: 1
name: soak
problem: {name: quadratic, eigenvalues: {logspace: {from: 0.1, to: 1.0}}}
optimizer: [sgd, n-sam, m-sam]
trials: 193
seed: 4
axes:
  rho: [0, {logspace: {from: 0.01, to: 1, count: 4}}]
  learning_rate: [0.01, 0.05]
  noise: [1]
  dimension: [1, 10, 100]
  steps: [10, 1000, 30000]
record: [distance, suboptimality, tail_distance_squared, zero_gradients]
"""
STATISTICS = ["distance", "suboptimality", "tail_distance_squared", "zero_gradients", "steps_taken"]


def start(program, folder, threads):
    """A run in a process group of its own."""
    return subprocess.Popen(
        [program, "run", "soak.yaml", "--output", "soak.h5", "--threads", str(threads), "--progress", "none"],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)


def bits(values):
    return values.view(np.uint64 if values.dtype.itemsize == 8 else np.uint32)


def look(path, truth):
    """The number of finished trials, and what is wrong with the file."""
    dump = subprocess.run(["h5dump", "-H", path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if dump.returncode != 0:
        return 0, "h5dump: " + dump.stderr.decode()
    counts = []
    for engine in ["h5netcdf", "netcdf4"]:
        with xarray.open_dataset(path, engine=engine, decode_cf=False) as data:
            status = data["status"].values
            counts.append(int((status == 1).sum()))
            for name in STATISTICS:
                values = data[name].values
                finished = status == 1
                if not np.array_equal(bits(values[finished]), bits(truth[name][finished])):
                    return counts[-1], f"{engine}: a finished {name} is wrong"
                # Values are there before their status: what is not finished is NaN, or what it will be.
                missing = (status == 0) & ~np.isnan(values) if values.dtype == np.float64 else np.zeros(1, bool)
                if missing.any() and not np.array_equal(bits(values[missing]), bits(truth[name][missing])):
                    return counts[-1], f"{engine}: a missing {name} is neither NaN nor right"
    return counts[0], None if counts[0] == counts[1] else "the engines disagree"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    program, rng = os.path.abspath(options.program), random.Random(options.seed)
    folder = tempfile.mkdtemp()
    try:
        sys.exit(soak(program, folder, options.kills, rng))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def soak(program, folder, kills, rng):
    path = os.path.join(folder, "soak.h5")
    with open(os.path.join(folder, "soak.yaml"), "w") as file:
        file.write(SWEEP)
    used, began = cpu(), time.time()
    assert start(program, folder, 2).wait() == 0
    undisturbed, seconds = cpu() - used, time.time() - began
    truth = read(path)
    total = int((truth["status"] == 1).sum())
    os.remove(path)
    print(f"{total:,} trials of {truth['status'].size}; undisturbed: {undisturbed:.1f} s of processor time", flush=True)

    unreadable, wrong, rounds, struck, early, before = 0, 0, 0, 0, 0, 0
    spent = 0.0
    while struck < kills:
        used = cpu()
        run = start(program, folder, rng.randint(1, 4))
        # From the first instants of the program to a good part of the sweep.
        time.sleep(rng.choice([rng.uniform(0, 0.05), rng.uniform(0, 0.3), rng.uniform(0, 0.1 * seconds)]))
        os.killpg(run.pid, signal.SIGKILL)
        code = run.wait()
        spent += cpu() - used
        if code == -signal.SIGKILL:
            struck += 1
        elif code != 0:
            print(f"exit {code}: {run.stderr.read().decode()}")
            wrong += 1
        if not os.path.exists(path):
            early += 1
            continue
        try:
            done, complaint = look(path, truth)
        except Exception as error:  # Whatever a reader raises is what this counts.
            unreadable, done = unreadable + 1, before
            print(f"kill {struck}: unreadable: {error}")
            continue
        if complaint or done < before:
            wrong += 1
            print(f"kill {struck}: {complaint or 'finished trials are gone'}")
        before = done
        if done == total:
            rounds += 1
            before = 0
            wrong += not same(read(path), truth)
            os.remove(path)
    used = cpu()
    if start(program, folder, 2).wait() != 0 or not same(read(path), truth):
        wrong += 1
        print("the last, undisturbed run did not end as the first")
    spent += cpu() - used
    needed = undisturbed * (rounds + 1)
    print(f"{struck} kills ({early} before the file was there), the sweep finished {rounds + 1} times: "
          f"{unreadable} unreadable, {wrong} wrong")
    print(f"processor time: {spent:.1f} s for what takes {needed:.1f} s undisturbed, {100 * (spent / needed - 1):.1f} % computed "
          f"twice or spent on starting: {(spent - needed) / struck:.3f} s a kill")
    left = sorted(set(os.listdir(folder)) - {"soak.yaml", "soak.h5"})
    print(f"left in the folder beside the result: {', '.join(left) or 'nothing'}")
    return 1 if unreadable or wrong or left else 0


def cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def read(path):
    with h5py.File(path) as file:
        return {name: file[name][...] for name in STATISTICS + ["status"]}


def same(a, b):
    return all(a[name].tobytes() == b[name].tobytes() for name in a)


if __name__ == "__main__":
    main()
