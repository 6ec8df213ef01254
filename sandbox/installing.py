"""The packages that a run asks for: brought in before it starts, with what the installer prints."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from sandbox.errors import InstallError, SandboxError
from sandbox.events import Event
from sandbox.languages import LANGUAGES
from sandbox.live import LiveRun
from sandbox.output import OutputWriter
from sandbox.runners.base import Runner, Stream

_OUTPUT_BYTES = 262_144
_ENDS = {"install_complete", "install_error"}


async def install(live: LiveRun, runner: Runner) -> str | None:
    """What the job wants to know the packages by; None where they could not be installed.

    The program runs without them then, as it would in any shell. Returns early when the run is
    to end.
    """
    language = LANGUAGES[live.request.language]
    names = live.request.install_packages
    live.log.append("install_start", f"Installing {', '.join(names)}...", packages=list(names))
    if language.install is None:
        _failed(live, f"{language.name} has no packages to install.")
        return None
    output = OutputWriter(live.log, _OUTPUT_BYTES)
    installation = asyncio.create_task(
        runner.install(
            language,
            names,
            lambda data: output.write(Stream.STDOUT, data),
            network=live.owner.has_network,
        )
    )
    try:
        either: set[asyncio.Future[Any]] = {installation, live.ending}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not installation.done():
            return None
        packages = installation.result()
    except (InstallError, SandboxError) as error:
        output.finish()
        _failed(live, error.detail)
        return None
    finally:
        installation.cancel()
        output.finish()  # what it still tells would come behind the run's last frame
    live.log.append("install_complete", f"Installed {', '.join(names)}.", packages=list(names))
    return packages


def own_events(log: Iterable[Event]) -> Sequence[Event]:
    """What came behind the installation, if there was one: the program's own."""
    events = list(log)
    ends = [n for n, event in enumerate(events, 1) if event.type in _ENDS]
    return events[ends[-1] :] if ends else events


def _failed(live: LiveRun, why: str) -> None:
    names = list(live.request.install_packages)
    content = f"{why} Running without them."
    live.log.append("install_error", content, packages=names, explanation=why)
