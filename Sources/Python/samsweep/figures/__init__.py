"""Figures of results: laws over their points, local exponents, regimes, maps, trajectories, crossings."""

from .crossing import crossing
from .curves import curves
from .exponents import local, regimes
from .heat import heat
from .law import law

__all__ = ["crossing", "curves", "heat", "law", "local", "regimes"]
