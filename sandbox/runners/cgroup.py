"""One cgroup per run, on version 1 and 2 hierarchies, where this process may make one.

A `CgroupRoot` is a folder of the server's own; each run gets a folder below it in every
controller's hierarchy (version 2 has just one). The kernel's counters there say what a program
used and whether it was killed for memory, and the program cannot reach them.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sandbox.limits import Limits
from sandbox.runners.base import Usage

_MOUNT = Path("/sys/fs/cgroup")
_V1_CONTROLLERS = ("memory", "pids", "cpu", "cpuacct")
_V2_CONTROLLERS = ("memory", "pids", "cpu")


@dataclass(frozen=True)
class Cgroup:
    """The folders of one run: one on version 2, one per controller on version 1."""

    folders: dict[str, Path]

    @classmethod
    def of_process(cls, pid: int) -> "Cgroup | None":
        """Where a process is a member; None where its counters cannot be read from here."""
        is_v2 = (_MOUNT / "cgroup.controllers").exists()
        try:
            folders = {
                name: (_MOUNT if is_v2 else _MOUNT / name) / _path("" if is_v2 else name, pid)
                for name in (_V2_CONTROLLERS if is_v2 else _V1_CONTROLLERS)
            }
        except OSError:
            return None
        return (
            cls(folders) if all((f / "cgroup.procs").exists() for f in folders.values()) else None
        )

    @property
    def entrances(self) -> list[Path]:
        """The files that a process of one thread writes `0` to, to join.

        On version 1 that is `tasks`: a write to `cgroup.procs` waits 6 to 18 ms in the kernel.
        """
        folders = list(dict.fromkeys(self.folders.values()))
        return [folder / ("tasks" if len(folders) > 1 else "cgroup.procs") for folder in folders]

    @property
    def oom_kills(self) -> int:
        for name in ("memory.events", "memory.oom_control"):
            if (count := _field(self.folders["memory"] / name, "oom_kill")) is not None:
                return count
        return 0

    @property
    def oom_killed(self) -> bool:
        return self.oom_kills > 0

    @property
    def memory_bytes(self) -> int | None:
        """Peak, page cache included."""
        for name in ("memory.peak", "memory.max_usage_in_bytes"):
            if (peak := _number(self.folders["memory"] / name)) is not None:
                return peak
        return None

    @property
    def cpu_ms(self) -> int | None:
        if (usec := _field(self.folders["cpu"] / "cpu.stat", "usage_usec")) is not None:
            return usec // 1000
        nsec = _number(self.folders.get("cpuacct", self.folders["cpu"]) / "cpuacct.usage")
        return None if nsec is None else nsec // 1_000_000

    @property
    def process_limited(self) -> bool:
        """Whether a fork was refused."""
        return bool(_field(self.folders["pids"] / "pids.events", "max"))

    @property
    def usage(self) -> Usage:
        return Usage(self.cpu_ms, self.memory_bytes)

    def set_cpu_quota(self, quota_us: int, period_us: int) -> None:
        cpu = self.folders["cpu"]
        if (cpu / "cpu.max").exists():
            (cpu / "cpu.max").write_text(f"{quota_us} {period_us}")
            return
        (cpu / "cpu.cfs_period_us").write_text(str(period_us))
        (cpu / "cpu.cfs_quota_us").write_text(str(quota_us))

    def lift_cpu_quota(self) -> None:
        """Raises OSError where this process may not."""
        cpu = self.folders["cpu"]
        if (cpu / "cpu.max").exists():
            (cpu / "cpu.max").write_text("max")
            return
        (cpu / "cpu.cfs_quota_us").write_text("-1")

    def forget_peak(self) -> None:
        """Count the peak of memory from now on, where that can be told to the kernel."""
        with contextlib.suppress(OSError):
            (self.folders["memory"] / "memory.max_usage_in_bytes").write_text("0")

    def kill(self) -> None:
        """SIGKILL all members; on version 1 again and again, as a fork bomb outruns one pass."""
        pids = self.folders["pids"]
        with contextlib.suppress(OSError):
            (pids / "cgroup.kill").write_text("1")
            return
        # No new process while we kill those that are there.
        with contextlib.suppress(OSError):
            (pids / "pids.max").write_text("0")
        # In every hierarchy: who was killed while joining is a member of some and not of others.
        for pid in {pid for folder in self.folders.values() for pid in _members(folder)}:
            # A server that is not root has the engine do it.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)

    def remove(self, timeout_s: float = 5.0) -> bool:
        """Kill the members and remove the folders; False where something would not die."""
        deadline = time.monotonic() + timeout_s
        remaining = set(self.folders.values())
        while remaining and time.monotonic() < deadline:
            self.kill()
            for folder in list(remaining):
                with contextlib.suppress(OSError):
                    if folder.exists():
                        folder.rmdir()
                    remaining.discard(folder)
            if remaining:
                time.sleep(0.01)
        return not remaining


class CgroupRoot:
    """The server's own folder, `cloudrun-{instance}`, in each hierarchy."""

    def __init__(self, folders: dict[str, Path]) -> None:
        self.folders = folders

    @classmethod
    def make(cls, name: str) -> "CgroupRoot | None":
        """The root, with the controllers working; None where this process may not have one."""
        try:
            if (_MOUNT / "cgroup.controllers").exists():
                return cls(_make_v2(name))
            return cls({controller: _make_v1(controller, name) for controller in _V1_CONTROLLERS})
        except OSError:
            return None

    def create(self, run_id: str, limits: Limits, cpu_quota_us: int) -> Cgroup:
        cgroup = Cgroup({name: folder / run_id for name, folder in self.folders.items()})
        for folder in dict.fromkeys(cgroup.folders.values()):
            folder.mkdir(exist_ok=True)
        _limit(cgroup, limits)
        cgroup.set_cpu_quota(cpu_quota_us, limits.cpu_period_us)
        return cgroup

    def leftovers(self) -> list[Cgroup]:
        """The cgroups of runs that an earlier life of this server left."""
        names = {
            entry.name
            for folder in self.folders.values()
            for entry in folder.iterdir()
            if entry.is_dir()
        }
        return [
            Cgroup({key: folder / name for key, folder in self.folders.items()})
            for name in sorted(names)
        ]

    def remove(self) -> None:
        for folder in set(self.folders.values()):
            with contextlib.suppress(OSError):
                folder.rmdir()


def _limit(cgroup: Cgroup, limits: Limits) -> None:
    memory, pids = cgroup.folders["memory"], cgroup.folders["pids"]
    (pids / "pids.max").write_text(str(limits.processes))
    if (memory / "memory.max").exists():
        (memory / "memory.max").write_text(str(limits.memory_bytes))
        _write_if_there(memory / "memory.swap.max", 0)
        return
    (memory / "memory.limit_in_bytes").write_text(str(limits.memory_bytes))
    _write_if_there(memory / "memory.memsw.limit_in_bytes", limits.memory_bytes)


def _path(controller: str, pid: int | None = None) -> str:
    """A process's path in a hierarchy; lines of `/proc/.../cgroup` read `id:controllers:path`."""
    for line in Path(f"/proc/{'self' if pid is None else pid}/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(",") or (not controller and not controllers):
            return path.strip("/")
    return ""


def _parents(mount: Path, own: str) -> Iterator[Path]:
    """Where to put our folder: beside this process, else at the top of what is mounted."""
    if own and (mount / own).is_dir():
        yield mount / own
    yield mount


def _make_v1(controller: str, name: str) -> Path:
    mount = _MOUNT / controller
    for parent in _parents(mount, _path(controller)):
        folder = parent / name
        with contextlib.suppress(OSError):
            folder.mkdir(exist_ok=True)
            return folder
    raise PermissionError(f"no {controller} cgroup may be made")


def _make_v2(name: str) -> dict[str, Path]:
    # A folder with processes of its own cannot hand controllers down, so ours stands beside them.
    for parent in _parents(_MOUNT, str(Path(_path("")).parent)):
        folder = parent / name
        with contextlib.suppress(OSError):
            enable = " ".join(f"+{controller}" for controller in _V2_CONTROLLERS)
            (parent / "cgroup.subtree_control").write_text(enable)
            folder.mkdir(exist_ok=True)
            (folder / "cgroup.subtree_control").write_text(enable)
            return dict.fromkeys(_V2_CONTROLLERS, folder)
    raise PermissionError("no cgroup may be made")


def _members(folder: Path) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(pid) for pid in (folder / "cgroup.procs").read_text().split()]
    return []


def _number(file: Path) -> int | None:
    with contextlib.suppress(OSError, ValueError):
        return int(file.read_text())
    return None


def _field(file: Path, name: str) -> int | None:
    with contextlib.suppress(OSError):
        for line in file.read_text().splitlines():
            key, _, value = line.partition(" ")
            if key == name:
                return int(value)
    return None


def _write_if_there(file: Path, value: int) -> None:
    if file.exists():
        file.write_text(str(value))
