"""Sweeps of stochastic SAM trials on all cores, and the scaling laws they obey.

    result = samsweep.run("sweep.yaml", trials=64)      # an xarray.Dataset, kept in Results/NAME.h5
    laws = result.samsweep.fit()                        # one law per setting, with intervals
    result.samsweep.plot.law()

The functions call the program `samsweep` and take what its commands take.
"""

from importlib import metadata as _metadata

from . import accessor as accessor
from .commands import best, check, export, merge, plan, report, run, schema, status, verify
from .commands import listing as list
from .errors import (
    CannotCreateError,
    InputNotFoundError,
    InputOutputError,
    InvalidSweepError,
    Problem,
    ProgramNotFoundError,
    RunInterrupted,
    SamsweepError,
    UsageError,
    WrongTypeError,
)
from .fits import fit
from .results import open

try:
    __version__ = _metadata.version("samsweep")
except _metadata.PackageNotFoundError:
    # A clone's folder that was put on the path.
    __version__ = "unknown"

__all__ = [
    "CannotCreateError",
    "InputNotFoundError",
    "InputOutputError",
    "InvalidSweepError",
    "Problem",
    "ProgramNotFoundError",
    "RunInterrupted",
    "SamsweepError",
    "UsageError",
    "WrongTypeError",
    "best",
    "check",
    "export",
    "fit",
    "list",
    "merge",
    "open",
    "plan",
    "report",
    "run",
    "schema",
    "status",
    "verify",
]
