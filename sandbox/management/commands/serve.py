"""`manage.py serve`: the server, with everything in one process."""

import asyncio
import fcntl
import logging
import os
import sys
from pathlib import Path
from typing import Any

from daphne.endpoints import build_endpoint_description_strings
from daphne.server import twisted_loop
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from cloudrun.asgi import application
from cloudrun.cleaning import clean_up_forever
from cloudrun.http_server import Server
from cloudrun.loop_lag import loop_lag
from cloudrun.parsers import max_json_bytes
from cloudrun.runtime import (
    freeze_loaded,
    ignore_signals_alone,
    keep_allocator_thresholds,
    watch_children,
)
from sandbox.runners.choose import Choice
from sandbox.selectors import language_details
from sandbox.services import service

# Of a body on its way to Django; large enough that the allocator gives it back when it is read.
_PIECE_BYTES = 1024 * 1024

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Serve the IDE, the API and the WebSocket on HOST:PORT."

    def handle(self, *args: Any, **options: Any) -> None:
        keep_allocator_thresholds()
        ignore_signals_alone()
        watch_children(twisted_loop)
        lock = _lock(settings.DATA_DIR / "server.lock")
        choice = twisted_loop.run_until_complete(_prepare())
        host = _host(choice)
        self._introduce(choice, host)
        freeze_loaded()
        Server(
            application=application,
            endpoints=build_endpoint_description_strings(host=host, port=settings.PORT),
            signal_handlers=True,
            # Daphne drops a longer message without a word; ours says what is too long.
            websocket_max_message_size=max_json_bytes(),
            websocket_max_frame_size=max_json_bytes(),
            websocket_timeout=-1,
            request_buffer_size=_PIECE_BYTES,
            application_close_timeout=15,
            server_name="cloudrun",
            drain=_drain,
        ).run()
        lock.close()
        _exit()

    def _introduce(self, choice: Choice, host: str) -> None:
        """The start message: the address, the runner and why, the languages."""
        details = language_details(choice)
        available = [item["name"] for item in details if item["available"]]
        lines = [
            "",
            f"CloudRun IDE is at {settings.SITE_URL}",
            f"  listening on  {host}:{settings.PORT}{_why_loopback(choice)}",
            f"  runner        {choice.why}",
            f"  languages     {', '.join(available)}",
        ]
        lines += [
            f"  unavailable   {item['name']}: {item['reason']}"
            for item in details
            if not item["available"]
        ]
        self.stdout.write("\n".join([*lines, "Stop it with Ctrl-C.", ""]))
        self.stdout.flush()


def _exit() -> None:
    """End the process, with all threads.

    A view whose client is gone may wait in its thread for the event loop, which has ended; the
    interpreter would wait for that thread.
    """
    connections.close_all()
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


async def _drain() -> None:
    await service().drain()


async def _prepare() -> Choice:
    loop_lag()  # measures from here on
    await service().recover()
    twisted_loop.create_task(clean_up_forever()).add_done_callback(_report)
    if settings.PRE_PULL_IMAGES:
        twisted_loop.create_task(service().fetch()).add_done_callback(_report)
    return await service().choice()


def _report(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()):
        logger.error("what goes on in the background has failed", exc_info=error)


def _is_embedded(choice: Choice) -> bool:
    return choice.runner is None or choice.runner.name == "bubblewrap"


def _host(choice: Choice) -> str:
    """The embedded runner is for one's own machine, unless the operator says otherwise."""
    if _is_embedded(choice) and not settings.HOST_IS_SET:
        return "127.0.0.1"
    return settings.HOST


def _why_loopback(choice: Choice) -> str:
    if _is_embedded(choice) and not settings.HOST_IS_SET:
        return " (this machine only: the embedded runner; set HOST to change it)"
    return ""


def _lock(path: Path) -> Any:
    """Held while we serve: a second server on this DATA_DIR would end the first one's runs."""
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise CommandError(
            f"A server is running on {path.parent} already. Stop it, or set another DATA_DIR."
        ) from error
    return file
