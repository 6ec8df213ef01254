"""Packages that programs ask for: names, installation, sharing and pruning, on both runners."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from conftest import require
from e2e.server import ROOT, Server, started
from sandbox.package_names import is_package_name
from sandbox.tests.client import Frame, converse, text

GOOD = {
    "pip": ["colorama", "PyYAML", "zope.interface", "requests[socks]==2.31.0", "a>=1,<2"],
    "npm": ["is-number", "@types/node", "@types/node@20", "lodash@^4.17.0", "express@latest"],
}
BAD = [
    "",
    " ",
    "-r",
    "--index-url=http://evil.example",
    "../x",
    "./x",
    "/etc/passwd",
    "a b",
    "a;b",
    "a&&b",
    "$(id)",
    "`id`",
    "git+https://evil.example/x",
    "x @ https://evil.example/x.whl",
    "file:///etc",
    "x.whl",
    "x.tar.gz",
    "is-number@x.tgz",
    "is-number@..",
    "a@npm:b",
    "a\n--index-url",
    "colorama\n",
    "a\x00b",
    "https://evil.example/x.tgz",
    "é",
]


@pytest.mark.parametrize("installer", GOOD)
def test_names_that_an_installer_takes_are_names(installer: str) -> None:
    assert [name for name in GOOD[installer] if not is_package_name(name, installer)] == []


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("installer", ["pip", "npm", None])
def test_what_is_more_than_a_name_is_none(name: str, installer: str | None) -> None:
    assert not is_package_name(name, installer)


@pytest.fixture(scope="module", params=["docker", "bubblewrap"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """One where guests have a network."""
    require(request.param)
    if request.param == "docker":
        request.getfixturevalue("bridge")
    settings = {"GUEST_NETWORK": "true"}
    with started(request.param, tmp_path_factory.mktemp("packages"), settings) as server:
        yield server


COLORAMA = {
    "language": "python",
    "code": "import colorama; print(colorama.__name__)",
    "install_packages": ["colorama"],
}
IS_NUMBER = {
    "language": "nodejs",
    "code": "console.log(require('is-number')(7))",
    "install_packages": ["is-number"],
}


def own_output(frames: list[Frame]) -> str:
    """What came after the installation."""
    kinds = [frame["type"] for frame in frames]
    return text(frames[kinds.index("install_complete") :])


@pytest.mark.parametrize(
    ("request_", "output"), [(COLORAMA, "colorama\n"), (IS_NUMBER, "true\n")], ids=["pip", "npm"]
)
async def test_a_package_installs_once_and_is_there_at_once_then(
    server: Server, request_: dict[str, Any], output: str
) -> None:
    first = await converse(server.url, request_)
    kinds = [frame["type"] for frame in first]
    assert kinds.index("install_start") < kinds.index("stdout") < kinds.index("install_complete")
    assert own_output(first) == output
    time.sleep(2)  # one is made ready
    began = time.monotonic()
    second = await converse(server.url, request_)
    taken = time.monotonic() - began
    assert text(second) == output  # nothing of an installer
    assert own_output(second) == output
    assert taken < 1


async def test_a_module_finds_its_package_by_import_too(server: Server) -> None:
    module = {"name": "own.mjs", "content": "import n from 'is-number'; export default n;"}
    code = "import('./own.mjs').then((own) => console.log(own.default('x')))"
    frames = await converse(server.url, {**IS_NUMBER, "code": code, "files": [module]})
    assert own_output(frames) == "false\n"


@pytest.mark.parametrize(
    ("language", "code"), [("python", "print('ran')"), ("nodejs", "console.log('ran')")]
)
async def test_what_does_not_exist_is_an_install_error_and_the_program_runs(
    server: Server, language: str, code: str
) -> None:
    name = "cloudrun-no-such-package-x1"
    request = {"language": language, "code": code, "install_packages": [name]}
    frames = await converse(server.url, request)
    error = next(frame for frame in frames if frame["type"] == "install_error")
    assert error["packages"] == [name]
    assert f"found no package {name} that can be installed here" in error["explanation"]
    assert text(frames).endswith("ran\n")
    assert frames[-1]["status"] == "completed"


async def test_a_program_cannot_change_what_is_installed(server: Server) -> None:
    code = "import colorama, os; open(os.path.dirname(colorama.__file__) + '/x', 'w')"
    frames = await converse(server.url, {**COLORAMA, "code": code})
    assert "Read-only file system" in text(frames, "stderr")


async def test_a_language_without_packages_says_so(server: Server) -> None:
    request = {"language": "ubuntu", "code": "echo ran", "install_packages": ["x"]}
    frames = await converse(server.url, request)
    assert [frame["type"] for frame in frames].count("install_error") == 1
    assert text(frames) == "ran\n"


@pytest.mark.parametrize("names", ["colorama", ["--help"], ["a"] * 11, [1]], ids=repr)
def test_malformed_names_are_refused(server: Server, names: Any) -> None:
    body = {"language": "python", "code": "1", "install_packages": names}
    answer = httpx.post(f"{server.url}/api/execute", json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"].startswith("install_packages")


async def test_guests_get_no_network_unless_it_is_given(tmp_path: Path) -> None:
    require("bubblewrap")
    with started("bubblewrap", tmp_path) as server:
        frames = await converse(server.url, COLORAMA)
    error = next(frame for frame in frames if frame["type"] == "install_error")
    assert "Guests cannot install packages" in error["content"]


def test_the_command_lists_and_prunes_what_is_installed(tmp_path: Path) -> None:
    require("bubblewrap")
    folder = tmp_path / "data"
    folder.mkdir()
    settings = {"GUEST_NETWORK": "true"}
    with started("bubblewrap", folder, settings) as server:
        answer = httpx.post(f"{server.url}/api/execute", json=COLORAMA, timeout=60)
        assert answer.json()["stdout"] == "colorama\n"
    assert "python: colorama" in packages_command(folder)
    assert "1 removed" in packages_command(folder, "--prune", "0")
    assert "colorama" not in packages_command(folder)


def packages_command(data_dir: Path, *arguments: str) -> str:
    env = os.environ | {
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": "",
        "ENV_FILE": os.devnull,
        "SANDBOX_RUNNER": "bubblewrap",
    }
    argv = [sys.executable, "manage.py", "sandbox_packages", *arguments]
    return subprocess.run(
        argv, env=env, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
