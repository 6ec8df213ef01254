"""Installed packages as volumes of the engine, one for each set.

An installer runs in a container of its own, on the network and without any of the user's code;
the volume is read-only to the programs that use it afterwards.
"""

import asyncio
import contextlib
from typing import Any

from sandbox.errors import InstallError, SandboxError
from sandbox.limits import MIB
from sandbox.runners.base import LABEL
from sandbox.runners.docker.engine import Engine
from sandbox.runners.docker.network import NETWORK, network_problem
from sandbox.runners.docker.options import PACKAGE_FOLDERS
from sandbox.runners.docker.removals import Removals
from sandbox.runners.docker.seccomp import SECCOMP
from sandbox.runners.packages import Index, PackageSet, Report, installer_argv

_MEMORY_BYTES = 1024 * MIB
_PROCESSES = 128
_MAX_BYTES = 2048 * MIB
_DISK_INTERVAL_S = 2.0
_SCRATCH = "/tmp/install"  # noqa: S108


class VolumeStore:
    """`instance` names this server on what it makes; see `packages.Store`."""

    def __init__(self, engine: Engine, removals: Removals, index: Index, instance: str) -> None:
        self._engine = engine
        self._removals = removals
        self._index = index
        self._instance = instance
        self._label = f"{LABEL}.packages={instance}"

    def volume(self, key: str) -> str:
        """The volume's name."""
        return f"{LABEL}-{self._instance}-packages-{key}"

    async def install(self, packages: PackageSet, report: Report) -> int:
        if problem := await network_problem(self._engine):
            raise InstallError(f"Packages cannot be installed: {problem}")
        volume = self.volume(packages.key)
        await self._engine.delete_volume(volume)
        try:
            exit_code = await self._run(packages, volume, report)
        except BaseException:
            await asyncio.shield(self._discard(volume))
            raise
        if exit_code != 0:
            await self._discard(volume)
        return exit_code

    async def is_there(self, key: str) -> bool:
        return self.volume(key) in await self._engine.volumes(self._label)

    async def sizes(self) -> dict[str, int]:
        sizes = await self._engine.volume_sizes(self._label)
        return {name.rpartition("-")[2]: size for name, size in sizes.items()}

    async def remove(self, key: str) -> bool:
        return await self._engine.delete_volume(self.volume(key))

    async def _run(self, packages: PackageSet, volume: str, report: Report) -> int:
        """The installer's exit code; its container is gone afterwards."""
        config = self._config(packages, volume)
        container = await self._engine.create(config, f"{volume}-installer")
        attachment = None
        try:
            attachment = await self._engine.attach(container, terminal=False)
            await self._engine.start(container)
            watch = asyncio.create_task(self._watch_size(container))
            try:
                async for _, chunk in attachment.chunks():
                    report(chunk)
            finally:
                watch.cancel()
            return await self._engine.wait(container)
        finally:
            if attachment:
                attachment.close()
            await asyncio.shield(self._removals.remove(container))

    async def _watch_size(self, container: str) -> None:
        """What the installer unpacks first is on its own layer, and as large."""
        while True:
            await asyncio.sleep(_DISK_INTERVAL_S)
            if await self._engine.written_bytes(container) > _MAX_BYTES:
                await self._engine.kill(container)

    async def _discard(self, volume: str) -> None:
        with contextlib.suppress(SandboxError):
            await self._engine.delete_volume(volume)

    def _config(self, packages: PackageSet, volume: str) -> dict[str, Any]:
        installer = packages.language.install
        assert installer is not None
        folder = PACKAGE_FOLDERS[installer]
        key, _, value = self._label.partition("=")
        mount = {
            "Type": "volume",
            "Source": volume,
            "Target": folder,
            "VolumeOptions": {"Labels": {key: value}},
        }
        return {
            "Image": packages.language.image,
            "Entrypoint": installer_argv(packages, self._index, folder, _SCRATCH),
            "Cmd": [],
            "User": "0:0",  # a volume belongs to root; without any capability that is no power
            "WorkingDir": "/tmp",  # noqa: S108
            "Env": ["HOME=/tmp", "LANG=C.UTF-8"],
            "Labels": {LABEL: self._instance},
            "AttachStdout": True,
            "AttachStderr": True,
            "Healthcheck": {"Test": ["NONE"]},
            "HostConfig": {
                "Init": True,
                "NetworkMode": NETWORK,
                "CapDrop": ["ALL"],
                "SecurityOpt": ["no-new-privileges", f"seccomp={SECCOMP}"],
                "LogConfig": {"Type": "none"},
                "Memory": _MEMORY_BYTES,
                "MemorySwap": _MEMORY_BYTES,
                "PidsLimit": _PROCESSES,
                "CpuQuota": 100_000,
                "CpuPeriod": 100_000,
                "Mounts": [mount],
            },
        }
