"""Pulling an image, with a real registry or one that fails."""

import asyncio
import time
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import pytest

from sandbox.errors import SandboxError
from sandbox.runners.docker import engine as engine_module
from sandbox.runners.docker.engine import Engine
from sandbox.runners.docker.images import ImageError, Progress, pull
from sandbox.tests.images.made import LAYERS, SOCKET, Store
from sandbox.tests.registry import free_port, purge, silent_registry, slow_way, unique_name

pytestmark = pytest.mark.docker


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    engine = Engine(SOCKET)
    yield engine
    await engine.close()


async def test_pull_tells_how_far_it_is(engine: Engine, store: Store) -> None:
    shares: list[tuple[float, int]] = []
    async with slow_way(store.registry, bytes_per_s=4_000_000) as (way, _):
        tag = store.tag(at=way)
        purge(store.name)  # or its layers are there already
        await pull(engine, tag, lambda p: shares.append((p.fraction, p.downloaded_bytes)))
        assert tag in await engine.images()
    fractions = [fraction for fraction, _ in shares]
    assert all(before <= after for before, after in pairwise(fractions))
    assert fractions[-1] == 1
    assert len({round(fraction, 1) for fraction in fractions}) >= 5
    assert sum(LAYERS) < shares[-1][1] < sum(LAYERS) + 3_000_000  # and busybox


async def test_abandoned_pull_stops_in_the_engine(engine: Engine, store: Store) -> None:
    async with slow_way(store.registry, bytes_per_s=100_000) as (way, passed):
        tag = store.tag(at=way)
        purge(store.name)
        started = asyncio.Event()
        task = asyncio.create_task(pull(engine, tag, lambda _: started.set()))
        await asyncio.wait_for(started.wait(), 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(2)  # for what is on its way
        before = sum(passed)
        await asyncio.sleep(1)
        assert sum(passed) == before
        assert tag not in await engine.images()


@pytest.mark.parametrize("tag", ["nothing", "1"])
async def test_image_that_the_registry_lacks(engine: Engine, store: Store, tag: str) -> None:
    name = store.name if tag == "nothing" else unique_name()
    image = f"{store.registry.address}/{name}:{tag}"
    with pytest.raises(ImageError) as caught:
        await pull(engine, image, lambda _: None)
    assert caught.value.detail == f"{image} could not be fetched: its registry does not have it."
    assert "manifest unknown" in caught.value.said


async def test_registry_that_is_down(engine: Engine) -> None:
    image = f"localhost:{free_port()}/{unique_name()}:1"
    began = time.monotonic()
    with pytest.raises(ImageError) as caught:
        await pull(engine, image, lambda _: None)
    assert caught.value.detail == f"{image} could not be fetched: its registry does not answer."
    assert time.monotonic() - began < 5


async def test_registry_that_is_silent_is_given_up(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "_PULL_STALL_S", 1.0)
    async with silent_registry() as silent:
        image = f"{silent.address}/{unique_name()}:1"
        began = time.monotonic()
        with pytest.raises(ImageError, match="within 1 seconds"):
            await pull(engine, image, lambda _: None)
    assert 1 <= time.monotonic() - began < 3


async def test_engine_that_is_not_there_says_so() -> None:
    engine = Engine("/nowhere/docker.sock")
    with pytest.raises(ImageError) as caught:
        await pull(engine, "gcc:12", lambda _: None)
    await engine.close()
    assert caught.value.detail == "The Docker engine went away and did not go on pulling gcc:12."


async def test_words_of_the_engine_are_not_for_users(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    config = {"Image": "python:3.11-slim", "HostConfig": {"Runtime": "/secret/runtime"}}
    with pytest.raises(SandboxError) as caught:
        await engine.create(config, unique_name())
    assert caught.value.detail == "The Docker engine could not create a container."
    assert "/secret/runtime" in caplog.text


def line(status: str, id: str = "a", current: int = 0, total: int = 0) -> dict[str, Any]:
    detail = {"current": current, "total": total} if total else {}
    return {"status": status, "id": id, "progressDetail": detail}


def test_progress_weighs_layers_by_size_and_never_goes_back() -> None:
    progress = Progress()

    def after(*lines: dict[str, Any]) -> float:
        for item in lines:
            progress.note(item)
        return round(progress.fraction, 3)

    assert after({"status": "Pulling from library/gcc", "id": "12"}) == 0
    assert after(line("Already exists", "old"), line("Pulling fs layer", "a")) == 0
    assert after(line("Pulling fs layer", "b"), line("Waiting", "b")) == 0
    # Of a, half is here; b counts as much, as long as nobody knows better.
    assert after(line("Downloading", "a", 50, 100)) == 0.125
    assert after(line("Verifying Checksum", "a"), line("Download complete", "a")) == 0.25
    assert after(line("Downloading", "b", 0, 900)) == 0.25
    assert progress.downloaded_bytes == 100
    assert after(line("Download complete", "b"), line("Extracting", "a", 100, 100)) == 0.55
    assert after(line("Pull complete", "a")) == 0.55
    assert after({"status": "Extracting", "id": "b", "progressDetail": {"current": 7}}) == 0.55
    assert after(line("Pull complete", "b"), {"status": "Digest: sha256:0"}) == 1
    assert progress.downloaded_bytes == 1000
