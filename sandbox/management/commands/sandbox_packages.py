"""`manage.py sandbox_packages`: what programs had installed, and how much room it takes."""

import asyncio
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cloudrun.sizes import parse_size
from sandbox.errors import SandboxError
from sandbox.limits import MIB
from sandbox.runners.base import Runner
from sandbox.runners.choose import choose
from sandbox.runners.packages import Installations, Note
from sandbox.services import instance_id, runner_makers


class Command(BaseCommand):
    help = (
        "List the sets of packages that programs had installed, the longest unused first. With"
        " --prune, remove those until the rest fits. May be run while the server runs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--prune",
            nargs="?",
            const=settings.PACKAGE_CACHE_SIZE,
            type=parse_size,
            metavar="SIZE",
            help="keep at most this much, such as 500m or 0 (default: PACKAGE_CACHE_SIZE)",
        )

    def handle(self, *args: Any, prune: int | None, **options: Any) -> None:
        try:
            asyncio.run(self._handle(prune))
        except SandboxError as error:
            raise CommandError(error.detail) from error

    async def _handle(self, prune: int | None) -> None:
        choice = await choose(settings.SANDBOX_RUNNER, runner_makers(instance_id()))
        if choice.runner is None:
            raise CommandError(choice.why)
        try:
            await self._work(choice.runner, prune)
        finally:
            await choice.runner.close()

    async def _work(self, runner: Runner, prune: int | None) -> None:
        installations = runner.installations
        if installations is None:
            raise CommandError(f"The {runner.name} runner keeps no packages.")
        if prune is not None:
            removed = await installations.prune(prune)
            for note in removed:
                self.stdout.write(f"Removed: {_names(note)}")
            self.stdout.write(f"{len(removed)} removed.")
            return
        await self._list(installations)

    async def _list(self, installations: Installations[Any]) -> None:
        sizes = await installations.store.sizes()
        for note in installations.notes():
            used = datetime.fromtimestamp(note.used_at, UTC).strftime("%Y-%m-%d %H:%M")
            size = sizes.get(note.key, 0) / MIB
            self.stdout.write(f"{size:8.1f} MB  used {used}  {_names(note)}")
        total = sum(sizes.values()) / MIB
        limit = settings.PACKAGE_CACHE_SIZE / MIB
        self.stdout.write(f"{total:8.1f} MB of {limit:.0f} (PACKAGE_CACHE_SIZE)")


def _names(note: Note) -> str:
    return f"{note.language}: {' '.join(note.names)}"
