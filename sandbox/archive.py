"""A user's runs as files, for them to take along."""

import json
from collections.abc import AsyncIterator
from typing import Any

from sandbox import events
from sandbox.languages import LANGUAGES
from sandbox.models import Run
from sandbox.requests import SourceFile


async def run_files(user_id: int) -> AsyncIterator[tuple[str, bytes]]:
    """`(path, content)` of every file of every run, the oldest run first; one run in memory."""
    ids = Run.objects.filter(user=user_id).order_by("created_at").values_list("pk", flat=True)
    for run_id in [run_id async for run_id in ids]:
        run = await Run.objects.prefetch_related("artifacts").filter(pk=run_id).afirst()
        if run is not None:  # deleted since
            for path, content in _files(run):
                yield path, content


def _files(run: Run) -> list[tuple[str, bytes]]:
    source = run.unpacked_source()
    folder = f"runs/{run.created_at:%Y-%m-%d_%H%M%S}_{run.language}_{run.pk[:8]}"
    language = LANGUAGES.get(run.language)
    texts = {
        f"files/{language.file if language else 'code.txt'}": source["code"],
        "stdin.txt": source["stdin"],
        "stdout.txt": _output(run, "stdout"),
        "stderr.txt": _output(run, "stderr"),
        "run.json": json.dumps(_facts(run) | {"args": source["args"]}, indent=2),
    }
    contents = {f"files/{file['name']}": SourceFile(**file).data for file in source["files"]}
    contents |= {f"made/{file.name}": bytes(file.content) for file in run.artifacts.all()}
    contents |= {name: text.encode(errors="replace") for name, text in texts.items() if text}
    return [(f"{folder}/{name}", content) for name, content in contents.items()]


def _output(run: Run, stream: str) -> str:
    if run.log is None:
        return ""
    stored = events.unpack(bytes(run.log))
    return "".join(event.content for event in stored if event.type == stream)


def _facts(run: Run) -> dict[str, Any]:
    return {
        "execution_id": run.pk,
        "language": run.language,
        "status": run.status,
        "exit_code": run.exit_code,
        "reason": run.reason,
        "duration_ms": run.duration_ms,
        "cpu_ms": run.cpu_ms,
        "memory_bytes": run.memory_bytes,
        "created_at": run.created_at.isoformat(),
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
    }
