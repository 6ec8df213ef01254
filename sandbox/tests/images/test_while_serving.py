"""Language images that are missing, fetched, deleted and replaced while the server runs."""

import asyncio
import time
from typing import Any

import pytest

from sandbox.errors import NoSandboxError
from sandbox.languages import LANGUAGES
from sandbox.runners.docker import DockerRunner, images
from sandbox.runners.docker import runner as runner_module
from sandbox.runners.docker.images import Images
from sandbox.tests.images.made import GREETINGS, Store, eventually, make_runner, run, use_image
from sandbox.tests.registry import (
    build,
    docker,
    free_port,
    purge,
    push,
    registry,
    slow_way,
    unique_name,
    untag,
)

pytestmark = pytest.mark.docker


async def test_missing_image_is_told_and_the_others_go_on(image: str, runner: DockerRunner) -> None:
    reason = runner.availability(LANGUAGES["cpp"])
    assert reason == (
        f"The image {image} is not on this machine."
        f" Fetch it with: manage.py sandbox_images (or docker pull {image})"
    )
    assert runner.availability(LANGUAGES["python"]) is None
    assert runner.figures()["images"] == {
        "fetching": None,
        "missing": [image],
        "progress": None,
        "error": None,
    }


async def test_deleted_image_is_noticed_by_the_run(image: str, runner: DockerRunner) -> None:
    docker("pull", "--quiet", image)
    await runner.probe()
    assert await run(runner) == GREETINGS[0]
    untag(image)
    assert runner.availability(LANGUAGES["cpp"]) is None  # nobody has looked
    with pytest.raises(NoSandboxError, match=f"The image {image} is not on this machine"):
        await run(runner)
    assert runner.availability(LANGUAGES["cpp"])
    assert image not in docker("images", "--format", "{{.Repository}}:{{.Tag}}")


async def test_deleted_image_is_noticed_by_the_pool(image: str) -> None:
    docker("pull", "--quiet", image)
    runner = make_runner(waiting=40)
    await runner.probe()
    await runner.open()
    try:
        await eventually(lambda: runner.figures()["pool"]["size"] == target(runner))
        before = target(runner)
        untag(image)
        await eventually(lambda: image in runner.figures()["images"]["missing"])
        # The pool goes on with the other languages.
        assert target(runner) == before - 2
        await eventually(lambda: runner.figures()["pool"]["size"] == before - 2)
    finally:
        await runner.close()


def target(runner: DockerRunner) -> int:
    target: int = runner.figures()["pool"]["target"]
    return target


async def test_image_that_appears_is_used_within_10_s(image: str) -> None:
    runner = make_runner(waiting=40)
    await runner.probe()
    await runner.open()
    try:
        assert runner.availability(LANGUAGES["cpp"])
        docker("pull", "--quiet", image)
        began = time.monotonic()
        await eventually(lambda: runner.availability(LANGUAGES["cpp"]) is None)
        assert await run(runner) == GREETINGS[0]
        assert time.monotonic() - began < 10
    finally:
        await runner.close()


async def test_replaced_image_is_used_by_the_pool(image: str, store: Store) -> None:
    docker("pull", "--quiet", image)
    docker("pull", "--quiet", store.tag(2))
    runner = make_runner(waiting=40)
    await runner.probe()
    await runner.open()
    try:
        await eventually(lambda: runner.figures()["pool"]["size"] == target(runner))
        assert await run(runner) == GREETINGS[0]
        docker("tag", store.tag(2), image)
        await runner.probe()
        assert await run(runner) == GREETINGS[1]
    finally:
        await runner.close()


async def test_fetch_goes_on_until_all_is_there(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "_RETRY_S", 0.2)
    port = free_port()
    name = unique_name()
    tag = f"localhost:{port}/{name}:1"
    use_image(monkeypatch, tag)
    runner = make_runner()
    await runner.probe()
    fetching = asyncio.create_task(runner.fetch())

    def figures() -> dict[str, Any]:
        told: dict[str, Any] = runner.figures()["images"]
        return told

    try:
        await eventually(lambda: figures()["error"])
        assert figures()["error"] == f"{tag} could not be fetched: its registry does not answer."
        with registry(port):
            build(tag, ())
            push(tag)
            purge(name)
            await asyncio.wait_for(fetching, 10)
        assert figures() == {"fetching": None, "missing": [], "progress": None, "error": None}
        assert runner.availability(LANGUAGES["cpp"]) is None
    finally:
        await runner.close()
        purge(name)


async def test_fetch_tells_how_far_it_is(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async with slow_way(store.registry, bytes_per_s=2_000_000) as (way, _):
        tag = store.tag(at=way)
        purge(store.name)
        use_image(monkeypatch, tag)
        runner = make_runner()
        await runner.probe()
        fetching = asyncio.create_task(runner.fetch())
        try:
            told: list[dict[str, Any]] = []
            reasons: set[str | None] = set()
            while not fetching.done():
                told.append(runner.figures()["images"])
                reasons.add(runner.availability(LANGUAGES["cpp"]))
                await asyncio.sleep(0.05)
            during = [figures for figures in told if figures["fetching"]]
            assert all(f["fetching"] == tag and f["missing"] == [tag] for f in during)
            assert len({figures["progress"] for figures in during}) >= 5
            assert f"The image {tag} is being fetched (50%). Run again when it is there." in {
                reason and f"{reason.split('(')[0]}(50%){reason.split(')')[-1]}"
                for reason in reasons
            }
            assert runner.availability(LANGUAGES["cpp"]) is None
        finally:
            await runner.close()


async def test_close_ends_a_fetch(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    use_image(monkeypatch, f"localhost:{free_port()}/{unique_name()}:1")
    runner = make_runner()
    await runner.probe()
    fetching = asyncio.create_task(runner.fetch())
    await eventually(lambda: runner.figures()["images"]["error"])
    await runner.close()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(fetching, 2)


def test_nothing_is_known_before_the_first_look() -> None:
    assert runner_module._PROBE_INTERVAL_S < 10
    assert Images(None).missing == images.language_images()  # type: ignore[arg-type]
