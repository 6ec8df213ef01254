"""The command line of `bwrap`: what a program sees of the machine, and its limits."""

import itertools
import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from sandbox.languages import LANGUAGES
from sandbox.limits import Limits
from sandbox.runners.cgroup import Cgroup
from sandbox.runners.loader import loader
from sandbox.runners.pool import Recipe

PATH = "/usr/local/bin:/usr/bin:/bin"
NOBODY = "65534"
# As root, each run is a user of its own outside, to whom nothing belongs: some things the kernel
# counts by user (docs/decisions/0010). systemd's list of ranges has these as unused, and a machine
# that is itself a container still has them. https://systemd.io/UIDS-GIDS/
_USERS = itertools.cycle(range(60_600, 61_000))
# What the toolchains below /usr look up there; fonts are for what draws pictures.
_SYSTEM_FILES = ("/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache")
_ENVIRONMENT = {"PATH": PATH, "HOME": "/tmp", "LANG": "C.UTF-8", "USER": "nobody"}  # noqa: S108
_TERMINAL_OPTIONS = ("--setenv", "TERM", "xterm-256color", "--setenv", "COLORTERM", "truecolor")


def argv(recipe: Recipe, namespace: Sequence[str], cgroup: Cgroup | None) -> list[str]:
    """The whole command line: join the cgroup, drop to nobody, unshare, wait in the loader."""
    limits = recipe.limits
    script = loader(LANGUAGES[recipe.language_id], terminal=recipe.terminal, embedded=True)
    rlimits = _rlimits(limits, has_cgroup=cgroup is not None)
    bwrap = [
        *("bwrap", *namespace),
        *("--perms", "1777", "--size", str(limits.tmp_bytes), "--tmpfs", "/tmp"),  # noqa: S108
        *("--perms", "1777", "--size", str(limits.shm_bytes), "--tmpfs", "/dev/shm"),  # noqa: S108
        *("--perms", "0700", "--size", str(limits.workspace_bytes), "--tmpfs", "/workspace"),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/workspace"),
        *(_TERMINAL_OPTIONS if recipe.terminal else ()),
        "--",
        # A session of its own in there: Ctrl-C is for the program, not for the bwrap around it.
        *(("setsid", "--ctty", "--wait") if recipe.terminal else ()),
        *("/bin/sh", "-c", f"{rlimits}\n{script}"),
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
    for path in (*_SYSTEM_FILES, *map(str, Path("/etc").glob("java-*"))):
        options += ["--ro-bind-try", path, path]
    options += ["--proc", "/proc", "--dev", "/dev"]
    for folder in hidden:
        if folder.resolve().is_relative_to("/usr"):
            options += ["--tmpfs", str(folder.resolve())]
    return tuple(options)
