"""Answers of the assistant as they are streamed, read by a client that does little else."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from urllib.parse import urlsplit

from benchmarks.assistant.provider import begun_at

_QUESTION = {
    "action": "explain_error",
    "language": "python",
    "code": "print(1 / 0)",
    "error": "ZeroDivisionError: division by zero",
    "html": True,
}


async def first_token_s(url: str) -> float:
    """From the provider's first piece to the client's first message."""
    first = 0.0
    async with aclosing(_messages(url)) as messages:
        async for message in messages:
            first = first or time.monotonic()
            frame = json.loads(message)
            if frame["type"] == "text":
                return first - begun_at(frame["content"])
    raise RuntimeError(f"That was no answer: {frame}")


@contextmanager
def streams(url: str, count: int) -> Iterator[None]:
    """That many answers at once, in a process of its own, each followed by the next; all of them
    have begun."""
    command = [sys.executable, "-m", "benchmarks.assistant.streams", url, str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        if process.stdout.readline() != "begun\n":
            raise RuntimeError("The streams did not begin.")
        try:
            yield
            if process.poll() is not None:
                raise RuntimeError("The streams broke off.")
        finally:
            process.terminate()


async def _messages(url: str) -> AsyncGenerator[bytes, None]:
    """The data of each message, on a plain connection: many of them should cost little."""
    parts = urlsplit(url)
    body = json.dumps(_QUESTION).encode()
    head = (
        f"POST /api/ai/assist HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n"
        "Accept: text/event-stream\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=2**20)
    try:
        writer.write(head.encode() + body)
        if b" 200 " not in (status := await reader.readline()):
            raise RuntimeError(f"The server answered {status!r}.")
        async for line in reader:
            if line.startswith(b"data: "):
                yield line.removeprefix(b"data: ")
    finally:
        writer.close()


async def _follow(url: str, begun: asyncio.Barrier, number: int) -> None:
    """One answer after the other; they begin a little apart, as people do."""
    await asyncio.sleep(number * 0.02)
    is_first = True
    while True:
        last = b""
        async with aclosing(_messages(url)) as messages:
            async for message in messages:
                last = message
                if is_first:
                    is_first = False
                    await begun.wait()
        if json.loads(last)["type"] != "answer":
            raise RuntimeError(f"That was no answer: {last!r}")


async def _follow_all(url: str, count: int) -> None:
    begun = asyncio.Barrier(count + 1)
    async with asyncio.TaskGroup() as group:
        for number in range(count):
            group.create_task(_follow(url, begun, number))
        await begun.wait()
        print("begun", flush=True)


if __name__ == "__main__":
    asyncio.run(_follow_all(sys.argv[1], int(sys.argv[2])))
