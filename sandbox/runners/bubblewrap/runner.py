"""The embedded runner: `bwrap` with the machine's own toolchains, for trying out.

Every run has its own user, mount, pid, ipc, uts and network namespaces, `/usr` read-only, a
workspace and `/tmp` in memory, and a cgroup of its own where one can be made (else rlimits and
`watcher`). Weaker than a container: the kernel's system calls are not filtered and the machine's
`/usr` can be read.
"""

import asyncio
import contextlib
import logging
import re
import secrets
import shutil
from asyncio.subprocess import PIPE
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sandbox.errors import InstallError, NoSandboxError, SandboxError
from sandbox.languages import LANGUAGES, Language, Program
from sandbox.limits import MIB
from sandbox.runners.base import Job
from sandbox.runners.bubblewrap.command import PATH, argv, namespace_options
from sandbox.runners.bubblewrap.packages import FolderStore, package_options, store_folder
from sandbox.runners.bubblewrap.process import start_process
from sandbox.runners.bubblewrap.sandbox import BubblewrapSandbox
from sandbox.runners.cgroup import Cgroup, CgroupRoot
from sandbox.runners.packages import Installations, PackageSet, PackageSettings, Report
from sandbox.runners.pool import Pool, Recipe, always_ready

logger = logging.getLogger(__name__)

_PROBE_TIMEOUT_S = 10.0
# What a waiting one takes of the machine's memory, an interpreter included.
_SANDBOX_BYTES = 5 * MIB
_INSTALL_HINT = "Install it with: apt-get install bubblewrap"


class BubblewrapRunner:
    """`instance` names this server's cgroups; `hidden` folders under /usr are not shown inside.

    `pool_bytes` bounds the memory of sandboxes that wait for a run. Without `packages` none can be
    installed. Make it inside the event loop that uses it.
    """

    name = "bubblewrap"
    caution = "It is for trying out and trusted classrooms, not for strangers."

    def __init__(
        self,
        instance: str,
        hidden: Sequence[Path] = (),
        pool_bytes: int = 0,
        packages: PackageSettings | None = None,
    ) -> None:
        self._instance = instance
        self.installations: Installations[FolderStore] | None = None
        if packages:
            store = FolderStore(store_folder(packages.notes, instance), packages.index)
            self.installations = Installations(store, packages)
        self._pool = Pool(self._prepare, pool_bytes // _SANDBOX_BYTES)
        self._namespace = namespace_options(hidden)
        self._cgroups: CgroupRoot | None = None
        self._unavailable: dict[str, str] = {}
        self._versions: dict[str, str] = {}
        self._engine = ""

    async def probe(self) -> None:
        if shutil.which("bwrap") is None:
            raise NoSandboxError(f"bubblewrap (bwrap) is not installed. {_INSTALL_HINT}")
        self._cgroups = CgroupRoot.make(f"cloudrun-{self._instance}")
        status, text = await self._try_out(LANGUAGES["python"], "echo works")
        if status != 0:
            raise NoSandboxError(
                "bubblewrap does not work on this machine, probably because user namespaces are"
                f" restricted here: {text.strip() or f'exit {status}'}"
            )
        self._engine = await _bwrap_version()
        sandboxed = [language for language in LANGUAGES.values() if language.is_sandboxed]
        await asyncio.gather(*(self._probe_language(language) for language in sandboxed))

    def availability(self, language: Language) -> str | None:
        return self._unavailable.get(language.id)

    def version(self, language: Language) -> str:
        return self._versions.get(language.id, language.version)

    def engine(self) -> str:
        return self._engine

    def base(self, language: Language) -> str:
        return f"{self.version(language)}, the machine's own"

    @property
    def limits_by(self) -> str:
        """What bounds memory and processes here, for the operator."""
        return "cgroups" if self._cgroups else "rlimits and a watcher"

    async def start(self, job: Job) -> BubblewrapSandbox:
        packages = None
        if job.packages and self.installations:
            packages = self.installations.store.edition(job.packages)
        recipe = Recipe.of(job, packages=packages)
        sandbox = self._pool.take(recipe) or await self._prepare(recipe)
        await sandbox.launch(job)
        return sandbox

    def network_problem(self) -> str | None:
        return "Programs have no network on the embedded runner."

    async def open(self) -> None:
        """Fill the pool, for every language that can run, and keep it so."""
        self._pool.open(
            always_ready(
                language
                for language in LANGUAGES.values()
                if language.is_sandboxed and self.availability(language) is None
            )
        )

    def figures(self) -> Mapping[str, Any]:
        return {"limits_by": self.limits_by, "pool": self._pool.figures()}

    async def install(
        self, language: Language, names: tuple[str, ...], report: Report, *, network: bool
    ) -> str:
        if self.installations is None:
            raise InstallError("Packages cannot be installed on this server.")
        packages = PackageSet(language, self.version(language), names)
        return await self.installations.install(packages, report, network=network)

    async def _prepare(self, recipe: Recipe) -> BubblewrapSandbox:
        """A sandbox with its loader waiting. Nothing is left where this fails."""
        async with contextlib.AsyncExitStack() as undo:
            if cgroup := self._cgroup(recipe):
                undo.push_async_callback(asyncio.to_thread, cgroup.remove)
            command = argv(recipe, self._options(recipe), cgroup)
            process = await start_process(command, {"PATH": PATH}, terminal=recipe.terminal)
            undo.push_async_callback(process.end)
            if recipe.terminal:
                await process.wait_ready()
            undo.pop_all()
        return BubblewrapSandbox(process, recipe, cgroup)

    def _options(self, recipe: Recipe) -> Sequence[str]:
        if recipe.packages is None or self.installations is None:
            return self._namespace
        folder = self.installations.store.folder(recipe.packages)
        return (*self._namespace, *package_options(LANGUAGES[recipe.language_id], folder))

    def _cgroup(self, recipe: Recipe) -> Cgroup | None:
        if self._cgroups is None:
            return None
        limits = recipe.limits
        compiles = LANGUAGES[recipe.language_id].compile
        quota = limits.compile_cpu_quota_us if compiles else limits.cpu_quota_us
        try:
            return self._cgroups.create(secrets.token_hex(16), limits, quota)
        except OSError as error:
            raise SandboxError(f"A cgroup could not be made: {error.strerror}.") from error

    async def fetch(self) -> None:
        """Nothing: the toolchains are the machine's own."""

    async def reap(self) -> int:
        if self.installations:
            await self.installations.sweep()
        if self._cgroups is None:
            return 0  # bwrap's --die-with-parent has ended them with the server
        leftovers = self._cgroups.leftovers()
        for cgroup in leftovers:
            if not await asyncio.to_thread(cgroup.remove):
                logger.error("a cgroup of an earlier life cannot be removed: %s", cgroup.folders)
        return len(leftovers)

    async def close(self) -> None:
        await self._pool.close()
        if self.installations:
            await self.installations.close()
        if self._cgroups:
            self._cgroups.remove()

    async def _probe_language(self, language: Language) -> None:
        """The language is there if its own version command works inside."""
        status, text = await self._try_out(language, language.embedded_version or "true")
        missing = [tool for tool in language.requires if shutil.which(tool, path=PATH) is None]
        if missing:
            names = " and ".join(missing)
            self._unavailable[language.id] = f"{names} is not installed on this machine."
        elif status != 0:
            self._unavailable[language.id] = f"{language.name} does not work in the sandbox here."
        else:
            self._unavailable.pop(language.id, None)
            self._versions[language.id] = _version_in(text) or language.version

    async def _try_out(self, language: Language, command: str) -> tuple[int, str]:
        """Run a command as a run would; its status and output, stderr last."""
        program = Program(language.file, None, command)
        job = Job(f"probe-{language.id}", language, (), program, language.run_limits())
        sandbox = await self._prepare(Recipe.of(job))
        await sandbox.launch(job)
        try:
            async with asyncio.timeout(_PROBE_TIMEOUT_S):
                await sandbox.close_stdin()
                chunks = [chunk async for _, chunk in sandbox.output()]
                exit = await sandbox.wait()
                return exit.exit_code, b"".join(chunks).decode(errors="replace")
        except TimeoutError:
            return 124, "timed out"
        finally:
            await sandbox.remove()


async def _bwrap_version() -> str:
    """`bubblewrap 0.8.0`"""
    process = await asyncio.create_subprocess_exec("bwrap", "--version", stdout=PIPE)
    async with asyncio.timeout(_PROBE_TIMEOUT_S):
        told, _ = await process.communicate()
    return told.decode(errors="replace").strip()


def _version_in(text: str) -> str | None:
    """The first thing in `text` that looks like a version."""
    match = re.search(r"\d+(?:\.\d+)+", text)
    return match[0] if match else None
