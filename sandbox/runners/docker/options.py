"""How a container is created: the hardening, and the limits of the run."""

from collections.abc import Mapping
from typing import Any

from sandbox.languages import Language
from sandbox.limits import Limits
from sandbox.runners.docker.loader import LOADER

WORKSPACE = "/workspace"
_TMP = "/tmp"  # noqa: S108
_USER = "65534"


def container_config(
    language: Language, limits: Limits, *, runtime: str, labels: Mapping[str, str]
) -> dict[str, Any]:
    """The body of the engine's `create`; the container's first process is the loader."""
    return {
        "Image": language.image,
        "Entrypoint": ["/bin/sh", "-c", LOADER],  # an image's own would run before the loader
        "Cmd": [],
        "User": f"{_USER}:{_USER}",
        "WorkingDir": WORKSPACE,
        "Hostname": "sandbox",
        "Env": [f"HOME={_TMP}", "LANG=C.UTF-8"],
        "Labels": dict(labels),
        "Tty": False,
        "OpenStdin": True,
        "StdinOnce": True,
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "NetworkDisabled": True,
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": _host_config(limits, runtime),
    }


def _host_config(limits: Limits, runtime: str) -> dict[str, Any]:
    config: dict[str, Any] = {
        # Without an init, abort() reports 139 and zombies eat the process limit.
        "Init": True,
        "NetworkMode": "none",
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges"],
        "ReadonlyRootfs": True,
        "IpcMode": "private",
        "ShmSize": limits.shm_bytes,
        # The default driver would write all output to the host's disk once more.
        "LogConfig": {"Type": "none"},
        "Memory": limits.memory_bytes,
        "MemorySwap": limits.memory_bytes,
        "PidsLimit": limits.processes,
        "CpuQuota": limits.cpu_quota_us,
        "CpuPeriod": limits.cpu_period_us,
        "Ulimits": [
            _ulimit("nofile", limits.open_files),
            _ulimit("fsize", limits.file_bytes),
            _ulimit("core", 0),
        ],
        "Tmpfs": {
            WORKSPACE: _tmpfs(limits.workspace_bytes, limits.workspace_files, "0700"),
            _TMP: _tmpfs(limits.tmp_bytes, limits.tmp_files, "0700"),
        },
    }
    return config | ({"Runtime": runtime} if runtime else {})


def _tmpfs(size: int, files: int, mode: str) -> str:
    """Mount options. Compilers build into both, and noexec is no boundary: memfd gets round it."""
    owner = f"uid={_USER},gid={_USER},mode={mode}"
    return f"rw,exec,nosuid,nodev,size={size},nr_inodes={files},{owner}"


def _ulimit(name: str, value: int) -> dict[str, Any]:
    return {"Name": name, "Soft": value, "Hard": value}
