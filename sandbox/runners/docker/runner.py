"""The runner for production: one fresh Docker container per run."""

import asyncio
import logging
import secrets
from collections.abc import Mapping
from typing import Any

from sandbox.errors import NoSandboxError, SandboxError
from sandbox.languages import LANGUAGES, Language
from sandbox.runners.base import LABEL, Job
from sandbox.runners.cgroup import Cgroup
from sandbox.runners.docker.attachment import Attachment
from sandbox.runners.docker.container import Container
from sandbox.runners.docker.engine import Engine, NotThereError
from sandbox.runners.docker.loader import READY
from sandbox.runners.docker.options import Recipe, container_config
from sandbox.runners.docker.pool import CONTAINER_BYTES, Pool
from sandbox.runners.docker.removals import Removals
from sandbox.runners.docker.sandbox import DockerSandbox, Host

logger = logging.getLogger(__name__)

_SCHEME = "unix://"
_PROBE_TIMEOUT_S = 2.0
_REAPED_AT_ONCE = 8
_READY_TIMEOUT_S = 10.0
_CLOSE_TIMEOUT_S = 10.0
# Python is what most people run, the IDE on a terminal, clients without one.
_ALWAYS_READY = {"python": 3}
_ALWAYS_READY_OTHERS = 1


class DockerRunner:
    """`socket` is the engine's (`unix://…`), `runtime` one of its runtimes or empty.

    `pool_bytes` bounds the memory of containers that wait for a run; `instance` names this
    server on the containers. Make it inside the event loop that uses it.
    """

    name = "docker"

    def __init__(self, socket: str, runtime: str, instance: str, pool_bytes: int = 0) -> None:
        self._socket = socket
        self._path = socket.removeprefix(_SCHEME)
        self._runtime = runtime
        self._instance = instance
        self._engine = Engine(self._path)
        self._removals = Removals(self._engine)
        self._pool = Pool(self._prepare, pool_bytes // CONTAINER_BYTES)
        self._launches: set[asyncio.Task[DockerSandbox]] = set()
        self._unavailable: dict[str, str] = {}

    async def probe(self) -> None:
        if not self._path.startswith("/"):
            raise NoSandboxError(
                f"DOCKER_HOST is {self._socket}; only unix:// sockets of this machine are used."
            )
        try:
            async with asyncio.timeout(_PROBE_TIMEOUT_S):
                tags = await self._engine.image_tags()
                await self._check_runtime()
        except (SandboxError, TimeoutError) as error:
            logger.info("no Docker engine at %s: %s", self._path, error)
            raise NoSandboxError(
                f"No Docker engine answers at {self._path}. Start it, and let this user open its"
                " socket."
            ) from error
        self._unavailable = {
            language.id: _missing(language)
            for language in LANGUAGES.values()
            if language.is_sandboxed and language.image not in tags
        }

    async def fetch(self) -> None:
        """Pull the images that are missing, one after the other; a failure is logged."""
        for id in list(self._unavailable):
            image = LANGUAGES[id].image
            assert image is not None
            logger.info("pulling %s", image)
            try:
                await self._engine.pull(image)
            except SandboxError as error:
                logger.warning("%s could not be pulled: %s", image, error.detail)
            else:
                await self.probe()

    def availability(self, language: Language) -> str | None:
        return self._unavailable.get(language.id)

    def version(self, language: Language) -> str:
        return language.version

    def network_problem(self) -> str | None:
        return "Programs have no network on this server."

    async def open(self) -> None:
        """Fill the pool, for every language that can run."""
        self._pool.open(
            {
                Recipe(language.id, limits, terminal): _ALWAYS_READY.get(
                    language.id, _ALWAYS_READY_OTHERS
                )
                for language in LANGUAGES.values()
                if language.is_sandboxed and language.id not in self._unavailable
                for terminal, limits in (
                    (False, language.run_limits()),
                    (True, language.run_limits(interactive=True)),
                )
            }
        )

    def figures(self) -> Mapping[str, Any]:
        return {"pool": self._pool.figures()}

    async def start(self, job: Job) -> DockerSandbox:
        launch = asyncio.create_task(self._start(job))
        self._launches.add(launch)
        launch.add_done_callback(self._launches.discard)
        try:
            return await asyncio.shield(launch)
        except asyncio.CancelledError:
            # The engine goes on making it: it has to be waited for to be removed.
            launch.add_done_callback(self._discard)
            raise

    async def reap(self) -> int:
        leftovers = await self._engine.labelled(f"{LABEL}={self._instance}")
        at_once = asyncio.Semaphore(_REAPED_AT_ONCE)

        async def remove(container: str) -> None:
            async with at_once:
                await self._removals.remove(container)

        await asyncio.gather(*map(remove, leftovers))
        return len(leftovers)

    async def close(self) -> None:
        if self._launches:
            await asyncio.wait(self._launches, timeout=_CLOSE_TIMEOUT_S)
        await self._pool.close()
        await self._removals.close()
        await self._engine.close()

    async def _start(self, job: Job) -> DockerSandbox:
        recipe = Recipe.of(job, network=None, packages=job.packages)
        container = self._pool.take(recipe) or await self._prepare(recipe)
        return await container.launch(job)

    async def _prepare(self, recipe: Recipe) -> Container:
        """A container with its loader waiting. Nothing is left where this fails."""
        id = await self._create(recipe)
        attachment: Attachment | None = None
        try:
            attachment = await Attachment.open(self._path, id, terminal=recipe.terminal)
            await self._engine.start(id)
            if recipe.terminal:
                await attachment.read_exactly(READY, _READY_TIMEOUT_S)
            cgroup = Cgroup.of_process(await self._engine.pid(id))
        except BaseException:
            if attachment:
                attachment.close()
            await self._removals.remove(id)
            raise
        return Container(recipe, Host(self._engine, self._removals, id, cgroup), attachment)

    async def _create(self, recipe: Recipe) -> str:
        labels = {LABEL: self._instance}
        config = container_config(recipe, runtime=self._runtime, labels=labels)
        name = f"{LABEL}-{self._instance}-{secrets.token_hex(8)}"
        try:
            return await self._engine.create(config, name)
        except NotThereError as error:
            language = LANGUAGES[recipe.language_id]
            self._unavailable[language.id] = _missing(language)
            raise NoSandboxError(_missing(language)) from error
        except SandboxError:
            self._removals.remove_late(name)
            raise

    async def _check_runtime(self) -> None:
        if self._runtime and self._runtime not in await self._engine.runtimes():
            raise NoSandboxError(
                f"DOCKER_RUNTIME is {self._runtime}, which this Docker engine does not have."
            )

    def _discard(self, launch: "asyncio.Task[DockerSandbox]") -> None:
        """Remove what a cancelled `start` has left; runs when its launch is done."""
        if not launch.cancelled() and launch.exception() is None:
            removal = asyncio.create_task(launch.result().remove())
            self._removals.keep(removal)


def _missing(language: Language) -> str:
    return (
        f"The image {language.image} is not on this machine."
        f" Pull it with: docker pull {language.image}"
    )
