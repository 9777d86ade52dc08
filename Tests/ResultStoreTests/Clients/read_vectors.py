"""Prints vectors of a result as xarray sees them: read_vectors.py RESULT.h5 ENGINE"""
import sys

import numpy as np
import xarray as xr

path, engine = sys.argv[1:]
with xr.open_dataset(path, engine=engine) as result:
    grid = result.distance.dims[:-1]
    assert result.weights.dims == (*grid, "trial", "weights_index"), result.weights
    assert result.weights_index.values.tolist() == [0, 1] and result.weights.attrs["formula"] == "u * v"
    assert result.iterate_curve_mean.dims == (*grid, "step", "coordinate"), result.iterate_curve_mean
    assert result.weights_curve_quantiles.dims == (*grid, "step", "weights_index", "quantile")
    assert result.weights_curve_count.dtype == np.dtype("i8") and result.weights_curve_mean.attrs["formula"] == "u * v"
    stack = {"cell": grid}
    weights = result.weights.sel(trial=7).stack(stack).transpose("cell", ...)
    lower = [result[f"{name}_curve_quantiles"].sel(step=3, quantile=0.25).stack(stack).transpose("cell", ...)
             for name in ("iterate", "weights")]
    for row, *quantiles in zip(weights.values, *[one.values for one in lower]):
        for name, values in zip(("weights", "iterate", "weights"), (row, *quantiles)):
            print(name, *[repr(float(x)) for x in values])
