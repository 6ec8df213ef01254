"""Every hostile program is contained, beside a neighbour that must not notice."""

import asyncio
import platform
import re
import time
from typing import Any

import pytest

from sandbox.tests.client import Frame, converse, text
from sandbox.tests.hostile.battery import Program, load, program
from sandbox.tests.hostile.conftest import Target
from sandbox.tests.hostile.watch import LIMIT_S, SECRET, hello

_TABLES = load()
_OVERRUN_S = 2.0
_NEIGHBOUR_AFTER_S = 0.15
_NEIGHBOUR_WITHIN_S = 3.0


@pytest.mark.parametrize("id", list(_TABLES))
async def test_it_is_contained(target: Target, id: str, request: pytest.FixtureRequest) -> None:
    hostile = program(id, _TABLES[id], target.runner)
    if hostile.arch and hostile.arch != platform.machine():
        pytest.skip(f"its attempts are made by the call numbers of {hostile.arch}")
    if hostile.open:
        xfail = pytest.mark.xfail(reason=hostile.open, raises=AssertionError, strict=True)
        request.applymarker(xfail)
    url = target.server.url
    await target.watch.warm_up()
    neighbour = asyncio.create_task(_neighbour(url))
    began = time.monotonic()
    frames = await converse(url, hostile.request)
    took_s = time.monotonic() - began
    assert await neighbour < _NEIGHBOUR_WITHIN_S
    _check_end(hostile, frames, took_s)
    _check_output(hostile, frames)
    await hello(url)
    assert await target.watch.settled() == {}


async def _neighbour(url: str) -> float:
    await asyncio.sleep(_NEIGHBOUR_AFTER_S)
    return await hello(url)


def _check_end(hostile: Program, frames: list[Frame], took_s: float) -> None:
    last: dict[str, Any] = frames[-1]
    assert last["type"] == "complete", last
    for name, wanted in hostile.end.items():
        assert last[name] in (wanted if isinstance(wanted, list) else [wanted]), last
    assert took_s < (hostile.within_s or LIMIT_S + _OVERRUN_S)
    assert [frame["seq"] for frame in frames] == list(range(1, len(frames) + 1))


def _check_output(hostile: Program, frames: list[Frame]) -> None:
    stdout, stderr = text(frames), text(frames, "stderr")
    assert SECRET not in stdout + stderr
    if hostile.prints is not None:
        assert stdout == hostile.prints
    if hostile.matches is not None:
        assert re.fullmatch(hostile.matches, stdout, re.DOTALL), stdout[-2000:]


def test_the_battery_is_large_enough() -> None:
    assert len(_TABLES) >= 40
