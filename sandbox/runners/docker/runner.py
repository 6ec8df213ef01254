"""The runner for production: one fresh Docker container per run."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Coroutine, Mapping
from typing import Any

from sandbox.errors import InstallError, NoSandboxError, SandboxError
from sandbox.languages import LANGUAGES, Language
from sandbox.limits import MIB
from sandbox.runners.base import LABEL, Job
from sandbox.runners.cgroup import Cgroup
from sandbox.runners.docker.attachment import Attachment
from sandbox.runners.docker.engine import Engine, NotThereError, UnreachableError
from sandbox.runners.docker.images import Images
from sandbox.runners.docker.network import NETWORK, network_problem
from sandbox.runners.docker.options import container_config
from sandbox.runners.docker.packages import VolumeStore
from sandbox.runners.docker.removals import Removals
from sandbox.runners.docker.sandbox import DockerSandbox, Host
from sandbox.runners.packages import Installations, PackageSet, PackageSettings, Report
from sandbox.runners.pool import Pool, Recipe, always_ready

logger = logging.getLogger(__name__)

_SCHEME = "unix://"
_PROBE_TIMEOUT_S = 2.0
_PROBE_INTERVAL_S = 5.0
_PING_INTERVAL_S = 2.0
_PINGS = 3
_REAPED_AT_ONCE = 8
_NETWORK_INTERVAL_S = 10.0
_RETRY_AFTER_S = 30
_CLOSE_TIMEOUT_S = 10.0
# What a waiting one takes of the machine's memory, an interpreter and its share of the engine's
# included.
CONTAINER_BYTES = 12 * MIB


class DockerRunner:
    """`socket` is the engine's (`unix://…`), `runtime` one of its runtimes or empty.

    `pool_bytes` bounds the memory of containers that wait for a run; `instance` names this
    server on the containers. Make it inside the event loop that uses it.
    """

    name = "docker"
    caution = ""

    def __init__(
        self,
        socket: str,
        runtime: str,
        instance: str,
        pool_bytes: int = 0,
        packages: PackageSettings | None = None,
    ) -> None:
        self._socket = socket
        self._path = socket.removeprefix(_SCHEME)
        self._runtime = runtime
        self._instance = instance
        self._engine = Engine(self._path)
        self._removals = Removals(self._engine)
        self._pool = Pool(self._prepare, pool_bytes // CONTAINER_BYTES)
        self._launches: set[asyncio.Task[DockerSandbox]] = set()
        self._images = Images(self._engine)
        self._background: set[asyncio.Task[None]] = set()
        self._watching: asyncio.Task[None] | None = None
        self._network_problem: str | None = "The network was not looked at yet."
        self._network_checked_at = -_NETWORK_INTERVAL_S
        self.installations: Installations[VolumeStore] | None = None
        if packages:
            store = VolumeStore(self._engine, self._removals, packages.index, instance)
            self.installations = Installations(store, packages)

    async def probe(self) -> None:
        if not self._path.startswith("/"):
            raise NoSandboxError(
                f"DOCKER_HOST is {self._socket}; only unix:// sockets of this machine are used."
            )
        try:
            async with asyncio.timeout(_PROBE_TIMEOUT_S):
                changed = await self._images.look()
                if not self._engine.called:
                    await self._engine.answers()
                await self._check_runtime()
        except (SandboxError, TimeoutError) as error:
            logger.info("no Docker engine at %s: %s", self._path, error)
            raise NoSandboxError(self._no_engine) from error
        if changed:
            self._restock(changed)

    async def fetch(self) -> None:
        await self._start_task(self._images.fetch(self._look_again))

    def availability(self, language: Language) -> str | None:
        if language.image is None:
            return None
        if self._engine.is_given_up:
            return self._no_engine
        return self._images.problem(language.image)

    def version(self, language: Language) -> str:
        return language.version

    def engine(self) -> str:
        return self._engine.called

    def base(self, language: Language) -> str:
        return self._images.words(language.image or "")

    async def install(
        self, language: Language, names: tuple[str, ...], report: Report, *, network: bool
    ) -> str:
        if self.installations is None:
            raise InstallError("Packages cannot be installed on this server.")
        packages = PackageSet(language, language.image or "", names)
        return await self.installations.install(packages, report, network=network)

    def network_problem(self) -> str | None:
        return self._network_problem

    async def open(self) -> None:
        """Fill the pool, for every language that can run, and keep it so."""
        await self._check_network()
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch_engine())
            self._start_task(self._watch_images())
        self._stock()

    def _stock(self) -> None:
        self._pool.open(
            always_ready(
                language
                for language in LANGUAGES.values()
                if language.is_sandboxed and self.availability(language) is None
            )
        )

    def figures(self) -> Mapping[str, Any]:
        return {"pool": self._pool.figures(), "images": self._images.figures()}

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
        if self.installations:
            await self.installations.sweep()
        leftovers = await self._engine.labelled(f"{LABEL}={self._instance}")
        at_once = asyncio.Semaphore(_REAPED_AT_ONCE)

        async def remove(container: str) -> None:
            async with at_once:
                await self._removals.remove(container)

        await asyncio.gather(*map(remove, leftovers))
        return len(leftovers)

    async def close(self) -> None:
        for task in list(self._background):
            task.cancel()
        if self._watching and not self._engine.is_given_up and not await self._engine.answers():
            self._note_fault()  # what follows would wait long for one that hangs
        if self._launches:
            await asyncio.wait(self._launches, timeout=_CLOSE_TIMEOUT_S)
        if self.installations:
            await self.installations.close()
        await self._pool.close()
        await self._removals.close()
        if self._watching:
            self._watching.cancel()
        await self._engine.close()

    async def _start(self, job: Job) -> DockerSandbox:
        network = NETWORK if job.network and not await self._check_network() else None
        recipe = Recipe.of(job, network, self._volume(job))
        sandbox = self._pool.take(recipe) or await self._prepare(recipe)
        await sandbox.launch(job)
        return sandbox

    def _volume(self, job: Job) -> str | None:
        if job.packages is None or self.installations is None:
            return None
        return self.installations.store.volume(job.packages)

    async def _prepare(self, recipe: Recipe) -> DockerSandbox:
        """A container with its loader waiting. Nothing is left where this fails."""
        if self._engine.is_given_up:
            raise NoSandboxError(self._no_engine, retry_after=_RETRY_AFTER_S)
        id = await self._create(recipe)
        attachment: Attachment | None = None
        try:
            attachment = await self._engine.attach(id, terminal=recipe.terminal)
            await self._engine.start(id)
            if recipe.terminal:
                await attachment.wait_ready()
            cgroup = Cgroup.of_process(await self._engine.pid(id))
        except BaseException:
            if attachment:
                attachment.close()
            await self._removals.remove(id)
            raise
        host = Host(self._engine, self._removals, id)
        return DockerSandbox(host, attachment, recipe, cgroup)

    async def _create(self, recipe: Recipe) -> str:
        labels = {LABEL: self._instance}
        config = container_config(recipe, runtime=self._runtime, labels=labels)
        name = f"{LABEL}-{self._instance}-{secrets.token_hex(8)}"
        try:
            return await self._engine.create(config, name)
        except NotThereError as error:
            raise self._without_image(LANGUAGES[recipe.language_id]) from error
        except UnreachableError as error:
            self._removals.remove_late(name)
            raise NoSandboxError(self._no_engine, retry_after=_RETRY_AFTER_S) from error
        except SandboxError:
            self._removals.remove_late(name)
            raise

    async def _check_network(self) -> str | None:
        """Asked anew from time to time: a firewall can be flushed under us."""
        now = asyncio.get_running_loop().time()
        if now - self._network_checked_at > _NETWORK_INTERVAL_S:
            labels = {LABEL: self._instance}
            self._network_problem = await network_problem(self._engine, labels)
            self._network_checked_at = now
        return self._network_problem

    def _without_image(self, language: Language) -> NoSandboxError:
        """The engine says that the language's image is gone: take note, and say so."""
        assert language.image is not None
        self._images.forget(language.image)
        self._restock(frozenset({language.image}))
        problem = self._images.problem(language.image)
        assert problem is not None
        return NoSandboxError(problem, retry_after=_RETRY_AFTER_S)

    def _restock(self, images: frozenset[str]) -> None:
        """Images came, went or were replaced: what waits was made of the old ones."""
        self._pool.forget(lambda recipe: LANGUAGES[recipe.language_id].image in images)
        if self._watching:
            self._stock()

    async def _watch_engine(self) -> None:
        """While it does not answer its runs end as lost, and none is accepted."""
        while True:
            await asyncio.sleep(_PING_INTERVAL_S)
            if await self._answers():
                self._note_recovery()
            else:
                self._note_fault()

    async def _answers(self) -> bool:
        """Asked again and again: it may be late on a machine that has too much to do."""
        for _ in range(_PINGS):
            if await self._engine.answers():
                return True
        return False

    async def _watch_images(self) -> None:
        while True:
            await asyncio.sleep(_PROBE_INTERVAL_S)
            await self._look_again()

    @property
    def _no_engine(self) -> str:
        return (
            f"No Docker engine answers at {self._path}. Start it, and let this user open its"
            " socket."
        )

    def _note_fault(self) -> None:
        if not self._engine.is_given_up:
            logger.error("the Docker engine at %s does not answer any more", self._path)
            self._engine.give_up()

    def _note_recovery(self) -> None:
        if self._engine.is_given_up:
            logger.warning("the Docker engine at %s is back", self._path)
            self._engine.trust()
            self._stock()

    async def _look_again(self) -> None:
        with contextlib.suppress(NoSandboxError):  # whoever asks for the runner is told
            await self.probe()

    def _start_task(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Held until it is done, and cancelled by `close`."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

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
