"""On an engine with `userns-remap`, as the README recommends it: root inside is nobody outside."""

import asyncio
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection

from conftest import require
from e2e.server import Server, started
from sandbox.languages import LANGUAGES
from sandbox.tests.client import Frame, converse, text
from sandbox.tests.engine import OwnEngine, own_engine

# Any user will do: all that counts is which ids /etc/subuid and /etc/subgid lend to it.
_USER = "daemon"
_FIRST_ID = 100_000
_IDS = 65_536
_NOBODY = 65_534


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnEngine]:
    require("docker")
    lent = tmp_path_factory.mktemp("ids") / "lent"
    lent.write_text(f"{_USER}:{_FIRST_ID}:{_IDS}\n")
    with (
        _over(Path("/etc/subuid"), lent),
        _over(Path("/etc/subgid"), lent),
        own_engine(f"--userns-remap={_USER}") as engine,
    ):
        engine.bring(str(LANGUAGES["ubuntu"].image))
        yield engine


@pytest.fixture(scope="module")
def server(engine: OwnEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {"DOCKER_HOST": engine.address}
    with started("docker", tmp_path_factory.mktemp("userns"), settings) as server:
        yield server


@contextmanager
def _over(file: Path, content: Path) -> Iterator[None]:
    """Another file in a file's place, for a while."""
    subprocess.run(["mount", "--bind", str(content), str(file)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(file)], check=True)


async def test_root_of_the_shell_is_nobody_outside(server: Server, engine: OwnEngine) -> None:
    seen: list[int] = []

    async def look(socket: ClientConnection, frame: Frame) -> None:
        if "written" in frame["content"]:
            seen.extend(await asyncio.to_thread(_owners, engine))
            await socket.send(json.dumps({"type": "stop"}))

    code = "id -u; cat /proc/self/uid_map; touch /opt/cloudrun-mark; echo written; sleep 60"
    frames = await converse(
        server.url, {"language": "ubuntu", "code": code, "interactive": True}, look
    )
    words = text(frames).split()
    assert words == ["0", "0", str(_FIRST_ID), str(_IDS), "written"]
    assert seen == [_FIRST_ID, _FIRST_ID]


def _owners(engine: OwnEngine) -> list[int]:
    """On the machine: of the file that the shell wrote, and of the first process beside it."""
    [file] = engine.data.glob("*/overlay2/*/diff/opt/cloudrun-mark")
    template = "{{.State.Pid}} {{.GraphDriver.Data.UpperDir}}"
    described = engine.docker("inspect", "--format", template, *engine.containers())
    [pid] = [line.split()[0] for line in described.splitlines() if file.parts[-4] in line]
    return [file.stat().st_uid, Path("/proc", pid).stat().st_uid]


async def test_it_has_what_apt_needs_of_root(server: Server) -> None:
    """To give files away, and to become one of its own users."""
    code = (
        "touch /opt/x && chown nobody:nogroup /opt/x && stat -c %u /opt/x\n"
        "su -s /bin/sh nobody -c 'id -u'"
    )
    frames = await converse(server.url, {"language": "ubuntu", "code": code})
    assert text(frames) == f"{_NOBODY}\n{_NOBODY}\n"


async def test_programs_run_as_ever(server: Server) -> None:
    code = "import os\nopen('x', 'w').write('x')\nprint(os.getuid(), os.stat('x').st_uid)"
    frames = await converse(server.url, {"language": "python", "code": code})
    assert text(frames) == f"{_NOBODY} {_NOBODY}\n", frames
    assert frames[-1]["status"] == "completed"
