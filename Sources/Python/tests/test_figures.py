"""Figures: what they draw is what the result holds, and no letter of them is cut off."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import warnings
from typing import Any

import matplotlib
import matplotlib.font_manager
import matplotlib.pyplot as plt
import numpy as np
import pytest
import xarray as xr
from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]
from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-untyped]
from matplotlib.figure import Figure
from matplotlib.text import Text

import samsweep
from samsweep import figures, plot
from samsweep.figures.panels import Layout


@pytest.fixture(autouse=True)
def close_figures() -> Any:
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def zipped(tmp_path_factory: pytest.TempPathFactory) -> xr.Dataset:
    """Long names, a zip, and cells in which everything diverged."""
    return samsweep.run(
        {
            "schema": 1, "name": "zipped", "problem": {"name": "quadratic", "eigenvalues": 1},
            "optimizer": ["n-usam", {"name": "m-usam", "momentum": 1 / 3, "averaging": 2 / 3}], "steps": 4000, "trials": 8,
            "axes": {"rho": [0, 0.1, 1, 10], "dimension": [1, 10]},
            "zip": [{"name": "budget", "noise": [0.1, 1, 2], "learning_rate": [0.05, 0.1, 0.5]}],
        },
        output=tmp_path_factory.mktemp("zipped") / "zipped.h5",
    )  # fmt: skip


def texts(figure: Figure) -> set[str]:
    """All that is written; fails where something of it lies outside of the figure."""
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    frame = figure.bbox
    found = set()
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        if not text.get_text() or not text.get_visible() or (text.axes is not None and not text.axes.get_visible()):
            continue
        found.add(text.get_text())
        # Numbers of ticks beyond an axis' ends exist, and are not drawn.
        if text.get_text().startswith(r"$\mathdefault"):
            continue
        box = text.get_window_extent(renderer)
        assert box.x0 >= frame.x0 - 1 and box.x1 <= frame.x1 + 1, f"{text.get_text()} is cut off"
        assert box.y0 >= frame.y0 - 1 and box.y1 <= frame.y1 + 1, f"{text.get_text()} is cut off"
    return found


def crosses(figure: Figure) -> int:
    return sum(len(np.asarray(line.get_xdata())) for axes in figure.axes for line in axes.get_lines() if line.get_marker() == "x")


def test_the_figure_of_a_law_has_points_and_the_law(ballistic: xr.Dataset) -> None:
    figure = ballistic.sel(optimizer=["sam"]).samsweep.plot.law(by="learning_rate", model="power", bootstrap=100, guides=False)
    (axes,) = figure.axes
    for container, law, rate in zip(axes.containers, axes.get_lines()[1::2], (0.1, 0.2), strict=True):
        points = container.lines[0].get_xydata()
        np.testing.assert_allclose(points[:, 1], (rate * points[:, 0] / (2 - rate)) ** 2, rtol=1e-6)
        np.testing.assert_allclose(law.get_ydata(), points[:, 1], rtol=0.05)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [r"$\eta$ = 0.1", r"$\eta$ = 0.2"]
    texts(figure)


def test_a_law_has_its_band_and_no_law_says_so(sweep: dict[str, Any], tmp_path: pathlib.Path) -> None:
    laws = samsweep.fit(samsweep.run(sweep, output=tmp_path / "r.h5", trials=40), cells=True)
    figure = figures.law(laws, against="rho")
    assert len(figure.axes) == 2
    for place, axes in enumerate(figure.axes):
        own = laws.isel(learning_rate=place).squeeze()
        legend = axes.get_legend()
        assert legend is not None
        said = [text.get_text() for text in legend.get_texts()]
        assert said.count("no law") == int((own.outcome == "no-law").sum())
        fitted = [name for name in ("sgd", "m-sam") if own.outcome.sel(optimizer=name).item() in ("law", "constant")]
        bands = [band for band in axes.collections if band.get_alpha() == 0.2]
        assert len(bands) == len(fitted) > 0
        for name, band in zip(fitted, bands):
            (path,) = band.get_paths()
            series = own.sel(optimizer=name).dropna("rho", subset=["fitted"])
            inside = series.sel(rho=series.rho[series.rho > 0])
            box = path.get_extents()
            assert box.y1 == pytest.approx(inside.fitted_upper.max().item(), rel=1e-9)
            assert box.x1 == pytest.approx(inside.rho.max().item(), rel=1e-9)
    texts(figure)


def test_diverged_cells_are_crossed_in_a_map(sweep: dict[str, Any], tmp_path: pathlib.Path) -> None:
    one = samsweep.run(sweep, output=tmp_path / "r.h5", axes__learning_rate=[0.1, 30.0], curves=None, optimizer="m-sam", steps=1000)
    assert (one.status.sel(learning_rate=30) == 2).all()
    figure = one.samsweep.plot.heat()
    drawn = next(line for line in figure.axes[0].get_lines() if line.get_marker() == "x")
    assert sorted(np.asarray(drawn.get_xydata()).tolist()) == [[column + 0.5, 1.5] for column in range(5)]
    grey, colours = (mesh.get_array() for mesh in figure.axes[0].collections)
    assert np.ma.getmaskarray(colours)[1].all() and not np.ma.getmaskarray(colours)[0].any()
    assert np.ma.getmaskarray(grey)[0].all() and not np.ma.getmaskarray(grey)[1].any()
    assert "all trials diverged" in texts(figure)
    everywhere = one.sel(learning_rate=[30.0]).isel(learning_rate=0, drop=True)
    with pytest.raises(ValueError, match="dimension"):
        everywhere.samsweep.plot.heat(y="learning_rate")
    # A map in which everything diverged is a map as well.
    assert crosses(one.sel(learning_rate=[30.0]).samsweep.plot.heat()) == 5


def test_trajectories_have_bands(result: xr.Dataset) -> None:
    figure = result.isel(rho=[1], learning_rate=[0]).samsweep.plot.curves()
    expected = result.distance_squared_curve_mean.isel(rho=1, learning_rate=0).sel(optimizer="m-sam").squeeze()
    np.testing.assert_array_equal(figure.axes[0].get_lines()[1].get_ydata(), expected)
    quantiles = result.distance_squared_curve_quantiles.isel(rho=1, learning_rate=0).sel(optimizer="m-sam").squeeze()
    box = figure.axes[0].collections[1].get_paths()[0].get_extents()
    assert box.y0 == quantiles.sel(quantile=0.05, method="nearest").min()
    assert box.y1 == quantiles.sel(quantile=0.95, method="nearest").max()
    texts(figure)


def test_trajectories_at_equal_budgets_run_along_gradients(result: xr.Dataset) -> None:
    steps = [0, 1, 10, 100, 300]
    assert result.gradients_per_step.to_series().to_dict() == {"sgd": 1.0, "m-sam": 2.0}
    np.testing.assert_array_equal(result.gradient_evaluations.sel(optimizer="m-sam"), np.multiply(2, steps))
    assert "gradient_evaluations" in result.distance_squared_curve_mean.coords
    one = result.isel(rho=[1], learning_rate=[0])
    figure = one.samsweep.plot.curves(against="gradient_evaluations")
    sgd, m_sam = (np.asarray(line.get_xdata()).tolist() for line in figure.axes[0].get_lines())
    assert sgd == steps and m_sam == [2 * step for step in steps]
    assert "gradient evaluations" in texts(figure)
    with pytest.raises(ValueError, match="step or gradient_evaluations, not rho"):
        one.samsweep.plot.curves(against="rho")
    with pytest.raises(ValueError, match="before gradient_evaluations was stored"):
        one.drop_vars("gradient_evaluations").samsweep.plot.curves(against="gradient_evaluations")


def test_trajectories_on_their_way_to_infinity_leave_room(sweep: dict[str, Any], tmp_path: pathlib.Path) -> None:
    one = samsweep.run(sweep, output=tmp_path / "r.h5", axes__learning_rate=[30.0], axes__rho=[0.1])
    figure = one.samsweep.plot.curves()
    texts(figure)
    assert figure.axes[0].get_ylim()[1] < 1e12


def test_local_exponents_and_regimes_are_those_of_the_fit(result: xr.Dataset) -> None:
    laws = samsweep.fit(result, cells=True, bootstrap=200)
    figure = figures.local(laws, against="rho")
    container: Any = figure.axes[0].containers[-1]
    points = container.lines[0].get_xydata()
    own = laws.sel(optimizer="m-sam").isel(learning_rate=0).squeeze().dropna("neighbours", subset=["local_exponent"])
    own = own.isel(neighbours=own.lower_at.values > 0)
    np.testing.assert_allclose(points, np.column_stack([np.sqrt(own.lower_at * own.upper_at), own.local_exponent]))
    texts(figure)
    figure = figures.regimes(laws, against="rho", up="learning_rate")
    letters = {"floor": "F", "linear": "1", "quadratic": "2", "nothing": "N", "undetermined": "?"}
    shown = laws.regime.sel(optimizer="m-sam").squeeze().isel(neighbours=laws.lower_at.values > 0)
    axes = figure.axes[1]
    drawn = {(text.get_position()): text.get_text() for text in axes.texts if text.get_text() in letters.values()}
    for (row, column), regime in np.ndenumerate(shown.values):
        assert drawn.get((column + 0.5, row + 0.5)) == letters.get(regime)
    texts(figure)


def test_regimes_show_what_diverged(sweep: dict[str, Any], tmp_path: pathlib.Path) -> None:
    one = samsweep.run(sweep, output=tmp_path / "r.h5", axes__learning_rate=[0.1, 30.0], curves=None, optimizer="m-sam", steps=1000)
    figure = figures.regimes(samsweep.fit(one, cells=True, bootstrap=0), against="rho")
    (marks,) = [line for line in figure.axes[0].get_lines() if line.get_marker() == "x"]
    # Stretches between the four values of rho above 0, at the second learning rate.
    assert np.asarray(marks.get_xydata()).tolist() == [[column + 0.5, 1.5] for column in range(3)]
    assert "all trials diverged" in texts(figure)


def test_narrow_panels_keep_their_height_and_cover_no_point(zipped: xr.Dataset) -> None:
    with plt.style.context(plot._style("paper")):
        figure = zipped.samsweep.plot.law(width=plot.WIDTHS["single"], bootstrap=0, panel=["dimension"])
        texts(figure)
        renderer = figure.canvas.get_renderer()
        for axes in figure.axes:
            box, legend = axes.get_window_extent(renderer), axes.get_legend()
            assert box.height > 0.6 * box.width
            if legend is not None:
                assert legend.get_window_extent(renderer).y0 >= box.y1 - 1


def test_two_optimizers_cross_where_their_ratio_is_one(tmp_path: pathlib.Path) -> None:
    """Without noise SAM's distance is eta rho/(2 - eta), whose crossing with that of another learning rate at rho = 1 is known."""
    one = samsweep.run(
        {
            "schema": 1, "name": "cross", "problem": {"name": "quadratic", "eigenvalues": 1}, "optimizer": "sam", "steps": 1000,
            "trials": 4, "axes": {"rho": np.geomspace(0.1, 10, 9), "learning_rate": [0.05, 0.1]},
        },
        output=tmp_path / "r.h5",
    )  # fmt: skip
    # Of the second learning rate only rho = 1 counts: its value stands for all, as that of sgd at rho = 0.
    one = one.load()
    one["status"] = one.status.where((one.learning_rate != 0.1) | (abs(one.rho - 1) < 1e-9), 3)
    figure = one.samsweep.plot.crossing("0.05", "0.1", by="learning_rate")
    expected = (0.1 / 1.9) / (0.05 / 1.95)
    line = next(line for line in figure.axes[0].get_lines() if np.ptp(np.asarray(line.get_xdata(), float)) == 0)
    assert np.asarray(line.get_xdata())[0] == pytest.approx(expected, rel=1e-6)
    assert f"{expected:.3g} [{expected:.3g}, {expected:.3g}]" in texts(figure)


def test_a_crossings_interval_is_that_of_the_trials(sweep: dict[str, Any], tmp_path: pathlib.Path) -> None:
    """An independent count over halves of many trials: about as far apart as the interval is wide."""
    wide = {**sweep, "optimizer": ["sgd", "n-sam"], "axes": {**sweep["axes"], "rho": np.geomspace(0.01, 1, 9), "noise": [0.3]}, "curves": None}
    one = samsweep.run(wide, output=tmp_path / "r.h5", trials=400, axes__learning_rate=[0.1], axes__dimension=[4])
    figure = one.samsweep.plot.crossing("n-sam", "sgd")
    spans = [patch.get_extents().transformed(figure.axes[0].transData.inverted()) for patch in figure.axes[0].patches]
    assert len(spans) == 1
    squares = (one.distance**2).squeeze()
    found = []
    for part in range(20):
        own = squares.isel(trial=slice(20 * part, 20 * part + 20)).mean("trial")
        logs = np.log(own.sel(optimizer="n-sam") / own.sel(optimizer="sgd")).values
        found += [
            float(np.exp(np.interp(0, logs[i : i + 2], np.log(one.rho.values[i : i + 2]))))
            for i in range(8) if logs[i] < 0 <= logs[i + 1]
        ]  # fmt: skip
    # A twentieth of the trials scatters by the root of twenty more; the interval reaches 1.96 of its own in both directions.
    spread = np.std(np.log(found)) / np.sqrt(20)
    reach = np.log(spans[0].x1 / spans[0].x0) / 2 / 1.96
    assert 0.5 < reach / spread < 2


@pytest.mark.parametrize("are_common", [True, False])
def test_common_random_numbers_are_resampled_together(result: xr.Dataset, are_common: bool) -> None:
    """Where each trial of one optimizer is the same multiple of the other's, their ratio is known without any doubt."""
    one = result.load()
    multiple = xr.DataArray([0.25, 0.5, 0.5, 2.0, 2.0], coords={"rho": one.rho})
    squares = (one.distance * multiple).sel(optimizer="sgd")
    one["distance"] = one.distance.where(one.optimizer != "m-sam", squares)
    one["common_random_numbers"] = int(are_common)
    axes = one.samsweep.plot.crossing("m-sam", "sgd", against="rho", panel=["learning_rate"]).axes[0]
    (span,) = [patch.get_extents().transformed(axes.transData.inverted()) for patch in axes.patches]
    # The ratio of squares goes from 1/4 to 4 between the third and the fourth point.
    middle = np.sqrt(one.rho.values[2] * one.rho.values[3])
    if are_common:
        assert span.x0 == pytest.approx(middle, rel=1e-9) and span.x1 == pytest.approx(middle, rel=1e-9)
    else:
        assert span.x0 < 0.99 * middle and span.x1 > 1.01 * middle


def test_groups_are_named_by_what_a_zip_pairs(zipped: xr.Dataset) -> None:
    laws = samsweep.fit(zipped, cells=True, bootstrap=0)
    written = texts(figures.law(laws, against="rho", layout=Layout(panel=["budget"], title="p $x_{$ q")))
    assert r"p \$x_{\$ q" in written
    assert not any("budget" in text for text in written)
    assert any("= 0.05" in text and "= 0.1" in text for text in written)
    # Each series with a cell in which all trials diverged has a cross for it, besides that of the legend.
    lost = (zipped.status != 1).all("trial") & (zipped.status == 2).any("trial") & (zipped.rho > 0)
    figure = figures.law(laws, against="rho")
    assert crosses(figure) == int(lost.sum()) > 0
    assert any("all trials diverged" in text for text in texts(figure))
    assert {r"$\sigma$ = 0.1", r"$\sigma$ = 1", r"$\sigma$ = 2"} <= texts(figures.law(laws, against="rho", by="noise"))
    against = zipped.samsweep.plot.law(against="noise", bootstrap=0)
    assert against.axes[0].containers[0].lines[0].get_xdata().tolist() == [0.1, 1.0, 2.0]
    heat = zipped.samsweep.plot.heat(x="rho", y="noise")
    assert {"0.1", "1", "2"} <= texts(heat)


@pytest.mark.parametrize("width, style", [(None, "talk"), (3.35, "paper"), (6.9, "dark")])
def test_nothing_is_cut_off_in_any_width(zipped: xr.Dataset, width: float | None, style: str) -> None:
    with plt.style.context([*(["dark_background"] if style == "dark" else []), plot._style(style)]):
        laws = samsweep.fit(zipped, cells=True, bootstrap=0)
        title = "A title that is longer than a column of a journal is wide, as titles are"
        figure = figures.law(laws, against="rho", layout=Layout(width, None, title))
        written = texts(figure)
        assert any("m-usam(momentum=0.3333" in text.replace("\n", "") for text in written)
        if width:
            assert figure.get_figwidth() == width


@pytest.mark.parametrize("width", [None, 3.35, 6.9])
def test_long_names_of_axes_are_not_cut_off(ballistic: xr.Dataset, width: float | None) -> None:
    """Statistics of one's own have names as long as one likes."""
    laws = samsweep.fit(ballistic, cells=True, bootstrap=0)
    name = "_".join(["a_statistic_whose_name_says_everything_about_it"] * 4)
    figure = figures.law(laws, against="rho", response=name, layout=Layout(width))
    assert name.replace("_", " ") in {text.replace("\n", " ") for text in texts(figure)}


def test_an_excess_is_over_rho_0_trial_by_trial(result: xr.Dataset) -> None:
    figure = result.sel(optimizer=["m-sam"]).samsweep.plot.law(response="excess", bootstrap=0)
    squared = (result.distance**2).sel(optimizer="m-sam").squeeze()
    expected = abs((squared - squared.sel(rho=0)).mean("trial").isel(learning_rate=0))
    drawn = {x: y for container in figure.axes[0].containers for x, y in container.lines[0].get_xydata()}
    for rho in result.rho.values[1:]:
        assert drawn[rho] == pytest.approx(expected.sel(rho=rho).item(), rel=1e-10)


def test_figures_from_the_command_line(result: xr.Dataset, tmp_path: pathlib.Path) -> None:
    path = result.encoding["source"]
    assert plot.main([path, "--bootstrap", "100", "--width", "single", "--output", str(tmp_path / "law.svg")]) == 0
    drawn = (tmp_path / "law.svg").read_text()
    # 3.35 inches are 241.2 points.
    assert 'width="241.2pt"' in drawn and "m-sam" in drawn
    command = pathlib.Path(sys.executable).parent / "samsweep"
    made = subprocess.run([command, "plot", path, "--kind", "heat", "--select", "optimizer=m-sam"], capture_output=True, text=True)
    base = pathlib.Path(path).with_suffix("")
    assert made.returncode == 0 and made.stdout == "".join(f"{base}{ending}\n" for ending in (".pdf", ".svg", ".png")), made.stderr
    for kind in ("law", "local", "regimes", "curves", "crossing"):
        chosen = ["--kind", kind, "--select", "rho=0.01001" if kind == "curves" else "learning_rate=0.05"]
        chosen += ["--between", "m-sam,sgd"] if kind == "crossing" else []
        chosen += [] if kind == "curves" else ["--bootstrap", "100"]
        assert plot.main([path, *chosen, "--output", str(tmp_path / "made" / f"{kind}.png")]) == 0
        assert (tmp_path / "made" / f"{kind}.png").stat().st_size > 1000
    assert matplotlib.rcParams["font.size"] != 8, "a style stays with its figure"


@pytest.mark.parametrize(
    "arguments, code, words",
    [
        (["--select", "nothing=1"], 64, "no dimension"),
        (["--select", "optimizer=adam"], 64, "sgd, m-sam"),
        (["--select", "rho"], 64, "drawn against"),
        (["--output", "figure.gif"], 64, ".pdf"),
        (["--response", "nothing"], 64, "no response"),
        (["--against", "nothing"], 64, "nothing"),
        (["--against", "optimizer"], 64, "no numbers"),
        (["--by", "status"], 64, "not a dimension"),
        (["--panel", "nothing"], 64, "not a dimension"),
        (["--panel", "a,b,c"], 64, "columns"),
        (["--excess", "--against", "noise"], 64, "0"),
        (["--excess", "--kind", "heat"], 64, "--excess belongs to --kind law"),
        (["--kind", "heat"], 64, "--bootstrap belongs to"),
        (["--no-guides", "--kind", "local"], 64, "--no-guides belongs to"),
        (["--up", "noise"], 64, "--up belongs to"),
        (["--between", "sgd,m-sam"], 64, "--between belongs to"),
        (["--kind", "regimes", "--up", "nothing"], 64, "up nothing is not a dimension"),
        (["--select", "noise=99"], 64, "noise has the values 0.1"),
        (["--output", "/etc/passwd/figure.pdf"], 73, "cannot write /etc/passwd"),
        (["--kind", "crossing"], 64, "--between"),
        (["--kind", "crossing", "--between", "sgd,adam"], 64, "no adam"),
    ],
)
def test_bad_plots_are_explained_in_a_line(
    result: xr.Dataset, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    assert plot.main([result.encoding["source"], "--bootstrap", "100", *arguments]) == code
    told = capsys.readouterr().err
    assert words in told and told.count("\n") == 1


def test_what_is_no_result_is_no_figure(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert plot.main(["nothing.h5"]) == 66
    (tmp_path / "text.h5").write_text("no result")
    assert plot.main([str(tmp_path / "text.h5")]) == 65
    assert "result file" in capsys.readouterr().err
    for bad in (["--kind", "nothing"], ["--width", "wide"]):
        with pytest.raises(SystemExit) as wrong:
            plot.main(["nothing.h5", *bad])
        assert wrong.value.code == 64
        assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    "draw, words",
    [
        (lambda plots: plots.heat("nothing"), "there are distance"),
        (lambda plots: plots.heat(x="nothing"), "not a dimension"),
        (lambda plots: plots.curves("nothing"), "there are distance_squared"),
        (lambda plots: plots.law(panel=["rho"], bootstrap=0), "left for panels"),
    ],
)
def test_what_cannot_be_drawn_is_said(result: xr.Dataset, draw: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        draw(result.samsweep.plot)


def test_a_selected_optimizer_is_drawn(zipped: xr.Dataset) -> None:
    chosen = zipped.sel(optimizer="n-usam").isel(budget=1)
    for figure in (chosen.samsweep.plot.law(bootstrap=0), chosen.samsweep.plot.local(bootstrap=0)):
        assert [axes for axes in figure.axes if axes.lines or axes.collections]


def test_what_is_drawn_against_tells_nothing_apart(zipped: xr.Dataset) -> None:
    for draw in (zipped.samsweep.plot.law, zipped.samsweep.plot.local):
        with pytest.raises(ValueError, match="by rho is what is drawn against"):
            draw(by="rho", bootstrap=0)


def test_a_single_name_is_a_list_of_one(zipped: xr.Dataset) -> None:
    assert Layout(panel="dimension").panel == ("dimension",)
    groups = ["optimizer", "dimension", "budget"]
    one, same = (samsweep.fit(zipped, by=by, bootstrap=0) for by in (groups, ",".join(groups)))
    xr.testing.assert_equal(one, same)
    assert set(samsweep.export(zipped, statistics="distance").statistic) == {"distance"}


def test_parts_and_changed_values_are_refused_by_what_takes_the_file(zipped: xr.Dataset) -> None:
    part = zipped.sel(optimizer="n-usam")
    for what in (part.samsweep.best, part.samsweep.export, part.samsweep.report):
        with pytest.raises(ValueError, match="of the dimension optimizer some values were selected"):
            what()
    changed = zipped.load().assign(distance=zipped.distance * 2)
    changed.encoding = zipped.encoding
    with pytest.raises(ValueError, match="distance is not what the result file holds"):
        samsweep.best(changed, over="rho")


@pytest.fixture(scope="module")
def partly_lost(tmp_path_factory: pytest.TempPathFactory) -> xr.Dataset:
    """At learning rate 4 everything diverges, at 0.1 nothing; `wild` diverges everywhere."""
    return samsweep.run(
        {
            "schema": 1, "name": "lost", "problem": {"name": "quadratic", "eigenvalues": 1}, "steps": 100, "trials": 40,
            "optimizer": ["n-sam", "m-sam", {"name": "wild-and-with-a-name-that-is-longer-than-any-panel-has-room", "step": "x = 5 * x"}],
            "axes": {"rho": [0.05, 0.1, 0.2, 0.4], "learning_rate": [0.1, 4], "noise": [0.1]}, "diverged_above": 1e3,
        },
        output=tmp_path_factory.mktemp("lost") / "lost.h5",
    )  # fmt: skip


def edge_crosses(axes: Any) -> list[tuple[float, float]]:
    """Those at the edges, in the axes' own heights."""
    return [
        (float(x), float(y)) for line in axes.lines if line.get_marker() == "x" and line.get_transform() != axes.transData
        for x, y in line.get_xydata()
    ]


def test_a_crossing_says_where_one_or_both_diverged(partly_lost: xr.Dataset) -> None:
    rho = partly_lost.rho.values
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = partly_lost.samsweep.plot.crossing("n-sam", "m-sam")
        assert len(figure.axes) == 2 and edge_crosses(figure.axes[0]) == []
        assert sorted(edge_crosses(figure.axes[1])) == sorted([(x, 0.96) for x in rho] + [(x, 0.04) for x in rho])
        wild = str(partly_lost.optimizer.values[2])
        one = partly_lost.sel(learning_rate=[0.1]).samsweep.plot.crossing(wild, "m-sam")
        assert edge_crosses(one.axes[0]) == [(x, 0.96) for x in rho]
        nothing = partly_lost.sel(learning_rate=[4.0]).samsweep.plot.crossing("n-sam", "m-sam")
    assert "all trials of n-sam diverged" in " ".join(text.get_text() for text in nothing.legends[0].get_texts())


def test_a_crossing_finds_numbers_by_their_value(partly_lost: xr.Dataset) -> None:
    for spelling in (0.1, "0.10", "1e-1", np.float64(0.1)):
        figure = partly_lost.samsweep.plot.crossing(spelling, "4.0", by="learning_rate")
        assert edge_crosses(figure.axes[0]) == [(x, 0.04) for x in partly_lost.rho.values]


@pytest.mark.parametrize("kind", ["heat", "regimes"])
@pytest.mark.parametrize("is_wide", [False, True])
def test_long_names_leave_panels_their_room(partly_lost: xr.Dataset, kind: str, is_wide: bool) -> None:
    plots = partly_lost.samsweep.plot
    options: dict[str, Any] = {"y": "optimizer"} if kind == "heat" else {"up": "optimizer", "bootstrap": 0}
    figure = getattr(plots, kind)(width="double" if is_wide else None, **options)
    figure.draw_without_rendering()
    wide, high = figure.get_size_inches() * figure.dpi
    for axes in figure.axes[:2]:
        box = axes.get_window_extent()
        assert box.width > 0.25 * wide and box.height > 0.2 * high
        for label in [*axes.get_yticklabels(), *axes.get_xticklabels()]:
            if label.get_text() and label.get_visible():
                extent = label.get_window_extent()
                assert extent.x0 >= -1 and extent.y0 >= -1 and extent.x1 <= wide + 1 and extent.y1 <= high + 1, label.get_text()


def test_a_legend_of_long_names_stays_in_a_column(partly_lost: xr.Dataset) -> None:
    """Its lines are broken; the journal's width stays."""
    figure = partly_lost.samsweep.plot.law(width="single", bootstrap=0)
    figure.draw_without_rendering()
    legend = figure.legends[0]
    names = {text.get_text().replace("\n", "") for text in legend.get_texts()}
    assert any(name.startswith("wild-and") and name.endswith("has-room") for name in names)
    box = legend.get_window_extent()
    assert box.x0 >= 0 and box.x1 <= figure.bbox.x1
    assert figure.get_figwidth() == plot.WIDTHS["single"]


def test_regimes_name_both_ends(partly_lost: xr.Dataset) -> None:
    axes = partly_lost.samsweep.plot.regimes(bootstrap=0).axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0.05", "0.1", "0.2", "0.4"]
    assert list(axes.get_xticks()) == [0, 1, 2, 3]


def test_ticks_of_short_axes_do_not_overlap(partly_lost: xr.Dataset) -> None:
    for draw in (partly_lost.samsweep.plot.local, partly_lost.samsweep.plot.law):
        figure = draw(bootstrap=0, width="single")
        figure.draw_without_rendering()
        for axes in figure.axes:
            low, high = axes.get_xlim()
            seen = [(tick, label) for tick, label in zip(axes.get_xticks(), axes.get_xticklabels()) if low <= tick <= high]
            seen += [(tick, label) for tick, label in zip(axes.get_xticks(minor=True), axes.get_xticklabels(minor=True)) if low <= tick <= high]
            boxes = sorted((label.get_window_extent() for _, label in seen if label.get_text() and label.get_visible()), key=lambda box: box.x0)
            assert all(one.x1 <= other.x0 for one, other in zip(boxes, boxes[1:]))
            assert len(boxes) != 1


def test_no_local_exponent_is_lost_beyond_the_axis(partly_lost: xr.Dataset) -> None:
    laws = samsweep.fit(partly_lost, cells=True, bootstrap=0)
    shown = laws.local_exponent.values
    place = tuple(int(at[0]) for at in np.nonzero(np.isfinite(shown)))
    shown[place] = 40.0
    laws = laws.assign(local_exponent=(laws.local_exponent.dims, shown))
    figure = figures.local(laws, against="rho")
    for axes in figure.axes:
        low, high = axes.get_ylim()
        assert low > -10 and high < 12
    edges = [line for axes in figure.axes for line in axes.lines if line.get_marker() == "^" and line.get_transform() != axes.transData]
    assert sum(np.size(line.get_xdata()) for line in edges) == 1
    assert "beyond" in " ".join(text.get_text() for text in figure.legends[0].get_texts())


def test_every_point_of_a_law_is_inside(partly_lost: xr.Dataset) -> None:
    """Also those whose interval covers 0, which decided nothing and were cut off, and not under the crosses."""
    laws = samsweep.fit(partly_lost, cells=True, bootstrap=0)
    sizes = laws.measured.values
    place = np.argwhere(np.isfinite(sizes))[0]
    sizes[tuple(place)] = -1e-9
    ends = {name: laws[name].values for name in ("measured_lower", "measured_upper")}
    ends["measured_lower"][tuple(place)], ends["measured_upper"][tuple(place)] = -1e-6, 1e-6
    dims = laws.measured.dims
    changed = laws.assign({"measured": (dims, sizes), **{name: (dims, values) for name, values in ends.items()}})
    figure = figures.law(changed, against="rho", response="excess")
    low, high = figure.axes[0].get_ylim()
    assert low < 1e-9 < high


@pytest.mark.parametrize("rows", [1, 3, 14])
def test_crosses_and_points_do_not_lie_on_each_other(partly_lost: xr.Dataset, rows: int) -> None:
    """Where all trials of several series diverged, the panel's points stand under all their rows, and nothing touches the frame."""
    laws = samsweep.fit(partly_lost.sel(learning_rate=[0.1]), cells=True, bootstrap=0)
    # More series, alike but for their names: each loses what was run at the largest rho.
    laws = xr.concat([laws.isel(optimizer=[0]).assign_coords(optimizer=[f"own-{number}"]) for number in range(rows)], "optimizer", data_vars="minimal")
    last = {"rho": [laws.sizes["rho"] - 1]}
    lost = xr.ones_like(laws.measured.isel(last))
    for name, value in (("measured", np.nan), ("measured_lower", np.nan), ("measured_upper", np.nan), ("cell_finished", 0), ("cell_diverged", 40)):
        laws[name] = laws[name].copy()
        laws[name][last] = value * lost
    for limits in ("as they are", "alike"):
        if limits == "alike":
            # Points of a height have the least room.
            laws = laws.assign(measured=laws.measured * 0 + 1.0, measured_lower=laws.measured * 0 + 1.0, measured_upper=laws.measured * 0 + 1.0)
        figure = figures.law(laws, against="rho", response="distance_squared")
        figure.draw_without_rendering()
        axes: Any = figure.axes[0]
        to_panel = axes.transAxes.inverted()
        tops = [
            to_panel.transform(axes.transData.transform((x, y)))[1]
            for container in axes.containers for line in [container.lines[0], *container.lines[1]] for x, y in line.get_xydata()
        ]  # fmt: skip
        crossed = sorted({y for _, y in edge_crosses(axes)})
        assert len(crossed) == rows and len(tops) >= 3 * rows
        # Half of a mark, in heights of the panel.
        half = 0.25 * plt.rcParams["font.size"] / 72 * figure.dpi / axes.get_window_extent().height
        assert max(tops) + half < crossed[0] - half and crossed[-1] + half <= 1
        assert min(tops) - half > 0
        legend = axes.get_legend().get_window_extent()
        assert legend.y1 <= axes.transAxes.transform((0, crossed[0]))[1]


def test_titles_without_a_font_are_told_once(partly_lost: xr.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = matplotlib.font_manager.fontManager
    monkeypatch.setattr(manager, "ttflist", [entry for entry in manager.ttflist if entry.name == "DejaVu Sans"])
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        figure = partly_lost.samsweep.plot.heat(title="Wo endet 日本 $x")
        figure.canvas.draw()
    assert len(told) == 1 and "日" in str(told[0].message) and "font" in str(told[0].message)
    assert figure.legends[0].get_title().get_text() == "Wo endet \ufffd\ufffd \\$x"


def test_titles_take_a_font_that_has_their_letters(partly_lost: xr.Dataset, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A font of two letters, made here, since none of another script is installed everywhere."""
    pen = TTGlyphPen(None)
    for move, place in ((pen.moveTo, (0, 0)), (pen.lineTo, (0, 900)), (pen.lineTo, (900, 900)), (pen.lineTo, (900, 0))):
        move(place)
    pen.closePath()
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", "day", "origin"])
    builder.setupCharacterMap({ord("日"): "day", ord("本"): "origin"})
    builder.setupGlyf({name: pen.glyph() for name in (".notdef", "day", "origin")})
    builder.setupHorizontalMetrics({name: (1000, 0) for name in (".notdef", "day", "origin")})
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupNameTable({"familyName": "Two Letters", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(tmp_path / "two.ttf")
    manager = matplotlib.font_manager.fontManager
    monkeypatch.setattr(manager, "ttflist", [entry for entry in manager.ttflist if entry.name == "DejaVu Sans"])
    manager.addfont(tmp_path / "two.ttf")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Greek, Cyrillic and letters with marks are in the font that matplotlib brings.
        for title in ("Wo endet 日本?", "Πού τελειώνει;", "Где? Où? Đâu?"):
            figure = partly_lost.samsweep.plot.heat(title=title)
            figure.canvas.draw()
            assert figure.legends[0].get_title().get_text() == title
        assert figure.savefig(tmp_path / "title.pdf") is None
    with pytest.warns(UserWarning, match="font") as told:
        figure = partly_lost.samsweep.plot.heat(title="Fertig 🎉 日本 🎉")
        figure.canvas.draw()
    assert len(told) == 1 and figure.legends[0].get_title().get_text() == "Fertig \ufffd 日本 \ufffd"


def test_maps_show_negative_means_and_zeros(partly_lost: xr.Dataset) -> None:
    """Both were grey like cells in which everything diverged."""
    one = partly_lost.sel(learning_rate=[0.1]).isel(optimizer=slice(2)).load()
    for shift, is_log in ((1.0, False), (0.0, True)):
        values = one.distance.where(one.rho > 0.06, 0) - shift * (one.rho > 0.1) * 10
        image: Any = one.assign(distance=values).samsweep.plot.heat("distance", y="optimizer").axes[0].collections[-1]
        drawn = np.ma.getmaskarray(image.get_array())
        assert not drawn.any() and (type(image.norm).__name__ == "LogNorm") == is_log


def test_trajectories_of_vectors_are_drawn_number_by_number(sweep: dict[str, Any], tmp_path: pathlib.Path) -> None:
    own = [{"name": "gap", "value": "x[0] - 1"}, {"name": "squares", "value": "x^2"}, "iterate"]
    one = samsweep.run(sweep, output=tmp_path / "r.h5", axes__learning_rate=[0.1], axes__rho=[0.1], curves__of=own)
    assert one.iterate_curve_mean.dims[-1] == "coordinate" and one.squares_curve_mean.dims[-1] == "squares_index"
    for name, number in (("iterate", 1), ("squares", 0)):
        figure = one.samsweep.plot.curves(f"{name}[{number}]")
        expected = one[f"{name}_curve_mean"].sel(optimizer="m-sam").squeeze()[:, number]
        np.testing.assert_array_equal(figure.axes[0].get_lines()[1].get_ydata(), expected)
        assert any(f"[{number}]" in text for text in texts(figure))
    # What changes its sign has no logarithm.
    assert one.samsweep.plot.curves("gap").axes[0].get_yscale() == "linear"
    for wrong, words in (("iterate", r"iterate\[0\] to iterate\[1\]"), ("iterate[2]", "is a vector"), ("gap[0]", "no vector"), ("nothing", "gap, squares, iterate")):
        with pytest.raises(ValueError, match=words):
            one.samsweep.plot.curves(wrong)
