"""The Python client of docs/clients, on real servers."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable
from typing import Any
from uuid import uuid4

import pytest

from accounts.throttle import FailureLimit
from cloudrun.tests.windows import wait_for_room_before
from cloudrun_client import ApiError, Client, ConnectionLostError, Program, Terminal
from e2e.server import ROOT, Server
from sandbox.tests.callers import text_of
from sandbox.tests.relay import relay_to

_CLIENT = ROOT / "docs/clients/python"
_PASSWORD = "correct horse battery"
_COUNT = "import time\nfor n in range(6):\n    print(n, flush=True)\n    time.sleep(0.3)\n"
_ENDLESS = "print('here', flush=True)\nwhile True: pass"


def python(code: str, **more: Any) -> Program:
    return Program("python", code, **more)


@pytest.fixture
async def user(one_server: Server) -> AsyncIterator[Client]:
    """Somebody with an account of their own."""
    async with Client(one_server.url) as client:
        name = f"user_{uuid4().hex[:8]}"
        await client.register(username=name, email=f"{name}@example.org", password=_PASSWORD)
        yield client


async def test_a_whole_run(server: Server) -> None:
    program = python("print(input(), open('a/b.txt').read())", stdin="Ada", files={"a/b.txt": "ö"})
    async with Client(server.url) as client:
        result = await client.run(program)
    assert (result.status, result.stdout, result.exit_code) == ("completed", "Ada ö\n", 0)


async def test_a_program_that_is_talked_with(server: Server) -> None:
    code = "print(input('name? ')); import os, sys; print(os.get_terminal_size().columns)"
    seen, is_answered = "", False
    async with (
        Client(server.url) as client,
        client.stream(python(code), interactive=True, terminal=Terminal(99, 9)) as session,
    ):
        async for frame in session:
            seen += frame.content if frame.type == "stdout" else ""
            if "name?" in seen and not is_answered:
                is_answered = True
                await session.resize(Terminal(101, 9))
                await session.send("Ada\n")
    assert "Ada\r\nAda\r\n101\r\n" in seen
    assert frame.fields["status"] == "completed"


async def test_long_input_and_its_end(server: Server) -> None:
    text = "\x01ä" * 100_000
    code = "import sys; print(len(sys.stdin.read()))"
    async with (
        Client(server.url) as client,
        client.stream(python(code), interactive=True) as session,
    ):
        await session.send(text)
        await session.close_stdin()
        written = [frame.content async for frame in session if frame.type == "stdout"]
    assert "".join(written) == "200000\n"


async def test_stop(server: Server) -> None:
    async with Client(server.url) as client, client.stream(python(_ENDLESS)) as session:
        async for frame in session:
            if frame.type == "stdout":
                await session.stop()
    assert frame.fields["status"] == "stopped"


async def test_leaving_the_block_stops_the_program(server: Server) -> None:
    async with Client(server.url) as client:
        async with client.stream(python(_ENDLESS)) as session:
            await anext(session)
        async with client.follow(session.execution_id) as again:
            statuses = [frame.fields.get("status") async for frame in again]
    assert statuses[-1] == "stopped"


async def test_a_lost_connection_is_taken_up_again_without_a_gap(server: Server) -> None:
    frames = []
    async with (
        relay_to(server.url) as relay,
        Client(relay.url) as client,
        client.stream(python(_COUNT)) as session,
    ):
        async for frame in session:
            frames.append(frame)
            if frame.content.strip() in {"1", "3"}:
                relay.cut()
    assert relay.cuts == 2
    assert [frame.seq for frame in frames] == list(range(1, len(frames) + 1))
    assert text_of(frames) == "0\n1\n2\n3\n4\n5\n"


async def test_what_is_typed_into_a_lost_connection_arrives(server: Server) -> None:
    code = "print('name?', flush=True); print('hi', input())"
    async with (
        relay_to(server.url) as relay,
        Client(relay.url) as client,
        client.stream(python(code), interactive=True) as session,
    ):
        frames = []
        async for frame in session:
            frames.append(frame)
            if frame.content.strip() == "name?":
                relay.cut()
                await asyncio.sleep(0.2)  # until it is known here
                await session.send("Ada\n")
    assert relay.cuts == 1
    assert text_of(frames) == "name?\nhi Ada\n"


async def test_a_run_that_may_not_have_begun_is_not_started_twice(one_server: Server) -> None:
    async with (
        relay_to(one_server.url) as relay,
        Client(relay.url) as client,
        client.stream(python("1")) as session,
    ):
        relay.cut()
        with pytest.raises(ConnectionLostError):
            await anext(session)


async def test_events_are_taken_up_again_too(one_server: Server) -> None:
    code = _COUNT + "print('a\\u2028b\\x85c')"
    frames = []
    async with relay_to(one_server.url) as relay, Client(relay.url) as client:
        run_id = await client.start(python(code))
        async for frame in client.events(run_id):
            frames.append(frame)
            if frame.content.strip() in {"1", "3"}:
                relay.cut()
        assert [frame async for frame in client.events(run_id)] == frames
        assert [frame async for frame in client.events(run_id, after_seq=frame.seq)] == []
    assert relay.cuts == 2
    assert text_of(frames) == "0\n1\n2\n3\n4\n5\na\u2028b\x85c\n"
    assert frames[-1].is_last


async def test_refusals_are_errors(one_server: Server) -> None:
    async with Client(one_server.url) as client:
        assert (await refusal(client.run(Program("cobol", "x")))).errors[0][0] == "language"
        async with client.stream(python(" ")) as session:
            error = await refusal(anext(session))
        assert (error.code, error.errors[0][0]) == ("invalid_request", "code")
        error = await refusal(client.get("x"))
        assert (error.status, error.code) == (404, "not_found")
        client.token = "x"
        for call in (client.me(), anext(client.runs()), anext(client.events("x"))):
            assert (await refusal(call)).status == 401


async def refusal(call: Awaitable[Any]) -> ApiError:
    with pytest.raises(ApiError) as error:
        await call
    return error.value


async def test_too_much_says_when_to_come_back(user: Client) -> None:
    name = (await user.me()).username
    wait_for_room_before(0, FailureLimit.window_s, room_s=15)
    *_, last = [await refusal(user.login(name=name, password="wrong")) for _ in range(11)]
    assert (last.status, last.code) == (429, "rate_limited")
    assert last.retry_after is not None
    assert 0 < last.retry_after <= 300


async def test_login_by_name_and_by_address(user: Client) -> None:
    me = await user.me()
    user.token = None
    for name in (me.username, me.email):
        assert await user.login(name=name, password=_PASSWORD) == me
    assert await user.me() == me


async def test_runs_stay(user: Client) -> None:
    results = [await user.run(Program("html", f"<p>{n}")) for n in range(25)]
    last = await user.run(python("raise SystemExit(3)", stdin="x", files={"a": "b"}))
    listed = [run async for run in user.runs()]
    assert [run.execution_id for run in listed] == [
        result.execution_id for result in reversed([*results, last])
    ]
    assert [run.exit_code async for run in user.runs(language="python")] == [3]
    run = await user.get(last.execution_id)
    assert run.program == python("raise SystemExit(3)", stdin="x", files={"a": "b"})
    assert run.result == last
    assert '"version": 2' in await user.recording(last.execution_id)
    await user.delete(last.execution_id)
    assert [run async for run in user.runs(status="error")] == []


async def test_a_run_that_is_left_alone_can_be_stopped(user: Client) -> None:
    run_id = await user.start(python(_ENDLESS))
    await user.stop(run_id)
    run = await user.get(run_id)
    assert run.result is not None
    assert run.result.status == run.summary.status == "stopped"


async def test_a_key_stands_for_one_run(user: Client) -> None:
    key = uuid4().hex
    first, second = [await user.run(python("1"), idempotency_key=key) for _ in range(2)]
    assert first == second


async def test_a_batch(user: Client) -> None:
    results = await user.run_batch([python(f"print({n})") for n in range(3)])
    assert [isinstance(result, ApiError) or result.stdout for result in results] == [
        "0\n",
        "1\n",
        "2\n",
    ]


@pytest.mark.parametrize("readme", [ROOT / "README.md", _CLIENT / "README.md"], ids=str)
def test_the_example_of_the_readme_runs(one_server: Server, readme: Any) -> None:
    blocks = re.findall(r"```python\n(.*?)```", readme.read_text(), re.DOTALL)
    (example,) = [block for block in blocks if "cloudrun_client" in block]
    ran = subprocess.run(
        [sys.executable, "-c", example.replace("http://localhost:8000", one_server.url)],
        env=os.environ | {"PYTHONPATH": str(_CLIENT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("42\n")
    assert "Name? Hello, Ada" in ran.stdout.replace("'\nstdout '", "")  # in one frame or several
