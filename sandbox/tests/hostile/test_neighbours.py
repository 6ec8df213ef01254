"""What one run does to another that is there at the same time, and to the server."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median

from websockets.asyncio.client import ClientConnection

from sandbox.tests.client import Frame, converse, text
from sandbox.tests.hostile.conftest import Target
from sandbox.tests.hostile.watch import hello

MIB = 1024 * 1024
_NOISE_S = 0.5  # other work of the machine
_READY = "print('ready', flush=True)\nimport time\ntime.sleep(60)\n"


@asynccontextmanager
async def running(url: str, code: str, language: str = "python") -> AsyncIterator[None]:
    """A program while the block lasts, from when it says that it is ready."""
    ready = asyncio.Event()
    stop = asyncio.Event()

    async def react(socket: ClientConnection, frame: Frame) -> None:
        if "ready" in frame["content"]:
            ready.set()
            await stop.wait()
            await socket.send(json.dumps({"type": "stop"}))

    run = asyncio.create_task(converse(url, {"language": language, "code": code}, react))
    await asyncio.wait_for(ready.wait(), 3)
    try:
        yield
    finally:
        stop.set()
        frames = await run
    assert frames[-1]["status"] in {"stopped", "timeout"}


async def output(url: str, code: str) -> str:
    frames = await converse(url, {"language": "python", "code": code})
    assert text(frames, "stderr") == ""
    return text(frames)


async def test_runs_do_not_see_each_other(target: Target) -> None:
    leave = (
        "import ctypes, os, socket\n"
        "for folder in ('/workspace', '/tmp', '/dev/shm'):\n"
        "    open(f'{folder}/of-another', 'w').write('of-another')\n"
        "name = socket.socket(socket.AF_UNIX)\nname.bind('\\0of-another')\nname.listen()\n"
        "server = socket.create_server(('127.0.0.1', 4711))\n"
        "ctypes.CDLL(None).shmget(4711, 4096, 0o1666)\n"
    )
    look = (
        "import ctypes, os, socket\n"
        "for folder in ('/workspace', '/tmp', '/dev/shm'):\n"
        "    print('of-another' in os.listdir(folder))\n"
        "for address in ('\\0of-another', ('127.0.0.1', 4711)):\n"
        "    kind = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET\n"
        "    print(socket.socket(kind).connect_ex(address) == 0)\n"
        "print(ctypes.CDLL(None).shmget(4711, 4096, 0o666) >= 0)\n"
        "print(sum(name.isdigit() for name in os.listdir('/proc')) > 5)\n"
    )
    async with running(target.server.url, leave + _READY):
        assert await output(target.server.url, look) == "False\n" * 7


async def test_all_cores_burnt_by_64_processes_leave_a_neighbour_its_share(
    target: Target,
) -> None:
    url = target.server.url
    quiet_s = median([await hello(url) for _ in range(5)])
    burn = "import os\nfor _ in range(58):\n    if not os.fork():\n        while True: pass\n"
    async with running(url, burn + _READY):
        busy_s = median([await hello(url) for _ in range(3)])
    assert busy_s < 3 * quiet_s + _NOISE_S


async def test_200_mb_of_unread_input_do_not_fill_the_server(target: Target) -> None:
    await target.watch.warm_up()
    peak = target.watch.memory_bytes()
    chunk = json.dumps({"type": "stdin", "data": "x" * MIB})

    async def feed(socket: ClientConnection, frame: Frame) -> None:
        nonlocal peak
        if "ready" not in frame["content"]:
            return
        for _ in range(200):
            await socket.send(chunk)
            peak = max(peak, target.watch.memory_bytes())
        await asyncio.sleep(0.5)
        peak = max(peak, target.watch.memory_bytes())
        await socket.send(json.dumps({"type": "stop"}))

    before = target.watch.memory_bytes()
    await converse(
        target.server.url, {"language": "python", "code": _READY, "interactive": True}, feed
    )
    await hello(target.server.url)
    assert peak - before < 48 * MIB
    assert await target.watch.settled() == {}
