"""What a program has made: the files that are new or changed in its workspace at its end."""

import asyncio
import logging
import mimetypes
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Max, Q, Sum
from django.urls import reverse

from sandbox.file_names import FILE_NAME_MAX_LENGTH, file_name_problem
from sandbox.left_out import ODDLY_NAMED, TOO_LARGE, TOO_MANY, LeftOut
from sandbox.limits import Limits
from sandbox.live import LiveRun
from sandbox.models import Artifact, Run, new_token
from sandbox.requests import Owner
from sandbox.runners.base import Job, Leavings, Sandbox, SandboxFile

logger = logging.getLogger(__name__)

# Of one owner, as of nobody's runs together, those of the latest runs are kept.
_RUNS_PER_OWNER = 100
PAGE = "text/html"
OTHER = "application/octet-stream"


async def keep_artifacts(live: LiveRun, sandbox: Sandbox, job: Job) -> None:
    """Store what the program has made, and tell of it. The run's row is there.

    Whoever stops the run meanwhile does without.
    """
    collecting = asyncio.ensure_future(sandbox.leavings())
    either: set[asyncio.Future[Any]] = {collecting, live.ending}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    if not collecting.done():
        collecting.cancel()
        return
    files, left_out = await asyncio.to_thread(made, collecting.result(), job)
    if not files and not left_out.sentences:
        return
    try:
        token = await database_sync_to_async(_store)(live.id, live.owner, files)
    except DatabaseError:
        logger.exception("what run %s has made cannot be stored", live.id)
        files, left_out, token = [], LeftOut(is_cut=True), None
    live.log.append(
        "artifacts",
        " ".join((_made_words(len(files)), *left_out.sentences)),
        files=[artifact_facts(live.id, file.name, len(file.content), token) for file in files],
        left_out=bool(left_out.sentences),
    )


def _made_words(count: int) -> str:
    if count == 0:
        return "No file that was made is kept."
    return "1 file was made." if count == 1 else f"{count} files were made."


def made(leavings: Leavings, job: Job) -> tuple[list[SandboxFile], LeftOut]:
    """What is new or changed and can be kept, by name; and what could not."""
    given = {file.name: file.content for file in job.files}
    new: dict[str, SandboxFile] = {}
    left_out = LeftOut(is_cut=leavings.cut)
    room = job.limits.artifact_bytes
    for name in leavings.too_large:
        if len(given.get(name, b"")) <= room:  # else it may be as it was given
            left_out.add(name, TOO_LARGE if _is_named_well(name) else ODDLY_NAMED)
    for file in sorted(leavings.files, key=lambda file: file.name):
        if given.get(file.name) == file.content or file.name in new:
            continue
        if reason := _misfit(file, len(new), room, job.limits):
            left_out.add(file.name, reason)
        else:
            new[file.name] = file
            room -= len(file.content)
    return list(new.values()), left_out


def _misfit(file: SandboxFile, count: int, room: int, limits: Limits) -> str:
    """Why it cannot be kept; empty where it can."""
    if not _is_named_well(file.name):
        return ODDLY_NAMED
    if count >= limits.artifact_files:
        return TOO_MANY
    return TOO_LARGE if len(file.content) > room else ""


def _is_named_well(name: str) -> bool:
    return (
        len(name) <= FILE_NAME_MAX_LENGTH and name.isprintable() and file_name_problem(name) is None
    )


def content_type(name: str) -> str:
    """By its name, as a browser takes it."""
    kind, encoding = mimetypes.guess_type(name)
    return kind if kind and not encoding else OTHER


def artifact_facts(run_id: str, name: str, size: int, token: str | None) -> dict[str, Any]:
    """As a frame and an answer have it. A page can be looked at below the run's preview `token`."""
    facts = {
        "name": name,
        "size": size,
        "content_type": content_type(name),
        "url": reverse("run-artifact", args=[run_id, name]),
    }
    if token and facts["content_type"] == PAGE:
        facts["preview_url"] = (
            f"{settings.PREVIEW_URL}{reverse('preview-file', args=[token, name])}"
        )
    return facts


def _store(run_id: str, owner: Owner, files: list[SandboxFile]) -> str | None:
    """The preview's token, where there is something to preview."""
    token = new_token() if any(content_type(file.name) == PAGE for file in files) else None
    with transaction.atomic():
        if token:
            Run.objects.filter(pk=run_id).update(preview_token=token)
        Artifact.objects.bulk_create(
            Artifact(run_id=run_id, name=file.name, content=file.content, size=len(file.content))
            for file in files
        )
        _forget_old(owner)
    return token


def _forget_old(owner: Owner) -> None:
    """Those of the owner's runs before the latest that there is room for."""
    whose = Q(run__user=owner.user_id)
    if owner.user_id is None:
        whose &= Q(run__session_key=owner.session_key)
    artifacts = Artifact.objects.filter(whose)
    runs = artifacts.values("run").annotate(size=Sum("size"), last=Max("pk")).order_by("-last")
    room = settings.MAX_ARTIFACTS_PER_USER
    for number, run in enumerate(runs):
        room -= run["size"]
        if number >= _RUNS_PER_OWNER or (room < 0 and number):
            Artifact.objects.filter(run=run["run"]).delete()
