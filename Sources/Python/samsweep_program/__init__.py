"""Where the program is. Apart from `samsweep`, so that the command starts without xarray."""

from __future__ import annotations

import os
import pathlib
import shutil
import sys

_OWN = pathlib.Path(__file__).parent / "program" / "samsweep"


def path() -> str | None:
    """The program: what `SAMSWEEP_PROGRAM` names, else the one of this package, else the first on `PATH`; `None` without any."""
    if named := os.environ.get("SAMSWEEP_PROGRAM"):
        return named
    if _OWN.is_file():
        return str(_OWN)
    # This package's own command is a script that ends here again.
    own = pathlib.Path(sys.argv[0]).parent.resolve()
    others = [folder for folder in os.get_exec_path() if pathlib.Path(folder).resolve() != own]
    return shutil.which("samsweep", path=os.pathsep.join(others))


def complaint(program: str, error: OSError) -> str:
    """Why a program cannot be run, and what to do."""
    reason = error.strerror or str(error)
    if os.environ.get("SAMSWEEP_PROGRAM") == program:
        return f"SAMSWEEP_PROGRAM names {program}, which cannot be run: {reason}; name samsweep's program, or unset the variable"
    return f"{program} cannot be run: {reason}; install the package again, or name a program in SAMSWEEP_PROGRAM"


def main() -> None:
    """The command `samsweep`: becomes the program; `samsweep plot` is the module's."""
    if sys.argv[1:2] == ["plot"]:
        from samsweep import plot

        sys.exit(plot.main(sys.argv[2:]))
    program = path()
    if program is None:
        print(
            "samsweep: error: this package holds no program, and there is none on the PATH; install a wheel made by "
            "scripts/package --wheel, or name the program in SAMSWEEP_PROGRAM",
            file=sys.stderr,
        )
        sys.exit(66)
    try:
        os.execv(program, [program, *sys.argv[1:]])
    except OSError as error:
        print(f"samsweep: error: {complaint(program, error)}", file=sys.stderr)
        sys.exit(66)
