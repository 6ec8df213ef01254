"""For the hostile Python programs, which get this file into their workspace: try, and say how
it went, as a line of `what` and `done` or the error's name."""

import ctypes
import errno
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

libc = ctypes.CDLL(None, use_errno=True)


def attempt(what: str, action: Callable[..., Any], *arguments: Any) -> Any:
    """Call `action`; its result, or None where the system refuses."""
    try:
        result = action(*arguments)
    except (OSError, ValueError) as error:
        say(what, name(error))
        return None
    say(what, "done")
    return result


def syscall(what: str, number: int, *arguments: Any) -> int:
    """Make a system call by its number on x86-64; integers are passed as 64 bits."""
    ctypes.set_errno(0)
    converted = [ctypes.c_long(item) if isinstance(item, int) else item for item in arguments]
    result = int(libc.syscall(ctypes.c_long(number), *converted))
    say(what, "done" if result >= 0 else errno.errorcode[ctypes.get_errno()])
    return result


def name(error: Exception) -> str:
    number = getattr(error, "errno", None)
    return errno.errorcode.get(number or 0, type(error).__name__)


def say(*words: Any) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def loaders_nonce() -> bytes:
    """What the process that started this one puts before its marker lines; empty where nothing
    is found. Its memory can be read, as both are the same user."""
    parent = f"/proc/{os.getppid()}"
    with Path(f"{parent}/maps").open() as maps, Path(f"{parent}/mem").open("rb", 0) as memory:
        for line in maps:
            span, mode = line.split()[:2]
            if not mode.startswith("rw"):
                continue
            start, end = (int(address, 16) for address in span.split("-"))
            try:
                memory.seek(start)
                text = memory.read(end - start)
            except OSError:
                continue  # the kernel's own pages
            if found := re.search(rb"\b[0-9a-f]{32}\b", text):
                return found[0]
    return b""
