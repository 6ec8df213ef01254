"""A run's first output and the echoes of a program that reads, through `/ws/execute`."""

import asyncio
import json
import time

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.paths import Product
from benchmarks.programs import hello
from sandbox.languages import LANGUAGES

_ECHO = "while True:\n    print(input(), flush=True)\n"
_TIMEOUT_S = 60.0
_PAUSE_S = 0.02  # between two lines that are typed


async def first_outputs_s(product: Product, count: int) -> list[float]:
    times = []
    for _ in range(count):
        program = hello("python")
        result = await product.run(program)
        if not result.is_right(program) or result.first_output_s is None:
            raise RuntimeError(f"The run went wrong: {result}")
        times.append(result.first_output_s)
    return times


async def echoes_s(product: Product, count: int) -> list[float]:
    """From a line that is sent to the same line that comes back."""
    async with (
        asyncio.timeout(_TIMEOUT_S),
        connect(
            f"ws{product.url.removeprefix('http')}/ws/execute",
            additional_headers={"Cookie": product.cookies[0], "Origin": product.url},
            proxy=None,
        ) as socket,
    ):
        program = {"language": LANGUAGES["python"].id, "code": _ECHO, "interactive": True}
        await socket.send(json.dumps(program))
        await _echo_s(socket, "ready")
        times = []
        for number in range(count):
            await asyncio.sleep(_PAUSE_S)
            times.append(await _echo_s(socket, f"line {number}"))
        return times


async def _echo_s(socket: ClientConnection, line: str) -> float:
    begun = time.perf_counter()
    await socket.send(json.dumps({"type": "stdin", "data": f"{line}\n"}))
    received = ""
    while received != f"{line}\n":
        frame = json.loads(await socket.recv())
        if frame["type"] == "stdout":
            received += frame["content"]
        elif frame["type"] != "status":
            raise RuntimeError(f"The program did not echo: {frame}")
    return time.perf_counter() - begun
