"""Running sweeps from Python."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import sys
from typing import Any

import h5py
import numpy as np
import pytest
import xarray as xr
import yaml

import samsweep


def as_text(sweep: dict[str, Any]) -> str:
    axes = {name: np.asarray(values).tolist() for name, values in sweep["axes"].items()}
    return yaml.safe_dump({**sweep, "axes": axes}, sort_keys=False)


def test_a_dict_a_text_and_a_file_are_the_same_sweep(sweep: dict[str, Any], tmp_path: pathlib.Path) -> None:
    file = tmp_path / "sweep.yaml"
    file.write_text(as_text(sweep))
    given: list[Any] = [sweep, as_text(sweep), file, str(file)]
    opened = [samsweep.run(one, output=tmp_path / f"{place}.h5") for place, one in enumerate(given)]
    for one in opened[1:]:
        assert one.attrs["plan_fingerprint"] == opened[0].attrs["plan_fingerprint"]
        xr.testing.assert_equal(one.drop_vars("sweep"), opened[0].drop_vars("sweep"))


def test_gradient_descent_ends_where_it_must(tmp_path: pathlib.Path) -> None:
    """Without noise and perturbation x_T = (1 - eta lambda)^T x_0."""
    rates = np.geomspace(0.01, 0.5, 5)
    one = samsweep.run(
        {"schema": 1, "name": "gd", "problem": "quadratic", "optimizer": "sgd", "steps": 20, "axes": {"learning_rate": rates}},
        output=tmp_path / "gd.h5",
        problem={"name": "quadratic", "eigenvalues": np.float64(0.5)},
    )
    np.testing.assert_allclose(one.distance.squeeze().values, (1 - rates * 0.5) ** 20, rtol=1e-12)
    assert one.learning_rate.values.tolist() == rates.tolist()


def test_overrides_replace_fields(sweep: dict[str, Any], tmp_path: pathlib.Path) -> None:
    one = samsweep.run(sweep, output=tmp_path / "r.h5", trials=np.int64(3), axes__rho=np.array([0.5, 0.25]), optimizer="n-sam")
    assert one.sizes["trial"] == 3
    assert one.rho.values.tolist() == [0.5, 0.25]
    assert one.optimizer.values.tolist() == ["n-sam"]


def test_what_the_file_holds_is_not_computed_again(sweep: dict[str, Any], tmp_path: pathlib.Path) -> None:
    """Also while the first dataset is still open, as it is in a notebook."""
    first = samsweep.run(sweep, output=tmp_path / "r.h5")
    told: list[dict[str, Any]] = []
    more = samsweep.run(sweep, output=tmp_path / "r.h5", trials=12, progress=told.append)
    assert more.sizes["trial"] == 12
    assert told[-1]["final"] and told[-1]["done"] == told[-1]["total"] == 12 * 20
    np.testing.assert_array_equal(more.distance.isel(trial=slice(8)), first.distance)


def test_arrays_are_data(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(1)
    features, slope = random.normal(size=(30, 2)), np.array([1.0, -2.0])
    sweep = {
        "schema": 1, "name": "data", "optimizer": "sgd", "steps": 3000,
        "problem": {"name": "least-squares", "data": (features, features @ slope), "batch": 30, "replacement": False,
                    "standardise": False, "intercept": False},
        "axes": {"learning_rate": [0.2]}, "record": ["distance", "iterate"],
    }  # fmt: skip
    one = samsweep.run(sweep)
    assert one.encoding["source"] == str(tmp_path / "Results" / "data.h5")
    np.testing.assert_allclose(one.iterate.squeeze().values, slope, atol=1e-6)
    # From another folder, too, the program finds the data of a result.
    monkeypatch.chdir("/")
    program = samsweep.program.executable()
    audited = subprocess.run([program, "audit", str(tmp_path / "Results/data.h5"), "--sample", "1"], capture_output=True)
    assert audited.returncode == 0, audited.stderr
    assert samsweep.plan(sweep)["largest_dimension"] == 2


@pytest.mark.parametrize(
    "change, error",
    [
        ({"axes": {"rho": np.array([0.1, np.nan])}}, ValueError),
        ({"trials": 3 + 4j}, TypeError),
        ({"problem": {"name": "least-squares", "data": np.ones((3, 2))}}, TypeError),
    ],
)
def test_what_no_sweep_can_hold_is_refused(sweep: dict[str, Any], change: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        samsweep.run({**sweep, **change})


def test_a_sweep_behind_a_link_is_the_one_the_system_finds(
    sweep: dict[str, Any], tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`link/..` is the folder above the link's end; with data the program works in another folder."""
    (tmp_path / "there" / "deep").mkdir(parents=True)
    (tmp_path / "link").symlink_to("there/deep")
    kept = {"schema": 1, "name": "data", "optimizer": "sgd", "steps": 3, "problem": {"name": "least-squares", "data": "none"},
            "axes": {"learning_rate": [0.1]}}  # fmt: skip
    (tmp_path / "there" / "s.yaml").write_text(yaml.safe_dump(kept))
    monkeypatch.chdir(tmp_path)
    data = (np.eye(3), np.ones(3))
    assert samsweep.plan("link/../s.yaml", problem__data=data)["trials"] == 1
    assert samsweep.run("link/../s.yaml", output="r.h5", problem__data=data).sizes["trial"] == 1


def test_large_constants_are_kept_as_files(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep file with them would be larger than one may be; the trials are those of the numbers."""
    random = np.random.default_rng(2)
    features = random.normal(size=(300, 200))
    one: dict[str, Any] = {
        "schema": 1, "name": "constants", "optimizer": ["sgd", "m-sam"], "steps": 20, "learning_rate": 0.1, "rho": 0.1, "noise": 0.1,
        "problem": {
            "name": "regression", "variables": {"w": 200}, "constants": {"X": features, "y": features @ np.ones(200)},
            "objective": "sum((X @ w - y)^2) / 600", "minimisers": [np.ones(200)], "start": {"w": 0},
        },
    }  # fmt: skip
    large = samsweep.run(one, output=tmp_path / "large.h5")
    assert len(list(tmp_path.glob("constant-*.npy"))) == 1
    assert samsweep.plan(one)["largest_dimension"] == 200
    # Beside the result, whatever the working folder.
    subprocess.run([samsweep.program.executable(), "audit", str(tmp_path / "large.h5")], check=True, capture_output=True)
    one["problem"]["constants"] = {"X": features[:30, :3], "y": features[:30, :3] @ np.ones(3)}
    one["problem"] |= {"variables": {"w": 3}, "minimisers": [np.ones(3)]}
    written = samsweep.run(one, output=tmp_path / "written.h5")
    monkeypatch.setattr(samsweep.sweeps, "_MOST_WRITTEN", 10)
    kept = samsweep.run(one, output=tmp_path / "kept.h5")
    np.testing.assert_array_equal(kept.distance, written.distance)
    assert np.isfinite(large.distance).all()
    with pytest.raises(ValueError, match=r"problem.constants.X: must be finite"):
        samsweep.plan(one, problem__constants__X=np.full((30, 3), np.nan))


def test_errors_say_where(sweep: dict[str, Any], tmp_path: pathlib.Path) -> None:
    with pytest.raises(samsweep.InvalidSweepError, match="did you mean optimizer") as caught:
        samsweep.run({**sweep, "optimiser": "sgd", "steps": 0})
    error = caught.value
    lines = as_text({**sweep, "optimiser": "sgd", "steps": 0}).splitlines()
    assert {problem.field for problem in error.problems} == {"optimiser", "steps"}
    wrong = next(problem for problem in error.problems if problem.field == "optimiser")
    assert wrong.file == "standard input" and wrong.line is not None and wrong.column == 1
    assert any(line.startswith("optimiser") for line in lines)
    with pytest.raises(ValueError, match="trials") as usage:
        samsweep.run(sweep, trials=-1)
    assert isinstance(usage.value, samsweep.UsageError)
    assert usage.value.exit_code == 64 and usage.value.field == "trials" and usage.value.remedy
    with pytest.raises(FileNotFoundError, match="nowhere.yaml"):
        samsweep.run(tmp_path / "nowhere.yaml")
    (tmp_path / "text.h5").write_text("no result")
    with pytest.raises(samsweep.CannotCreateError) as taken:
        samsweep.run(sweep, output=tmp_path / "text.h5")
    assert taken.value.file == str(tmp_path / "text.h5")


def test_usage_errors_of_the_command_line_are_exceptions() -> None:
    with pytest.raises(samsweep.UsageError, match="isa"):
        samsweep.run("sweep.yaml", isa="nothing")


def test_an_interruption_keeps_what_is_done(long_sweep: dict[str, Any], tmp_path: pathlib.Path) -> None:
    before = 0

    def stop(told: dict[str, Any]) -> None:
        if told["done"] > before:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        samsweep.run(long_sweep, output=tmp_path / "r.h5", progress=stop)
    known = samsweep.status(tmp_path / "r.h5")
    assert 0 < known["done"] < known["total"]
    before = known["done"]
    # Nobody holds the file any more.
    with pytest.raises(KeyboardInterrupt):
        samsweep.run(long_sweep, output=tmp_path / "r.h5", progress=stop)
    assert samsweep.status(tmp_path / "r.h5")["done"] > known["done"]


@pytest.mark.parametrize("whole_group", [False, True], ids=["stop button", "Ctrl-C"])
def test_sigint_stops_python_and_the_program(long_sweep: dict[str, Any], tmp_path: pathlib.Path, whole_group: bool) -> None:
    """A notebook's stop button sends INT to Python alone, a terminal to the program, too."""
    (tmp_path / "sweep.yaml").write_text(as_text(long_sweep))
    script = (
        "import samsweep, sys\n"
        "try: samsweep.run('sweep.yaml', output='r.h5', progress=lambda told: print(told['done'], flush=True))\n"
        "except KeyboardInterrupt: sys.exit(33)"
    )
    python = subprocess.Popen(
        [sys.executable, "-c", script], cwd=tmp_path, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert python.stdout is not None
    while int(python.stdout.readline()) == 0:
        pass
    if whole_group:
        os.killpg(python.pid, signal.SIGINT)
    else:
        python.send_signal(signal.SIGINT)
    assert python.wait(timeout=30) == 33
    python.stdout.close()
    # No process of the group is left.
    with pytest.raises(ProcessLookupError):
        os.killpg(python.pid, 0)
    known = samsweep.status(tmp_path / "r.h5")
    assert 0 < known["done"] < known["total"]


def test_a_stop_from_outside_is_an_exception(long_sweep: dict[str, Any], tmp_path: pathlib.Path) -> None:
    def end_program(told: dict[str, Any]) -> None:
        for child in pathlib.Path("/proc/self/task").glob("*/children"):
            for number in child.read_text().split():
                os.kill(int(number), signal.SIGTERM)

    with pytest.raises(samsweep.RunInterrupted, match="goes on"):
        samsweep.run(long_sweep, output=tmp_path / "r.h5", progress=end_program)


def test_a_bar_shows_the_progress(sweep: dict[str, Any], tmp_path: pathlib.Path, capfd: pytest.CaptureFixture[str]) -> None:
    samsweep.run(sweep, output=tmp_path / "a.h5")
    assert capfd.readouterr().err == ""
    samsweep.run(sweep, output=tmp_path / "b.h5", progress=True)
    assert "160/160" in capfd.readouterr().err


def test_warnings_of_the_program_are_pythons(sweep: dict[str, Any], tmp_path: pathlib.Path) -> None:
    with pytest.warns(UserWarning, match="as the program says"):
        samsweep.program._tell("samsweep: warning: as the program says", [])


def test_shards_merge_to_the_whole(sweep: dict[str, Any], tmp_path: pathlib.Path) -> None:
    whole = samsweep.run(sweep, output=tmp_path / "whole.h5")
    shards = [samsweep.run(sweep, output=tmp_path / f"{i}.h5", shard=(i, 2)) for i in range(2)]
    finished = [(shard.status == 1).values for shard in shards]
    assert not (finished[0] & finished[1]).any() and (finished[0] | finished[1]).all()
    assert np.isnan(shards[0].distance.values[~finished[0]]).all()
    merged = samsweep.merge(shards, tmp_path / "merged.h5")
    xr.testing.assert_equal(merged.drop_vars("sweep"), whole.drop_vars("sweep"))


def test_a_dataset_is_read_when_it_is_used_and_masked(result: xr.Dataset, tmp_path: pathlib.Path) -> None:
    path = result.encoding["source"]
    assert not result.distance.variable._in_memory
    chosen = result.distance.isel(rho=1, trial=[0, 3])
    assert not chosen.variable._in_memory and chosen.values.shape == (2, 1, 1, 2, 2)
    result.close()
    with h5py.File(path, "r+") as file:
        stored = file["distance"][...]
        file["status"][1, 0, 0, 1, 2, 3] = 0
        file["status"][1, 0, 0, 1, 2, 4] = 2
    with samsweep.open(path) as opened:
        expected = stored.copy()
        expected[1, 0, 0, 1, 2, 3:5] = np.nan
        np.testing.assert_array_equal(opened.distance.values, expected)
        assert np.isnan(opened.iterate.values[1, 0, 0, 1, 2, 3:5]).all()
        assert np.isnan(opened.zero_gradients.values[1, 0, 0, 1, 2, 3:5]).all()
        assert opened.status.values[1, 0, 0, 1, 2, 3] == 0
        at = opened.distance.sel(optimizer="m-sam", learning_rate=0.1)
        np.testing.assert_array_equal(at.values, expected[1, :, :, 1])
        assert "status" not in xr.open_dataset(path, engine="samsweep", drop_variables="status")


def test_plan_and_status_say_what_the_program_says(sweep: dict[str, Any], result: xr.Dataset) -> None:
    planned = samsweep.plan(sweep, trials=10)
    assert planned["cells"] == 20 and planned["trials"] == 200
    assert samsweep.status(result)["complete"] is True
    with pytest.raises(ValueError, match="does not know its result file"):
        samsweep.status(xr.Dataset({"distance": result.distance}))


def test_a_check_shows_what_a_problem_amounts_to_and_what_contradicts_it() -> None:
    # f = 3 u1^2 + u2^2/2: Hessian diag(6, 1); at (1, 1) f = 3.5 and |grad f| = sqrt(37).
    scales = np.array([6.0, 1.0])
    own: dict[str, Any] = {
        "schema": 1, "name": "own", "optimizer": "sgd", "steps": 10, "learning_rate": 0.1,
        "problem": {
            "variables": {"u": 2}, "constants": {"a": scales}, "objective": "sum(a * u^2) / 2", "minimum": 0, "minimisers": [[0, 0]],
            "start": {"u": 1}, "smoothness": 6,
        },
    }  # fmt: skip
    checked = samsweep.check(own, samples=100)
    (problem,) = checked["problems"]
    assert problem["start_value"] == 3.5
    assert problem["start_gradient_norm"] == pytest.approx(np.sqrt(37), rel=1e-12)
    assert problem["start_largest_eigenvalue"] == pytest.approx(6, rel=1e-6)
    assert problem["start_smallest_eigenvalue"] == pytest.approx(1, rel=1e-6)
    assert problem["contradictions"] == []
    with pytest.raises(samsweep.InvalidSweepError, match="smoothness"):
        samsweep.check(own, samples=100, problem={**own["problem"], "smoothness": 2})


def test_tables(result: xr.Dataset) -> None:
    cells = samsweep.export(result, statistics=["distance"])
    assert len(cells) == 20 and cells.finished.eq(8).all()
    at = cells[(cells.optimizer == "m-sam") & (cells.rho == 0) & (cells.learning_rate == 0.05)]
    mean = float(result.distance.sel(optimizer="m-sam", rho=0, learning_rate=0.05).mean())
    assert at["mean"].item() == pytest.approx(mean, rel=1e-14)
    assert len(samsweep.export(result, "trials")) == 160
    assert len(result.samsweep.export(kind="curves")) == 100
    assert "quadratic" in samsweep.list("problems").index
    everything = samsweep.list()
    assert ("models", "power") in everything.index and ("optimizers", "m-sam") in everything.index
    assert set(samsweep.list("statistics").index) == set(everything.loc["statistics"].index)
    assert samsweep.schema()["type"] == "object"


def test_the_best_learning_rate_is_where_the_mean_is_smallest(result: xr.Dataset) -> None:
    table = result.samsweep.best(over="learning_rate").set_index(["optimizer", "rho"])
    means = (result.distance**2).mean("trial").squeeze()
    for (optimizer, rho), row in table.iterrows():
        own = means.sel(optimizer=optimizer, rho=rho)
        assert row.best_learning_rate == own.idxmin().item()
        assert row.best_mean == pytest.approx(own.min().item(), rel=1e-14)
        # Student's t of the differences, trial by trial.
        pairs = (result.distance**2).sel(optimizer=optimizer, rho=rho).squeeze()
        gaps = pairs.sel(learning_rate=row.runner_up_learning_rate) - pairs.sel(learning_rate=row.best_learning_rate)
        arm = 2.3646242515927844 * float(gaps.std(ddof=1)) / np.sqrt(8)
        assert row.difference_upper == pytest.approx(float(gaps.mean()) + arm, rel=1e-9)
        assert row.differs == (float(gaps.mean()) > arm)
    # One place over both axes, of ten.
    over_both = samsweep.best(result, over=["learning_rate", "rho"])
    np.testing.assert_allclose(over_both.best_mean, means.min(["learning_rate", "rho"]), rtol=1e-14)


def test_a_report_is_a_page_beside_the_result(result: xr.Dataset) -> None:
    page = result.samsweep.report()
    assert page == pathlib.Path(result.encoding["source"]).with_suffix(".html")
    assert page.read_text().startswith("<!DOCTYPE html>")


def test_verify_gives_a_table_of_verdicts(sweep: dict[str, Any], tmp_path: pathlib.Path) -> None:
    claims = [
        {"name": name, "says": "sgd does not go far", "where": "optimizer == 'sgd'", "mean": "distance", "at_most": most}
        for name, most in (("near", 10.0), ("impossible", 1e-9))
    ]
    table = samsweep.verify({**sweep, "claims": claims}, output=tmp_path)
    assert dict(zip(table.claim, table.verdict)) == {"near": "pass", "impossible": "fail"}
    best = {"name": "best", "says": "", "where": "optimizer == 'sgd'", "mean": "distance", "smallest_over": "learning_rate", "at_most": 10}
    extremes = samsweep.verify({**sweep, "name": "best", "claims": [best]}, output=tmp_path, findings=True)
    means = samsweep.open(tmp_path / "best.h5").distance.sel(optimizer="sgd").mean("trial").squeeze()
    assert extremes.set_index("rho").extreme_learning_rate.to_dict() == means.idxmin("learning_rate").to_series().to_dict()
    places = samsweep.verify({**sweep, "claims": claims}, output=tmp_path, findings=True)
    assert set(places.learning_rate) == {0.05, 0.1}


def test_the_command_is_the_program() -> None:
    command = pathlib.Path(sys.executable).parent / "samsweep"
    program = subprocess.run([samsweep.program.executable(), "list", "models", "--format", "json"], capture_output=True, check=True)
    listed = subprocess.run([str(command), "list", "models", "--format", "json"], capture_output=True, check=True)
    assert json.loads(listed.stdout) == json.loads(program.stdout)
    assert subprocess.run([str(command), "nothing"], capture_output=True).returncode == 64


def masked(mask: Any) -> dict[str, Any]:
    return {
        "schema": 1, "name": "masked", "optimizer": "sgd", "steps": 10, "axes": {"learning_rate": [0.1]},
        "problem": {"name": "own", "constants": {"m": mask}, "variables": {"u": 3}, "objective": "sum(m * u^2)", "start": {"u": 1}},
    }  # fmt: skip


@pytest.mark.parametrize("mask", [np.array([True, False, True]), [np.True_, False, True], (1, 0, 1), np.array([1.0, 0.0, 1.0])])
def test_truth_values_are_constants_of_0_and_1(mask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = samsweep.plan(masked([1, 0, 1]))["plan_fingerprint"]
    assert samsweep.plan(masked(mask))["plan_fingerprint"] == expected
    assert samsweep.plan(masked(0), problem__constants__m=mask)["plan_fingerprint"] == expected
    # As a file, too, and in one of several problems.
    monkeypatch.setattr(samsweep.sweeps, "_MOST_WRITTEN", 2)
    assert samsweep.plan(masked(mask))["cells"] == 1
    both = {**masked(mask), "problem": [masked(mask)["problem"], {"name": "quadratic", "eigenvalues": 1}]}
    assert samsweep.sweeps.sweep_input(both, {}).data
    assert not samsweep.plan(masked([1, 0, 1]), common_random_numbers=np.False_)["not_swept"]["common_random_numbers"] == "1"


#: Without its types, which forbid what people try all the same.
api: Any = samsweep


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda sweep, result: api.run(sweep, shard=3), "one of n parts"),
        (lambda sweep, result: api.run(sweep, shard="3"), "one of n parts"),
        (lambda sweep, result: api.run(sweep, shard=(0, 2, 4)), "one of n parts"),
        (lambda sweep, result: api.run(sweep, shard=(2, 2)), "none of 2 parts"),
        (lambda sweep, result: api.run(sweep, threads=1.5), "threads is a whole number"),
        (lambda sweep, result: api.run(sweep, threads=True), "threads is a whole number"),
        (lambda sweep, result: api.run(sweep, threads=-1), "out of range"),
        (lambda sweep, result: api.run(sweep, fresh="no"), "fresh is True or False"),
        (lambda sweep, result: api.run(sweep, progress="yes"), "progress is"),
        (lambda sweep, result: api.run(sweep, output=3), "output is a path"),
        (lambda sweep, result: api.run(3), "a sweep is a path"),
        (lambda sweep, result: api.run(""), "empty text"),
        (lambda sweep, result: api.run(sweep, trials={1, 2}), "cannot hold"),
        (lambda sweep, result: api.run(sweep, trials=float("nan")), "no finite number"),
        (lambda sweep, result: api.plan("a\0b"), "null byte"),
        (lambda sweep, result: api.open("half.yaml"), "does not exist"),
        (lambda sweep, result: api.open(__file__), "is no result file"),
        (lambda sweep, result: api.open("."), "is a folder"),
        (lambda sweep, result: api.status(3), "a result is a path"),
        (lambda sweep, result: api.merge([], "m.h5"), "nothing to merge"),
        (lambda sweep, result: api.merge(result, "m.h5"), "a list of results"),
        (lambda sweep, result: api.verify(), "none was given"),
        (lambda sweep, result: api.export(result, "x"), "cells, trials, curves"),
        (lambda sweep, result: api.export(result, statistics=[]), "names nothing"),
        (lambda sweep, result: api.best(result, over=[]), "names nothing"),
        (lambda sweep, result: api.fit(result, against=[]), "names nothing"),
        (lambda sweep, result: api.fit(result, window=None), "window is"),
        (lambda sweep, result: api.fit(result, window=(1,)), "window is"),
        (lambda sweep, result: api.fit(result, confidence="x"), "confidence is a number"),
        (lambda sweep, result: api.fit(result, seed=-1), "seed"),
        (lambda sweep, result: api.fit(result, threads=0), "threads 0"),
        (lambda sweep, result: api.fit(result, law="product", model="power"), "model belongs to laws over one"),
        (lambda sweep, result: api.fit(result, law="product", window=(0.1, 1)), "window belongs to laws over one"),
        (lambda sweep, result: api.fit(result, law="product", cells=True), "cells belongs to laws over one"),
        (lambda sweep, result: api.fit(result.isel(optimizer=[])), "nothing is left of the dimension optimizer"),
        (lambda sweep, result: result.isel(rho=[]).samsweep.plot.heat(), "nothing is left of the dimension rho"),
        (lambda sweep, result: xr.Dataset({"a": 1}).samsweep.plot.heat(), "no result of samsweep"),
        (lambda sweep, result: result.samsweep.plot.law(width=0), "inches from 1 to 60"),
        (lambda sweep, result: result.samsweep.plot.law(panel=["noise", "dimension", "learning_rate"]), "for the columns"),
        (lambda sweep, result: result.samsweep.plot.law(guides="no"), "guides is True or False"),
        (lambda sweep, result: result.samsweep.plot.regimes(up="rho"), "up rho is what is drawn against"),
        (lambda sweep, result: result.samsweep.plot.heat("status"), "not recorded"),
        (lambda sweep, result: result.samsweep.plot.curves(band=(0.2, 0.8)), "recorded quantiles"),
        (lambda sweep, result: result.samsweep.plot.crossing("sgd", "sgd"), "against itself"),
        (lambda sweep, result: result.samsweep.plot.crossing("sgd", "m-sam", confidence=95), "no probability|not a probability"),
        (lambda sweep, result: result.samsweep.plot.crossing("sgd", "m-sam", resamples=0), "bootstrap"),
        (lambda sweep, result: result.samsweep.plot.crossing("sgd", "m-sam", against="optimizer"), "drawn against"),
    ],
)
def test_what_makes_no_sense_is_refused_in_this_modules_words(
    sweep: dict[str, Any], result: xr.Dataset, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, call: Any, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(samsweep.SamsweepError, match=words) as refused:
        call(sweep, result)
    assert refused.value.exit_code in (64, 65, 66) and refused.value.problems
    assert sorted(tmp_path.iterdir()) == before, "nothing was run"


@pytest.mark.parametrize("named, words", [("/nowhere/samsweep", "No such file"), ("/etc/passwd", "Permission denied"), ("/bin/true", "said nothing")])
def test_a_program_that_is_none_is_named(named: str, words: str, sweep: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMSWEEP_PROGRAM", named)
    with pytest.raises(samsweep.ProgramNotFoundError, match=words) as missing:
        samsweep.plan(sweep)
    assert named in str(missing.value) and "SAMSWEEP_PROGRAM" in str(missing.value) and isinstance(missing.value, FileNotFoundError)
    if named != "/bin/true":
        command = pathlib.Path(sys.executable).parent / "samsweep"
        told = subprocess.run([command, "list"], capture_output=True, text=True)
        assert told.returncode == 66 and words in told.stderr and told.stderr.count("\n") == 1


def test_verdicts_stand_with_what_was_measured(sweep: dict[str, Any], tmp_path: pathlib.Path) -> None:
    claim = {"name": "near", "says": "It stays near.", "where": "optimizer == 'sgd'", "mean": "distance", "at_most": 5}
    told = samsweep.verify({**sweep, "claims": [claim]}, output=tmp_path, trials=40)
    places = samsweep.verify({**sweep, "claims": [claim]}, output=tmp_path, trials=40, findings=True)
    row = told.iloc[0]
    assert row.verdict == "pass" and row.accepted_upper == 5 and row.settings == len(places)
    assert row.lower < row.measured < row.upper
    assert row.measured == places.measured.max(), "the one nearest to its bound"
