"""What a diagnosis starts from, and what it comes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sandbox.limits import Limits


class Reason(StrEnum):
    """Why a program ended; the values are the wire's."""

    EXIT = "exit"
    EXCEPTION = "exception"
    COMPILE_ERROR = "compile_error"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    PROCESS_LIMIT = "process_limit"
    DISK_LIMIT = "disk_limit"
    SIGNAL = "signal"
    STOPPED = "stopped"
    DEACTIVATED = "deactivated"


@dataclass(frozen=True)
class Facts:
    """What the platform itself knows of a run; nothing in here can be made up from inside.

    `files` holds the texts of the workspace's files as they were sent, by their relative names.
    `ended_by` is the reason where the platform killed the program, else None: `stopped`,
    `deactivated`, `time_limit`, `output_limit` or `disk_limit`. `compiled` is False where the
    compiler failed, so that the program never ran. `process_limited` says that a fork was refused,
    `disk_full` that the workspace or /tmp was full at the end, both at some time and perhaps
    harmlessly.
    """

    language: str
    files: Mapping[str, str]
    limits: Limits
    exit_code: int | None
    ended_by: str | None = None
    oom_killed: bool = False
    compiled: bool = True
    process_limited: bool = False
    disk_full: bool = False


@dataclass(frozen=True)
class Problem:
    """An error in one of the user's files, in the words of its compiler or runtime."""

    file: str
    line: int | None
    column: int | None
    message: str


@dataclass(frozen=True)
class Diagnosis:
    """`explanation` is one sentence; the place, if any, is in one of the user's files.

    Line and column count from 1, the column in characters; it is None more often than the line.
    `problems` are all errors that have a place.
    """

    reason: Reason
    explanation: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    problems: tuple[Problem, ...] = ()
