"""Students who run one program after the other, and who watches them."""

import asyncio
import itertools
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from websockets.asyncio.client import connect

from benchmarks.class_view.school import School

_RUN_TIMEOUT_S = 60.0
_LAST_CHANGES_S = 4.0  # after the last run's end: twice what is asked for
_RUN_ID = re.compile(r"/run/([0-9a-f]{32})/")
_GOES_ON = 'data-tone="accent"'
_PROGRAMS = ("print('hello')\n", "print(nothing)\n")


@dataclass
class Lesson:
    """When runs ended, for those who ran them, and when that was first seen, by run id. Seconds of
    `time.monotonic`."""

    ended: dict[str, float] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)


async def window(url: str, school: School, clients: int, window_s: float, lesson: Lesson) -> float:
    """Runs per second of the class while so many run at any time, in turn."""
    until = time.monotonic() + window_s
    turns = itertools.cycle(zip(itertools.cycle(_PROGRAMS), school.students, strict=False))
    begun, before = time.monotonic(), len(lesson.ended)

    async def client() -> None:
        while time.monotonic() < until:
            code, cookie = next(turns)
            run_id = await _run(url, cookie, code)
            lesson.ended[run_id] = time.monotonic()

    await asyncio.gather(*(client() for _ in range(clients)))
    return (len(lesson.ended) - before) / (time.monotonic() - begun)


@asynccontextmanager
async def watched(url: str, school: School, lesson: Lesson) -> AsyncIterator[None]:
    """The class view is open until the block ends, and then as long as changes are still due."""
    opened = asyncio.Event()
    watching = asyncio.create_task(_watch(url, school, lesson, opened))
    try:
        await asyncio.wait(
            {watching, asyncio.create_task(opened.wait())}, return_when=asyncio.FIRST_COMPLETED
        )
        yield
        await asyncio.sleep(_LAST_CHANGES_S)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _watch(url: str, school: School, lesson: Lesson, opened: asyncio.Event) -> None:
    address = f"{url}/admin/accounts/classroom/{school.classroom_id}/watch/events/"
    async with (
        httpx.AsyncClient(timeout=None, trust_env=False) as client,
        client.stream("GET", address, headers={"Cookie": school.teacher}) as answer,
    ):
        answer.raise_for_status()
        async for line in answer.aiter_lines():
            opened.set()
            if not line.startswith("data: "):
                continue
            for html in json.loads(line.removeprefix("data: ")).get("tiles", {}).values():
                if _GOES_ON not in html and (run := _RUN_ID.search(html)):
                    lesson.seen.setdefault(run[1], time.monotonic())


async def _run(url: str, cookie: str, code: str) -> str:
    """To its end; its id."""
    async with (
        asyncio.timeout(_RUN_TIMEOUT_S),
        connect(
            f"ws{url.removeprefix('http')}/ws/execute",
            additional_headers={"Cookie": cookie, "Origin": url},
            proxy=None,
        ) as socket,
    ):
        await socket.send(json.dumps({"language": "python", "code": code}))
        async for message in socket:
            frame = json.loads(message)
            if frame["type"] == "complete":
                return str(frame["execution_id"])
            if frame["type"] == "error":
                raise RuntimeError(f"The run was refused: {frame['content']}")
    raise ConnectionError("The server closed the connection without a last frame.")
