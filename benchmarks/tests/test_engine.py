"""What counts as left behind, and that every way into Docker gives a program's output."""

import secrets
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import docker
import pytest

from benchmarks import engine
from benchmarks.paths import Bare, Way
from benchmarks.programs import hello
from sandbox.languages import LANGUAGES
from sandbox.runners.loader import loader

pytestmark = pytest.mark.docker


@pytest.fixture
def client() -> Iterator[docker.DockerClient]:
    with closing(engine.connect()) as client:
        yield client


@pytest.mark.parametrize(
    ("script", "left"),
    [
        (loader(LANGUAGES["python"], terminal=False), 0),
        ("sleep 60; true", 1),
        ("exec sleep 60", 1),
        ("exit 3", 1),
    ],
    ids=["waiting", "running", "to be removed", "ended"],
)
def test_only_a_waiting_loader_is_not_left_behind(
    client: docker.DockerClient, script: str, left: int
) -> None:
    instance = secrets.token_hex(6)
    container = client.containers.run(
        LANGUAGES["python"].image or "",
        ["/bin/sh", "-c", script],
        detach=True,
        init=True,
        labels={"cloudrun": instance},
        stdin_open=True,
        working_dir="/tmp",
    )
    try:
        if script.startswith("exit"):
            container.wait()
        assert engine.leftovers(client, instance) == left
        assert engine.containers(client, instance) == 1
    finally:
        container.remove(force=True)
    assert engine.containers(client, instance) == 0


async def test_every_way_gives_the_output_and_both_times(
    client: docker.DockerClient, tmp_path: Path
) -> None:
    program = hello("ubuntu")  # the smallest image
    root = engine.unpacked(client, "ubuntu", tmp_path)
    with (
        closing(engine.Naive(client)) as naive,
        closing(Bare(lambda _: root, embedded=False)) as bare,
    ):
        ways: list[Way] = [bare, naive, engine.DockerRun()]
        for way in ways:
            result = await way.run(program)
            assert result.is_right(program), way.name
            assert result.first_output_s is not None
            assert 0 < result.first_output_s <= result.done_s
