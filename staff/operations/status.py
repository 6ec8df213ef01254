"""`/admin/status/`: how this server is, for its operators."""

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from shutil import disk_usage
from typing import Any

import django
from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assistant.selectors import provider_list
from cloudrun import __version__
from cloudrun.sizes import size_words
from sandbox.languages import LANGUAGES
from sandbox.selectors import Counts, counts, current_choice, database_status, runner_status
from sandbox.services import service
from sandbox.sockets import sockets_open
from staff.operations.findings import findings, has_mail
from staff.operations.metrics import is_operator


@dataclass(frozen=True)
class Group:
    """A table: rows of a name and what is so."""

    title: str
    rows: list[tuple[str, str]]


@never_cache
@require_safe
def status_view(request: HttpRequest) -> TemplateResponse:
    """For operators alone: it names paths and settings of the host. Asks for the engine as
    `/api/status` does, so it answers within two seconds where that hangs."""
    if not is_operator(request.user):
        raise PermissionDenied
    runner, database, now = runner_status(), database_status(), counts()
    context = {
        **admin.site.each_context(request),
        "title": "Status",
        "findings": findings(runner, database, now["lag_s"]),
        "groups": [
            Group("Now", [*_now(now), *_pool(runner)]),
            Group("What runs programs", [*_runner(runner)]),
            Group("Languages", [*_languages()]),
            Group("Versions", [*_versions(database)]),
            Group("Storage", [*_storage()]),
            Group("Settings", [*_settings()]),
        ],
    }
    return TemplateResponse(request, "admin/status.html", context)


def _now(now: Counts) -> Iterator[tuple[str, str]]:
    yield "Runs under way", f"{now['active']:.0f}, at most {settings.MAX_RUNS} at once"
    yield "Waiting for a place", f"{now['waiting']:.0f} of {settings.MAX_QUEUE}"
    yield "Connections", str(sockets_open())
    yield "Event loop", f"{1000 * now['lag_s']:.0f} ms late at worst in 15 s"


def _pool(runner: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if pool := runner.get("pool"):
        yield "Sandboxes ready", f"{pool['size']} of {pool['target']} wanted"
        yield "Runs that found one", f"{pool['hits']} of {pool['hits'] + pool['misses']}"


def _runner(runner: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Runner", runner["name"] or "none"
    yield "Why", runner["detail"]
    yield "Now", runner["problem"] or "works"
    if images := runner.get("images"):
        yield "Image being fetched", images["fetching"] or "none"
    if runner["name"]:  # else each look may wait for an engine that hangs
        most = size_words(settings.PACKAGE_CACHE_SIZE)
        yield "Sets of packages", f"{_package_sets()}, of at most {most} together"


def _package_sets() -> int:
    async def count() -> int:
        runner = (await service().choice()).runner
        return len(runner.installations.notes()) if runner and runner.installations else 0

    return async_to_sync(count)()


def _languages() -> Iterator[tuple[str, str]]:
    """By what the runner's last look at itself has found: nothing is asked for."""
    runner = current_choice().runner
    for language in LANGUAGES.values():
        if runner and language.is_sandboxed:
            problem = runner.availability(language)
            yield language.name, problem or f"ready: {runner.base(language)}"


def _versions(database: dict[str, str]) -> Iterator[tuple[str, str]]:
    yield "CloudRun IDE", __version__
    yield "Python", platform.python_version()
    yield "Django", django.get_version()
    runner = current_choice().runner
    if engine := runner.engine() if runner else "":
        yield "Engine", engine
    yield "Database", _database_version() if database["status"] == "ok" else "does not answer"


def _database_version() -> str:
    try:
        with connection.cursor() as cursor:
            is_sqlite = connection.vendor == "sqlite"
            cursor.execute("SELECT sqlite_version()" if is_sqlite else "SHOW server_version")
            return f"{connection.display_name} {cursor.fetchone()[0]}"
    except DatabaseError as error:
        return type(error).__name__


def _storage() -> Iterator[tuple[str, str]]:
    usage = disk_usage(settings.DATA_DIR)
    yield "DATA_DIR", str(settings.DATA_DIR)
    yield "Free there", f"{size_words(usage.free)} of {size_words(usage.total)}"


def _settings() -> Iterator[tuple[str, str]]:
    yield "Address", settings.SITE_URL
    yield "Mail", "is sent" if has_mail() else "is not sent"
    yield "Assistant", ", ".join(item.name for item in provider_list()) or "no provider"
    yield "Guests", "may run programs" if settings.GUEST_RUNS else "may not run programs"
    for name in ("SECRET_KEY", "JWT_SECRET", "CALLBACK_SECRET"):
        file = settings.DATA_DIR / name.lower()
        is_made = file.exists() and file.read_text().strip() == getattr(settings, name)
        yield name, "made by the server, in DATA_DIR" if is_made else "from the environment"
