"""`make bench-page`: a workspace's page and Monaco's, in turn, in headless Chromium."""

import asyncio
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from benchmarks import engine, machine
from benchmarks.command import now, run, say
from benchmarks.page import keys, loading, output, report
from benchmarks.page.bars import bars
from benchmarks.page.browser import LOCAL, SLOW, Conditions, chromium
from benchmarks.page.long_file import long_file
from benchmarks.page.monaco.serve import served
from benchmarks.page.results import Load, Presses, Report
from benchmarks.page.subjects import TEMPLATE, Ours, Subject
from e2e.ide_page import WIDE
from e2e.server import started
from e2e.workspace_page import WorkspacePage

_CACHE = Path(".cache/bench-page").absolute()
_SETTINGS = {"MAX_OUTPUT": "16m"}
_SETTLED_S = 10.0


@dataclass(frozen=True)
class Plan:
    rounds: int
    first_presses: int
    then_presses: int
    output_bytes: int


FULL = Plan(rounds=7, first_presses=200, then_presses=300, output_bytes=10 * 2**20)
QUICK = Plan(rounds=1, first_presses=50, then_presses=50, output_bytes=2**20)


def _measured(plan: Plan, quick: bool) -> Report:
    with (
        TemporaryDirectory(prefix="cloudrun-benchmark-") as scratch,
        started("auto", Path(scratch), _SETTINGS) as server,
        served(_CACHE / "monaco", [TEMPLATE, long_file()]) as monaco,
    ):
        with chromium() as browser, browser.new_context(viewport=WIDE) as context:
            version = browser.version
            ours = Ours(WorkspacePage(context.new_page(), server.url))
            subjects: list[Subject] = [ours, monaco]
            say("what is transferred")
            weights = {subject.name: loading.weight(browser, subject) for subject in subjects}
            loads = [_load(browser, subjects, plan, where) for where in (LOCAL, SLOW)]
            presses = [_presses(browser, subject, plan) for subject in subjects]
        with chromium() as browser:
            say("output")
            flooded = output.flood(browser, server.url, plan.output_bytes)
    return Report(
        machine=machine.describe(engine.connect() if engine.answers() else None),
        chromium=version,
        made_at=now(),
        quick=quick,
        weights=weights,
        loads=loads,
        presses=presses,
        flood=flooded,
    )


def _load(
    browser: Browser, subjects: Sequence[Subject], plan: Plan, conditions: Conditions
) -> Load:
    """In turn, in another order each round."""
    say(f"cold loads, {conditions.name}, {plan.rounds} rounds")
    editable_s: dict[str, list[float]] = {subject.name: [] for subject in subjects}
    for number in range(plan.rounds):
        for subject in subjects if number % 2 == 0 else reversed(subjects):
            _until_idle()
            editable_s[subject.name].append(loading.editable_s(browser, subject, conditions))
    return Load(conditions.name, editable_s)


def _presses(browser: Browser, subject: Subject, plan: Plan) -> Presses:
    say(f"key presses, {subject.name}")
    _until_idle()
    return keys.presses(browser, subject, plan.first_presses, plan.then_presses)


def _until_idle() -> None:
    """Playwright has the loop of this thread."""
    with ThreadPoolExecutor() as pool:
        pool.submit(asyncio.run, machine.idle(_SETTLED_S)).result()


if __name__ == "__main__":
    status = run(
        "benchmarks.page",
        __doc__,
        plans=(FULL, QUICK),
        measure=_measured,
        text=report.text,
        save=report.save,
        bars=bars,
        cache=_CACHE,
    )
    sys.exit(status)
