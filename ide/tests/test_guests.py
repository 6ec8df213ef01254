"""Whose a guest's runs are, before and after there is an account: on a real server."""

import asyncio
import base64
import io
import json
import os
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect

from conftest import require
from e2e.server import Server, started
from ide.tests.visitor import PASSWORD, VISITOR, Visitor
from sandbox.tests.client import Frame

MEGABYTE = 1024 * 1024
PAGE = "<p>hello</p>"
HALLO = "import sys\nprint('hällo')\nprint('hö', file=sys.stderr)"
SLOW = "import time\nprint('begun', flush=True)\ntime.sleep(4)\nprint('ended')\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    require("bubblewrap")
    with started("bubblewrap", tmp_path_factory.mktemp("guests")) as server:
        yield server


def run_page(visitor: Visitor) -> str:
    return str(visitor.execute(PAGE, "html")["execution_id"])


async def test_run_of_a_guest_is_theirs_alone(server: Server) -> None:
    guest = Visitor(server)
    run_id = run_page(guest)
    assert await guest.can_read(run_id)
    assert not await Visitor(server).can_read(run_id)


async def test_run_moves_into_the_account_that_is_made(server: Server) -> None:
    guest = Visitor(server)
    run_id = run_page(guest)
    guest.sign_up("maker")
    assert await guest.can_read(run_id)
    elsewhere = Visitor(server)
    elsewhere.log_in("maker")
    assert await elsewhere.can_read(run_id)
    stranger = Visitor(server)
    stranger.sign_up("stranger")
    assert not await stranger.can_read(run_id)


async def test_run_moves_into_the_account_that_is_logged_into(server: Server) -> None:
    Visitor(server).sign_up("comer")
    guest = Visitor(server)
    run_id = run_page(guest)
    guest.log_in("comer")
    elsewhere = Visitor(server)
    elsewhere.log_in("comer")
    assert await elsewhere.can_read(run_id)


async def test_who_logs_out_is_another_guest(server: Server) -> None:
    visitor = Visitor(server)
    as_guest = run_page(visitor)
    visitor.sign_up("leaver")
    as_user = run_page(visitor)
    visitor.log_out()
    visitor.http.get("/")
    assert not await visitor.can_read(as_guest)
    assert not await visitor.can_read(as_user)
    # Nor does the next account of this browser get them.
    visitor.sign_up("next_one")
    assert not await visitor.can_read(as_guest)


async def test_live_run_stays_within_reach_of_who_logs_in(server: Server) -> None:
    guest, elsewhere, later, stranger = await asyncio.to_thread(visitors, server, 4)
    await asyncio.to_thread(Visitor(server).sign_up, "runner")
    async with connect(guest.socket_url, additional_headers=guest.socket_headers) as socket:
        frames = await begin(socket, SLOW)
        run_id = frames[0]["execution_id"]
        await asyncio.to_thread(guest.log_in, "runner")
        await asyncio.to_thread(elsewhere.log_in, "runner")
        seen = await asyncio.gather(guest.resume(run_id), elsewhere.resume(run_id))
        assert [frames[-1]["status"] for frames in seen] == ["completed", "completed"]
        # The connection that was open all the time has not been cut.
        assert (await end_of(socket))["status"] == "completed"
    await asyncio.to_thread(later.log_in, "runner")
    assert await later.can_read(run_id)
    files = await asyncio.to_thread(files_of_export, later)
    assert any(run_id in text for text in files.values())
    assert not await stranger.can_read(run_id)


def visitors(server: Server, count: int) -> list[Visitor]:
    return [Visitor(server) for _ in range(count)]


async def begin(socket: ClientConnection, code: str) -> list[Frame]:
    """Run a program; its frames up to its first output."""
    await socket.send(json.dumps({"language": "python", "code": code}))
    frames: list[Frame] = []
    while not frames or frames[-1]["type"] != "stdout":
        frames.append(json.loads(await socket.recv()))
    return frames


async def end_of(socket: ClientConnection) -> Frame:
    """The last frame of the run."""
    frame: Frame = {"type": None}
    while frame["type"] != "complete":
        frame = json.loads(await socket.recv())
    return frame


def files_of_export(visitor: Visitor) -> dict[str, str]:
    answer = visitor.http.get("/accounts/export/")
    assert answer.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_export_has_the_profile_and_every_run(server: Server) -> None:
    visitor = Visitor(server)
    visitor.sign_up("exporter")
    run = visitor.execute(HALLO)
    run_page(visitor)
    other = Visitor(server)
    other.sign_up("other_one")
    other.execute("print('not yours')")
    files = files_of_export(visitor)
    assert json.loads(files["profile.json"])["username"] == "exporter"
    by_name = {name.split("/", 2)[-1]: text for name, text in files.items()}
    assert by_name["files/main.py"] == HALLO
    assert (by_name["stdout.txt"], by_name["stderr.txt"]) == ("hällo\n", "hö\n")
    assert by_name["files/index.html"] == PAGE
    facts = [json.loads(text) for name, text in files.items() if name.endswith("run.json")]
    assert [fact["language"] for fact in facts] == ["python", "html"]
    assert facts[0]["execution_id"] == run["execution_id"]
    assert "not yours" not in "".join(files.values())


def test_export_has_what_else_is_known_of_the_account(server: Server) -> None:
    visitor = Visitor(server)
    visitor.sign_up("known")
    files = {name: json.loads(text) for name, text in files_of_export(visitor).items()}
    assert files["email_addresses.json"] == [
        {"email": "known@example.org", "verified": False, "primary": True}
    ]
    (session,) = files["sessions.json"]
    assert (session["ip"], session["user_agent"]) == ("127.0.0.1", VISITOR)
    assert visitor.http.cookies["sessionid"] not in str(files)
    assert files["second_factors.json"] == files["logins_elsewhere.json"] == []


def test_export_has_every_workspace(server: Server) -> None:
    visitor = Visitor(server)
    visitor.sign_up("packer")
    visitor.begin_workspace("example:02-modules")
    names = [name for name in files_of_export(visitor) if name.startswith("workspaces/")]
    assert sorted(name.partition("/data/")[2] or name.rpartition("/")[2] for name in names) == [
        "cities.csv",
        "main.py",
        "weather.py",
    ]


def test_export_is_made_no_faster_than_it_is_read(server: Server) -> None:
    visitor = Visitor(server)
    visitor.sign_up("slow_reader")
    for _ in range(20):
        noise = base64.b64encode(os.urandom(5 * MEGABYTE)).decode()  # does not compress
        visitor.execute(noise, "html")
    before = resident_bytes(server)
    with visitor.http.stream("GET", "/accounts/export/") as answer:
        time.sleep(6)
        assert resident_bytes(server) - before < 60 * MEGABYTE
        size = sum(map(len, answer.iter_raw()))
    assert size > 100 * MEGABYTE


def resident_bytes(server: Server) -> int:
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024


async def test_deletion_takes_the_runs_along_and_stops_the_live_one(server: Server) -> None:
    visitor, elsewhere = await asyncio.to_thread(visitors, server, 2)
    await asyncio.to_thread(visitor.sign_up, "goner")
    await asyncio.to_thread(elsewhere.log_in, "goner")
    run_id = await asyncio.to_thread(run_page, visitor)
    async with connect(visitor.socket_url, additional_headers=visitor.socket_headers) as socket:
        await begin(socket, SLOW * 5)
        await asyncio.to_thread(delete_account, visitor, "goner")
        assert (await end_of(socket))["status"] == "stopped"
    for browser in (visitor, elsewhere):
        assert await asyncio.to_thread(is_logged_out, browser)
        assert not await browser.can_read(run_id)
    # The name is free again, and nothing comes with it.
    await asyncio.to_thread(visitor.sign_up, "goner")
    assert not await visitor.can_read(run_id)


def delete_account(visitor: Visitor, username: str) -> None:
    visitor.submit("/accounts/reauthenticate/", password=PASSWORD)
    visitor.submit("/accounts/delete/", username=username)


def is_logged_out(visitor: Visitor) -> bool:
    return visitor.http.get("/accounts/profile/").status_code == 302


def test_deletion_asks_for_the_password_and_the_name(server: Server) -> None:
    visitor = Visitor(server)
    visitor.sign_up("keeper")
    asked = visitor.http.get("/accounts/delete/")
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/?next=")
    visitor.submit("/accounts/reauthenticate/", password="wrong")
    assert visitor.http.get("/accounts/delete/").status_code == 302
    visitor.submit("/accounts/reauthenticate/", password=PASSWORD)
    answer = visitor.submit("/accounts/delete/", username="somebody")
    assert "This is not your username." in answer.text
    assert not is_logged_out(visitor)
