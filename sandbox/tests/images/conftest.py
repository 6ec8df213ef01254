"""The image in a real registry, and a runner."""

from collections.abc import AsyncIterator, Iterator

import pytest

from sandbox.runners.docker import DockerRunner
from sandbox.tests.images.made import GREETINGS, LAYERS, Store, make_runner, use_image
from sandbox.tests.registry import build, purge, push, registry, unique_name


@pytest.fixture(scope="package")
def store() -> Iterator[Store]:
    with registry() as there:
        store = Store(there, unique_name())
        for version, greeting in enumerate(GREETINGS, start=1):
            build(store.tag(version), LAYERS, greeting)
            push(store.tag(version))
        yield store
        purge(store.name)


@pytest.fixture
def image(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The image of a language made for it, which the registry has and this machine lacks."""
    purge(store.name)
    use_image(monkeypatch, store.tag())
    yield store.tag()
    purge(store.name)


@pytest.fixture
async def runner() -> AsyncIterator[DockerRunner]:
    """It has no pool, so each run makes its container."""
    runner = make_runner()
    await runner.probe()
    yield runner
    await runner.close()
