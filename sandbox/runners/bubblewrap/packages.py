"""Installed packages as folders, one for each set, made by the machine's own installers.

pip is the one beside this server, told for which Python it installs; it takes finished packages
only, so that none of their authors' code runs. npm is the machine's.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from sandbox.errors import InstallError
from sandbox.languages import Language
from sandbox.runners.base import Stream
from sandbox.runners.bubblewrap.process import start_process
from sandbox.runners.packages import Index, PackageSet, Report, installer_argv

FOLDERS = {"pip": "/packages", "npm": "/node_modules"}
# The machine's certificates: pip would use those that it brings along.
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def store_folder(notes: Path, instance: str) -> Path:
    """Where the sets are kept: as root, somewhere that the sandboxes' own user can get to."""
    if os.geteuid() == 0:
        return Path("/var/cache/cloudrun-ide", instance)
    return notes


class FolderStore:
    """`root` holds a folder per set; see `packages.Store`."""

    def __init__(self, root: Path, index: Index) -> None:
        self._root = root
        self._index = Index(index.pip, index.npm, sdists=False)

    def folder(self, key: str) -> Path:
        """Of a set, or of an edition of it."""
        return self._root / key.partition("@")[0]

    def edition(self, key: str) -> str:
        """Names the set as it is installed now: installed anew, it is in another folder."""
        return f"{key}@{self.folder(key).stat().st_ctime_ns}"

    async def install(self, packages: PackageSet, report: Report) -> int:
        folder = self.folder(packages.key)
        scratch = folder.with_suffix(".scratch")
        await self.remove(packages.key)
        folder.mkdir(parents=True, mode=0o755)
        try:
            exit_code = await self._run(packages, folder, scratch, report)
        except BaseException:
            await self.remove(packages.key)
            raise
        finally:
            await asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True)
        if exit_code != 0:
            await self.remove(packages.key)
        return exit_code

    async def is_there(self, key: str) -> bool:
        return self.folder(key).is_dir()

    async def sizes(self) -> dict[str, int]:
        folders = [folder for folder in self._root.glob("*") if folder.is_dir()]
        return {folder.name: await asyncio.to_thread(_size, folder) for folder in folders}

    async def remove(self, key: str) -> bool:
        """A running program keeps the files that it has open."""
        await asyncio.to_thread(shutil.rmtree, self.folder(key), ignore_errors=True)
        return True

    async def _run(self, packages: PackageSet, folder: Path, scratch: Path, report: Report) -> int:
        argv = installer_argv(packages, self._index, str(folder), str(scratch))
        if packages.language.install == "pip":
            argv = _server_pip(argv, packages.platform)
        elif shutil.which("npm") is None:
            raise InstallError("npm is not installed on this machine.")
        process = await start_process(argv, _environment(scratch), terminal=False)
        try:
            process.write_eof()
            await asyncio.gather(*(_report_all(stream, report) for stream in process.streams()))
            return await process.wait()
        finally:
            await process.end()


def package_options(language: Language, folder: Path) -> list[str]:
    """The options of bwrap by which a program sees an installed set."""
    assert language.install is not None
    target = FOLDERS[language.install]
    environment = ["--setenv", "PYTHONPATH", target] if language.install == "pip" else []
    return ["--ro-bind", str(folder), target, *environment]


def _server_pip(argv: list[str], python_version: str) -> list[str]:
    """pip of the server's own environment, installing for the Python of the sandbox."""
    platform = ["--python-version", python_version, "--implementation", "cp"]
    certificates = ["--cert", str(_CERTIFICATES)] if _CERTIFICATES.exists() else []
    pip, install, *rest = argv
    return [sys.executable, "-m", pip, install, *platform, *certificates, *rest]


def _environment(home: Path) -> dict[str, str]:
    """Nothing of the server's own, which holds secrets."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "NODE_EXTRA_CA_CERTS": str(_CERTIFICATES),
    }


async def _report_all(chunks: AsyncIterator[tuple[Stream, bytes]], report: Report) -> None:
    async for _, chunk in chunks:
        report(chunk)


def _size(folder: Path) -> int:
    return sum(file.lstat().st_size for file in folder.rglob("*"))
