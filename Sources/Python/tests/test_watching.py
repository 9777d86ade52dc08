"""Watching a run from outside: `status --follow`, and `report --watch`, which renews its page."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import samsweep

#: Seconds after which what was to come has not come; nothing waits for it to pass.
PATIENCE = 90.0


def await_text(path: pathlib.Path, is_right: Callable[[str], bool], watcher: subprocess.Popen[str]) -> str:
    """What a file holds as soon as it is right. Also each text on the way must be a whole page."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if path.exists():
            text = path.read_text()
            assert text.rstrip().endswith("</html>"), "a part of a page was seen"
            if is_right(text):
                return text
        assert watcher.poll() is None or path.exists() and is_right(path.read_text()), "it ended before"
        time.sleep(0.02)
    raise AssertionError(f"{path.name} did not become what it should within {PATIENCE} s")


def done_of(page: str) -> int:
    """The trials that a page says are done."""
    data = re.search(r'"done": ?(\d+)', page)
    assert data is not None
    return int(data[1])


def renews(page: str) -> bool:
    return 'http-equiv="refresh"' in page


@contextlib.contextmanager
def running(sweep: dict[str, Any], file: pathlib.Path) -> Iterator[None]:
    """While a run writes the file, of which trials are done when this begins; it is stopped at the end as by Ctrl-C."""
    before = samsweep.status(file)["done"] if file.exists() else 0
    has_begun, is_enough = threading.Event(), threading.Event()
    ends: list[type[BaseException]] = []

    def listen(told: dict[str, Any]) -> None:
        if told["done"] > before:
            has_begun.set()
        if is_enough.is_set():
            raise KeyboardInterrupt

    def run() -> None:
        try:
            samsweep.run(sweep, output=file, progress=listen).close()
        except BaseException as end:
            ends.append(type(end))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert has_begun.wait(PATIENCE)
        yield
    finally:
        is_enough.set()
        thread.join(PATIENCE)
    assert ends == [KeyboardInterrupt]


def finish(sweep: dict[str, Any], file: pathlib.Path) -> None:
    """Makes the result a small one that is whole: to wait for all of it would take minutes."""
    samsweep.run(sweep, output=file, trials=8, drop=True).close()


@contextlib.contextmanager
def program(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The program, which a test that fails does not leave behind."""
    command = [samsweep.program.executable(), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def following(file: pathlib.Path) -> contextlib.AbstractContextManager[subprocess.Popen[str]]:
    return program("status", str(file), "--follow", "--format", "json")


def next_line(follower: subprocess.Popen[str]) -> dict[str, Any]:
    assert follower.stdout is not None
    told: dict[str, Any] = json.loads(follower.stdout.readline())
    return told


@pytest.fixture
def slow_sweep(sweep: dict[str, Any]) -> dict[str, Any]:
    """Minutes of work in few trials, of which a page is made at once."""
    del sweep["curves"]
    return {**sweep, "steps": 100_000, "trials": 20_000, "record": ["distance"]}


@pytest.fixture
def begun(slow_sweep: dict[str, Any], tmp_path: pathlib.Path) -> pathlib.Path:
    """A result of which something is missing, and which nobody writes."""
    with running(slow_sweep, tmp_path / "r.h5"):
        pass
    return tmp_path / "r.h5"


def test_a_page_is_renewed_while_a_run_writes_and_is_the_last_one_at_its_end(slow_sweep: dict[str, Any], tmp_path: pathlib.Path) -> None:
    file, page = tmp_path / "r.h5", tmp_path / "r.html"
    with contextlib.ExitStack() as stack:
        with running(slow_sweep, file):
            watch = stack.enter_context(program("report", str(file), "--watch", "--bootstrap", "0"))
            done = -1
            for _ in range(3):
                text = await_text(page, lambda text, before=done: done_of(text) > before, watch)  # type: ignore[misc]
                assert renews(text)
                done = done_of(text)
        finish(slow_sweep, file)
        told, complaints = watch.communicate(timeout=PATIENCE)
        assert (told, complaints, watch.returncode) == (f"{page}\n", "", 0)
    assert not renews(page.read_text()) and done_of(page.read_text()) == samsweep.status(file)["total"] == 160


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_watching_and_leaves_a_whole_page(number: signal.Signals, begun: pathlib.Path, tmp_path: pathlib.Path) -> None:
    page = tmp_path / "r.html"
    with program("report", str(begun), "--watch", "--bootstrap", "0") as watch, following(begun) as follow:
        await_text(page, lambda text: renews(text) and not (tmp_path / "r.html.samsweep-lock").exists(), watch)
        next_line(follow)
        for process in (watch, follow):
            process.send_signal(number)
            assert process.wait(timeout=5) in (-number, 128 + number)
    assert renews(page.read_text()) and page.read_text().rstrip().endswith("</html>")
    # Nothing half-made lies about.
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.h5", "r.html"]


def test_following_counts_up_to_the_end(slow_sweep: dict[str, Any], tmp_path: pathlib.Path) -> None:
    file = tmp_path / "r.h5"
    with contextlib.ExitStack() as stack:
        with running(slow_sweep, file):
            follow = stack.enter_context(following(file))
            lines = [next_line(follow)]
            while lines[-1]["done"] < lines[0]["done"] + 1000:
                lines.append(next_line(follow))
            assert lines[-1]["trials_per_second"] > 0 and lines[-1]["eta_seconds"] > 0
        # An interrupted run is no end: it can go on, and then is counted on.
        stopped = samsweep.status(file)["done"]
        while lines[-1]["done"] < stopped or lines[-1]["trials_per_second"] is not None:
            lines.append(next_line(follow))
        assert follow.poll() is None and lines[-1]["done"] == stopped
        with running(slow_sweep, file):
            while lines[-1]["done"] <= stopped:
                lines.append(next_line(follow))
        assert [line["done"] for line in lines] == sorted(line["done"] for line in lines)
        assert not any(line["complete"] for line in lines)
        finish(slow_sweep, file)
        rest, complaints = follow.communicate(timeout=PATIENCE)
    assert complaints == "" and follow.returncode == 0
    lines = [json.loads(line) for line in rest.splitlines()]
    assert [line["complete"] for line in lines] == [False] * (len(lines) - 1) + [True]
    assert lines[-1]["missing"] == 0 and lines[-1]["done"] == lines[-1]["total"] == 160


def test_following_goes_with_a_file_that_takes_the_place(begun: pathlib.Path, stored: pathlib.Path, tmp_path: pathlib.Path) -> None:
    with following(begun) as follow:
        assert next_line(follow)["missing"] > 0
        os.replace(shutil.copy(stored, tmp_path / "other.h5"), begun)
        rest, complaints = follow.communicate(timeout=PATIENCE)
    assert (complaints, follow.returncode) == ("", 0)
    last = json.loads(rest.splitlines()[-1])
    assert last["complete"] and last["total"] == samsweep.status(stored)["total"]


@pytest.mark.parametrize("is_text, status", [(True, 65), (False, 66)], ids=["no result any more", "gone"])
def test_watching_ends_with_a_word_where_the_result_is_gone(is_text: bool, status: int, begun: pathlib.Path, tmp_path: pathlib.Path) -> None:
    with following(begun) as follow, program("report", str(begun), "--watch", "--bootstrap", "0") as watch:
        next_line(follow)
        await_text(tmp_path / "r.html", renews, watch)
        if is_text:
            (tmp_path / "notes").write_text("no result")
            os.replace(tmp_path / "notes", begun)
        else:
            begun.unlink()
        for process in (follow, watch):
            _, complaints = process.communicate(timeout=PATIENCE)
            assert process.returncode == status and "r.h5" in complaints and len(complaints.splitlines()) <= 3, complaints
