"""What goes to the server and what comes from it. Fields that are not known here are left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Self


class _FromJson:
    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Self:
        known = {item.name for item in fields(cls)}  # type: ignore[arg-type]  # all are dataclasses
        return cls(**{name: value for name, value in body.items() if name in known})


@dataclass(frozen=True)
class Program:
    """What is to run. `files` are further texts by their relative paths.

    `artifacts`: the files that the program makes are kept. `args` are its arguments.
    """

    language: str
    code: str
    stdin: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    install_packages: tuple[str, ...] = ()
    artifacts: bool = False
    args: tuple[str, ...] = ()

    def body(self) -> dict[str, Any]:
        """The program as the server takes it."""
        return {
            "language": self.language,
            "code": self.code,
            "stdin": self.stdin,
            "args": list(self.args),
            "files": [{"name": name, "content": text} for name, text in self.files.items()],
            "install_packages": list(self.install_packages),
            "artifacts": self.artifacts,
        }


@dataclass(frozen=True)
class Terminal:
    """The size of a terminal, in characters."""

    cols: int = 80
    rows: int = 24


@dataclass(frozen=True)
class Frame:
    """One event of a run; `fields` are those that its type has more."""

    type: str
    content: str
    timestamp: datetime
    execution_id: str = ""
    seq: int = 0
    fields: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Frame":
        rest = dict(body)
        return cls(
            type=rest.pop("type"),
            content=rest.pop("content"),
            timestamp=datetime.fromisoformat(rest.pop("timestamp")),
            execution_id=rest.pop("execution_id", ""),
            seq=rest.pop("seq", 0),
            fields=rest,
        )

    @property
    def is_last(self) -> bool:
        """True for the one after which no more come."""
        return self.type in {"complete", "error"}


@dataclass(frozen=True)
class Result(_FromJson):
    """How a run ended: `completed`, `error`, `timeout`, `stopped` or `lost`.

    `reason` says it to programs, `explanation` to a beginner, for whom `file`, `line` and `column`
    point at the error where it is known. `artifacts` are `{name, size, content_type, url}`.
    """

    execution_id: str
    status: str
    message: str
    stdout: str
    stderr: str
    exit_code: int | None
    signal: int | None
    duration_ms: int | None
    cpu_ms: int | None
    memory_bytes: int | None
    truncated: bool
    reason: str
    explanation: str
    file: str | None
    line: int | None
    column: int | None
    dependency: Mapping[str, Any] | None
    artifacts: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class RunSummary(_FromJson):
    """A run as in a list; times are ISO 8601, and null until they come."""

    execution_id: str
    language: str
    status: str
    reason: str
    exit_code: int | None
    created_at: str
    started_at: str | None
    ended_at: str | None
    duration_ms: int | None
    truncated: bool


@dataclass(frozen=True)
class Run:
    """A run with what it was asked for, and its result once it has ended."""

    summary: RunSummary
    program: Program
    result: Result | None

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Run":
        files = {file["name"]: file["content"] for file in body["files"]}
        program = Program(
            body["language"], body["code"], body["stdin"], files, args=tuple(body["args"])
        )
        result = body["result"] and Result.of(body["result"])
        return cls(RunSummary.of(body), program, result)


@dataclass(frozen=True)
class User(_FromJson):
    id: int
    username: str
    email: str
    display_name: str
    created_at: str
