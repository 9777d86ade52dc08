"""What goes wrong, as exceptions with the program's own words."""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a sweep or a result; what is not known is `None`."""

    message: str
    #: The file as the program was given it; "standard input" for a sweep given as text or as a dict.
    file: str | None = None
    #: Counted from 1, as the column.
    line: int | None = None
    column: int | None = None
    #: The dotted path of a sweep's field, or an object of a result file.
    field: str | None = None
    #: The offending value as written.
    value: str | None = None
    #: The override it stands in, as `trials=-1`.
    argument: str | None = None
    #: What to do about it.
    remedy: str | None = None


class SamsweepError(RuntimeError):
    """The program ended with an error.

    Its text is the program's message. `problems` has everything that was found wrong; `file`, `line`, `column`, `field` and
    `remedy` are those of the first.
    """

    def __init__(self, message: str, exit_code: int, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.exit_code = exit_code
        self.problems = problems or (Problem(message),)
        first = self.problems[0]
        self.file, self.line, self.column = first.file, first.line, first.column
        self.field, self.remedy = first.field, first.remedy


class UsageError(SamsweepError, ValueError):
    """An option, an override or what was asked of a result makes no sense (64)."""


class WrongTypeError(UsageError, TypeError):
    """An argument is of a type that says nothing here (64)."""


class InvalidSweepError(SamsweepError, ValueError):
    """A sweep is not valid, or a result file is damaged (65)."""


class InputNotFoundError(SamsweepError, FileNotFoundError):
    """There is no such sweep or result (66)."""

    __str__ = RuntimeError.__str__


class ProgramNotFoundError(SamsweepError, FileNotFoundError):
    """There is no program `samsweep`, or what `SAMSWEEP_PROGRAM` names is none (66)."""

    __str__ = RuntimeError.__str__


class CannotCreateError(SamsweepError):
    """The output cannot be created, is no result, or belongs to another sweep (73)."""


class InputOutputError(SamsweepError):
    """The disk is full, another run holds the file, or reading or writing failed (74)."""


class RunInterrupted(SamsweepError):
    """The program was stopped by a signal; what is done is kept, and the same call goes on (75)."""


_CLASSES: dict[int, type[SamsweepError]] = {
    64: UsageError,
    65: InvalidSweepError,
    66: InputNotFoundError,
    73: CannotCreateError,
    74: InputOutputError,
    75: RunInterrupted,
}


def usage(message: str) -> UsageError:
    """What was asked of this module makes no sense."""
    return UsageError(message, 64)


def wrong_type(message: str) -> WrongTypeError:
    """What was given is of no use here."""
    return WrongTypeError(message, 64)


def error(report: dict[str, Any], status: int) -> SamsweepError:
    """The exception for the program's own report of an error."""
    names = [field.name for field in dataclasses.fields(Problem)]
    problems = tuple(Problem(**{name: found.get(name) for name in names}) for found in report.get("problems", ()))
    return _CLASSES.get(status, SamsweepError)(report["message"], status, problems)
