"""A real server on a free port. HTML runs need no sandbox, so any machine will do."""

from collections.abc import Iterator

import pytest

from e2e.server import Server, started


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with started("bubblewrap", tmp_path_factory.mktemp("server")) as server:
        yield server
