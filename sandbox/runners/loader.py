"""The first process of a sandbox: waits for a payload on its stdin, unpacks it, runs it.

A sandbox can so be started long before it is known what it will run. (Into a container, files
cannot come by the engine's own copy, which is refused on a read-only root.)

Where the language has `prestart`, its interpreter is started as well, and waits in reading its
source, from a FIFO that stood under the file's name when it was opened.

The loader tells how far it is by marker lines on stdout (`markers.py`):

    compiled                 the compiler is done; the loader waits for a line before it goes on
    running                  what is written to stdin from here on is the program's
    exit STATUS COMPILED DISK_FULL     the program ended; the two are 0 or 1. On stderr as well:
                             of the two streams, either may be read first

Where it was asked to, it then hands out what the program has left in the workspace: a tar between
the lines `files` and `done` (`collector.py`).
"""

import asyncio
import base64
import io
import tarfile
import time
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from sandbox.errors import SandboxError
from sandbox.languages import Language
from sandbox.runners.base import Job, SandboxFile

# The line that a loader waits for after `compiled`.
GO = b"go\n"
# What a terminal's loader prints once nothing that is written to it is echoed or changed.
READY = b"\x12"
_OWNER = 65534
_ESCAPES = tuple(
    chr(byte) if 32 <= byte < 127 and byte != ord("\\") else f"\\0{byte:03o}" for byte in range(256)
)

# For dash and busybox's ash. `dd` takes exactly the payload and leaves what follows for the
# program; `head -c` of busybox would read past it. One file needs no tar, and a short one no
# process at all: most runs have a single short file.
# The loader's own stderr goes nowhere: a shell reports a child's signal ("Aborted") there. The
# subshell matters: dash redirects a plain command's stderr in the parent, and reports to that.
# After the program nothing needs a new process, which a fork bomb may have left none of, and
# nothing waits: opened for both ways, a fifo that the program has put there needs no reader.
# Where the loader's end takes the kernel's counters with it, it stays until it is removed (alone,
# and without a new process); a server that is gone does not come to that.
_ALONE = "kill -9 -1;"
_STAY = "exec sleep 10;"
# Handing out files does need processes. It comes last: where there are none, nothing else is lost.
# Hidden files and what interpreters and installers leave behind are nobody's work. A file that is
# too large is told by its name alone: it holds the nonce then.
_HAND_OUT = (
    r"find . -name '.?*' -prune -o -name __pycache__ -prune -o -name node_modules -prune"
    r""" -o -type f \( -size -$collect -o -exec sh -c 'printf %s $0 > "$1"' $nonce {} \; \)"""
    " -print | tar cf - -T -"
)
_SCRIPT = r"""
exec 3>&2 2>/dev/null
waiting=
@PRESTART@
IFS= read -r size && IFS= read -r text && IFS= read -r file && IFS= read -r nonce &&
  IFS= read -r compile && IFS= read -r run && IFS= read -r plain && IFS= read -r terminal &&
  IFS= read -r collect ||
  exit 125
if [ "$waiting" ] && [ ! "$plain" ]; then
  kill -9 $waiting
  wait $waiting
  waiting=
fi
if [ "$text" ]; then
  printf %b "$text" > "$file" || exit 125
elif [ "$file" ]; then
  dd bs="$size" count=1 iflag=fullblock @DECODE@ > "$file" || exit 125
else
  dd bs="$size" count=1 iflag=fullblock @DECODE@ | tar xof - || exit 125
fi
mark() { printf '\377%s %s\n' "$nonce" "$*"; }
leave() {
  mark exit $*
  @STDERR@
  @ALONE@
  if [ "$collect" ]; then
    @QUIET@
    mark files
    @HAND_OUT@ @ENCODE@
    mark done
  fi
  @STAY@
  exit $1
}
if [ "$compile" ]; then
  (eval "$compile" </dev/null 2>&3 3>&-)
  status=$?
  [ $status = 0 ] || leave $status 0 0
  mark compiled
  IFS= read -r go || exit 125
fi
@START@
if [ "$waiting" ]; then
  if [ "$text" ]; then printf %b "$text"; else cat @FILE@; fi >&5
  exec 5>&-
  while wait $waiting; status=$?; kill -0 $waiting; do :; done
else
  (eval "$run" 2>&3 3>&- 5>&-)
  status=$?
fi
full=0
if [ $status != 0 ]; then
  for folder in /workspace /tmp /dev/shm; do
    { echo 1<> $folder/.$nonce; } || full=1
  done
fi
leave $status 1 $full
"""
# The interpreter opens a FIFO under the name that its source will have, and reads on. Behind its
# back a shell gives what it starts no stdin, and has it ignore Ctrl-C.
_PRESTART = r"""
if env --default-signal=INT,QUIT true && command -v @PROGRAM@ >&2; then
  mkfifo @FILE@
  exec 4<&0
  (exec env --default-signal=INT,QUIT @COMMAND@ <&4 4<&- 2>&3 3>&-) &
  waiting=$!
  exec 4<&- 5>@FILE@
  rm @FILE@
fi
"""
# Every loader must end by itself where the program does: Ctrl-C is for the program alone, and no
# shell is there to take it up again after Ctrl-Z.
_TERMINAL = "trap : INT QUIT; trap '' TSTP; stty raw -echo opost; printf '\\022'"
_READY_TIMEOUT_S = 10.0
_BLOCK = 512  # what `find -size` counts in
_LONGEST_TEXT = 2048  # a shell reads it byte by byte: longer ones are there sooner by `dd`


def loader(language: Language, *, terminal: bool, embedded: bool = False) -> str:
    """The script for `sh -c`; `embedded` where the machine's own toolchain runs it."""
    prestart = ""
    if command := language.prestart_command(embedded=embedded):
        prestart = _PRESTART.replace("@COMMAND@", command)
        prestart = prestart.replace("@PROGRAM@", command.partition(" ")[0])
    script = (_TERMINAL if terminal else "") + _SCRIPT.replace("@PRESTART@", prestart)
    # `iutf8`: or Backspace takes one byte of a letter that has two. Of `sane` it is no part.
    start = "stty sane iutf8 $terminal; mark running" if terminal else "mark running"
    for name, value in (
        ("DECODE", "| base64 -d" if terminal else ""),
        ("STDERR", "" if terminal else "mark exit >&3"),
        ("ALONE", "" if embedded else _ALONE),
        ("QUIET", "stty raw -echo" if terminal else ""),
        ("HAND_OUT", _HAND_OUT),
        ("ENCODE", "| base64" if terminal else ""),
        ("STAY", "" if embedded else _STAY),
        ("START", start),
        ("FILE", language.file),
    ):
        script = script.replace(f"@{name}@", value)
    return script


async def wait_ready(reader: asyncio.StreamReader) -> None:
    """Take `READY` off a terminal's stream; `SandboxError` where it does not come."""
    try:
        async with asyncio.timeout(_READY_TIMEOUT_S):
            seen = await reader.readexactly(len(READY))
    except (OSError, asyncio.IncompleteReadError) as error:
        raise SandboxError("A sandbox's loader did not get ready.") from error
    if seen != READY:
        raise SandboxError("A sandbox's loader said something else than that it is ready.")


def payload(job: Job, nonce: str) -> bytes:
    """What the loader reads: nine lines, and then a file or a tar of files.

    The size of that, the text of a short single file instead of it, its name (empty for a tar),
    the nonce, the commands, whether what was started in advance will do, the terminal's size,
    the size that files to be handed out are below (empty for none at all).
    Raises ValueError for commands of several lines, which the loader could not tell apart.
    """
    files, program, terminal = job.files, job.program, job.terminal
    commands = (program.compile or "", program.run)
    if any("\n" in command for command in commands):
        raise ValueError("a command is one line")
    single = _single(files)
    text = _escaped(files[0].content) if single else ""
    content = b"" if text else files[0].content if single else _tar(files)
    if terminal:
        content = base64.b64encode(content)
    size = f"rows {terminal.rows} cols {terminal.cols}" if terminal else ""
    plain = "1" if program.prestarted else ""
    collect = str(job.limits.artifact_bytes // _BLOCK + 1) if job.collects else ""
    head = (str(len(content)), text, single, nonce, *commands, plain, size, collect, "")
    return "\n".join(head).encode() + content


def _single(files: Sequence[SandboxFile]) -> str:
    """The name of the only file, where a shell can write it as it is; else empty."""
    if len(files) != 1 or "/" in files[0].name or not files[0].content:
        return ""
    return files[0].name


def _escaped(content: bytes) -> str:
    """As `printf %b` takes it, in one line of ASCII; empty where that is long."""
    if len(content) > _LONGEST_TEXT:
        return ""
    text = "".join(_ESCAPES[byte] for byte in content)
    return text if len(text) <= _LONGEST_TEXT else ""


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
