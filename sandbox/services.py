"""The run service: accepts runs, drives each in a task of its own, ends each exactly once.

One per event loop, in the server's process. `service()` is the one of the running loop.
"""

import asyncio
import logging
import weakref
from collections.abc import Callable, Mapping
from contextvars import Context
from dataclasses import replace
from functools import partial

from channels.db import database_sync_to_async
from django.conf import settings

from cloudrun.secret_files import generated_secret
from sandbox import records
from sandbox.admission import WAITING_WEIGHT, Admission, check_rate
from sandbox.callbacks import Callbacks
from sandbox.deactivation import end_deactivated
from sandbox.errors import NoSandboxError, RunNotFoundError, SandboxError, ShuttingDownError
from sandbox.languages import LANGUAGES
from sandbox.live import Cause, LiveRun, Row
from sandbox.models import RunStatus, new_run_id, new_token
from sandbox.requests import Owner, RunRequest
from sandbox.run import drive
from sandbox.runners.base import Runner
from sandbox.runners.bubblewrap import BubblewrapRunner
from sandbox.runners.choose import Choice, choose
from sandbox.runners.docker import DockerRunner
from sandbox.runners.packages import Index, PackageSettings

logger = logging.getLogger(__name__)

_RETRY_NO_SANDBOX_S = 30
_PROBE_INTERVAL_S = 5.0
_CHECK_INTERVAL_S = 3.0
_CHOICE_TIMEOUT_S = 0.8  # `/api/status` asks twice
_RECOVERY_TIMEOUT_S = 10.0
_CHECK_TIMEOUT_S = 1.5  # `/api/status` answers within 2 s, also when the engine hangs
_DRAIN_TIMEOUT_S = 12.0


def instance_id() -> str:
    """The name of this server's life on this `DATA_DIR`, the same after a restart."""
    secret = generated_secret(settings.DATA_DIR / "instance_id")
    return "".join(character for character in secret if character.isalnum())[:12].lower()


def runner_makers(instance: str) -> dict[str, Callable[[], Runner]]:
    """The runners that there are, in the order in which `auto` tries them."""
    hidden = (settings.BASE_DIR, settings.DATA_DIR)
    index = Index(settings.PIP_INDEX_URL, settings.NPM_REGISTRY, settings.PACKAGE_SDISTS)
    notes = settings.DATA_DIR / "packages"
    packages = PackageSettings(notes, index, settings.PACKAGE_CACHE_SIZE)
    return {
        "docker": lambda: DockerRunner(
            settings.DOCKER_HOST,
            settings.DOCKER_RUNTIME,
            instance,
            settings.POOL_MEMORY,
            packages,
        ),
        "bubblewrap": lambda: BubblewrapRunner(instance, hidden, settings.POOL_MEMORY, packages),
    }


class RunService:
    """All runs of this process. Its methods belong to one event loop."""

    def __init__(self, choice: Choice | None = None) -> None:
        self.instance = instance_id()
        self.admission = Admission()
        self.draining = False
        self._choice = choice
        self._choosing: asyncio.Task[None] | None = None
        self._chosen_at = 0.0
        self._checking = asyncio.Lock()
        self._check_again_at = 0.0
        self._problem: str | None = None
        self._live: dict[str, LiveRun] = {}
        self._guarding: asyncio.Task[None] | None = None
        self._callbacks = Callbacks()

    @property
    def active(self) -> int:
        """Accepted runs that have not ended."""
        return sum(not live.log.has_last for live in self._live.values())

    async def choice(self, timeout_s: float = _CHOICE_TIMEOUT_S) -> Choice:
        """The runner in use; where there is none, or a better one may come, another look at times.

        A look goes on by itself when it takes longer than that: an engine may hang in it.
        """
        choice = self._choice or Choice(None, "What can run programs here is being found out.")
        is_stale = asyncio.get_running_loop().time() - self._chosen_at > _PROBE_INTERVAL_S
        may_change = choice.runner is None or choice.rather
        if self._choosing is None and (self._choice is None or (is_stale and may_change)):
            # What it starts outlives the request that asked, whose id its log must not carry.
            self._choosing = asyncio.create_task(self._choose(choice), context=Context())
        if self._choosing and choice.runner is None:
            done, _ = await asyncio.wait({self._choosing}, timeout=timeout_s)
            for task in done:
                task.result()
        return self._choice or choice

    async def runner_problem(self) -> str | None:
        """What is wrong with the runner now, asked anew every few seconds; None where it works."""
        choice = await self.choice()
        if choice.runner is None:
            return choice.why
        async with self._checking:
            loop = asyncio.get_running_loop()
            if choice.runner.name == "docker" and loop.time() > self._check_again_at:
                self._problem = await _problem_of(choice.runner)
                self._check_again_at = loop.time() + _CHECK_INTERVAL_S
            return self._problem

    async def fetch(self) -> None:
        """Bring in what the runner lacks, in the background of the start; waits for a runner."""
        while (runner := (await self.choice()).runner) is None:  # noqa: ASYNC110 nobody tells
            await asyncio.sleep(_PROBE_INTERVAL_S)
        await runner.fetch()

    async def recover(self) -> int:
        """At start-up: end what an earlier life left. How many runs were lost."""
        await self.choice(_RECOVERY_TIMEOUT_S)
        lost: int = await database_sync_to_async(records.runs_lose)(instance=self.instance)
        if lost:
            logger.warning("an earlier life left %d runs, which are lost", lost)
        await self._callbacks.resume(self.instance)
        return lost

    async def start(
        self, request: RunRequest, owner: Owner, *, run_id: str = "", stays: bool = False
    ) -> LiveRun:
        """Accept a run; it goes on by itself from here. `stays`: see `LiveRun`.

        Raises `ShuttingDownError`, `NoSandboxError`, `RateLimitedError`, `QueueFullError`.
        """
        self._check_draining()
        runner = await self._runner_for(request)
        await check_rate(owner)
        self._check_draining()  # nothing waits from here to the task, so `drain` sees every run
        is_preview = not LANGUAGES[request.language].is_sandboxed
        token = new_token() if is_preview else None
        live = LiveRun(run_id or new_run_id(), owner, request, token, stays)
        weight = WAITING_WEIGHT if request.waits_for_somebody else 1.0
        live.ticket = self.admission.enter(owner.key, partial(_tell_position, live), weight)
        status = RunStatus.STARTING if live.ticket.admitted.done() else RunStatus.QUEUED
        insert = partial(
            records.run_insert,
            run_id=live.id,
            owner=owner,
            request=request,
            status=status,
            instance=self.instance,
            runner=runner.name if runner else "",
            preview_token=live.preview_token,
        )
        live.row = Row(database_sync_to_async(insert))
        self._live[live.id] = live
        # Of the HTTP request's context the task would take the thread for the database, and outlive
        # it.
        live.task = asyncio.create_task(drive(live, runner, live.row), context=Context())
        live.task.add_done_callback(partial(self._forget, live))
        if self._guarding is None or self._guarding.done():
            self._guarding = asyncio.create_task(end_deactivated(self._live), context=Context())
        return live

    def get(self, run_id: str, owner: Owner) -> LiveRun:
        """A run that has not ended, or `RunNotFoundError`, also where it is somebody else's."""
        live = self._live.get(run_id)
        if live is None or not owner.owns(
            user_id=live.owner.user_id, session_key=live.owner.session_key
        ):
            raise RunNotFoundError
        return live

    def watched(self, run_id: str) -> LiveRun | None:
        """A run that has not ended, whoever's it is: the caller has made sure that they may."""
        return self._live.get(run_id)

    async def stop(self, run_id: str, owner: Owner) -> None:
        """End a run; returns once the program is dead.

        `RunNotFoundError` as `get`, and once it is stored and removed where it had ended by itself.
        """
        live = self.get(run_id, owner)
        had_ended = live.log.has_last
        live.end(Cause.STOPPED)
        assert live.task is not None
        await asyncio.wait({live.task}, timeout=_DRAIN_TIMEOUT_S)
        if had_ended:
            raise RunNotFoundError

    async def end_all_of(self, user_id: int) -> None:
        """End a user's runs; returns once they are dead."""
        lives = [live for live in self._live.values() if live.owner.user_id == user_id]
        for live in lives:
            live.end(Cause.STOPPED)
        tasks = {live.task for live in lives if live.task}
        if tasks:
            await asyncio.wait(tasks, timeout=_DRAIN_TIMEOUT_S)

    def adopt(self, guest: str, user_id: int) -> None:
        """Give a guest's live runs to a user; the rows of all are the caller's to change."""
        for live in self._live.values():
            if live.owner.user_id is None and live.owner.session_key == guest:
                live.owner = replace(live.owner, user_id=user_id)

    async def settle(self, owner: Owner) -> None:
        """Wait until the database says what the readers of this owner's runs know already."""
        for live in list(self._live.values()):
            if owner.owns(user_id=live.owner.user_id, session_key=live.owner.session_key):
                await live.settle()

    async def drain(self) -> None:
        """Take no more runs, let those that are there end by themselves for a while, end the rest.

        Then the runner is given back.
        """
        self.draining = True
        tasks = {live.task for live in self._live.values() if live.task}
        if tasks:
            logger.info("waiting for %d runs to end", len(tasks))
            await asyncio.wait(tasks, timeout=settings.DRAIN_TIMEOUT)
        for live in list(self._live.values()):
            live.end(Cause.SHUTDOWN)
        if tasks:
            await asyncio.wait(tasks, timeout=_DRAIN_TIMEOUT_S)
        await self._callbacks.close()
        if self._choice and self._choice.runner:
            await self._choice.runner.close()

    def _check_draining(self) -> None:
        if self.draining:
            raise ShuttingDownError("The server is shutting down. Try again.", retry_after=5)

    async def _choose(self, before: Choice) -> None:
        makers = runner_makers(self.instance)
        try:
            if before.runner:
                await self._improve(before.runner, {name: makers[name] for name in before.rather})
                return
            choice = await choose(settings.SANDBOX_RUNNER, makers)
            if choice.runner:
                await self._take_over(choice.runner)
            self._choice = choice
        finally:
            self._chosen_at = asyncio.get_running_loop().time()
            self._choosing = None

    async def _improve(self, runner: Runner, better: Mapping[str, Callable[[], Runner]]) -> None:
        """Go over to a better runner, if one works now: an engine may come up after the server.

        There is no way back: programs would run with less around them than the operator saw.
        """
        choice = await choose("auto", better)
        if choice.runner is None:
            return
        logger.warning(choice.why)
        await self._take_over(choice.runner)
        self._choice = choice
        if tasks := {live.task for live in self._live.values() if live.task}:
            await asyncio.wait(tasks)
        await runner.close()
        if settings.PRE_PULL_IMAGES:
            await choice.runner.fetch()

    async def _take_over(self, runner: Runner) -> None:
        """Remove what an earlier life left, and only then make what is to wait for runs."""
        try:
            if reaped := await runner.reap():
                logger.warning("an earlier life left %d sandboxes, which are removed", reaped)
        except SandboxError as error:
            logger.error("leftovers could not be looked for: %s", error.detail)
        await runner.open()

    async def _runner_for(self, request: RunRequest) -> Runner | None:
        """The runner for a sandboxed language; None for one that the browser runs."""
        language = LANGUAGES[request.language]
        if not language.is_sandboxed:
            return None
        choice = await self.choice()
        if choice.runner is None:
            raise NoSandboxError(choice.why, retry_after=_RETRY_NO_SANDBOX_S)
        if reason := choice.runner.availability(language):
            raise NoSandboxError(reason, retry_after=_RETRY_NO_SANDBOX_S)
        return choice.runner

    def _forget(self, live: LiveRun, task: "asyncio.Task[None]") -> None:
        self._live.pop(live.id, None)
        assert live.ticket is not None
        self.admission.leave(live.ticket)
        # The ticket knows the run: without this the log waits for the garbage collector.
        live.ticket = live.task = None
        if live.request.callback_url and not self.draining:
            self._callbacks.send(live.id)
        if not task.cancelled() and (error := task.exception()):
            logger.error("run %s was not ended properly", live.id, exc_info=error)


async def _problem_of(runner: Runner) -> str | None:
    try:
        async with asyncio.timeout(_CHECK_TIMEOUT_S):
            await runner.probe()
    except NoSandboxError as error:
        return error.detail
    except TimeoutError:
        return f"The {runner.name} engine does not answer."
    return None


def _tell_position(live: LiveRun, position: int) -> None:
    if live.ending.done():
        return  # its last frame may be out already
    live.log.append(
        "status",
        f"Waiting for a free place (number {position} in the queue)...",
        state=RunStatus.QUEUED.value,
        position=position,
    )


_services: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, RunService]" = (
    weakref.WeakKeyDictionary()
)


def service() -> RunService:
    """The run service of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _services:
        _services[loop] = RunService()
    return _services[loop]
