"""Callbacks: a run's result, posted to where its caller wants it.

The rows are the queue: what is due when the server stops is posted after its start. A receiver
must be ready to get a result twice.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import socket
import time
from collections.abc import Sequence
from contextvars import Context
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
from channels.db import database_sync_to_async
from django.conf import settings
from django.utils import timezone

from cloudrun import __version__
from sandbox.addresses import may_connect
from sandbox.models import ALIVE, Callback, Run
from sandbox.results import result_in

logger = logging.getLogger(__name__)

_TIMEOUT_S = 10.0
_AT_ONCE = 2  # of one user, whose receivers may be slow


@dataclass(frozen=True)
class Due:
    """Where and in how long a result is to be posted, whose it is, and how often it was tried."""

    run_id: str
    url: str
    user_id: int
    tries: int
    wait_s: float


def callback_key(user_id: int) -> str:
    """What a user's callbacks are signed with: their own, and nobody can tell another's from it."""
    return _hmac(settings.CALLBACK_SECRET, f"callback user:{user_id}".encode())


def signature(key: str, timestamp: str, body: bytes) -> str:
    """The value of `X-CloudRun-Signature` for a body that is sent at `timestamp`."""
    return "sha256=" + _hmac(key, timestamp.encode() + b"." + body)


class Callbacks:
    """Posts the results of ended runs, each in a task of its own; belongs to one event loop.

    `waits_s` are the waits between the tries; after the last one the result is given up.
    """

    def __init__(self, waits_s: Sequence[float] = (2, 10, 60, 300)) -> None:
        self._waits_s = waits_s
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns: WeakValueDictionary[int, asyncio.Semaphore] = WeakValueDictionary()

    def send(self, run_id: str) -> None:
        """Post the run's result in the background."""
        # Not in the context of the HTTP request that asked for the run, which may be over.
        task = asyncio.create_task(self._send(run_id), context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def resume(self, instance: str) -> None:
        """Post what an earlier life of the server did not get to."""
        for run_id in await database_sync_to_async(_pending)(instance):
            self.send(run_id)

    async def close(self) -> None:
        """Leave the rest to the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _send(self, run_id: str) -> None:
        while due := await database_sync_to_async(_due)(run_id):
            await asyncio.sleep(due.wait_s)
            turn = self._turns.setdefault(due.user_id, asyncio.Semaphore(_AT_ONCE))
            async with turn:
                problem = await _post(due)
            if problem:
                logger.info("run %s: its callback failed: %s", run_id, problem)
            await database_sync_to_async(self._note)(due, was_taken=problem is None)

    def _note(self, due: Due, *, was_taken: bool) -> None:
        due_at = None
        if not was_taken and due.tries < len(self._waits_s):
            due_at = timezone.now() + timedelta(seconds=self._waits_s[due.tries])
        Callback.objects.filter(pk=due.run_id).update(due_at=due_at, tries=due.tries + 1)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("a callback was not posted", exc_info=error)


def _pending(instance: str) -> list[str]:
    due = Callback.objects.filter(run__instance=instance, due_at__isnull=False)
    return list(due.exclude(run__status__in=ALIVE).values_list("pk", flat=True))


def _due(run_id: str) -> Due | None:
    """None where the run is deleted, or its callback is over."""
    due = Callback.objects.filter(pk=run_id, due_at__isnull=False).select_related("run")
    callback = due.only("url", "tries", "due_at", "run__user").first()
    if callback is None or callback.due_at is None or callback.run.user_id is None:
        return None
    wait_s = max(0.0, (callback.due_at - timezone.now()).total_seconds())
    return Due(run_id, callback.url, callback.run.user_id, callback.tries, wait_s)


def _body(run_id: str) -> bytes | None:
    run = Run.objects.filter(pk=run_id).first()
    result = result_in(run) if run else None
    return json.dumps(asdict(result), ensure_ascii=False).encode() if result else None


async def _post(due: Due) -> str | None:
    """Why the receiver did not take it; None where it did."""
    body = await database_sync_to_async(_body)(due.run_id)
    if body is None:
        return "the run is deleted"
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"CloudRun/{__version__}",
        "X-CloudRun-Timestamp": timestamp,
        "X-CloudRun-Signature": signature(callback_key(due.user_id), timestamp, body),
    }
    try:
        async with _session() as session:
            # Of the answer only its status is read. A redirect would lead past the check.
            answer = session.post(due.url, data=body, headers=headers, allow_redirects=False)
            async with answer as response:
                return None if 200 <= response.status < 300 else f"{response.status}"
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        return type(error).__name__


def _session() -> aiohttp.ClientSession:
    """A client that takes neither proxies nor cookies, and connects to nothing private."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(socket_factory=_checked_socket, force_close=True),
        timeout=aiohttp.ClientTimeout(total=_TIMEOUT_S),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
    )


def _checked_socket(info: Any) -> socket.socket:
    """A socket for the very address that is connected to: what a name says may change in between.

    It is the last step before the connection, for names and for literal addresses alike.
    """
    family, kind, protocol, _, address = info
    if not may_connect(address[0]):
        raise PermissionError(f"{address[0]} is not a public address")
    return socket.socket(family, kind, protocol)


def _hmac(key: str, message: bytes) -> str:
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()
