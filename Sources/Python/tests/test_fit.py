"""Laws and figures from Python."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
import xarray as xr

import samsweep
from samsweep import plot


@pytest.fixture(autouse=True)
def close_figures() -> Any:
    yield
    plt.close("all")


@pytest.fixture
def ballistic(tmp_path: pathlib.Path) -> xr.Dataset:
    """Without noise, SAM on x²/2 ends on a cycle of half width eta rho/(2 - eta): distance² is proportional to rho²."""
    return samsweep.run(
        {
            "schema": 1, "name": "ballistic", "problem": {"name": "quadratic", "eigenvalues": 1}, "optimizer": ["sam", "usam"],
            "steps": 400, "trials": 1, "axes": {"rho": np.geomspace(0.1, 10, 9), "learning_rate": [0.1, 0.2]},
        },
        output=tmp_path / "ballistic.h5",
    )  # fmt: skip


def test_the_law_of_the_ballistic_cycle(ballistic: xr.Dataset) -> None:
    laws = ballistic.samsweep.fit(model="power")
    assert dict(laws.sizes) == {"optimizer": 2, "dimension": 1, "noise": 1, "learning_rate": 2}
    np.testing.assert_allclose(laws.exponent.sel(optimizer="sam").values.ravel(), 2, atol=0.02)
    assert len(laws.to_dataframe()) == 4


def test_a_fit_is_the_programs(result: xr.Dataset) -> None:
    path = result.encoding["source"]
    command = [samsweep.program.executable(), "fit", path, "--format", "json", "--bootstrap", "200", "--confidence", "0.9"]
    groups = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    laws = samsweep.fit(result, bootstrap=200, confidence=0.9, cells=True)
    for group in groups:
        own = laws.sel(group["by"])
        assert own.model.item() == (group["model"] or "")
        np.testing.assert_equal(own.exponent.item(), np.nan if group["exponent"] is None else group["exponent"])
        if group["exponent_interval"] is not None:
            assert [own.exponent_lower.item(), own.exponent_upper.item()] == group["exponent_interval"]
        for cell in group["cells"]:
            np.testing.assert_equal(own.measured.sel(rho=cell["at"]).item(), cell["measured"])
    squares = (result.distance**2).mean("trial")
    np.testing.assert_allclose(laws.measured.sel(optimizer="m-sam"), squares.sel(optimizer="m-sam"), rtol=1e-12)


def test_groups_that_are_selected_are_fitted(result: xr.Dataset) -> None:
    whole = result.samsweep.fit(bootstrap=100)
    part = result.sel(optimizer="m-sam").isel(learning_rate=[1]).samsweep.fit(bootstrap=100)
    xr.testing.assert_equal(part, whole.sel(optimizer="m-sam").isel(learning_rate=[1]))


def test_what_the_program_cannot_know_is_refused(result: xr.Dataset) -> None:
    with pytest.raises(ValueError, match="window"):
        result.isel(rho=slice(2)).samsweep.fit()
    with pytest.raises(ValueError, match="selected"):
        result.isel(trial=slice(4)).samsweep.fit()
    with pytest.raises(ValueError, match="no longer"):
        result.drop_vars("noise").isel(noise=0).samsweep.fit()
    with pytest.raises(ValueError, match="not what the result file holds"):
        (result[["distance"]] * 2).samsweep.fit()
    with pytest.raises(ValueError, match="does not know its result file"):
        xr.Dataset({"distance": result.distance}).samsweep.fit()
    result.load().samsweep.fit(bootstrap=100)
    with pytest.raises(samsweep.UsageError, match="has no response"):
        result.samsweep.fit(response="nothing")


def test_one_law_over_the_grid(ballistic: xr.Dataset) -> None:
    laws = samsweep.fit(ballistic, against=["rho", "learning_rate"], bootstrap=100)
    assert laws.exponent_rho.sel(optimizer="sam").item() == pytest.approx(2, abs=0.05)
    assert set(samsweep.fit(ballistic, law="product", bootstrap=100).data_vars) == set(laws.data_vars)


def test_theory_stands_beside_the_cells(ballistic: xr.Dataset) -> None:
    laws = samsweep.fit(ballistic, theory=True, model="power", bootstrap=100)
    own = laws.sel(optimizer="sam").squeeze()
    expected = (own.learning_rate * own.rho / (2 - own.learning_rate)) ** 2
    np.testing.assert_allclose(own.predicted, expected.transpose(*own.predicted.dims), rtol=1e-9)


def test_the_figure_of_a_law_has_points_and_laws(ballistic: xr.Dataset) -> None:
    figure = ballistic.sel(optimizer=["sam"]).samsweep.plot.law(by="learning_rate", model="power", bootstrap=100)
    (axes,) = figure.axes
    laws = [line for line in axes.get_lines() if str(line.get_label()).startswith("2")]
    for container, law, rate in zip(axes.containers, laws, (0.1, 0.2), strict=True):
        points = container.lines[0].get_xydata()
        np.testing.assert_allclose(points[:, 1], (rate * points[:, 0] / (2 - rate)) ** 2, rtol=1e-6)
        np.testing.assert_allclose(law.get_ydata(), points[:, 1], rtol=0.05)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["0.1", "0.2"]


def test_diverged_cells_are_crossed(sweep: dict[str, Any], tmp_path: pathlib.Path) -> None:
    one = samsweep.run(sweep, output=tmp_path / "r.h5", axes__learning_rate=[0.1, 30.0], curves=None, optimizer="m-sam", steps=1000)
    assert (one.status.sel(learning_rate=30) == 2).all()
    figure = one.samsweep.plot.heat()
    crosses = next(line for line in figure.axes[0].get_lines() if line.get_marker() == "x")
    assert sorted(crosses.get_xydata().tolist()) == [[column + 0.5, 1.5] for column in range(5)]
    colours = figure.axes[0].collections[0].get_array()
    assert np.ma.getmaskarray(colours)[1].all() and not np.ma.getmaskarray(colours)[0].any()


def test_trajectories_have_bands(result: xr.Dataset) -> None:
    figure = result.isel(rho=[1], learning_rate=[0]).samsweep.plot.curves()
    expected = result.distance_squared_curve_mean.isel(rho=1, learning_rate=0).sel(optimizer="m-sam").squeeze()
    np.testing.assert_array_equal(figure.axes[0].get_lines()[1].get_ydata(), expected)
    assert len(figure.axes[0].collections) == 2


def test_figures_from_the_command_line(result: xr.Dataset, tmp_path: pathlib.Path) -> None:
    path = result.encoding["source"]
    assert plot.main([path, "--bootstrap", "100", "--width", "single", "--output", str(tmp_path / "law.svg")]) == 0
    drawn = (tmp_path / "law.svg").read_text()
    # 3.35 inches are 241.2 points.
    assert 'width="241.2pt"' in drawn and "m-sam" in drawn
    command = pathlib.Path(sys.executable).parent / "samsweep"
    made = subprocess.run([command, "plot", path, "--kind", "heat", "--select", "optimizer=m-sam"], capture_output=True, text=True)
    assert made.returncode == 0 and made.stdout == str(pathlib.Path(path).with_suffix(".pdf")) + "\n", made.stderr
    chosen = ["--kind", "curves", "--select", "rho=0.009", "--select", "learning_rate=0.05", "--output", str(tmp_path / "c.png")]
    assert plot.main([path, *chosen]) == 0


@pytest.mark.parametrize(
    "arguments, code, words",
    [
        (["--select", "nothing=1"], 64, "no dimension"),
        (["--select", "optimizer=adam"], 64, "sgd, m-sam"),
        (["--output", "figure.gif"], 64, ".pdf"),
        (["--response", "nothing"], 64, "no response"),
        (["--against", "nothing"], 64, "nothing"),
        (["--output", "/nowhere/figure.pdf"], 73, "/nowhere"),
    ],
)
def test_bad_plots_are_explained_in_a_line(
    result: xr.Dataset, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    assert plot.main([result.encoding["source"], "--bootstrap", "100", *arguments]) == code
    told = capsys.readouterr().err
    assert words in told and told.count("\n") == 1
    assert plot.main(["nothing.h5"]) == 66
    with pytest.raises(SystemExit) as wrong:
        plot.main(["--kind", "nothing"])
    assert wrong.value.code == 64


@pytest.mark.parametrize(
    "draw, words",
    [
        (lambda plot: plot.heat("nothing"), "there are distance"),
        (lambda plot: plot.heat(x="nothing"), "is no dimension"),
        (lambda plot: plot.curves("nothing"), "there are distance_squared"),
    ],
)
def test_what_cannot_be_drawn_is_said(result: xr.Dataset, draw: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        draw(result.samsweep.plot)
