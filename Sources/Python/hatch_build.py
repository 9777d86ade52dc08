"""Puts the program into the wheel: `SAMSWEEP_PACKAGE` names a folder made by scripts/package, `SAMSWEEP_GLIBC` its glibc."""

import os
import platform
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ProgramHook(BuildHookInterface):  # type: ignore[type-arg]
    """Without a folder the wheel holds the module alone, which then looks for the program elsewhere."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        folder = os.environ.get("SAMSWEEP_PACKAGE")
        if version == "editable" or not folder:
            return
        glibc = os.environ["SAMSWEEP_GLIBC"].replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-manylinux_{glibc}_{platform.machine()}"
        build_data["force_include"][folder] = "samsweep_program/program"
