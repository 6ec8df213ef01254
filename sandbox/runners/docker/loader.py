"""The first process of a container: waits for a payload on its stdin, unpacks it, runs it.

A container can so be started long before it is known what it will run. Files cannot come by the
engine's own copy, which is refused on a read-only root.
"""

import io
import tarfile
import time
from collections.abc import Iterable
from pathlib import PurePosixPath

from sandbox.runners.base import SandboxFile

_OWNER = 65534

# For dash and busybox's ash. `dd` takes exactly the payload and leaves what follows for the
# program; `head -c` of busybox would read past it.
# The loader's own stderr goes nowhere: a shell reports a child's signal ("Aborted") there. The
# subshell matters: dash redirects a plain command's stderr in the parent, and reports to that.
# After the program it needs no new process, which a fork bomb may have left it none of.
LOADER = r"""
IFS= read -r size && IFS= read -r nonce && IFS= read -r command || exit 125
dd bs="$size" count=1 iflag=fullblock 2>/dev/null | tar xf - || exit 125
exec 3>&2 2>/dev/null
cgroup=/sys/fs/cgroup
cpu_ns() {
  used=
  { read -r key used < $cgroup/cpu.stat && used="${used}000"; } ||
    read -r used < $cgroup/cpuacct/cpuacct.usage
}
cpu_ns; before=$used
(exec sh -c "$command" 2>&3 3>&-)
status=$?
cpu_ns
peak=
read -r peak < $cgroup/memory.peak || read -r peak < $cgroup/memory/memory.max_usage_in_bytes
printf '\377%s %s %s %s\n' "$nonce" "$before" "$used" "$peak"
exit $status
"""


def payload(files: Iterable[SandboxFile], command: str, nonce: str) -> bytes:
    """What the loader reads: the size of a tar, the trailer's nonce, the command, the tar.

    Raises ValueError for a command of several lines, which the loader could not tell apart.
    """
    if "\n" in command:
        raise ValueError("a command is one line")
    archive = _tar(files)
    return f"{len(archive)}\n{nonce}\n{command}\n".encode() + archive


def _tar(files: Iterable[SandboxFile]) -> bytes:
    buffer = io.BytesIO()
    # GNU's format, as busybox's tar does not know PAX headers.
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        folders: set[PurePosixPath] = set()
        for file in files:
            path = PurePosixPath(file.name)
            for folder in reversed(path.parents[:-1]):
                if folder not in folders:
                    folders.add(folder)
                    archive.addfile(_entry(folder, tarfile.DIRTYPE, 0o755))
            entry = _entry(path, tarfile.REGTYPE, 0o644)
            entry.size = len(file.content)
            archive.addfile(entry, io.BytesIO(file.content))
    return buffer.getvalue()


def _entry(path: PurePosixPath, type: bytes, mode: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(str(path))
    entry.type, entry.mode, entry.mtime = type, mode, int(time.time())
    entry.uid = entry.gid = _OWNER
    return entry
