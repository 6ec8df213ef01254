"""How a container is created: the hardening, and the limits of the run."""

from collections.abc import Mapping
from typing import Any

from sandbox.languages import LANGUAGES
from sandbox.runners.docker.seccomp import SECCOMP
from sandbox.runners.loader import loader
from sandbox.runners.pool import Recipe

WORKSPACE = "/workspace"
_TMP = "/tmp"  # noqa: S108
_NOBODY = "65534"
# What apt and dpkg need as root: to give files their owners, and to drop to their own users.
_ROOT_CAPABILITIES = ("CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID")
# Where the packages of a run are, by installer; Node finds /node_modules from any folder.
PACKAGE_FOLDERS = {"pip": "/packages", "npm": "/node_modules"}


def container_config(recipe: Recipe, *, runtime: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """The body of the engine's `create`; the container's first process is the loader."""
    language = LANGUAGES[recipe.language_id]
    script = loader(language, terminal=recipe.terminal)
    return {
        "Image": language.image,
        "Entrypoint": ["/bin/sh", "-c", script],  # an image's own would run before the loader
        "Cmd": [],
        "User": _user(recipe),
        "WorkingDir": WORKSPACE,
        "Hostname": "sandbox",
        "Env": _environment(recipe),
        "Labels": dict(labels),
        "Tty": recipe.terminal,
        "OpenStdin": True,
        "StdinOnce": True,
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "NetworkDisabled": recipe.network is None,
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": _host_config(recipe, runtime),
    }


def _user(recipe: Recipe) -> str:
    return "0:0" if LANGUAGES[recipe.language_id].root else f"{_NOBODY}:{_NOBODY}"


def _environment(recipe: Recipe) -> list[str]:
    language = LANGUAGES[recipe.language_id]
    variables = [f"HOME={'/root' if language.root else _TMP}", "LANG=C.UTF-8"]
    if recipe.terminal:
        variables += ["TERM=xterm-256color", "COLORTERM=truecolor"]
    if recipe.packages and language.install == "pip":
        variables.append(f"PYTHONPATH={PACKAGE_FOLDERS['pip']}")
    return variables


def _host_config(recipe: Recipe, runtime: str) -> dict[str, Any]:
    language, limits = LANGUAGES[recipe.language_id], recipe.limits
    quota = limits.compile_cpu_quota_us if language.compile else limits.cpu_quota_us
    config: dict[str, Any] = {
        # Without an init, abort() reports 139, Ctrl-C is ignored, zombies eat the process limit.
        "Init": True,
        "NetworkMode": recipe.network or "none",
        "CapDrop": ["ALL"],
        "CapAdd": list(_ROOT_CAPABILITIES) if language.root else [],
        "SecurityOpt": ["no-new-privileges", f"seccomp={SECCOMP}"],
        "ReadonlyRootfs": not language.root,
        "IpcMode": "private",
        "ShmSize": limits.shm_bytes,
        # The default driver would write all output to the host's disk once more.
        "LogConfig": {"Type": "none"},
        "Memory": limits.memory_bytes,
        "MemorySwap": limits.memory_bytes,
        "PidsLimit": limits.processes,
        "CpuQuota": quota,
        "CpuPeriod": limits.cpu_period_us,
        "Ulimits": [
            _ulimit("nofile", limits.open_files),
            _ulimit("fsize", limits.file_bytes),
            _ulimit("core", 0),
            # The kernel counts them by user, and all runs are one: docs/decisions/0010.
            _ulimit("msgqueue", 0),
        ],
        "Tmpfs": _tmpfs_mounts(recipe),
        "Mounts": _mounts(recipe),
    }
    return config | ({"Runtime": runtime} if runtime else {})


def _tmpfs_mounts(recipe: Recipe) -> dict[str, str]:
    limits, user = recipe.limits, _user(recipe).partition(":")[0]
    # apt's own user must get into /tmp.
    tmp_mode = "1777" if user == "0" else "0700"
    return {
        WORKSPACE: _tmpfs(limits.workspace_bytes, limits.workspace_files, user, "0700"),
        _TMP: _tmpfs(limits.tmp_bytes, limits.tmp_files, user, tmp_mode),
    }


def _mounts(recipe: Recipe) -> list[dict[str, Any]]:
    installer = LANGUAGES[recipe.language_id].install
    if recipe.packages is None or installer is None:
        return []
    return [
        {
            "Type": "volume",
            "Source": recipe.packages,
            "Target": PACKAGE_FOLDERS[installer],
            "ReadOnly": True,
        }
    ]


def _tmpfs(size: int, files: int, user: str, mode: str) -> str:
    """Mount options. Compilers build into both, and noexec is no boundary: memfd gets round it."""
    owner = f"uid={user},gid={user},mode={mode}"
    return f"rw,exec,nosuid,nodev,size={size},nr_inodes={files},{owner}"


def _ulimit(name: str, value: int) -> dict[str, Any]:
    return {"Name": name, "Soft": value, "Hard": value}
