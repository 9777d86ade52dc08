"""Laws and figures from Python."""

from __future__ import annotations

import json
import pathlib
import subprocess
from typing import Any

import numpy as np
import pytest
import xarray as xr

import samsweep


def test_the_law_of_the_ballistic_cycle(ballistic: xr.Dataset) -> None:
    laws = ballistic.samsweep.fit(model="power")
    assert dict(laws.sizes) == {"optimizer": 2, "dimension": 1, "noise": 1, "learning_rate": 2}
    np.testing.assert_allclose(laws.exponent.sel(optimizer="sam").values.ravel(), 2, atol=0.02)
    assert len(laws.to_dataframe()) == 4


def test_a_fit_is_the_programs(sweep: dict[str, Any], tmp_path: pathlib.Path) -> None:
    # With fewer than 32 trials there are no intervals.
    result = samsweep.run(sweep, output=tmp_path / "r.h5", trials=40)
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
        assert own.outcome.item() == (group["outcome"] or "")
        for cell in group["cells"]:
            at = own.sel(rho=cell["at"])
            for name, key in (("measured", "measured"), ("fitted", "fitted"), ("residual", "residual"), ("cell_finished", "finished")):
                np.testing.assert_equal(at[name].item(), np.nan if cell[key] is None else cell[key])
            for name, key in (("fitted", "band"), ("measured", "interval")):
                np.testing.assert_equal([at[f"{name}_lower"].item(), at[f"{name}_upper"].item()], cell[key] or [np.nan, np.nan])
        for local in group["local_exponents"]:
            between = (own.lower_at == local["from"]) & (own.upper_at == local["to"])
            assert own.local_exponent.values[between] == [local["exponent"]] and own.regime.values[between] == [local["regime"]]
    assert np.isfinite(laws.fitted_lower).any() and np.isfinite(laws.exponent_lower).any()
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


def test_what_cannot_be_fitted_has_its_points(sweep: dict[str, Any], tmp_path: pathlib.Path) -> None:
    """Of sgd, that ran at rho = 0 alone, and of a group in which everything diverged."""
    only_zero = {**sweep, "where": "optimizer != 'sgd' or rho == 0", "curves": None}
    one = samsweep.run(only_zero, output=tmp_path / "r.h5", axes__learning_rate=[0.1, 30.0], steps=1000)
    laws = one.samsweep.fit(bootstrap=0, cells=True)
    assert laws.outcome.sel(optimizer="sgd").values.ravel().tolist() == ["", ""]
    own = laws.sel(optimizer="sgd", learning_rate=0.1).squeeze()
    squares = (one.distance**2).sel(optimizer="sgd", learning_rate=0.1, rho=0).squeeze()
    assert own.measured.sel(rho=0).item() == pytest.approx(squares.mean().item(), rel=1e-14)
    assert np.isnan(own.measured.sel(rho=slice(0.001, None))).all()
    lost = laws.sel(optimizer="m-sam", learning_rate=30).squeeze()
    assert (lost.cell_diverged == 8).all() and (lost.cell_finished == 0).all() and lost.measured.isnull().all()


def test_a_law_over_what_a_zip_pairs(sweep: dict[str, Any], tmp_path: pathlib.Path) -> None:
    zipped = {**sweep, "axes": {"rho": [0.0, 1.0]}, "zip": [{"name": "pair", "noise": [0.1, 0.2, 0.4], "learning_rate": [0.05, 0.1, 0.2]}], "curves": None}
    one = samsweep.run(zipped, output=tmp_path / "r.h5", trials=40)
    laws = one.samsweep.fit(against="noise", bootstrap=0, cells=True)
    assert dict(laws.measured.sizes) == {"optimizer": 2, "dimension": 1, "rho": 2, "noise": 3}
    with pytest.raises(ValueError, match="window"):
        one.isel({str(one.noise.dims[0]): [0, 1]}).samsweep.fit(against="noise")
