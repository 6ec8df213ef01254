"""`make bench-class-view`: how soon a class is seen, and what looking costs its runs."""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import engine, machine
from benchmarks.class_view import report
from benchmarks.class_view.bars import bars
from benchmarks.class_view.lesson import Lesson, watched, window
from benchmarks.class_view.results import Report
from benchmarks.class_view.school import School, school_of
from benchmarks.command import now, run, say
from e2e.server import started

_CACHE = Path(".cache/bench-class-view").absolute()
_SETTLED_S = 5.0
_CLIENTS = 8  # as many run at any moment; a class thinks in between


@dataclass(frozen=True)
class Plan:
    """`pairs` of windows, without and with somebody who watches."""

    pairs: int
    window_s: float
    students: int


FULL = Plan(pairs=8, window_s=20.0, students=200)
QUICK = Plan(pairs=2, window_s=8.0, students=200)


async def measure(url: str, school: School, plan: Plan) -> tuple[list[float], list[float], Lesson]:
    """Runs per second alone and watched, and what was seen of the latter."""
    alone, beside, seen = [], [], Lesson()
    await window(url, school, _CLIENTS, plan.window_s / 2, Lesson())  # warm
    for number in range(plan.pairs):
        say(f"pair {number + 1} of {plan.pairs}")
        for is_watched in (False, True) if number % 2 == 0 else (True, False):
            await machine.idle(_SETTLED_S)
            if is_watched:
                async with watched(url, school, seen):
                    beside.append(await window(url, school, _CLIENTS, plan.window_s, seen))
            else:
                alone.append(await window(url, school, _CLIENTS, plan.window_s, Lesson()))
    return alone, beside, seen


def _measured(plan: Plan, quick: bool) -> Report:
    with TemporaryDirectory(prefix="cloudrun-benchmark-") as scratch:
        folder = Path(scratch)
        with started("auto", folder) as server:
            school = school_of(folder, plan.students)
            alone, beside, lesson = asyncio.run(measure(server.url, school, plan))
    seen = {run_id: at for run_id, at in lesson.seen.items() if run_id in lesson.ended}
    return Report(
        machine=machine.describe(engine.connect() if engine.answers() else None),
        made_at=now(),
        quick=quick,
        students=plan.students,
        alone=alone,
        watched=beside,
        # What is written down may be seen before its student's own message has come.
        delays_s=[max(at - lesson.ended[run_id], 0.0) for run_id, at in seen.items()],
        unseen=len(lesson.ended) - len(seen),
    )


if __name__ == "__main__":
    status = run(
        "benchmarks.class_view",
        __doc__,
        plans=(FULL, QUICK),
        measure=_measured,
        text=report.text,
        save=report.save,
        bars=bars,
        cache=_CACHE,
    )
    sys.exit(status)
