"""What the documentation shows in Python runs as it stands."""

from __future__ import annotations

import pathlib
import re
import textwrap

import matplotlib.pyplot as plt
import pytest

ROOT = pathlib.Path(__file__).parents[3]
PAGE = ROOT / "Sources/samsweep/samsweep.docc/Python.md"


def test_the_page_runs(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert len(blocks) >= 3
    for block in blocks:
        exec(compile(textwrap.dedent(block), str(PAGE), "exec"), {})
    assert (tmp_path / "first.pdf").stat().st_size > 1000
    plt.close("all")
