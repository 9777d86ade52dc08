#!/usr/bin/env python3
"""`samsweep plot` from a clone, with the program that was built there: scripts/plot_scaling.py RESULT.h5, --help tells the rest.

Needs what the Python module needs: pip install -e Sources/Python
In an environment of its own: python3 -m venv .venv-plot && .venv-plot/bin/pip install -e Sources/Python
"""
import os
import pathlib
import shlex
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Sources/Python"))
# All of it where somebody built that, else what scripts/run built.
BUILT = [ROOT / ".build" / build / "samsweep" for build in ("release", "quick/debug")]
os.environ.setdefault("SAMSWEEP_PROGRAM", str(next((program for program in BUILT if program.exists()), BUILT[0])))
try:
    from samsweep import plot
except ImportError as missing:
    sys.exit(f"plot_scaling.py: {missing}; try: {shlex.quote(sys.executable)} -m pip install {shlex.quote(str(ROOT / 'Sources/Python'))}")
sys.exit(plot.main())
