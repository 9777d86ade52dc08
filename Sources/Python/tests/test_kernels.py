"""In a kernel as Jupyter starts it, and in a terminal: the bar of a run, and the stop button."""

from __future__ import annotations

import os
import pathlib
import pty
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from typing import Any

import nbclient
import nbformat
import numpy as np
import pytest
from jupyter_client.manager import KernelManager

import samsweep

#: Seconds after which what was to come has not come.
PATIENCE = 90.0

SWEEP = """\
import samsweep
sweep = {
    "schema": 1, "name": "cell", "problem": {"name": "quadratic", "eigenvalues": 1}, "optimizer": ["sgd", "m-sam"],
    "steps": STEPS, "trials": TRIALS, "axes": {"rho": [0.1, 1], "learning_rate": [0.05], "noise": [0.1], "dimension": [10]},
}
"""


def as_cell(steps: int = 2000, trials: int = 100) -> str:
    return SWEEP.replace("STEPS", str(steps)).replace("TRIALS", str(trials))


def executed(source: str, folder: pathlib.Path) -> nbformat.NotebookNode:
    """A notebook of one cell, after it was run, with the states of its widgets."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])  # type: ignore[no-untyped-call]
    client = nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}, store_widget_state=True)
    return client.execute()


@pytest.mark.filterwarnings("ignore")  # of the libraries that run notebooks
def test_a_notebook_has_a_bar_that_reaches_its_end(tmp_path: pathlib.Path) -> None:
    """tqdm.auto takes the bar of notebooks: a widget, green at its end, that says how many trials are done."""
    source = as_cell() + "result = samsweep.run(sweep, output='r.h5')"
    notebook = executed(source, tmp_path)
    outputs = notebook.cells[0].outputs
    shown = [output for output in outputs if "application/vnd.jupyter.widget-view+json" in output.get("data", {})]
    assert len(shown) == 1 and not [output for output in outputs if output.output_type in ("stream", "error")], outputs
    states = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    bars = [one["state"] for one in states.values() if one["model_name"] == "FloatProgressModel"]
    assert len(bars) == 1 and bars[0]["value"] == bars[0]["max"] == 400 and bars[0]["bar_style"] == "success", bars
    words = " ".join(one["state"]["value"] for one in states.values() if one["model_name"] == "HTMLModel")
    assert "400/400" in words and "trials/s" in words, words


@pytest.mark.filterwarnings("ignore")
def test_a_notebook_without_widgets_has_the_bar_of_terminals(tmp_path: pathlib.Path) -> None:
    source = "import sys; sys.modules['ipywidgets'] = None\n" + as_cell()
    outputs = executed(source + "result = samsweep.run(sweep, output='r.h5')", tmp_path).cells[0].outputs
    assert {output.name for output in outputs} == {"stderr"}
    assert "400/400" in "".join(output.text for output in outputs)


@pytest.mark.parametrize("progress, has_bar", [("", True), (", progress=False", False)], ids=["as it is", "progress=False"])
def test_a_terminal_has_a_bar(progress: str, has_bar: bool, tmp_path: pathlib.Path) -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    script = as_cell() + f"samsweep.run(sweep, output='r.h5'{progress})"
    python = subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    said, end = b"", time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if select.select([ours], [], [], 1)[0]:
            try:
                part = os.read(ours, 65536)
            except OSError:  # Linux says so where nobody has the other end any more
                break
            said += part
    os.close(ours)
    assert python.wait(timeout=5) == 0, said
    text = said.decode()
    assert (re.search(r"100%\|█+\| 400/400 \[.*trials/s", text) is not None) == has_bar, text
    assert has_bar or text == ""


class Kernel:
    """A kernel, of which cells are run and interrupted as Jupyter's pages do it."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(folder))
        self.client: Any = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def start(self, source: str) -> str:
        own = self.client.execute(source)
        assert isinstance(own, str)
        return own

    def await_output(self, cell: str, words: str) -> None:
        """Until a running cell has written that."""
        said = ""
        while words not in said:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") == cell:
                assert message["msg_type"] != "error", message["content"]
                said += message["content"].get("text", "")

    def reply(self, cell: str) -> dict[str, Any]:
        """How a cell ended."""
        while True:
            message = self.client.get_shell_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") == cell:
                content: dict[str, Any] = message["content"]
                return content

    def value(self, expression: str) -> str:
        """An expression's value in the kernel, as text."""
        ended: dict[str, Any] = {"status": "aborted"}
        # For a moment after a cell that was stopped a kernel turns away what it is asked.
        while ended["status"] == "aborted":
            ended = self.reply(self.client.execute("", user_expressions={"own": expression}))
        own = ended["user_expressions"]["own"]
        assert own["status"] == "ok", own
        text = own["data"]["text/plain"]
        assert isinstance(text, str)
        return text


@pytest.fixture
def kernel(tmp_path: pathlib.Path) -> Iterator[Kernel]:
    made = Kernel(tmp_path)
    yield made
    made.close()


def children(process: int) -> list[int]:
    """Of all of a process' threads."""
    found: list[int] = []
    for task in pathlib.Path(f"/proc/{process}/task").glob("*/children"):
        found += map(int, task.read_text().split())
    return found


@pytest.mark.filterwarnings("ignore")
def test_the_stop_button_keeps_what_is_done_and_the_same_cell_goes_on(kernel: Kernel, tmp_path: pathlib.Path) -> None:
    """To the same bits as a run that nobody stopped."""
    tell = "tell = lambda told: print('some are done' if told['done'] > known else '', flush=True)\n"
    assert kernel.reply(kernel.start(as_cell(steps=100_000, trials=20_000) + tell + "known = 0"))["status"] == "ok"
    process = int(kernel.value("__import__('os').getpid()"))
    known = 0
    for _ in range(2):
        cell = kernel.start("samsweep.run(sweep, output='r.h5', progress=tell)")
        kernel.await_output(cell, "some are done")
        (program,) = [child for child in children(process) if "samsweep" in os.readlink(f"/proc/{child}/exe")]
        kernel.manager.interrupt_kernel()
        ended = kernel.reply(cell)
        assert (ended["status"], ended["ename"]) == ("error", "KeyboardInterrupt"), ended
        # The program is gone, nothing of it lies about, and the kernel lives.
        assert not pathlib.Path(f"/proc/{program}").exists()
        assert [path.name for path in tmp_path.iterdir()] == ["r.h5"]
        done, total = (int(kernel.value(f"samsweep.status('r.h5')['{what}']")) for what in ("done", "total"))
        assert known < done < total
        known = done
        kernel.reply(kernel.start(f"known = {known}"))
    # Of what is done nothing is computed again, and of the rest as much as is asked for.
    ended = kernel.reply(kernel.start("result = samsweep.run(sweep, output='r.h5', trials=200, drop=True)"))
    assert ended["status"] == "ok", ended
    ended = kernel.reply(kernel.start("samsweep.run(sweep, output='whole.h5', trials=200)"))
    assert ended["status"] == "ok", ended
    stopped, whole = samsweep.open(tmp_path / "r.h5"), samsweep.open(tmp_path / "whole.h5")
    assert (stopped.status == 1).all() and stopped.distance.sizes == whole.distance.sizes and whole.distance.size == 4 * 200
    assert np.array_equal(stopped.distance.values.view(np.uint64), whole.distance.values.view(np.uint64))
