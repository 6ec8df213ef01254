"""What the page of a run shows."""

from dataclasses import asdict
from typing import Any

from django.urls import reverse

from ide.history.snapshots import Snapshot, snapshot_of
from sandbox.artifacts import artifact_facts
from sandbox.events import Event, unpack
from sandbox.languages import LANGUAGES
from sandbox.live import LiveRun
from sandbox.models import Run
from staff.runs.live import live_run

_LONGEST_CONTENT = 200
_MOST_EVENTS = 500


# What a run's owner is told begins so, and how that reads to others.
_TO_OTHERS = {
    "Your program was stopped because your": "The program was stopped because its owner's",
    "The compiler was stopped because your": "The compiler was stopped because its owner's",
    "Your program": "The program",
    "You stopped your program": "The program was stopped",
    "Your account was deactivated before your": "Its owner's account was deactivated before the",
}


def snapshot(run: Run) -> Snapshot:
    return snapshot_of(run, run.created_at)


def run_context(run: Run) -> dict[str, Any]:
    """For `admin/sandbox/run/run.html`. All addresses are the admin's own, which check who asks."""
    events = unpack(bytes(run.log)) if run.log is not None else []
    live = live_run(run.pk) if run.log is None else None
    source = run.unpacked_source()
    shown = snapshot(run)
    return {
        "run": run,
        "snapshot": shown,
        "explanation": _to_others(shown.explanation),
        "is_watchable": live is not None,
        "live_url": _url("live", run),
        "terminal": {name: source[name] for name in ("cols", "rows", "tty")},
        "recording_url": _url("recording", run),
        "output_url": _url("output", run),
        "files_url": _url("files", run),
        "again_url": _url("again", run),
        "limits": _limits(events, live),
        "events": [_line(event) for event in events[:_MOST_EVENTS]],
        "events_left_out": max(len(events) - _MOST_EVENTS, 0),
        "made": _made(run),
    }


def _url(name: str, run: Run, *more: str) -> str:
    return reverse(f"admin:sandbox_run_{name}", args=[run.pk, *more])


def _to_others(explanation: str) -> str:
    own = next((own for own in _TO_OTHERS if explanation.startswith(own)), "")
    return _TO_OTHERS.get(own, "") + explanation.removeprefix(own)


def _limits(events: list[Event], live: LiveRun | None) -> dict[str, Any]:
    """As it was told them when it began, or is to be told; empty where it never began."""
    if live:
        language = LANGUAGES[live.request.language]
        return asdict(language.run_limits(interactive=live.request.waits_for_somebody))
    begin = next((event for event in events if event.fields.get("state") == "running"), None)
    return dict(begin.fields) if begin else {}


def _line(event: Event) -> dict[str, Any]:
    content = event.content
    if len(content) > _LONGEST_CONTENT:
        content = f"{content[:_LONGEST_CONTENT]}…"
    return {"seq": event.seq, "time": event.timestamp, "type": event.type, "content": content}


def _made(run: Run) -> list[dict[str, Any]]:
    """No page of them is opened: a preview's address would be its owner's."""
    sizes = run.artifacts.values_list("name", "size")
    facts = [artifact_facts(run.pk, name, size, None) for name, size in sizes]
    return [made | {"url": _url("made", run, made["name"])} for made in facts]
