"""What a run without its image is told, on the WebSocket and over HTTP."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import ThreadSensitiveContext
from channels.routing import get_default_application
from channels.testing import WebsocketCommunicator
from django.test import AsyncClient

from sandbox import services
from sandbox.languages import LANGUAGES
from sandbox.runners.choose import Choice
from sandbox.runners.docker import DockerRunner
from sandbox.services import RunService
from sandbox.tests.images.made import HELLO
from sandbox.tests.registry import docker, untag

pytestmark = pytest.mark.docker


@pytest.fixture
async def service(runner: DockerRunner) -> AsyncIterator[RunService]:
    """The run service of this test's event loop, with that runner."""
    service = RunService(Choice(runner, "for a test"))
    services._services[asyncio.get_running_loop()] = service
    yield service
    await service.drain()


async def converse(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The frames of one run; a guest's, as the site itself would make it."""
    headers = [(b"host", b"testserver"), (b"origin", b"http://testserver")]
    application = get_default_application()
    socket = WebsocketCommunicator(application, "/ws/execute", headers=headers)
    connected, _ = await socket.connect()
    assert connected
    await socket.send_json_to(body)
    frames: list[dict[str, Any]] = []
    while not frames or frames[-1]["type"] not in {"complete", "error"}:
        frames.append(await socket.receive_json_from(timeout=10))
    await socket.disconnect()
    return frames


@pytest.mark.django_db(transaction=True)
async def test_run_without_its_image_is_refused_at_once(image: str, service: RunService) -> None:
    began = time.monotonic()
    refusal = (await converse(HELLO))[-1]
    assert time.monotonic() - began < 2
    assert refusal["type"] == "error"
    assert refusal["code"] == "no_sandbox"
    assert image in refusal["content"]
    assert "manage.py sandbox_images" in refusal["content"]
    other = await converse({"language": "python", "code": "print('fine')"})
    assert other[-1]["status"] == "completed"


@pytest.mark.django_db(transaction=True)
async def test_run_whose_image_was_deleted_is_refused_alike(
    image: str, runner: DockerRunner, service: RunService
) -> None:
    docker("pull", "--quiet", image)
    await runner.probe()
    assert (await converse(HELLO))[-1]["status"] == "completed"
    untag(image)
    began = time.monotonic()
    first, second = (await converse(HELLO))[-1], (await converse(HELLO))[-1]
    assert time.monotonic() - began < 2
    assert first["code"] == second["code"] == "no_sandbox"
    assert first["content"] == second["content"] == runner.availability(LANGUAGES["cpp"])


@pytest.mark.django_db(transaction=True)
async def test_deleted_image_is_a_503_over_http(
    image: str, runner: DockerRunner, service: RunService
) -> None:
    docker("pull", "--quiet", image)
    await runner.probe()
    untag(image)
    for _ in range(2):  # by the run itself, then before it
        async with ThreadSensitiveContext():  # a thread for the request, as the server gives it
            answer = await AsyncClient().post("/api/execute", HELLO, "application/json")
        assert answer.status_code == 503
        assert answer["Retry-After"] == "30"
        assert answer.json()["code"] == "no_sandbox"
        assert image in answer.json()["detail"]
