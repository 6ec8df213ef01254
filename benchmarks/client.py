"""A small client of the product: runs over `/ws/execute`, each user with a session of their own."""

import asyncio
import json
import time
import urllib.request
from http.cookies import SimpleCookie
from typing import Any

from websockets.asyncio.client import connect

from benchmarks.programs import Program
from benchmarks.results import Result

_RUN_TIMEOUT_S = 300.0


def guest(url: str) -> str:
    """Open the IDE as a new guest does; their cookie. To the server they are a user."""
    with urllib.request.urlopen(f"{url}/") as response:
        cookies = SimpleCookie("\n".join(response.headers.get_all("Set-Cookie")))
    return f"sessionid={cookies['sessionid'].value}"


async def run(url: str, cookie: str, program: Program) -> Result:
    """The clock starts when the request leaves, on a connection that stands."""
    stdout: list[str] = []
    first: float | None = None
    async with (
        asyncio.timeout(_RUN_TIMEOUT_S),
        connect(
            f"ws{url.removeprefix('http')}/ws/execute",
            additional_headers={"Cookie": cookie, "Origin": url},
            max_size=None,
            proxy=None,
        ) as socket,
    ):
        request = json.dumps({"language": program.language.id, "code": program.code})
        begun = time.perf_counter()
        await socket.send(request)
        async for message in socket:
            frame: dict[str, Any] = json.loads(message)
            if frame["type"] == "stdout":
                first = first or time.perf_counter() - begun
                stdout.append(frame["content"])
            elif frame["type"] in {"complete", "error"}:
                done = time.perf_counter() - begun
                return Result(first, done, "".join(stdout), frame.get("status") or frame["code"])
    raise ConnectionError("The server closed the connection without a last frame.")
