"""Prints every trial of a result as xarray sees it: read_result.py RESULT.h5 ENGINE"""
import json
import struct
import sys

import numpy as np
import xarray as xr


def bits(value):
    return "nan" if np.isnan(value) else str(struct.unpack("<Q", struct.pack("<d", value))[0])


path, engine = sys.argv[1:]
with xr.open_dataset(path, engine=engine) as result:
    for name, kind in {"distance": "f8", "iterate": "f8", "status": "u1", "steps_taken": "i8", "zero_gradients": "i4",
                       "dimension": "i8", "trial": "i8", "rho": "f8", "batch": "i8", "steps": "i8"}.items():
        assert result[name].dtype == np.dtype(kind), (name, result[name].dtype)
    assert set(result.coords) >= {"product", "label", "batch", "optimizer", "rho", "trial"}, result.coords
    assert result.label.values[1] == "ρ=0.1" and result.noise_model.item() == "gaussian"
    assert result.attrs["complete"] == 0 and result.attrs["Conventions"] == "CF-1.11"
    assert result.distance.encoding["_FillValue"] != result.distance.encoding["_FillValue"]
    assert list(result.status.attrs["flag_values"]) == [0, 1, 2, 3]
    # By value, not by position.
    one = result.sel(optimizer="m-sam", rho=0.1, learning_rate=0.05, dimension=3, trial=2)
    other = result.isel(optimizer=1, rho=1, learning_rate=1, dimension=1, trial=2)
    assert one.distance.size == 1 and one.distance.values == other.distance.values
    print(" ".join(result.optimizer.values), "|", json.dumps(result.sweep.item(), ensure_ascii=False), "|",
          result.attrs["title"])
    columns = [result[name].values.reshape(-1)
               for name in ("status", "steps_taken", "distance", "zero_gradients")]
    iterates = result.iterate.values.reshape(-1, result.sizes["coordinate"])
    trials = result.sizes["trial"]
    for row, (status, steps, distance, zeros) in enumerate(zip(*columns)):
        print(row // trials, row % trials, status, steps, bits(distance), zeros, ",".join(map(bits, iterates[row])))
