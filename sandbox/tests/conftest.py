"""A real server on a free port, once for each runner, for the tests of the wire."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import require
from e2e.server import Server, started


@pytest.fixture(scope="session", params=["docker", "bubblewrap"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    runner: str = request.param
    require(runner)
    data_dir: Path = tmp_path_factory.mktemp(runner)
    with started(runner, data_dir) as server:
        yield server
