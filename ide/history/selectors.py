"""A workspace's past runs; changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

from ide.history.words import Outcome, duration_words, outcome_words
from ide.models import Workspace
from sandbox.errors import RunNotFoundError
from sandbox.history import RunFilter, run_page
from sandbox.languages import language_name
from sandbox.models import Run
from sandbox.requests import Owner
from sandbox.selectors import run_get, runs_settle

_ON_A_PAGE = 20


@dataclass(frozen=True)
class RunLine:
    """A run as the list shows it. `previous` is the one before it, None where none is known."""

    run: Run
    language_name: str
    outcome: Outcome
    duration: str
    previous: Run | None


@dataclass(frozen=True)
class RunLines:
    """One page of them, the newest first; `cursor` leads to older ones, empty where none are."""

    lines: list[RunLine]
    cursor: str


def run_lines(workspace: Workspace, owner: Owner, *, cursor: str = "") -> RunLines:
    """`InvalidRequestError` for a cursor that no page gave."""
    runs_settle(owner)
    filter = RunFilter(workspace=workspace.pk)
    page = run_page(owner=owner, filter=filter, limit=_ON_A_PAGE, cursor=cursor)
    return RunLines(list(_lines(page.runs)), page.next_cursor or "")


def _lines(runs: list[Run]) -> Iterable[RunLine]:
    for run, previous in zip_longest(runs, runs[1:]):
        yield RunLine(
            run=run,
            language_name=language_name(run.language),
            outcome=outcome_words(status=run.status, reason=run.reason, exit_code=run.exit_code),
            duration=duration_words(run.duration_ms),
            previous=previous,
        )


def workspace_run_get(workspace: Workspace, run_id: str, owner: Owner) -> Run:
    """The same `NotFoundError` for a stranger's run, another workspace's, and none."""
    runs_settle(owner)
    run = run_get(run_id, owner)
    if run.workspace != workspace.pk:
        raise RunNotFoundError
    return run
