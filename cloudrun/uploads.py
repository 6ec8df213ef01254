"""What the requests that are being answered take of the memory by their bodies, all together."""

import asyncio
import gc

from django.conf import settings

from cloudrun.errors import ServiceUnavailableError

# What is smaller is never refused: most programs are.
_SMALL_BYTES = 256 * 1024
_RETRY_S = 2
_COLLECT_AFTER_S = 1.0

_taken_bytes = 0
_collection: asyncio.TimerHandle | None = None


class Share:
    """What one request takes. Belongs to the event loop; whoever has it gives it back."""

    def __init__(self) -> None:
        self._bytes = 0

    def grow(self, size: int) -> None:
        """Count `size` bytes more; `ServiceUnavailableError` where the requests would come to more
        than `UPLOAD_MEMORY`. One that is alone may be as large as any."""
        global _taken_bytes
        others = _taken_bytes - self._bytes
        is_large = self._bytes + size > _SMALL_BYTES
        if is_large and others and _taken_bytes + size > settings.UPLOAD_MEMORY:
            raise ServiceUnavailableError(
                "Too many large requests have come at once. Try again.", retry_after=_RETRY_S
            )
        self._bytes += size
        _taken_bytes += size

    def give_back(self) -> None:
        global _taken_bytes
        if self._bytes > _SMALL_BYTES:
            _collect_soon()
        _taken_bytes -= self._bytes
        self._bytes = 0


def _collect_soon() -> None:
    """Free what a large request leaves: views, errors and transports are cycles, with it in them.

    Left to itself the collector goes by the number of objects, not by their size.
    """
    global _collection
    if _collection is None:
        loop = asyncio.get_running_loop()
        _collection = loop.call_later(_COLLECT_AFTER_S, _collect)


def _collect() -> None:
    global _collection
    _collection = None
    gc.collect()
