"""A program that one talks with, over the WebSocket."""

import asyncio
import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, ConnectionClosedOK, InvalidHandshake

from cloudrun_client.data import Frame, Terminal
from cloudrun_client.errors import ApiError, ConnectionLostError

# Between attempts to connect again; together less than the server gives a lost connection.
WAITS_S = (0, 0.2, 0.5, 1, 2, 4)
# A frame may have 64 KiB, and JSON writes a character in up to six bytes.
_PART = 8192


class Session:
    """The frames of one run, as an async iterator, and its stdin.

    A lost connection is made again where the last one broke off. Leaving the block stops a program
    that still runs. Iterating raises `ApiError` for a frame of type `error`, and
    `ConnectionLostError` where the server cannot be reached any more.
    """

    def __init__(self, url: str, headers: Mapping[str, str], first: Mapping[str, Any]) -> None:
        self._url = url
        self._headers = headers
        self._first = first
        self._lock = asyncio.Lock()
        self._socket: ClientConnection | None = None
        self._is_over = False
        self.execution_id: str = first.get("execution_id", "")
        self.seq: int = first.get("after_seq", 0)

    async def __aenter__(self) -> Self:
        await self._open(self._first)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._connection.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Frame:
        if self._is_over:
            raise StopAsyncIteration
        body = await self._receive()
        frame = Frame.of(body)
        self.execution_id, self.seq = frame.execution_id, frame.seq
        self._is_over = frame.is_last
        if frame.type == "error":
            raise ApiError.of_frame(body)
        return frame

    async def send(self, text: str) -> None:
        """Write to the program's stdin, which `interactive` keeps open."""
        for begin in range(0, len(text), _PART):
            await self._control({"type": "stdin", "data": text[begin : begin + _PART]})

    async def close_stdin(self) -> None:
        await self._control({"type": "stdin_close"})

    async def resize(self, terminal: Terminal) -> None:
        await self._control({"type": "resize", "cols": terminal.cols, "rows": terminal.rows})

    async def stop(self) -> None:
        """End the program; its last frame still comes."""
        await self._control({"type": "stop"})

    async def _receive(self) -> Any:
        while True:
            socket = self._connection
            try:
                return json.loads(await socket.recv())
            except ConnectionClosedOK as error:
                raise ConnectionLostError("The server closed before the run's end.") from error
            except ConnectionClosed as error:
                await self._resume(socket, error)

    async def _control(self, control: Mapping[str, Any]) -> None:
        while not self._is_over:
            socket = self._connection
            try:
                await socket.send(json.dumps(control, ensure_ascii=False))
            except ConnectionClosedOK:
                return  # the program has ended, and the frame that says so waits to be read
            except ConnectionClosed as error:
                await self._resume(socket, error)
            else:
                return

    async def _resume(self, lost: ClientConnection, cause: Exception) -> None:
        """Connect again; reading and writing may both come to find that it is needed."""
        async with self._lock:
            if self._connection is not lost:
                return
            if not self.execution_id:
                raise ConnectionLostError("Whether the run began is not known.") from cause
            first = {"type": "resume", "execution_id": self.execution_id, "after_seq": self.seq}
            for wait_s in WAITS_S:
                await asyncio.sleep(wait_s)
                try:
                    await self._open(first)
                except (OSError, InvalidHandshake, ConnectionClosed) as error:
                    cause = error
                else:
                    return
            raise ConnectionLostError("The server cannot be reached.") from cause

    async def _open(self, first: Mapping[str, Any]) -> None:
        socket = await connect(self._url, additional_headers=self._headers, max_size=None)
        self._socket = socket
        await socket.send(json.dumps(first, ensure_ascii=False))

    @property
    def _connection(self) -> ClientConnection:
        if self._socket is None:
            raise RuntimeError("A session is used in an `async with` block.")
        return self._socket
