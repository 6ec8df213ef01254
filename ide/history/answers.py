"""A snapshot as files: its output to replay and to keep, its code to keep."""

from django.http import HttpResponse, StreamingHttpResponse

from ide.archives import zipped
from ide.history.snapshots import Snapshot
from sandbox.recording import CONTENT_TYPE, recording


def recording_file(snapshot: Snapshot) -> HttpResponse:
    """An asciicast; the run's id is in none of it, since that is for its owner."""
    lines = recording(
        snapshot.source,
        snapshot.events,
        created_at=snapshot.ran_at,
        title=f"{snapshot.language_name} program",
    )
    return _file("".join(lines), f"{CONTENT_TYPE}; charset=utf-8", "recording.cast")


def output_file(snapshot: Snapshot) -> HttpResponse:
    return _file(snapshot.output, "text/plain; charset=utf-8", "output.txt")


def code_zip(snapshot: Snapshot) -> StreamingHttpResponse:
    """The files that the program ran with."""
    return StreamingHttpResponse(
        zipped(snapshot.contents.items()),
        content_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="files.zip"'},
    )


def _file(text: str, content_type: str, name: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    content = text.encode(errors="replace")
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=content_type, headers=headers)
