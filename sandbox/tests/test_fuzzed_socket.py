"""Nonsense over the WebSocket: every socket ends or goes on by the contract, and nothing breaks."""

import asyncio
import contextlib
import json
from random import Random
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from cloudrun.http_server import CONTROL_FRAME_MAX_BYTES
from e2e.server import Server
from sandbox.tests.client import socket_url
from sandbox.tests.fuzzing import SCALE, assert_unharmed
from sandbox.tests.nonsense import NOT_UTF8, control_frame, first_frame

_TALKS = 100
_AT_ONCE = 20
_CONTROLS = 12
_TIMEOUT_S = 30
_REFUSALS = {"invalid_request", "not_found", "too_large"}


class Talk:
    """One connection: a first frame, controls without waiting for anything, and an end."""

    def __init__(self, server: Server, random: Random, known: list[str]) -> None:
        self.server = server
        self.random = random
        self.known = known
        self.sent: list[str | bytes] = []
        self.received: list[dict[str, Any]] = []

    async def hold(self) -> None:
        async with asyncio.timeout(_TIMEOUT_S), connect(socket_url(self.server.url)) as socket:
            reading = asyncio.create_task(self._read(socket))
            with contextlib.suppress(ConnectionClosed):
                await self._write(socket)
            left = self.random.choice([self._stop, self._leave, self._vanish])
            ended_here = await left(socket)
            await reading
            self._check(None if ended_here else socket.close_code)

    async def _write(self, socket: ClientConnection) -> None:
        await self._send(socket, first_frame(self.random, self.known))
        for _ in range(_CONTROLS):
            await asyncio.sleep(self.random.choice([0, 0, 0, 0.02, 0.1]))
            if self.random.random() < 0.02:
                await self._send(socket, NOT_UTF8)
            elif self.random.random() < 0.05:
                await socket.ping(self.random.randbytes(100))
            await self._send(socket, control_frame(self.random))

    async def _send(self, socket: ClientConnection, frame: str | bytes) -> None:
        self.sent.append(frame)
        if frame == NOT_UTF8:
            await socket.send(frame, text=True)
        elif isinstance(frame, str) and self.random.random() < 0.1:
            await socket.send([frame[:5], frame[5:]])  # in two fragments
        else:
            await socket.send(frame)

    async def _read(self, socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for message in socket:
                self.received.append(json.loads(message))

    async def _stop(self, socket: ClientConnection) -> bool:
        with contextlib.suppress(ConnectionClosed):
            await self._send(socket, json.dumps({"type": "stop"}))
        return False

    async def _leave(self, socket: ClientConnection) -> bool:
        await socket.close()
        return True

    async def _vanish(self, socket: ClientConnection) -> bool:
        socket.transport.abort()
        return True

    def _check(self, close_code: int | None) -> None:
        """The frames are whole and in order, and the end is one that the contract knows."""
        for frame in self.received:
            assert {"type", "content", "timestamp"} <= frame.keys()
        numbers = [frame["seq"] for frame in self.received if "seq" in frame]
        assert numbers == list(range(numbers[0], numbers[-1] + 1) if numbers else [])
        self.known += [frame["execution_id"] for frame in self.received[:1] if "seq" in frame]
        last = self.received[-1] if self.received else {"type": "none"}
        if last["type"] == "error":
            assert last["code"] in _REFUSALS
        if close_code == 1000:
            # Nothing is left behind the number that some resume from.
            assert last["type"] in {"complete", "error"} or "resume" in str(self.sent[0])
        elif close_code is not None:
            assert close_code in self._deserved()

    def _deserved(self) -> set[int]:
        """The close codes that the WebSocket's own rules have for what was sent. As the client goes
        on writing, it may see a reset before the close frame, which is 1006."""
        is_long = any(len(frame) > CONTROL_FRAME_MAX_BYTES for frame in self.sent[1:])
        is_garbled = NOT_UTF8 in self.sent
        codes = {1006: is_long or is_garbled, 1007: is_garbled, 1009: is_long}
        return {code for code, is_deserved in codes.items() if is_deserved}


@pytest.mark.parametrize("seed", range(2 * SCALE))
async def test_no_frame_harms_the_server(fuzzed_server: Server, seed: int) -> None:
    places = asyncio.Semaphore(_AT_ONCE)
    known: list[str] = []

    async def talk(number: int) -> int:
        async with places:
            one = Talk(fuzzed_server, Random(f"{seed} {number}"), known)
            try:
                await one.hold()
            except BaseException as error:
                error.add_note(f"sent: {one.sent!r:.3000}\nreceived: {one.received!r:.2000}")
                raise
            return len(one.sent)

    sent = sum(await asyncio.gather(*(talk(number) for number in range(_TALKS))))
    assert sent > 5 * _TALKS
    await asyncio.to_thread(assert_unharmed, fuzzed_server)
