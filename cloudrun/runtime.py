"""What a server that lives for long sets of its interpreter and its C library."""

import asyncio
import contextlib
import ctypes
import gc
import os
import signal
import sys

# From <malloc.h>; the threshold is glibc's own default.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_THRESHOLD_BYTES = 128 * 1024


def keep_allocator_thresholds() -> None:
    """Have glibc return what a large run took at once.

    By itself it raises its thresholds to the largest block ever freed, and the server stays as
    large.
    """
    with contextlib.suppress(OSError, AttributeError):  # another C library
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_MMAP_THRESHOLD, _THRESHOLD_BYTES)
        libc.mallopt(_M_TRIM_THRESHOLD, _THRESHOLD_BYTES)


def freeze_loaded() -> None:
    """Take what has been loaded out of the garbage collector's sight.

    A full collection waits until what is new is a quarter of what stays, and then looks at all of
    it: with Django in the reckoning it came after hundreds of runs, and stopped the server for
    80 ms (5 ms without).
    """
    gc.collect()
    gc.freeze()


def ignore_signals_alone() -> None:
    """Have programs hear Ctrl-C where the shell has us ignore it, as it has jobs in the background.

    What is ignored is inherited by a child; a handler, even one that does nothing, is not.
    """
    for number in (signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


def watch_children(loop: asyncio.AbstractEventLoop) -> None:
    """Wait for child processes by pidfd, as Python 3.12 does by itself.

    Before, each of them, and so each sandbox that waits for a run, has a thread in the server.
    """
    if sys.version_info >= (3, 12):
        return
    with contextlib.suppress(OSError, AttributeError):  # a kernel before 5.3
        os.close(os.pidfd_open(os.getpid()))
        watcher = _ChildWatcher()
        watcher.attach_loop(loop)
        asyncio.set_child_watcher(watcher)


class _ChildWatcher(asyncio.PidfdChildWatcher):
    """Keeps those it waits for when Daphne sets the loop that is set already."""

    _attached: asyncio.AbstractEventLoop | None = None

    def attach_loop(self, loop: asyncio.AbstractEventLoop | None) -> None:
        if loop is not self._attached:
            self._attached = loop
            super().attach_loop(loop)
