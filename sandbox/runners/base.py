"""The runner protocol: all that the run service knows about isolation.

A runner makes one sandbox per run and never uses one twice. It touches neither the database nor
a connection. Time and output limits are the service's, which kills from outside; memory, CPU,
processes, disk and network are the runner's.
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from sandbox.languages import Language, Program
from sandbox.limits import Limits
from sandbox.runners.packages import Installations, Report

# Everything that a runner leaves on the machine carries this label (or stands under this name),
# followed by the instance: a server reaps its own leftovers and nobody else's.
LABEL = "cloudrun"


class Stream(StrEnum):
    STDOUT = "stdout"
    STDERR = "stderr"


@dataclass(frozen=True)
class SandboxFile:
    """A file to put into the workspace; `name` is relative, with `/` between folders."""

    name: str
    content: bytes


@dataclass(frozen=True)
class TerminalSize:
    """In characters."""

    cols: int
    rows: int


@dataclass(frozen=True)
class Job:
    """A program to run once, in the workspace.

    With `terminal` it runs on a pseudo-terminal of that size, and all its output is stdout.
    `network` asks for one; `packages` names a set that `Runner.install` has brought in; `collects`
    where `Sandbox.leavings` will be asked for.
    """

    run_id: str
    language: Language
    files: tuple[SandboxFile, ...]
    program: Program
    limits: Limits
    terminal: TerminalSize | None = None
    network: bool = False
    packages: str | None = None
    collects: bool = False


@dataclass(frozen=True)
class Leavings:
    """The files in the workspace after the program, those that it was started with among them.

    Hostile: names and contents are the program's. `too_large` names those that are there and do
    not come; `cut` where there is more.
    """

    files: tuple[SandboxFile, ...] = ()
    too_large: tuple[str, ...] = ()
    cut: bool = False


@dataclass(frozen=True)
class Usage:
    """What a program has used so far; None where the machine does not tell."""

    cpu_ms: int | None = None
    memory_bytes: int | None = None  # peak


@dataclass(frozen=True)
class Exit:
    """How the program ended, by the shell's convention (128 + signal where a signal ended it).

    `oom_killed` and `process_limited` (a fork was refused) come from the kernel's counters, never
    from the exit code: a program can exit with 137 by itself, and a shell can outlive its killed
    child with 0. `compiled` is False where the compiler ended it; `disk_full` was found out by
    trying to write at the end.
    """

    exit_code: int
    usage: Usage = Usage()
    oom_killed: bool = False
    process_limited: bool = False
    disk_full: bool = False
    compiled: bool = True


class Sandbox(Protocol):
    """A started program. Whoever started it awaits `remove()`, whatever happened."""

    def output(self) -> AsyncGenerator[tuple[Stream, bytes], None]:
        """Chunks (at most 64 KiB) until both streams end; read it to the end, also after a kill."""

    async def write_stdin(self, data: bytes) -> None:
        """Send to the program's stdin; returns once taken, silently drops what cannot arrive."""

    async def close_stdin(self) -> None:
        """End-of-file for the program's stdin; again is no error. On a terminal it is Ctrl-D."""

    async def resize(self, size: TerminalSize) -> None:
        """Tell the program's terminal its new size; without one, nothing happens."""

    def usage(self) -> Usage:
        """What it has used so far."""

    async def disk_bytes(self) -> int | None:
        """What it has written to disk; None where it cannot, or where nobody tells."""

    async def kill(self) -> None:
        """SIGKILL everything inside; returns at once if it has ended already."""

    async def wait(self) -> Exit:
        """How it ended; `SandboxError` where the machinery under it failed."""

    async def leavings(self) -> Leavings:
        """What is in its workspace, after `wait`; empty where it was killed. Takes seconds."""

    async def remove(self) -> None:
        """Leave nothing behind: processes, containers, cgroups, files. Never raises; idempotent."""


class Runner(Protocol):
    """A way to isolate programs. `name` is `docker` or `bubblewrap`."""

    name: str
    caution: str  # what an operator must know before trusting it; empty where nothing

    @property
    def installations(self) -> Installations[Any] | None:
        """The packages that it keeps; None where it keeps none."""

    async def probe(self) -> None:
        """Find out what works, by trying it; `NoSandboxError` says what is missing and what to do.

        Also refreshes what `availability` and `version` say. Takes at most a few seconds.
        """

    def availability(self, language: Language) -> str | None:
        """Why this language cannot run, as one sentence; None where it can. From the last probe."""

    def version(self, language: Language) -> str:
        """The version that would run."""

    def engine(self) -> str:
        """Name and version of what isolates programs, for the operator; empty before it answers."""

    def base(self, language: Language) -> str:
        """What the language runs in, for the operator: the image with its size and age, or the
        machine's own toolchain."""

    async def start(self, job: Job) -> Sandbox:
        """Isolate and start; returns once the program is on its way. `SandboxError` otherwise."""

    async def install(
        self, language: Language, names: tuple[str, ...], report: Report, *, network: bool
    ) -> str:
        """Bring in a set of packages, or find it there; what `Job.packages` wants for it.

        `report` hears what the installer prints. Without `network` only what is there already is
        found. Raises `InstallError`, `SandboxError`.
        """

    def network_problem(self) -> str | None:
        """Why jobs get no network though they ask for one; None where they do."""

    async def open(self) -> None:
        """Get ready in the background, where that makes runs start faster."""

    def figures(self) -> Mapping[str, Any]:
        """What an operator wants to know of it, for `/api/status`."""

    async def fetch(self) -> None:
        """Bring in what is missing for the languages and can be had (images).

        Returns once all is there, which may be never; cancelled by `close`.
        """

    async def reap(self) -> int:
        """Remove what an earlier life of this instance left behind; how many sandboxes."""

    async def close(self) -> None:
        """Give back connections and threads."""
