"""Calling the program: its output, its progress, its errors, and how it is stopped."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import subprocess
import threading
import warnings
from collections.abc import Callable, Sequence
from typing import IO, Any

import samsweep_program

from . import errors

#: Hears of a run: `done`, `diverged`, `total`, `elapsed_seconds`, `eta_seconds`, `trials_per_second`, `final` and others.
ProgressListener = Callable[[dict[str, Any]], None]

#: The program ends within two seconds of being asked to; after these it is ended.
_PATIENCE = 10.0
_WARNING = "samsweep: warning: "


@dataclasses.dataclass(frozen=True)
class Completed:
    """What a call gave."""

    status: int
    output: str


def executable() -> str:
    """The program's path. Throws `ProgramNotFoundError` where there is none."""
    program = samsweep_program.path()
    if program is None:
        raise errors.ProgramNotFoundError(
            "there is no samsweep program: install a wheel made by scripts/package --wheel, put the program on the PATH, or "
            "name it in the environment variable SAMSWEEP_PROGRAM",
            66,
        )
    return program


def parsed(arguments: Sequence[str], **options: Any) -> Any:
    """What a command that answers in JSON says. Throws as `call` does, and where the answer is none."""
    output = call(arguments, **options).output
    try:
        return json.loads(output)
    except ValueError:
        raise _foreign(output) from None


def last_line(arguments: Sequence[str], **options: Any) -> str:
    """The path that a command prints at its end."""
    lines = call(arguments, **options).output.splitlines()
    if not lines:
        raise _foreign("")
    return lines[-1]


def _foreign(output: str) -> errors.SamsweepError:
    said = f"said {output[:60]!r}" if output.strip() else "said nothing"
    return errors.ProgramNotFoundError(
        f"{executable()} {said} where samsweep answers; is it samsweep's program, and of this module's version? "
        "SAMSWEEP_PROGRAM names another one",
        66,
    )


def _start(arguments: Sequence[str], has_text: bool, folder: str | None) -> subprocess.Popen[str]:
    program = executable()
    try:
        return subprocess.Popen(
            [program, *arguments],
            stdin=subprocess.PIPE if has_text else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={**os.environ, "SAMSWEEP_ERRORS": "json", "NO_COLOR": "1"},
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise errors.ProgramNotFoundError(samsweep_program.complaint(program, error), 66) from None
    except ValueError as error:
        # A NUL in an argument.
        raise errors.usage(f"an argument cannot be given to a program: {error}") from None


def call(
    arguments: Sequence[str],
    *,
    text: str | None = None,
    folder: str | None = None,
    listener: ProgressListener | None = None,
    accept: Sequence[int] = (0,),
) -> Completed:
    """Runs a command of the program and waits for it.

    `text` goes to its standard input, `folder` is its working folder, and `listener` hears its progress. Warnings of the
    program become Python's. An exit code that is not in `accept` becomes an exception. Where waiting is interrupted (by
    Ctrl-C, a notebook's stop button, or an exception of the listener), the program is stopped, keeps what is done, and the
    interruption goes on.
    """
    # The program stays in the group of processes of its caller: who ends all of it, as Jupyter does, also ends the program.
    process = _start(arguments, text is not None, folder)
    assert process.stdout is not None and process.stderr is not None
    output: list[str] = []
    threads = [threading.Thread(target=_read, args=(process.stdout, output), daemon=True)]
    if process.stdin is not None and text is not None:
        threads.append(threading.Thread(target=_write, args=(process.stdin, text), daemon=True))
    report: dict[str, Any] | None = None
    words: list[str] = []
    try:
        for thread in threads:
            thread.start()
        for line in process.stderr:
            told = _json(line)
            if told is None:
                _tell(line.rstrip("\n"), words)
            elif "error" in told:
                report = told["error"]
            elif listener is not None:
                listener(told)
        status = process.wait()
    except BaseException:
        _stop(process)
        raise
    finally:
        for thread in threads:
            thread.join(timeout=_PATIENCE)
        process.stdout.close()
        process.stderr.close()
    if status not in accept:
        told_last = "\n".join(words[-10:]) or f"the program ended with exit code {status} and no word"
        raise errors.error(report or {"message": told_last}, status)
    return Completed(status, "".join(output))


def _stop(process: subprocess.Popen[str]) -> None:
    """TERM means: leave a valid file. INT may have come from the terminal already; a TERM after it changes nothing."""
    process.terminate()
    try:
        process.wait(timeout=_PATIENCE)
    except BaseException:
        process.kill()
        process.wait()
        raise


def _read(stream: IO[str], chunks: list[str]) -> None:
    with contextlib.suppress(ValueError, OSError):
        chunks.append(stream.read())


def _write(stream: IO[str], text: str) -> None:
    # A program that ends early says why itself.
    with contextlib.suppress(ValueError, OSError):
        stream.write(text)
    with contextlib.suppress(ValueError, OSError):
        stream.close()


def _json(line: str) -> dict[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        told = json.loads(line)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _tell(line: str, words: list[str]) -> None:
    if line.startswith(_WARNING):
        warnings.warn(line.removeprefix(_WARNING), UserWarning, stacklevel=5)
    else:
        words.append(line.removeprefix("samsweep: ").removeprefix("error: "))
