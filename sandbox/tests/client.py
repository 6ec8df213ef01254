"""A third party's client, written from the contract alone."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection, connect

Frame = dict[str, Any]
Reaction = Callable[[ClientConnection, Frame], Awaitable[None]]


def socket_url(url: str) -> str:
    return url.replace("http://localhost", "ws://127.0.0.1") + "/ws/execute"


async def converse(
    url: str,
    first: Frame | str | bytes,
    react: Reaction | None = None,
    headers: dict[str, str] | None = None,
    behind: Sequence[Frame] = (),
) -> list[Frame]:
    """Send the first frame and those right `behind` it, and collect all that come, until the server
    closes with 1000."""
    frames: list[Frame] = []
    async with (
        asyncio.timeout(60),
        connect(socket_url(url), max_size=None, additional_headers=headers) as socket,
    ):
        await socket.send(first if isinstance(first, str | bytes) else json.dumps(first))
        for control in behind:
            await socket.send(json.dumps(control))
        try:
            while True:
                frame = json.loads(await socket.recv())
                frames.append(frame)
                if react:
                    await react(socket, frame)
        except websockets.ConnectionClosedOK:
            pass
    assert socket.close_code == 1000
    return frames


def text(frames: list[Frame], stream: str = "stdout") -> str:
    return "".join(frame["content"] for frame in frames if frame["type"] == stream)
