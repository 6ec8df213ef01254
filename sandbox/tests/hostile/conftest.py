"""A server of the battery's own, once for each runner: a short limit, and secrets to look for."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import require
from e2e.server import Server, started
from sandbox.tests.hostile.watch import LIMIT_S, SECRET, Watch

_SETTINGS = {
    "MAX_EXECUTION_TIME": str(LIMIT_S),
    "MAX_RUNS_PER_USER": "16",
    "MAX_RUNS": "16",
    "SHELL_DISK": "64m",
    "GEMINI_API_KEY": SECRET,
    "JWT_SECRET": SECRET,
    "SECRET_KEY": SECRET,
}


@dataclass(frozen=True)
class Target:
    """The server under attack."""

    runner: str
    server: Server
    watch: Watch


@pytest.fixture(scope="session", params=["docker", "bubblewrap"])
def target(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Target]:
    runner: str = request.param
    require(runner)
    data_dir: Path = tmp_path_factory.mktemp(f"hostile-{runner}")
    with started(runner, data_dir, _SETTINGS) as server:
        yield Target(runner, server, Watch(server, data_dir))
