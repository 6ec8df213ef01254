"""What the class view says of a student, worked out of their latest runs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import NamedTuple

from ide.history.words import Outcome, outcome_words
from sandbox.languages import language_name
from sandbox.models import ALIVE, RunStatus

_STUCK_TIMES = 3
_STUCK_FOR = timedelta(minutes=5)  # with the same error twice
_IDLE_AFTER = timedelta(minutes=10)
# These say nothing of whether the program is right.
_UNJUDGED = frozenset({*ALIVE, RunStatus.STOPPED, RunStatus.LOST})


class RunFacts(NamedTuple):
    """The columns of a run that are looked at, by their names."""

    id: str
    user_id: int
    created_at: datetime
    ended_at: datetime | None
    language: str
    status: str
    reason: str
    exit_code: int | None
    error: str


class Need(IntEnum):
    """How much somebody needs help, the most first."""

    STUCK = 0
    FAILING = 1
    WORKING = 2
    IDLE = 3

    @property
    def label(self) -> str:
        return self.name.capitalize()


@dataclass(frozen=True)
class Streak:
    """The same error again and again: how often, and since when."""

    error: str
    times: int
    since: datetime


@dataclass(frozen=True)
class Tile:
    """A student of a class. Without a run there is no language and no outcome."""

    user_id: int
    name: str
    need: Need
    active_at: datetime
    run_id: str = ""
    language: str = ""
    outcome: Outcome | None = None
    streak: Streak | None = None

    @property
    def rank(self) -> tuple[Need, float, str]:
        """Who needs help comes first; among those, whoever has needed it longest."""
        since = self.streak.since.timestamp() if self.streak else 0.0
        return self.need, since, self.name.casefold()


def tile_of(
    user_id: int, name: str, runs: Sequence[RunFacts], changed_at: datetime | None, now: datetime
) -> Tile:
    """`runs` are the student's own, the newest first; at `changed_at` they last changed a file.
    There is at least one of both."""
    times = [at for run in runs[:1] for at in (run.created_at, run.ended_at) if at]
    active_at = max([*times, *([changed_at] if changed_at else [])])
    streak = streak_of(runs)
    need = _need(streak, active_at, now)
    if not runs:
        return Tile(user_id, name, need, active_at)
    latest = runs[0]
    outcome = outcome_words(status=latest.status, reason=latest.reason, exit_code=latest.exit_code)
    return Tile(
        user_id=user_id,
        name=name,
        need=need,
        active_at=active_at,
        run_id=latest.id,
        language=language_name(latest.language),
        outcome=outcome,
        streak=streak,
    )


def streak_of(runs: Iterable[RunFacts]) -> Streak | None:
    """Of the newest run that is judged; None where it ran fine. `runs` are the newest first."""
    streak: Streak | None = None
    for run in runs:
        if run.status in _UNJUDGED:
            continue
        if not run.error or (streak and run.error != streak.error):
            break
        streak = Streak(run.error, streak.times + 1 if streak else 1, run.created_at)
    return streak


def _need(streak: Streak | None, active_at: datetime, now: datetime) -> Need:
    if streak is None:
        return Need.IDLE if now - active_at >= _IDLE_AFTER else Need.WORKING
    is_long = streak.times > 1 and now - streak.since >= _STUCK_FOR
    return Need.STUCK if streak.times >= _STUCK_TIMES or is_long else Need.FAILING
