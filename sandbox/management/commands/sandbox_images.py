"""`manage.py sandbox_images`: brings in what the languages run in."""

import asyncio
import shutil
import subprocess
from argparse import ArgumentParser
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, OutputWrapper

from sandbox.errors import SandboxError
from sandbox.languages import LANGUAGES
from sandbox.limits import MIB
from sandbox.runners.docker.engine import Engine
from sandbox.runners.docker.images import ImageError, Progress, language_images, pull

_SCHEME = "unix://"
_BUILD = settings.BASE_DIR / "deploy" / "images" / "build.sh"
_BAR_COLUMNS = 30
_LINES = 10  # for one image, where there is no bar


class Command(BaseCommand):
    help = (
        "Fetch the images of the languages that are not on this machine yet. Run it before the"
        " server starts, or while it runs, which takes up what arrives. The exit status is 1 where"
        " an image is missing at the end."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        action = parser.add_mutually_exclusive_group()
        action.add_argument("--list", action="store_true", help="only tell which are there")
        action.add_argument(
            "--build",
            action="store_true",
            help="build stand-ins from Debian packages, on a machine that reaches no registry",
        )

    def handle(self, *args: Any, list: bool, build: bool, **options: Any) -> None:
        action = self._list if list else self._build if build else self._pull
        try:
            asyncio.run(self._with_engine(action))
        except SandboxError as error:
            raise CommandError(f"{error.detail} DOCKER_HOST is {settings.DOCKER_HOST}.") from error
        except KeyboardInterrupt:
            raise CommandError("Broken off.", returncode=130) from None

    async def _with_engine(self, action: Callable[[Engine], Awaitable[None]]) -> None:
        engine = Engine(settings.DOCKER_HOST.removeprefix(_SCHEME))
        try:
            await action(engine)
            missing = await _missing(engine)
        finally:
            await engine.close()
        if missing:
            raise CommandError(f"Not on this machine: {', '.join(missing)}.")

    async def _list(self, engine: Engine) -> None:
        missing = await _missing(engine)
        width = max(map(len, language_images()))
        for image in language_images():
            state = "missing" if image in missing else "there"
            self.stdout.write(f"{image:<{width}}  {state:<7}  {_users(image)}")

    async def _pull(self, engine: Engine) -> None:
        missing = await _missing(engine)
        failed = [image for image in missing if not await self._fetch(engine, image)]
        if failed:
            self.stdout.write(
                "Where no registry can be reached, stand-ins are built by:"
                " manage.py sandbox_images --build"
            )
        elif not missing:
            self.stdout.write("All images are there already.")

    async def _fetch(self, engine: Engine, image: str) -> bool:
        display = (_Bar if self.stdout.isatty() else _Lines)(self.stdout, image)
        try:
            await pull(engine, image, display.show)
        except ImageError as error:
            display.end(error.detail)
            self.stdout.write(f"  The engine said: {error.said}" if error.said else "")
            return False
        display.end(f"{image} is there.")
        return True

    async def _build(self, engine: Engine) -> None:
        """What the script prints is a line for each image."""
        if not await _missing(engine):
            self.stdout.write("All images are there already.")
            return
        self.stdout.write("Building stand-ins, which takes some minutes.")
        self.stdout.flush()
        status = await asyncio.to_thread(_run_build)
        if status:
            raise CommandError(f"{_BUILD.name} ended with status {status}.")


class _Lines:
    """A line at every tenth, for logs."""

    def __init__(self, stdout: OutputWrapper, image: str) -> None:
        self._stdout = stdout
        self._image = image
        self._told = 0
        stdout.write(f"Fetching {image}")

    def show(self, progress: Progress) -> None:
        tenths = int(progress.fraction * _LINES)
        if tenths > self._told:
            self._told = tenths
            self._stdout.write(f"  {progress.fraction:.0%}  {_megabytes(progress)}")

    def end(self, sentence: str) -> None:
        self._stdout.write(sentence)


class _Bar:
    """One line that is drawn over and over."""

    def __init__(self, stdout: OutputWrapper, image: str) -> None:
        self._stdout = stdout
        self._image = image
        self.show(Progress())

    def show(self, progress: Progress) -> None:
        filled = round(progress.fraction * _BAR_COLUMNS)
        bar = "#" * filled + "-" * (_BAR_COLUMNS - filled)
        self._draw(f"{self._image}  [{bar}] {progress.fraction:4.0%}  {_megabytes(progress)}")

    def end(self, sentence: str) -> None:
        self._draw("")
        self._stdout.write(f"\r{sentence}")

    def _draw(self, line: str) -> None:
        columns = shutil.get_terminal_size().columns - 1
        self._stdout.write(f"\r{line[:columns]:<{columns}}", ending="")
        self._stdout.flush()


async def _missing(engine: Engine) -> list[str]:
    there = await engine.images()
    return [image for image in language_images() if image not in there]


def _users(image: str) -> str:
    return ", ".join(language.name for language in LANGUAGES.values() if language.image == image)


def _megabytes(progress: Progress) -> str:
    return f"{progress.downloaded_bytes / MIB:.1f} MB"


def _run_build() -> int:
    return subprocess.run([str(_BUILD)], check=False).returncode  # noqa: S603 a script of ours
