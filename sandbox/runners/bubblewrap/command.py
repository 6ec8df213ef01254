"""The command line of `bwrap`: what a program sees of the machine, and its files."""

import contextlib
import itertools
import os
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from sandbox.languages import Program
from sandbox.limits import Limits
from sandbox.runners.base import Job, SandboxFile
from sandbox.runners.cgroup import Cgroup

PATH = "/usr/local/bin:/usr/bin:/bin"
NOBODY = "65534"
# As root, each run is a user of its own outside, to whom nothing belongs: some things the kernel
# counts by user (docs/decisions/0010). systemd's list of ranges has these as unused, and a machine
# that is itself a container still has them. https://systemd.io/UIDS-GIDS/
_USERS = itertools.cycle(range(60_600, 61_000))
_ENVIRONMENT = {"PATH": PATH, "HOME": "/tmp", "LANG": "C.UTF-8", "USER": "nobody"}  # noqa: S108
_TERMINAL_OPTIONS = ("--setenv", "TERM", "xterm-256color", "--setenv", "COLORTERM", "truecolor")


@contextlib.contextmanager
def memory_file(content: bytes) -> Iterator[int]:
    """A descriptor to read `content` from, for as long as bwrap needs to be started with it."""
    descriptor = os.memfd_create("file", os.MFD_CLOEXEC)
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


def argv(
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
        user = str(next(_USERS))
        drop = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--"]
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


def namespace_options(hidden: Sequence[Path]) -> tuple[str, ...]:
    """The options that every run shares."""
    # It is in a session of its own already, where a terminal is not to be taken from it.
    options = ["--die-with-parent", "--unshare-all", "--clearenv"]
    options += ["--uid", NOBODY, "--gid", NOBODY]
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
