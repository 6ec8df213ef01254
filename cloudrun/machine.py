"""What this machine has."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

_MEMBERSHIP = Path("/proc/self/cgroup")
_MOUNT = Path("/sys/fs/cgroup")


def memory_bytes(membership: Path = _MEMBERSHIP, mount: Path = _MOUNT) -> int:
    """The machine's memory, or what this process's cgroup may use of it where that is less."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([physical, *_cgroup_limits(membership, mount)])


def _cgroup_limits(membership: Path, mount: Path) -> Iterator[int]:
    """The limits of our cgroup and those above it, on version 1 or 2.

    In a container its own folder may be the mount itself, whatever path it is said to have.
    """
    lines = membership.read_text().splitlines() if membership.exists() else []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            root, name = mount, "memory.max"
        elif "memory" in controllers.split(","):
            root, name = mount / "memory", "memory.limit_in_bytes"
        else:
            continue
        own = Path(path.strip("/"))
        for folder in (own, *own.parents):
            with contextlib.suppress(OSError, ValueError):  # not there, or "max"
                yield int((root / folder / name).read_text())
