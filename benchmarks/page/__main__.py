"""`make bench-page`: a workspace's page and Monaco's, in turn, in headless Chromium."""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from benchmarks import engine, machine
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
_PAGE = Path("docs")
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
            _say("what is transferred")
            weights = {subject.name: loading.weight(browser, subject) for subject in subjects}
            loads = [_load(browser, subjects, plan, where) for where in (LOCAL, SLOW)]
            presses = [_presses(browser, subject, plan) for subject in subjects]
        with chromium() as browser:
            _say("output")
            flooded = output.flood(browser, server.url, plan.output_bytes)
    return Report(
        machine=machine.describe(engine.connect() if engine.answers() else None),
        chromium=version,
        made_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
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
    _say(f"cold loads, {conditions.name}, {plan.rounds} rounds")
    editable_s: dict[str, list[float]] = {subject.name: [] for subject in subjects}
    for number in range(plan.rounds):
        for subject in subjects if number % 2 == 0 else reversed(subjects):
            _until_idle()
            editable_s[subject.name].append(loading.editable_s(browser, subject, conditions))
    return Load(conditions.name, editable_s)


def _presses(browser: Browser, subject: Subject, plan: Plan) -> Presses:
    _say(f"key presses, {subject.name}")
    _until_idle()
    return keys.presses(browser, subject, plan.first_presses, plan.then_presses)


def _until_idle() -> None:
    """Playwright has the loop of this thread."""
    with ThreadPoolExecutor() as pool:
        pool.submit(asyncio.run, machine.idle(_SETTLED_S)).result()


def _say(what: str) -> None:
    print(f"  {time.strftime('%H:%M:%S')}  {what}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.page", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a minute, for a look; proves little")
    parser.add_argument("--into", type=Path, help="the folder for page-performance.md and .json")
    options = parser.parse_args()

    measured = _measured(QUICK if options.quick else FULL, options.quick)
    print(report.text(measured))
    folder = options.into or (_CACHE if options.quick else _PAGE)
    report.save(measured, folder)
    print(f"Saved in {folder}/page-performance.md and .json")
    missed = [bar for bar in bars(measured) if not bar.cleared]
    return int(bool(missed) and not options.quick)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cloudrun.settings")
    sys.exit(main())
