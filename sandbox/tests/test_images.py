"""Language images that are missing, fetched, deleted and replaced, with a real registry."""

import asyncio
import io
import secrets
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import pytest
from asgiref.sync import ThreadSensitiveContext
from channels.routing import get_default_application
from channels.testing import WebsocketCommunicator
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.test import AsyncClient

from sandbox import services
from sandbox.errors import NoSandboxError, SandboxError
from sandbox.languages import LANGUAGES
from sandbox.runners.base import Job, SandboxFile
from sandbox.runners.choose import Choice
from sandbox.runners.docker import DockerRunner, images
from sandbox.runners.docker import engine as engine_module
from sandbox.runners.docker import runner as runner_module
from sandbox.runners.docker.engine import Engine
from sandbox.runners.docker.images import ImageError, Images, Progress, pull
from sandbox.runners.docker.runner import CONTAINER_BYTES
from sandbox.services import RunService
from sandbox.tests.registry import (
    Registry,
    build,
    docker,
    free_port,
    purge,
    push,
    registry,
    silent_registry,
    slow_way,
    unique_name,
    untag,
)

pytestmark = pytest.mark.docker

SOCKET = "/var/run/docker.sock"
LAYERS = (1_000_000, 3_000_000)
HELLO = {"language": "cpp", "code": "cat /greeting"}
GREETINGS = ("hello from the first", "hello from the second")


@dataclass(frozen=True)
class Store:
    """A registry with two versions of one image, in a repository that nobody else uses."""

    registry: Registry
    name: str

    def tag(self, version: int = 1, at: Registry | None = None) -> str:
        return f"{(at or self.registry).address}/{self.name}:{version}"


@pytest.fixture(scope="module")
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


def use_image(monkeypatch: pytest.MonkeyPatch, tag: str) -> None:
    """C++ becomes a shell in that image."""
    shell = replace(LANGUAGES["cpp"], image=tag, file="main.sh", compile=None, run="exec sh {file}")
    monkeypatch.setitem(LANGUAGES, "cpp", shell)


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    engine = Engine(SOCKET)
    yield engine
    await engine.close()


@pytest.fixture
async def runner() -> AsyncIterator[DockerRunner]:
    """It has no pool, so each run makes its container."""
    runner = make_runner()
    await runner.probe()
    yield runner
    await runner.close()


def make_runner(waiting: int = 0) -> DockerRunner:
    instance = f"test{secrets.token_hex(4)}"
    return DockerRunner(f"unix://{SOCKET}", "", instance, waiting * CONTAINER_BYTES)


async def run(runner: DockerRunner, code: str = HELLO["code"]) -> str:
    language = LANGUAGES["cpp"]
    program = language.program(code, embedded=False)
    files = (SandboxFile(program.file, code.encode()),)
    job = Job(secrets.token_hex(16), language, files, program, language.run_limits())
    sandbox = await runner.start(job)
    try:
        output = b"".join([chunk async for _, chunk in sandbox.output()])
        await sandbox.wait()
    finally:
        await sandbox.remove()
    return output.decode()


async def eventually(holds: Callable[[], Any], timeout_s: float = 10) -> None:
    async with asyncio.timeout(timeout_s):
        while not holds():
            await asyncio.sleep(0.05)


# --- Pulling ---------------------------------------------------------------------------------


async def test_pull_tells_how_far_it_is(engine: Engine, store: Store) -> None:
    shares: list[tuple[float, int]] = []
    async with slow_way(store.registry, bytes_per_s=4_000_000) as (way, _):
        tag = store.tag(at=way)
        purge(store.name)  # or its layers are there already
        await pull(engine, tag, lambda p: shares.append((p.fraction, p.downloaded_bytes)))
        assert tag in await engine.image_ids()
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
        assert tag not in await engine.image_ids()


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


# --- While the server runs -------------------------------------------------------------------


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


# --- On the wire -----------------------------------------------------------------------------


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


# --- manage.py sandbox_images ----------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_command_fetches_what_is_missing(image: str) -> None:
    out = io.StringIO()
    call_command("sandbox_images", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0] == f"Fetching {image}"
    assert lines[-2].startswith("  100%  ")
    assert lines[-1] == f"{image} is there."
    assert "\r" not in out.getvalue()
    again = io.StringIO()
    call_command("sandbox_images", stdout=again)
    assert again.getvalue() == "All images are there already.\n"


def test_command_draws_a_bar_on_a_terminal(image: str) -> None:
    out = Terminal()
    call_command("sandbox_images", stdout=out)
    drawn = out.getvalue().split("\r")
    assert f"{image}  [{'-' * 30}]   0%" in drawn[1]
    assert any(f"[{'#' * 30}] 100%" in line for line in drawn)
    assert drawn[-1] == f"{image} is there.\n"


def test_command_lists(image: str, store: Store) -> None:
    out = io.StringIO()
    with pytest.raises(CommandError, match=f"Not on this machine: {image}"):
        call_command("sandbox_images", "--list", stdout=out)
    states = {line.split()[0]: line.split()[1] for line in out.getvalue().splitlines()}
    assert states[image] == "missing"
    assert states["python:3.11-slim"] == "there"
    docker("pull", "--quiet", image)
    call_command("sandbox_images", "--list", stdout=io.StringIO())


def test_command_fails_where_an_image_stays_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    image = f"localhost:{free_port()}/{unique_name()}:1"
    use_image(monkeypatch, image)
    out = io.StringIO()
    with pytest.raises(CommandError, match=f"Not on this machine: {image}"):
        call_command("sandbox_images", stdout=out)
    assert f"{image} could not be fetched: its registry does not answer." in out.getvalue()
    assert "connection refused" in out.getvalue()
    assert "sandbox_images --build" in out.getvalue()


def test_command_builds_by_the_script(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """All that the script can build is there; it says so, and the rest stays missing."""
    image = f"localhost:{free_port()}/{unique_name()}:1"
    use_image(monkeypatch, image)
    with pytest.raises(CommandError, match=f"Not on this machine: {image}"):
        call_command("sandbox_images", "--build")
    assert "==> All language images are there" in capfd.readouterr().out


@pytest.mark.parametrize(("socket", "status"), [(SOCKET, 0), ("/nowhere/docker.sock", 1)])
def test_exit_status(socket: str, status: int) -> None:
    command = [sys.executable, str(project.BASE_DIR / "manage.py"), "sandbox_images", "--list"]
    env = {"DOCKER_HOST": f"unix://{socket}", "ENV_FILE": "/dev/null", "SECRET_KEY": "x"}
    result = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert result.returncode == status
    assert ("does not answer" in result.stderr) == bool(status)


def test_nothing_is_known_before_the_first_look() -> None:
    assert runner_module._PROBE_INTERVAL_S < 10
    assert Images(None).missing == images.language_images()  # type: ignore[arg-type]
