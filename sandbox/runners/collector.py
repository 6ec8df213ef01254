"""What a loader hands out behind the end of its program: the files that were left in the workspace.

The program can have written all of it, by reading the loader's memory for the nonce. So nothing
follows from it but which files of its own run are offered, and it is read as hostile input: plain
files only, under a bound, and whatever is odd ends it.
"""

import asyncio
import base64
import binascii
from collections.abc import Iterator

from sandbox.runners.base import Leavings, SandboxFile
from sandbox.runners.markers import PREFIX

_BLOCK = 512
_NAME, _SIZE, _TYPE = slice(0, 100), slice(124, 136), slice(156, 157)
_LINK, _PREFIX = slice(157, 257), slice(345, 500)
_PLAIN = (b"0", b"\0")
_HARD_LINK = b"1"  # another name of a file that came before
_LONG_NAME = b"L"  # GNU's: the content is the name of the entry behind it
_LONGEST_NAME = 1024


class Collector:
    """Takes the stream behind the `exit` marker, `limit` bytes of it at most.

    `encoded`: it comes in base64, as on a terminal.
    """

    def __init__(self, nonce: str, limit: int, *, encoded: bool) -> None:
        self._nonce = nonce.encode()
        self._begin, self._end = (PREFIX + f"{nonce} {word}".encode() for word in ("files", "done"))
        self._limit = limit * 4 // 3 + limit // 32 if encoded else limit  # lines of 76 characters
        self._encoded = encoded
        self._held = bytearray()
        self._cut = False
        self._over = asyncio.Event()

    def feed(self, data: bytes) -> None:
        if self._over.is_set():
            return
        searched = max(0, len(self._held) - len(self._end))
        self._held += data
        self._cut = len(self._held) > self._limit
        if self._cut or self._held.find(self._end, searched) >= 0:
            self._over.set()

    async def leavings(self, timeout_s: float) -> Leavings:
        """What was handed out, and is `cut` where it was too much or took too long."""
        try:
            await asyncio.wait_for(self._over.wait(), timeout_s)
        except TimeoutError:
            self._cut = True
        self._over.set()
        return await asyncio.to_thread(self._unpacked)

    def _unpacked(self) -> Leavings:
        start = self._held.find(self._begin)
        archive = b"" if start < 0 else bytes(self._held[start:]).partition(b"\n")[2]
        archive = archive.partition(self._end)[0]
        self._held.clear()
        if self._encoded:
            archive = _decoded(archive)
        found = list(_plain_files(archive))
        return Leavings(
            files=tuple(file for file in found if file.content != self._nonce),
            too_large=tuple(file.name for file in found if file.content == self._nonce),
            cut=self._cut,
        )


def _decoded(text: bytes) -> bytes:
    """As much of it as is whole."""
    letters = b"".join(text.split())
    try:
        return base64.b64decode(letters[: len(letters) // 4 * 4], validate=True)
    except binascii.Error:
        return b""


def _plain_files(archive: bytes) -> Iterator[SandboxFile]:
    """Those of a tar whose names are text, until it ends or makes no sense."""
    position, long_name = 0, None
    seen: dict[str, bytes] = {}
    while header := archive[position : position + _BLOCK].rstrip(b"\0"):
        header = header.ljust(_BLOCK, b"\0")
        size = _number(header[_SIZE])
        content = archive[position + _BLOCK : position + _BLOCK + size] if size >= 0 else b""
        if size < 0 or len(content) < size:
            return
        position += _BLOCK + -(-size // _BLOCK) * _BLOCK
        if header[_TYPE] == _LONG_NAME and size <= _LONGEST_NAME:
            long_name = _text(content)
            continue
        name = long_name if long_name is not None else _name(header)
        long_name = None
        if header[_TYPE] == _HARD_LINK:
            content = seen.get(_text(header[_LINK]), b"")
        elif header[_TYPE] not in _PLAIN:
            continue
        if name:
            seen[name] = content
            yield SandboxFile(name.removeprefix("./"), content)


def _name(header: bytes) -> str:
    prefix, name = _text(header[_PREFIX]), _text(header[_NAME])
    is_posix = header[257:263] == b"ustar\0"  # GNU's has times where POSIX has the prefix
    return f"{prefix}/{name}" if is_posix and prefix else name


def _text(field: bytes) -> str:
    """Up to its first NUL; empty for what is no UTF-8."""
    try:
        return field.partition(b"\0")[0].decode()
    except UnicodeDecodeError:
        return ""


def _number(field: bytes) -> int:
    """Octal digits; -1 for anything else."""
    digits = field.strip(b" \0")
    return int(digits, 8) if digits and not digits.strip(b"01234567") else -1
