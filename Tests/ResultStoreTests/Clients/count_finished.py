"""Prints how many trials of a result have an outcome, by both engines of xarray."""
import sys

import xarray as xr

counts = []
for engine in ("h5netcdf", "netcdf4"):
    with xr.open_dataset(sys.argv[1], engine=engine) as result:
        done = (result.status == 1) | (result.status == 2)
        # A finished trial has a distance, a diverged one has none.
        assert (result.distance.notnull() | (result.status != 1)).all()
        counts.append(int(done.sum()))
print(*counts)
