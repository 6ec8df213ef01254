"""Packages that programs ask for: installed once as a set, then shared by all runs that name it.

A set is named by what it is made of, so two runs that ask for the same find the same. What is
there and when it was last used is noted in a folder of small files, one per set; a set without
its note is not finished, and nobody uses it.
"""

import asyncio
import contextlib
import hashlib
import json
import logging
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from sandbox.errors import InstallError, SandboxError
from sandbox.languages import Language
from sandbox.runners.install_failure import why_failed

logger = logging.getLogger(__name__)

_TIMEOUT_S = 300.0
_SAID_BYTES = 8192  # what is kept of an installer's output, to say why it failed

# Hears what an installer prints.
Report = Callable[[bytes], None]


@dataclass(frozen=True)
class Index:
    """Where packages come from: `pip` and `npm` are addresses of indexes, or empty for their own.

    With `sdists`, Python packages may be built, which runs code of their authors.
    """

    pip: str = ""
    npm: str = ""
    sdists: bool = False


@dataclass(frozen=True)
class PackageSettings:
    """`notes` is the folder of the notes, `max_bytes` what all sets together may take."""

    notes: Path
    index: Index
    max_bytes: int


@dataclass(frozen=True)
class PackageSet:
    """The packages of one run: for a language, and the image or machine that it runs on."""

    language: Language
    platform: str
    names: tuple[str, ...]

    @property
    def key(self) -> str:
        """32 hexadecimal digits, the same whatever the order of the names."""
        names = sorted({_normalised(self.language, name) for name in self.names})
        content = json.dumps([self.language.id, self.platform, names])
        return hashlib.sha256(content.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Note:
    """What is known of an installed set; `used_at` is in seconds since the epoch."""

    key: str
    language: str
    names: tuple[str, ...]
    used_at: float


class Notes:
    """The notes, in a folder; each one's time of modification is when its set was last used."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def has(self, key: str) -> bool:
        return self._file(key).exists()

    def add(self, packages: PackageSet) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        content = {"language": packages.language.id, "names": packages.names}
        unfinished = self._file(packages.key).with_suffix(".new")
        unfinished.write_text(json.dumps(content))
        unfinished.replace(self._file(packages.key))

    def touch(self, key: str) -> None:
        os.utime(self._file(key))

    def drop(self, key: str) -> None:
        self._file(key).unlink(missing_ok=True)

    def all(self) -> list[Note]:
        """The longest unused first."""
        notes = [_read(file) for file in self._folder.glob("*.json")]
        return sorted(notes, key=lambda note: note.used_at)

    def _file(self, key: str) -> Path:
        return self._folder / f"{key}.json"


class Store(Protocol):
    """Where a runner keeps sets."""

    async def install(self, packages: PackageSet, report: Report) -> int:
        """Make the set; the installer's exit code. Where that is not 0, nothing is left.

        Raises `InstallError`, `SandboxError`.
        """

    async def is_there(self, key: str) -> bool:
        """Whether what the note says is still so."""

    async def sizes(self) -> dict[str, int]:
        """Bytes of each set by its key, unfinished and forgotten ones included."""

    async def remove(self, key: str) -> bool:
        """False where it is in use."""


S = TypeVar("S", bound=Store)


class Installations(Generic[S]):
    """Installs each set once, however many runs ask for it, and keeps them under `max_bytes`."""

    def __init__(self, store: S, settings: PackageSettings) -> None:
        self.store = store
        self._notes = Notes(settings.notes)
        self._max_bytes = settings.max_bytes
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._listeners: dict[str, list[Report]] = {}

    async def install(self, packages: PackageSet, report: Report, *, network: bool) -> str:
        """The set's key, once it is there. `InstallError` where it cannot be brought in.

        An installation goes on when who waits for it is cancelled: it is for the next one, too.
        """
        key = packages.key
        if self._notes.has(key) and await self.store.is_there(key):
            self._notes.touch(key)
            return key
        if key not in self._under_way:
            if not network:
                raise InstallError(
                    "Guests cannot install packages on this server. Log in and try again."
                )
            task = asyncio.create_task(self._install(packages))
            task.add_done_callback(_report_failure)
            self._under_way[key] = task
        self._listeners.setdefault(key, []).append(report)
        try:
            await asyncio.shield(self._under_way[key])
        finally:
            if report in self._listeners.get(key, ()):
                self._listeners[key].remove(report)
        return key

    def notes(self) -> list[Note]:
        """What is installed, the longest unused first."""
        return self._notes.all()

    async def close(self) -> None:
        """Give up what is under way; nothing unfinished is left."""
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def prune(self, max_bytes: int) -> list[Note]:
        """Remove the longest unused until the rest fits; what was removed."""
        sizes = await self.store.sizes()
        notes = self._notes.all()
        total = sum(sizes.get(note.key, 0) for note in notes)
        removed = []
        for note in notes:
            if total <= max_bytes:
                break
            if note.key not in self._under_way and await self.store.remove(note.key):
                self._notes.drop(note.key)
                total -= sizes.get(note.key, 0)
                removed.append(note)
        return removed

    async def sweep(self) -> None:
        """At start-up: remove what was not finished by an earlier life."""
        for key in await self.store.sizes():
            if not self._notes.has(key) and key not in self._under_way:
                await self.store.remove(key)

    async def _install(self, packages: PackageSet) -> None:
        key = packages.key
        said = bytearray()

        def report(data: bytes) -> None:
            said.extend(data)
            del said[:-_SAID_BYTES]
            self._tell(key, data)

        try:
            async with asyncio.timeout(_TIMEOUT_S):
                exit_code = await self.store.install(packages, report)
            if exit_code != 0:
                assert packages.language.install is not None
                text = said.decode(errors="replace")
                raise InstallError(why_failed(packages.language.install, exit_code, text))
            self._notes.add(packages)
        except TimeoutError as error:
            raise InstallError(
                f"The installation was not done within {_TIMEOUT_S:.0f} seconds."
            ) from error
        finally:
            del self._under_way[key]
            self._listeners.pop(key, None)
        with contextlib.suppress(SandboxError):
            for note in await self.prune(self._max_bytes):
                logger.info("removed the packages %s, the longest unused", " ".join(note.names))

    def _tell(self, key: str, data: bytes) -> None:
        for report in self._listeners.get(key, ()):
            report(data)


def installer_argv(packages: PackageSet, index: Index, folder: str, scratch: str) -> list[str]:
    """The command that installs into `folder`, the names behind all options.

    It may use `scratch`, a folder that is not there yet.
    """
    names = sorted(packages.names)
    if packages.language.install == "npm":
        registry = ["--registry", index.npm] if index.npm else []
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
        # npm replaces the folder that it installs into, which a mount cannot be.
        script = 'mkdir -p "$0" && npm install --prefix "$0" "$@" && cp -a "$0"/node_modules/. '
        return ["sh", "-c", script + folder, scratch, *options, *registry, "--", *names]
    options = ["--no-input", "--no-color", "--progress-bar", "off", "--no-cache-dir"]
    options += ["--disable-pip-version-check", "--root-user-action", "ignore", "--target", folder]
    options += [] if index.sdists else ["--only-binary", ":all:"]
    options += ["--index-url", index.pip] if index.pip else []
    return ["pip", "install", *options, "--", *names]


def _report_failure(task: "asyncio.Task[None]") -> None:
    """Those who wait are told; nobody may be left to."""
    if not task.cancelled() and (error := task.exception()):
        logger.info("packages were not installed: %s", error)


def _normalised(language: Language, name: str) -> str:
    """Two spellings of a Python package are one; of an npm package they are two."""
    return re.sub(r"[-_.]+", "-", name).lower() if language.install == "pip" else name


def _read(file: Path) -> Note:
    content = json.loads(file.read_text())
    return Note(file.stem, content["language"], tuple(content["names"]), file.stat().st_mtime)
