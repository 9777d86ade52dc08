"""Adds a variable, an attribute and a dimension to a result with netCDF-C, and an attribute with h5py."""
import sys

import h5py
import netCDF4
import numpy as np

with netCDF4.Dataset(sys.argv[1], "a") as result:
    result.note = "looked at"
    result.variables["distance"].comment = "mine"
    result.createDimension("group", 2)
    mean = result.createVariable("mean_distance", "f8", ("optimizer", "group"))
    mean[:] = np.arange(4).reshape(2, 2)
    copy = result.createVariable("scaled", "f8", result.variables["distance"].dimensions)
    copy[:] = 2 * np.asarray(result.variables["distance"][:].filled(np.nan))
with netCDF4.Dataset(sys.argv[1]) as result:
    assert result.note == "looked at" and result.variables["mean_distance"][1, 1] == 3
with h5py.File(sys.argv[1], "a") as result:
    result.attrs["second_note"] = "and again"
