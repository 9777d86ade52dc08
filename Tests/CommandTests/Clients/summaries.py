"""Compares a result that keeps summaries with the rows of the same sweep: summaries.py ROWS.h5 SUMMARY.h5 CELLS.csv"""
import csv
import pathlib
import sys

import numpy as np
import xarray as xr

rows = xr.open_dataset(sys.argv[1], engine="netcdf4")
# The recipe of the documentation, as it stands there.
page = pathlib.Path(__file__).parents[3] / "Sources/samsweep/samsweep.docc/ResultFile.md"
recipe = next(part for part in page.read_text().split("```python") if "def ends(" in part).split("```")[0]
exec(recipe[:recipe.index("\nends(")])
compared = 0
for engine in ("h5netcdf", "netcdf4"):
    kept = xr.open_dataset(sys.argv[2], engine=engine)
    blocks, size = kept.sizes["block"], int(kept.trials_per_block)
    assert blocks * size == rows.sizes["trial"] and "trial" not in kept.dims and kept.attrs["complete"] == 1
    grid = rows.status.dims[:-1]
    assert kept.status.dims == grid + ("block",) and kept.block.values.tolist() == list(range(blocks))
    shape = [rows.sizes[name] for name in grid] + [blocks, size]
    status = rows.status.values.reshape(shape)
    assert (status == 2).any() and (status == 1).any() and (status == 3).any()
    included = kept.status.values != 3
    assert np.array_equal(included, (status != 3).all(-1))
    for name, code in (("finished", 1), ("diverged", 2)):
        assert np.array_equal(kept[name].values[included], (status == code).sum(-1)[included]), name
    assert np.array_equal(kept.steps_taken.values[included], rows.steps_taken.values.reshape(shape).sum(-1)[included])
    for quantity in [name.removesuffix("_mean") for name in kept if name.endswith("_mean")]:
        values = np.where(status == 1, rows[quantity].values.reshape(shape), np.nan)
        for place in np.ndindex(*shape[:-1]):
            own = values[place][~np.isnan(values[place])].astype(np.longdouble)
            stored = [float(kept[f"{quantity}_{name}"].values[place]) for name in (
                "mean", "variance", "third_central_moment", "fourth_central_moment", "minimum", "maximum")]
            if not len(own):
                assert np.isnan(stored).all()
                continue
            d = own - own.mean()
            scale = float((d**2).mean()) ** 0.5
            for value, expected, unit in zip(
                stored, (own.mean(), (d**2).mean(), (d**3).mean(), (d**4).mean(), own.min(), own.max()),
                (abs(own).max(), scale**2, scale**3, float((d**4).mean()), 0, 0)):
                assert abs(value - float(expected)) <= 1e-10 * float(unit), (quantity, place, value, expected)
                compared += 1
        shares = {"quantile_01": 1, "quantile_05": 5, "quantile_10": 10, "quantile_25": 25, "median": 50, "quantile_75": 75,
                  "quantile_90": 90, "quantile_95": 95, "quantile_99": 99}
        for name, share in shares.items():
            stored = kept[f"{quantity}_{name}"].values
            for place in np.ndindex(*shape[:-1]):
                own = values[place][~np.isnan(values[place])]
                if len(own):
                    exact = np.sort(own)[max(1, -(-share * len(own) // 100)) - 1]
                    assert abs(stored[place] - exact) <= 2.0**-11 * abs(exact), (quantity, name, place, stored[place], exact)
                    compared += 1
        percentiles = kept[f"{quantity}_percentiles"]
        assert percentiles.shape == kept.status.shape + (99,)
        for place in np.ndindex(*shape[:-1]):
            own = np.sort(values[place][~np.isnan(values[place])])
            if len(own):
                exact = own[-(-np.arange(1, 100) * len(own) // 100) - 1]
                assert (abs(percentiles.values[place] - exact) <= 2.0**-11 * abs(exact)).all(), (quantity, place)
                compared += 99
        for name in ("mean", "variance", "percentiles"):
            assert kept[f"{quantity}_{name}"].attrs["units"] == "1" and kept[f"{quantity}_{name}"].attrs["long_name"]

# The table of cells.
with open(sys.argv[3], newline="") as file:
    table = list(csv.DictReader(file))
bracketed = 0
for line in table:
    cell = {name: float(line[name]) if line[name][0].isdigit() else line[name] for name in grid}
    own = rows.sel(cell)
    x = own[line["statistic"]].values[own.status.values == 1].astype(np.longdouble)
    assert int(line["finished"]) == len(x) and int(line["diverged"]) == int((own.status == 2).sum())
    if not len(x):
        assert line["mean"] == "NaN"
        continue
    d = x - x.mean()
    spread = (d**2).mean() ** 0.5
    expected = dict(mean=x.mean(), variance=(d**2).sum() / (len(x) - 1), standard_error=((d**2).sum() / (len(x) - 1) / len(x)) ** 0.5,
                    skewness=(d**3).mean() / spread**3, kurtosis=(d**4).mean() / spread**4, minimum=x.min(), maximum=x.max())
    # Quantiles of the cell: between their ends, and between those, moved inwards by what a bucket is wide, only ranks within a
    # hundredth.
    ordered = np.sort(x.astype(float))
    for name, share in dict(q05=5, q25=25, median=50, q75=75, q95=95).items():
        value, least, most = (float(line[name + end]) for end in ("", "_least", "_most"))
        rank = max(1, -(-share * len(x) // 100))
        assert least <= ordered[rank - 1] <= most and least <= value <= most, (name, line, ordered[rank - 1])
        assert ordered[rank - 1] == np.quantile(ordered, share / 100, method="inverted_cdf")
        assert (ordered < most - 2.0**-10 * abs(most) - 2.0**-1032).sum() - rank <= len(x) / 100, (name, line)
        assert rank - (ordered <= least + 2.0**-10 * abs(least) + 2.0**-1032).sum() <= len(x) / 100, (name, line)
        bracketed += 1
        mine = ends(kept, line["statistic"], share / 100, **cell)
        assert mine[0] <= least <= most <= mine[1] and mine[0] <= ordered[rank - 1] <= mine[1], (name, line, mine)
        for end, own in zip((least, most), mine):
            assert abs(own - end) <= 2.0**-9 * abs(end) + 2.0**-1031 or len(x) < 10 * kept.sizes["block"], (name, line, mine)
    for name, value in expected.items():
        assert abs(float(line[name]) - float(value)) <= 1e-9 * max(1e-3, abs(float(value))), (name, line, value)
print(compared, len(table), bracketed)
