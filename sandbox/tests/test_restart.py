"""A server that is killed in the middle of a run, and started again."""

import asyncio
import json
import time
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from conftest import require
from e2e.server import started
from sandbox.tests.client import converse, socket_url
from sandbox.tests.leftovers import leftovers

# The row follows while the program starts, which may print sooner.
_ROW_S = 0.5
_MARK = "cloudrun-restart-test"
_CODE = f"import time\nprint({_MARK!r}, flush=True)\nwhile True: time.sleep(0.1)  # {_MARK}"


@pytest.mark.parametrize("runner", ["docker", "bubblewrap"])
async def test_a_killed_servers_run_is_lost_and_nothing_is_left(
    runner: str, tmp_path: Path
) -> None:
    require(runner)
    with started(runner, tmp_path) as first:
        socket = await connect(socket_url(first.url))
        await socket.send(json.dumps({"language": "python", "code": _CODE}))
        frames = [json.loads(await socket.recv()) for _ in range(3)]
        assert _MARK in frames[-1]["content"]
        await asyncio.sleep(_ROW_S)
        first.kill()
    instance = "".join(filter(str.isalnum, (tmp_path / "instance_id").read_text()))[:12].lower()
    before = leftovers(instance)
    assert before
    began = time.monotonic()
    with started(runner, tmp_path) as second:
        run_id = frames[0]["execution_id"]
        answer = await converse(second.url, {"type": "resume", "execution_id": run_id})
        assert answer[-1]["code"] == "lost"
        assert time.monotonic() - began < 10
        assert not any(left in leftovers(instance) for left in before.split())
    assert leftovers(instance, timeout_s=5) == ""
