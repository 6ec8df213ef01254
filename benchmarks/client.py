"""A small client of `/ws/execute`, and what the benchmarks share to report."""

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from websockets.asyncio.client import connect

from e2e.server import Server, running, started

_RUN_TIMEOUT_S = 300.0


@dataclass(frozen=True)
class Result:
    """One run as its client saw it; `first_output_s` is None where nothing was printed."""

    first_output_s: float | None
    total_s: float
    stdout: str
    last: dict[str, Any]

    @property
    def status(self) -> str:
        return str(self.last.get("status") or self.last.get("code"))


async def run(url: str, language: str, code: str) -> Result:
    """Run `code`; the clock starts when the request leaves, on a connection that stands."""
    address = f"ws{url.removeprefix('http')}/ws/execute"
    stdout: list[str] = []
    first: float | None = None
    async with asyncio.timeout(_RUN_TIMEOUT_S), connect(address, max_size=None) as socket:
        begun = time.perf_counter()
        await socket.send(json.dumps({"language": language, "code": code}))
        async for message in socket:
            frame = json.loads(message)
            if frame["type"] == "stdout":
                first = first or time.perf_counter() - begun
                stdout.append(frame["content"])
            elif frame["type"] in {"complete", "error"}:
                return Result(first, time.perf_counter() - begun, "".join(stdout), frame)
    raise ConnectionError("The server closed the connection without a last frame.")


def server(url: str | None, runner: str, folder: str) -> AbstractContextManager[Server]:
    """The server at `url`, or one of our own with its data in `folder`."""
    return nullcontext(running(url.rstrip("/"))) if url else started(runner, Path(folder))


def scratch_folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="cloudrun-benchmark-")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )
