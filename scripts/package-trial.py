"""What a user does first, where nothing but the wheel is installed; scripts/package --wheel runs it there."""
import pathlib
import subprocess

import samsweep
import samsweep_program

program = samsweep_program.path()
assert program is not None and pathlib.Path(program).parent.parent.name == "samsweep_program", program
libraries = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
assert "not found" not in libraries and "libhdf5" in libraries, libraries
assert all("samsweep_program/program/lib" in line for line in libraries.splitlines() if "hdf5" in line), libraries

result = samsweep.run("smoke.yaml")
assert samsweep.status(result)["complete"]
laws = result.samsweep.fit()
print(laws.to_dataframe()[["model", "exponent"]])
result.samsweep.plot.heat().savefig("heat.pdf")
