"""A real server on a free port, once for each runner, for the tests of the wire."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from conftest import require
from e2e.server import Server, started
from sandbox.runners.docker.network import NETWORK


@pytest.fixture(scope="session", params=["docker", "bubblewrap"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    yield from _serving(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="session")
def one_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for what does not depend on the runner; it may post to receivers of tests."""
    yield from _serving(
        "bubblewrap",
        tmp_path_factory.mktemp("one"),
        CALLBACK_NETWORKS="127.0.0.1",
        DISCONNECT_GRACE="1",
        MAX_RUNS_PER_USER="2",
        MAX_SOCKETS_PER_USER="50",
    )


@pytest.fixture(scope="session")
def counting_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that counts elsewhere than in its memory, for which each run waits at first."""
    counters = tmp_path_factory.mktemp("counters")
    data_dir = tmp_path_factory.mktemp("counting")
    yield from _serving("bubblewrap", data_dir, CACHE_URL=f"filecache://{counters}")


@pytest.fixture(scope="session")
def fuzzed_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that takes as much nonsense as anybody can send."""
    yield from _serving(
        "bubblewrap",
        tmp_path_factory.mktemp("fuzzed"),
        AI_REQUESTS_PER_MINUTE="1000000",
        DISCONNECT_GRACE="1",
        MAX_REQUESTS_PER_MINUTE="1000000",
        SIGNUPS_PER_HOUR="1000000",
    )


def _serving(runner: str, data_dir: Path, **settings: str) -> Iterator[Server]:
    require(runner)
    with started(runner, data_dir, settings) as server:
        yield server


@pytest.fixture(scope="session")
def bridge() -> Iterator[None]:
    """The bridge for network-enabled runs and its rules; taken away again if we made it."""
    require("docker")
    command = ["docker", "network", "ls", "--quiet", "--filter", f"name=^{NETWORK}$"]
    was_there = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    call_command("sandbox_network")
    yield
    if not was_there:
        call_command("sandbox_network", "--remove")
