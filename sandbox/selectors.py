"""What can be read about runs and languages; changes nothing."""

from dataclasses import dataclass
from typing import Any, TypedDict

from asgiref.sync import async_to_sync
from django.db import DatabaseError, connection

from cloudrun.errors import NotFoundError
from cloudrun.loop_lag import loop_lag
from sandbox.artifacts import artifact_facts, content_type
from sandbox.errors import RunNotFoundError
from sandbox.events import Event, unpack
from sandbox.languages import LANGUAGES, Language
from sandbox.models import Artifact, Run, is_run_id
from sandbox.requests import Owner, SourceFile
from sandbox.results import Result, result_in
from sandbox.runners.choose import Choice
from sandbox.services import service


@dataclass(frozen=True)
class PreviewFile:
    content: bytes
    content_type: str

    @classmethod
    def named(cls, path: str, content: bytes) -> "PreviewFile":
        """As its name says what it is."""
        kind = content_type(path)
        return cls(content, f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)


class PreviewFileMissingError(NotFoundError):
    """The preview is there, and has no such file."""


def language_list() -> list[dict[str, Any]]:
    """`{id, name, version, image, file, network, available, reason}` of every language."""
    return language_details(current_choice())


def language_details(choice: Choice) -> list[dict[str, Any]]:
    """The same, for callers that have the runner at hand."""
    return [_details(language, choice) for language in LANGUAGES.values()]


def runner_status() -> dict[str, Any]:
    """`{"name": "docker" | "bubblewrap" | None, "detail", "problem", …}`: what runs programs here,
    why, what is wrong with it now (None where it works), and its own figures."""

    async def status() -> dict[str, Any]:
        problem = await service().runner_problem()
        choice = await service().choice()
        name = choice.runner.name if choice.runner else None
        figures = choice.runner.figures() if choice.runner else {}
        return {"name": name, "detail": choice.why, "problem": problem, **figures}

    return async_to_sync(status)()


def sandboxes_ready() -> int | None:
    """Those that wait for a run now, without asking an engine; None where there is no pool."""

    async def look() -> int | None:
        runner = (await service().choice()).runner
        pool = runner.figures().get("pool") if runner else None
        return pool["size"] if pool else None

    return async_to_sync(look)()


class Counts(TypedDict):
    active: int
    waiting: int
    running: int
    lag_s: float


def counts() -> Counts:
    """`{"active", "waiting", "running", "lag_s"}` now: runs that have not ended, those of them in
    the queue and out of it, and by how much the event loop was late."""

    async def look() -> Counts:
        runs = service()
        active, waiting = runs.active, runs.admission.waiting
        return {
            "active": active,
            "waiting": waiting,
            "running": active - waiting,
            "lag_s": loop_lag().worst_s,
        }

    return async_to_sync(look)()


def current_choice() -> Choice:
    """The run service's runner; for synchronous callers."""

    async def choice() -> Choice:
        return await service().choice()

    return async_to_sync(choice)()


def _details(language: Language, choice: Choice) -> dict[str, Any]:
    reason: str | None = None
    version = language.version
    if language.is_sandboxed:
        runner = choice.runner
        reason = choice.why if runner is None else runner.availability(language)
        version = version if runner is None else runner.version(language)
    return {
        "id": language.id,
        "name": language.name,
        "version": version,
        "image": language.image,
        "file": language.file,
        "network": language.network,
        "available": reason is None,
        "reason": reason,
    }


def run_get(run_id: str, owner: Owner) -> Run:
    """An owner's run, or `RunNotFoundError`."""
    run = Run.objects.filter(pk=run_id).first() if is_run_id(run_id) else None
    if run is None or not owner.owns(user_id=run.user_id, session_key=run.session_key):
        raise RunNotFoundError
    return run


def runs_settle(owner: Owner) -> None:
    """Wait until the database says of this owner's runs what those who watched them know."""

    async def settle() -> None:
        await service().settle(owner)

    async_to_sync(settle)()


def run_events(run: Run) -> list[Event]:
    """What is stored of a run's log, which is nothing until the run has ended."""
    return [] if run.log is None else unpack(bytes(run.log))


def run_result(run_id: str, owner: Owner) -> Result | None:
    """How an owner's run ended; None while it has not. `RunNotFoundError` as `run_get`."""
    return result_in(run_get(run_id, owner))


def artifact_list(run_id: str, owner: Owner) -> list[dict[str, Any]]:
    """`{name, size, content_type, url}` of what an owner's run has made, by name."""
    run = run_get(run_id, owner)
    sizes = run.artifacts.values_list("name", "size")
    return [artifact_facts(run.pk, name, size, run.preview_token) for name, size in sizes]


def artifact_get(run_id: str, name: str, owner: Owner) -> Artifact:
    """One of them, or `NotFoundError`."""
    artifact = _artifact(run_get(run_id, owner), name)
    if artifact is None:
        raise NotFoundError("This run has made no such file, or it is not kept any more.")
    return artifact


def _artifact(run: Run, name: str) -> Artifact | None:
    # NUL is in no name, and PostgreSQL refuses to look for it.
    return None if "\x00" in name else run.artifacts.filter(name=name).first()


def preview_file(token: str, path: str) -> PreviewFile:
    """A file of an HTML run, the page at the empty path; or one that another run has made or was
    given. `NotFoundError` otherwise."""
    run = Run.objects.filter(preview_token=token).first() if token else None
    if run is None:
        raise NotFoundError("This preview is gone; press Run again.")
    source = run.unpacked_source()
    language = LANGUAGES[run.language]
    if not language.is_sandboxed and path in {"", language.file}:
        return PreviewFile(source["code"].encode(), "text/html; charset=utf-8")
    if artifact := _artifact(run, path):
        return PreviewFile.named(path, bytes(artifact.content))
    for file in source["files"]:
        if file["name"] == path:
            return PreviewFile.named(path, SourceFile(**file).data)
    raise PreviewFileMissingError(f"This program has no file {path}.")


def database_status() -> dict[str, str]:
    """`{"status": "ok" | "error", "info"}`, by asking it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return {"status": "error", "info": type(error).__name__}
    return {"status": "ok", "info": connection.vendor}
