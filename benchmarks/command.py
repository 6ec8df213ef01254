"""What the benchmarks are as commands: the same options, and figures for the same folder."""

import argparse
import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from benchmarks.bars import Bar

_PAGE = Path("docs")

Plan = TypeVar("Plan")
Report = TypeVar("Report")


def run(
    prog: str,
    description: str | None,
    *,
    plans: tuple[Plan, Plan],
    measure: Callable[[Plan, bool], Report],
    text: Callable[[Report], str],
    save: Callable[[Report, Path], None],
    bars: Callable[[Report], Sequence[Bar]],
    cache: Path,
) -> int:
    """Measure, and show and save the figures; what the process is to exit with.

    `plans` are the full one and that of `--quick`, whose figures go into `cache` and prove little.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cloudrun.settings")
    parser = argparse.ArgumentParser(prog=prog, description=description)
    parser.add_argument("--quick", action="store_true", help="a minute, for a look; proves little")
    parser.add_argument("--into", type=Path, help=f"a folder for the figures, instead of {_PAGE}/")
    options = parser.parse_args()

    full, quick = plans
    measured = measure(quick if options.quick else full, options.quick)
    print(text(measured))
    folder: Path = options.into or (cache if options.quick else _PAGE)
    save(measured, folder)
    print(f"Saved in {folder}/")
    missed = [bar for bar in bars(measured) if not bar.cleared]
    return int(bool(missed) and not options.quick)


def say(what: str) -> None:
    """How far it is."""
    print(f"  {time.strftime('%H:%M:%S')}  {what}", flush=True)


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
