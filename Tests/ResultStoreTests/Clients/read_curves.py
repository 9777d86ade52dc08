"""Prints the trajectories of a result as xarray sees them: read_curves.py RESULT.h5 ENGINE"""
import sys

import numpy as np
import xarray as xr

path, engine = sys.argv[1:]
with xr.open_dataset(path, engine=engine) as result:
    assert result.step.dtype == np.dtype("i8") and result["quantile"].values.tolist() == [0.05, 0.25, 0.5, 0.75, 0.95]
    grid = result.distance.dims[:-1]
    for quantity in ("distance_squared", "suboptimality"):
        for kind, dtype in {"count": "i8", "mean": "f8", "standard_error": "f8", "median": "f8",
                            "quantiles": "f8"}.items():
            variable = result[f"{quantity}_curve_{kind}"]
            assert variable.dtype == np.dtype(dtype), variable
            assert variable.dims == grid + ("step",) + (("quantile",) if kind == "quantiles" else ()), variable
            assert quantity in variable.attrs["long_name"] and "product" in variable.coords
    # By value, as a user would.
    median = result.distance_squared_curve_quantiles.sel(quantile=0.5, step=3)
    assert np.array_equal(median.values, result.distance_squared_curve_median.sel(step=3).values, equal_nan=True)
    for quantity in ("distance_squared", "suboptimality"):
        columns = [result[f"{quantity}_curve_{kind}"].values.reshape(-1)
                   for kind in ("count", "mean", "standard_error", "median")]
        quantiles = result[f"{quantity}_curve_quantiles"].values.reshape(-1, 5)
        for count, mean, error, median, row in zip(*columns, quantiles):
            print(quantity, count, *[repr(float(x)) for x in (mean, error, median, *row)])
