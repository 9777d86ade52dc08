"""The page for other languages: each block, run as it stands, finds the same mean."""

from __future__ import annotations

import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

import samsweep

ROOT = pathlib.Path(__file__).parents[3]
PAGE = ROOT / "Sources/samsweep/samsweep.docc/OtherLanguages.md"
BLOCKS = [
    (language, text) for language, text in re.findall(r"^```(\w+)\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    if language != "sh"
]
PREPARATION = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    made = tmp_path_factory.mktemp("languages")
    samsweep.run(ROOT / "Sweeps/smoke.yaml", output=made / "smoke.h5").close()
    (made / "samsweep").symlink_to(pathlib.Path(samsweep.program.executable()).resolve())
    for block in PREPARATION:
        subprocess.run(["bash", "-euc", block], cwd=made, check=True, env={**os.environ, "PATH": f"{made}:{os.environ['PATH']}"})
    return made


def has_r(package: str) -> bool:
    return shutil.which("Rscript") is not None and subprocess.run(
        ["Rscript", "-e", f'quit(status = !requireNamespace("{package}", quietly = TRUE))'], capture_output=True
    ).returncode == 0


def has_octave_package() -> bool:
    return shutil.which("octave") is not None and subprocess.run(
        ["octave", "--quiet", "--eval", "pkg load netcdf"], capture_output=True
    ).returncode == 0


def command(language: str, text: str) -> list[str]:
    """How a block is run; skips where its program is not here."""
    if language == "r":
        package = re.search(r"library\((\w+)\)", text)
        assert package is not None
        if not has_r(package[1]):
            pytest.skip(f"R with {package[1]} is not installed")
        return ["Rscript", "-e", text]
    if language == "octave":
        if not has_octave_package():
            pytest.skip("Octave with its package netcdf is not installed")
        return ["octave", "--quiet", "--eval", text]
    if language in ("nco", "cdo"):
        for tool in {"nco": ["ncap2"], "cdo": ["ncwa", "cdo"]}[language]:
            if shutil.which(tool) is None:
                pytest.skip(f"{tool} is not installed")
        return ["bash", "-euc", text]
    if importlib.util.find_spec(language) is None:
        pytest.skip(f"{language} is not installed")
    if language == "duckdb":
        return [sys.executable, "-c", f"import duckdb\nprint(duckdb.sql('''{text}''').fetchall()[0][0])"]
    return [sys.executable, "-c", text]


@pytest.mark.parametrize("language, text", BLOCKS, ids=[f"{language}-{place}" for place, (language, _) in enumerate(BLOCKS)])
def test_a_language_finds_the_same_mean(language: str, text: str, folder: pathlib.Path) -> None:
    with samsweep.open(folder / "smoke.h5") as result:
        means = (result.distance**2).mean("trial").sel(optimizer="m-sam", dimension=1, noise=1)
        expected = means.isel(rho=2).squeeze().item()
    done = subprocess.run(command(language, text), cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = re.findall(r"-?\d+\.\d+(?:e[+-]\d+)?", done.stdout)
    # R prints seven digits.
    assert float(found[-1]) == pytest.approx(expected, rel=1e-6 if language == "r" else 1e-13), done.stdout


def test_the_page_has_every_language() -> None:
    assert [language for language, _ in BLOCKS] == ["r", "r", "octave", "polars", "duckdb", "nco", "cdo"]


#: Sees the numbers of a column in the ordinary way of each client: how many are finite, and their sum.
CLIENTS = {
    "polars": "import polars as pl\nx = pl.read_csv('late.csv')['distance']\nx = x.filter(x.is_finite())\nprint(x.len(), repr(x.sum()))",
    "duckdb": "import duckdb\nprint(*duckdb.sql(\"SELECT count(*), sum(distance) FROM read_csv_auto('late.csv') WHERE isfinite(distance)\").fetchall()[0])",
    "pandas": "import pandas as pd\nx = pd.read_csv('late.csv')['distance'].dropna()\nprint(len(x), repr(float(x.sum())))",
    "Rscript": "x <- read.csv('late.csv')$distance; stopifnot(is.numeric(x)); x <- x[is.finite(x)]; cat(length(x), sprintf('%.15g', sum(x)))",
    "octave": "t = importdata('late.csv', ',', 1); x = str2double(t.textdata(2:end, end)); if (size(t.data, 2)) x = t.data(:, end); end; "
    "x = x(isfinite(x)); printf('%d %.15g', numel(x), sum(x));",
}


@pytest.mark.parametrize("client", CLIENTS)
def test_columns_are_numbers_whatever_they_begin_with(client: str, tmp_path: pathlib.Path) -> None:
    """Hundreds of diverged trials come first; their distance was empty once, and then the column was text to some."""
    with samsweep.run(
        {
            "schema": 1, "name": "late", "problem": {"name": "quadratic", "eigenvalues": 1}, "optimizer": "sgd", "steps": 1000,
            "trials": 300, "axes": {"learning_rate": [30.0, 0.5], "noise": [0.1]}, "record": ["distance"],
        },
        output=tmp_path / "late.h5",
    ) as result:  # fmt: skip
        finished = result.distance.values[result.status.values == 1]
    assert len(finished) == 300
    text = subprocess.run(
        [samsweep.program.executable(), "export", "late.h5", "--trials"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    assert text.splitlines()[1].endswith(",NaN")
    (tmp_path / "late.csv").write_text(text)
    code = CLIENTS[client]
    if client in ("Rscript", "octave"):
        if shutil.which(client) is None:
            pytest.skip(f"{client} is not installed")
        called = [client, "-e", code] if client == "Rscript" else [client, "--quiet", "--eval", code]
    else:
        called = [sys.executable, "-c", code]
    done = subprocess.run(called, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    count, total = done.stdout.split()
    assert int(count) == 300 and float(total) == pytest.approx(finished.sum(), rel=1e-12)


@pytest.mark.parametrize(
    "arguments",
    [
        "export", "export --trials", "export --curves", "fit --format csv --cells --bootstrap 100", "fit --format csv --law product",
        "fit --format csv --regimes noise --precision 0.1 --pool optimizer --bootstrap 100", "fit --format csv --theory --bootstrap 100",
        "best --over rho --format csv", "best --over optimizer --format csv", "compare sgd,m-sam --format csv",
    ],
)  # fmt: skip
def test_the_first_row_tells_every_type(arguments: str, tmp_path: pathlib.Path) -> None:
    """polars, asked to guess from one row alone; in the first settings all trials diverge."""
    polars = pytest.importorskip("polars")
    samsweep.run(
        {
            "schema": 1, "name": "first", "problem": {"name": "quadratic", "eigenvalues": 1}, "optimizer": ["sgd", "m-sam"],
            "steps": 1000, "trials": 40, "record": ["distance"], "curves": {"at": [10, 1000], "of": ["distance_squared"]},
            "axes": {"learning_rate": [30.0, 0.5], "noise": [0.1], "rho": [0, 0.1, 0.2, 0.4]},
        },
        output=tmp_path / "first.h5",
    ).close()  # fmt: skip
    command, *options = arguments.split()
    text = subprocess.run(
        [samsweep.program.executable(), command, "first.h5", *options], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    for section in text.split("\n\n"):
        rows = [line for line in section.splitlines() if line]
        if len(rows) < 2:
            continue
        (tmp_path / "section.csv").write_text("\n".join(rows) + "\n")
        table = polars.read_csv(tmp_path / "section.csv", infer_schema_length=1)
        for name in table.columns:
            if table[name].dtype == polars.String:
                assert not any(is_number(text) for text in table[name].drop_nulls()), name


def is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?(e[+-]\d+)?|NaN|-?inf", text) is not None
