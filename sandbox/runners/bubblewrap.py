"""The embedded runner: `bwrap` with the machine's own toolchains, for trying out.

Every run has its own user, mount, pid, ipc, uts and network namespaces, `/usr` read-only, a
workspace and `/tmp` in memory, and a cgroup of its own where one can be made (else rlimits and
`watcher`). Weaker than a container: the kernel's system calls are not filtered and the machine's
`/usr` can be read.
"""

import asyncio
import contextlib
import logging
import os
import re
import secrets
import shlex
import shutil
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from sandbox.errors import NoSandboxError, SandboxError
from sandbox.languages import LANGUAGES, Language, Program
from sandbox.limits import Limits
from sandbox.runners.base import Exit, Job, SandboxFile, Stream, TerminalSize, Usage
from sandbox.runners.cgroup import Cgroup, CgroupRoot
from sandbox.runners.markers import MarkerFilter
from sandbox.runners.process import Process, start_process
from sandbox.runners.streams import Pump
from sandbox.runners.watcher import Watcher

logger = logging.getLogger(__name__)

PATH = "/usr/local/bin:/usr/bin:/bin"
NOBODY = "65534"
_ENVIRONMENT = {"PATH": PATH, "HOME": "/tmp", "LANG": "C.UTF-8", "USER": "nobody"}  # noqa: S108
_TERMINAL_OPTIONS = ("--setenv", "TERM", "xterm-256color", "--setenv", "COLORTERM", "truecolor")
_PROBE_TIMEOUT_S = 10.0
_INSTALL_HINT = "Install it with: apt-get install bubblewrap"


class BubblewrapRunner:
    """`instance` names this server's cgroups; `hidden` folders under /usr are not shown inside."""

    name = "bubblewrap"

    def __init__(self, instance: str, hidden: Sequence[Path] = ()) -> None:
        self._instance = instance
        self._namespace = _namespace_options(hidden)
        self._cgroups: CgroupRoot | None = None
        self._unavailable: dict[str, str] = {}
        self._versions: dict[str, str] = {}

    async def probe(self) -> None:
        if shutil.which("bwrap") is None:
            raise NoSandboxError(f"bubblewrap (bwrap) is not installed. {_INSTALL_HINT}")
        self._cgroups = CgroupRoot.make(f"cloudrun-{self._instance}")
        status, text = await self._try_out(LANGUAGES["python"], "echo works")
        if status != 0:
            raise NoSandboxError(
                "bubblewrap does not work on this machine, probably because user namespaces are"
                f" restricted here: {text.strip() or f'exit {status}'}"
            )
        sandboxed = [language for language in LANGUAGES.values() if language.is_sandboxed]
        await asyncio.gather(*(self._probe_language(language) for language in sandboxed))

    def availability(self, language: Language) -> str | None:
        return self._unavailable.get(language.id)

    def version(self, language: Language) -> str:
        return self._versions.get(language.id, language.version)

    @property
    def limits_by(self) -> str:
        """What bounds memory and processes here, for the operator."""
        return "cgroups" if self._cgroups else "rlimits and a watcher"

    async def start(self, job: Job) -> "BubblewrapSandbox":
        cgroup = self._cgroup(job)
        nonce = secrets.token_hex(16)
        try:
            with contextlib.ExitStack() as descriptors:
                contents = [
                    descriptors.enter_context(_memory_file(file.content)) for file in job.files
                ]
                argv = _argv(job, contents, self._namespace, cgroup, nonce)
                process = await start_process(argv, contents, {"PATH": PATH}, job.terminal)
        except OSError as error:
            if cgroup:
                await asyncio.to_thread(cgroup.remove)
            raise SandboxError(f"bubblewrap could not be started: {error.strerror}") from error
        return BubblewrapSandbox(process, cgroup, job, nonce)

    def network_problem(self) -> str | None:
        return "Programs have no network on the embedded runner."

    async def open(self) -> None:
        """Nothing: a sandbox is there as fast as a process."""

    def figures(self) -> Mapping[str, Any]:
        return {"limits_by": self.limits_by}

    def _cgroup(self, job: Job) -> Cgroup | None:
        if self._cgroups is None:
            return None
        limits = job.limits
        quota = limits.compile_cpu_quota_us if job.program.compile else limits.cpu_quota_us
        return self._cgroups.create(job.run_id, limits, quota)

    async def fetch(self) -> None:
        """Nothing: the toolchains are the machine's own."""

    async def reap(self) -> int:
        if self._cgroups is None:
            return 0  # bwrap's --die-with-parent has ended them with the server
        leftovers = self._cgroups.leftovers()
        for cgroup in leftovers:
            if not await asyncio.to_thread(cgroup.remove):
                logger.error("a cgroup of an earlier life cannot be removed: %s", cgroup.folders)
        return len(leftovers)

    async def close(self) -> None:
        if self._cgroups:
            self._cgroups.remove()

    async def _probe_language(self, language: Language) -> None:
        """The language is there if its own version command works inside."""
        status, text = await self._try_out(language, language.embedded_version or "true")
        missing = [tool for tool in language.requires if shutil.which(tool, path=PATH) is None]
        if missing:
            names = " and ".join(missing)
            self._unavailable[language.id] = f"{names} is not installed on this machine."
        elif status != 0:
            self._unavailable[language.id] = f"{language.name} does not work in the sandbox here."
        else:
            self._unavailable.pop(language.id, None)
            self._versions[language.id] = _version_in(text) or language.version

    async def _try_out(self, language: Language, command: str) -> tuple[int, str]:
        """Run a command as a run would; its status and output, stderr last."""
        program = Program(language.file, None, command)
        job = Job(f"probe-{language.id}", language, (), program, language.run_limits())
        sandbox = await self.start(job)
        try:
            async with asyncio.timeout(_PROBE_TIMEOUT_S):
                await sandbox.close_stdin()
                chunks = [chunk async for _, chunk in sandbox.output()]
                exit = await sandbox.wait()
                return exit.exit_code, b"".join(chunks).decode(errors="replace")
        except TimeoutError:
            return 124, "timed out"
        finally:
            await sandbox.remove()


class BubblewrapSandbox:
    """A program under `bwrap`; see `base.Sandbox`."""

    def __init__(self, process: Process, cgroup: Cgroup | None, job: Job, nonce: str) -> None:
        self._process = process
        self._cgroup = cgroup
        self._limits = job.limits
        self._compiled = job.program.compile is None
        self._pump = Pump(process, MarkerFilter(nonce, self._on_marker))
        self._watcher = None if cgroup else Watcher(process.pid, job.limits)

    def output(self) -> AsyncGenerator[tuple[Stream, bytes], None]:
        return self._pump.chunks()

    async def write_stdin(self, data: bytes) -> None:
        await self._process.write(data)

    async def close_stdin(self) -> None:
        await self._process.write_eof()

    async def resize(self, size: TerminalSize) -> None:
        self._process.resize(size)

    def usage(self) -> Usage:
        if self._cgroup:
            return self._cgroup.usage
        return Usage(memory_bytes=self._watcher.peak_bytes if self._watcher else None)

    async def disk_bytes(self) -> int | None:
        return None  # all that can be written to is in memory

    async def kill(self) -> None:
        # The outer bwrap's death ends the pid namespace, and with it everything inside.
        self._process.kill()
        if self._cgroup:
            await asyncio.to_thread(self._cgroup.kill)

    async def wait(self) -> Exit:
        exit_code = await self._process.wait()
        if self._watcher:
            await self._watcher.stop()
        counters = self._cgroup or self._watcher
        assert counters is not None
        return Exit(
            exit_code,
            self.usage(),
            oom_killed=counters.oom_killed,
            process_limited=counters.process_limited,
            compiled=self._compiled,
        )

    async def remove(self) -> None:
        await self.kill()
        self._pump.close()
        await self._process.close()
        if self._watcher:
            await self._watcher.stop()
        if self._cgroup and not await asyncio.to_thread(self._cgroup.remove):
            logger.error("a run's cgroup cannot be removed: %s", self._cgroup.folders)

    def _on_marker(self, words: Sequence[str]) -> None:
        """The compiler is done: from here on it is the program that runs."""
        if words != ["compiled"] or self._compiled:
            return
        self._compiled = True
        if self._cgroup:
            self._cgroup.set_cpu_quota(self._limits.cpu_quota_us, self._limits.cpu_period_us)


@contextlib.contextmanager
def _memory_file(content: bytes) -> Iterator[int]:
    """A descriptor to read `content` from, for as long as bwrap needs to be started with it."""
    descriptor = os.memfd_create("file", os.MFD_CLOEXEC)
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


def _argv(
    job: Job,
    contents: Sequence[int],
    namespace: Sequence[str],
    cgroup: Cgroup | None,
    nonce: str,
) -> list[str]:
    """The whole command line: join the cgroup, drop to nobody, unshare, compile, run."""
    limits = job.limits
    rlimits = _rlimits(limits, has_cgroup=cgroup is not None)
    files = [
        option
        for file, descriptor in zip(job.files, contents, strict=True)
        for option in ("--perms", "0644", "--file", str(descriptor), f"/workspace/{file.name}")
    ]
    bwrap = [
        *("bwrap", *namespace),
        *("--perms", "1777", "--size", str(limits.tmp_bytes), "--tmpfs", "/tmp"),  # noqa: S108
        *("--perms", "1777", "--size", str(limits.shm_bytes), "--tmpfs", "/dev/shm"),  # noqa: S108
        *("--perms", "0700", "--size", str(limits.workspace_bytes), "--tmpfs", "/workspace"),
        *_folders(job.files),
        *files,
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/workspace"),
        *(_TERMINAL_OPTIONS if job.terminal else ()),
        "--",
        # A session of its own in there: Ctrl-C is for the program, not for the bwrap around it.
        *(("setsid", "--ctty", "--wait") if job.terminal else ()),
        *("/bin/sh", "-c", f"{rlimits}; {_command(job.program, nonce)}"),
    ]
    if os.geteuid() == 0:
        # What breaks out of the namespaces is nobody outside too.
        drop = ["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--"]
        bwrap = drop + bwrap
    if cgroup is None:
        return bwrap
    # The shell joins before it execs: whatever it becomes is counted from its first page on. Where
    # it cannot join, nothing runs.
    join = " && ".join(f"echo 0 > {shlex.quote(str(file))}" for file in cgroup.entrances)
    return ["/bin/sh", "-c", f'{join} && exec "$@"', "sh", *bwrap]


def _command(program: Program, nonce: str) -> str:
    """Compile, say so by a marker line, run; a failed compiler's status is the result."""
    if program.compile is None:
        return program.run
    marker = f"printf '\\377{nonce} compiled\\n'"
    return f"({program.compile}) </dev/null && {marker} && {program.run}"


def _folders(files: Sequence[SandboxFile]) -> list[str]:
    """Options that make the folders of `files`, parents first."""
    folders = {
        str(parent)
        for file in files
        for parent in PurePosixPath(file.name).parents
        if str(parent) != "."
    }
    return [
        option
        for folder in sorted(folders)
        for option in ("--perms", "0755", "--dir", f"/workspace/{folder}")
    ]


def _rlimits(limits: Limits, *, has_cgroup: bool) -> str:
    """Hard and soft limits per process, set inside: bwrap itself needs more descriptors."""
    commands = [
        f"ulimit -n {limits.open_files}",
        f"ulimit -f {limits.file_bytes // 512}",
        "ulimit -c 0",
    ]
    if not has_cgroup:
        # RLIMIT_AS would break Node and the JVM, which reserve far more than they use.
        commands.append(f"ulimit -d {limits.memory_bytes // 1024}")
    return "; ".join(commands)


def _namespace_options(hidden: Sequence[Path]) -> tuple[str, ...]:
    """The options that every run shares."""
    # It is in a session of its own already, where a terminal is not to be taken from it.
    options = ["--die-with-parent", "--unshare-all", "--clearenv"]
    options += ["--hostname", "sandbox", "--cap-drop", "ALL"]
    for name, value in _ENVIRONMENT.items():
        options += ["--setenv", name, value]
    options += ["--ro-bind", "/usr", "/usr"]
    for top in (Path("/", name) for name in ("bin", "sbin", "lib", "lib32", "lib64")):
        if top.is_symlink():
            options += ["--symlink", str(top.readlink()), str(top)]
        else:
            options += ["--ro-bind-try", str(top), str(top)]
    for path in ("/etc/alternatives", "/etc/ld.so.cache", *map(str, Path("/etc").glob("java-*"))):
        options += ["--ro-bind-try", path, path]
    options += ["--proc", "/proc", "--dev", "/dev"]
    for folder in hidden:
        if folder.resolve().is_relative_to("/usr"):
            options += ["--tmpfs", str(folder.resolve())]
    return tuple(options)


def _version_in(text: str) -> str | None:
    """The first thing in `text` that looks like a version."""
    match = re.search(r"\d+(?:\.\d+)+", text)
    return match[0] if match else None
