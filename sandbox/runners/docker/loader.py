"""The first process of a container: waits for a payload on its stdin, unpacks it, runs it.

A container can so be started long before it is known what it will run. Files cannot come by the
engine's own copy, which is refused on a read-only root.

The loader tells how far it is by marker lines on stdout (`markers.py`):

    compiled                 the compiler is done; the loader waits for a line before it goes on
    running                  what is written to stdin from here on is the program's
    exit STATUS COMPILED DISK_FULL     the program ended; the two are 0 or 1. On stderr as well:
                             the engine tells of the two streams in any order
"""

import base64
import io
import tarfile
import time
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from sandbox.languages import Program
from sandbox.runners.base import SandboxFile, TerminalSize

# The line that a loader waits for after `compiled`.
GO = b"go\n"
# What a terminal's loader prints once nothing that is written to it is echoed or changed.
READY = b"\x12"
_OWNER = 65534

# For dash and busybox's ash. `dd` takes exactly the payload and leaves what follows for the
# program; `head -c` of busybox would read past it. One file needs no tar, which saves a process
# on the way of most runs.
# The loader's own stderr goes nowhere: a shell reports a child's signal ("Aborted") there. The
# subshell matters: dash redirects a plain command's stderr in the parent, and reports to that.
# After the program nothing needs a new process, which a fork bomb may have left none of, and
# nothing waits: opened for both ways, a fifo that the program has put there needs no reader.
_SCRIPT = r"""
IFS= read -r size && IFS= read -r file && IFS= read -r nonce && IFS= read -r compile &&
  IFS= read -r run && IFS= read -r terminal || exit 125
if [ "$file" ]; then
  dd bs="$size" count=1 iflag=fullblock 2>/dev/null @DECODE@ > "$file" || exit 125
else
  dd bs="$size" count=1 iflag=fullblock 2>/dev/null @DECODE@ | tar xof - || exit 125
fi
exec 3>&2 2>/dev/null
mark() { printf '\377%s %s\n' "$nonce" "$*"; }
leave() { mark exit $*; @STDERR@ exit $1; }
if [ "$compile" ]; then
  (eval "$compile" </dev/null 2>&3 3>&-)
  status=$?
  [ $status = 0 ] || leave $status 0 0
  mark compiled
  IFS= read -r go || exit 125
fi
@START@
(eval "$run" 2>&3 3>&-)
status=$?
full=0
if [ $status != 0 ]; then
  for folder in /workspace /tmp /dev/shm; do
    { echo 1<> $folder/.$nonce; } || full=1
  done
fi
leave $status 1 $full
"""
# Every loader must end by itself where the program does: Ctrl-C is for the program alone, and no
# shell is there to take it up again after Ctrl-Z.
_TERMINAL = "trap : INT QUIT; trap '' TSTP; stty raw -echo opost; printf '\\022'"


def _loader(*, decode: str, stderr: str, start: str) -> str:
    script = _SCRIPT.replace("@DECODE@", decode).replace("@STDERR@", stderr)
    return script.replace("@START@", start)


LOADER = _loader(decode="", stderr="mark exit >&3;", start="mark running")
TERMINAL_LOADER = _TERMINAL + _loader(
    decode="| base64 -d", stderr="", start="stty sane $terminal; mark running"
)


def payload(
    files: Sequence[SandboxFile], program: Program, nonce: str, terminal: TerminalSize | None
) -> bytes:
    """What the loader reads: six lines, and then a file or a tar of files.

    The size of that, the file's name (empty for a tar), the nonce, the commands, the terminal's
    size. Raises ValueError for commands of several lines, which the loader could not tell apart.
    """
    commands = (program.compile or "", program.run)
    if any("\n" in command for command in commands):
        raise ValueError("a command is one line")
    single = _single(files)
    content = files[0].content if single else _tar(files)
    if terminal:
        content = base64.b64encode(content)
    size = f"rows {terminal.rows} cols {terminal.cols}" if terminal else ""
    head = "\n".join([str(len(content)), single, nonce, *commands, size, ""])
    return head.encode() + content


def _single(files: Sequence[SandboxFile]) -> str:
    """The name of the only file, where a shell can write it as it is; else empty."""
    name = files[0].name if len(files) == 1 else ""
    return name if "/" not in name and files[0].content else ""


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
