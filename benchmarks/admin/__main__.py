"""`make bench-admin`: the pages of staff and the lists of runs, with a million runs."""

import json
import sys
from contextlib import closing
from dataclasses import asdict, dataclass
from os import environ
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from benchmarks import engine, machine
from benchmarks.admin import report
from benchmarks.admin.asking import Asker
from benchmarks.admin.bars import bars
from benchmarks.admin.pages import pages
from benchmarks.admin.postgres import postgres
from benchmarks.admin.results import Cast, Looked, Page, Report
from benchmarks.command import now, run, say
from e2e.database import database_url, run_code
from e2e.server import started

_CACHE = Path(".cache/bench-admin").absolute()
_WARM_UP = 2


@dataclass(frozen=True)
class Plan:
    """Rows of runs, and looks at each page."""

    runs: int
    looks: int


FULL = Plan(runs=1_000_000, looks=40)
QUICK = Plan(runs=50_000, looks=5)


def _measured(plan: Plan, quick: bool) -> Report:
    with TemporaryDirectory(prefix="cloudrun-benchmark-") as scratch:
        folder = Path(scratch)
        with postgres(folder) as url:
            environ["DATABASE_URL"] = url
            data_dir = folder / "data"
            data_dir.mkdir()
            version = _version(database_url(data_dir))
            looked = _looked(data_dir, plan)
    return Report(
        machine=machine.describe(engine.connect() if engine.answers() else None),
        made_at=now(),
        quick=quick,
        runs=plan.runs,
        database=version,
        looked=looked,
    )


def _looked(data_dir: Path, plan: Plan) -> list[Looked]:
    cast_file = data_dir / "cast.json"
    say(f"making {plan.runs:,} runs")
    fill = f"fill({plan.runs}, {str(cast_file)!r})"
    run_code(data_dir, f"from benchmarks.admin.filling import fill\n{fill}")
    cast = Cast(**json.loads(cast_file.read_text()))
    with started("bubblewrap", data_dir) as server, closing(Asker(server.url, cast)) as asker:
        asked = [asker.with_cursor(page) for page in pages(cast)]
        queries = _queries(data_dir, cast_file, asked)
        say(f"looking at {len(asked)} pages")
        looked = []
        for page, number in zip(asked, queries, strict=True):
            for _ in range(_WARM_UP):
                asker.look_s(page)
            times_s = [asker.look_s(page) for _ in range(plan.looks)]
            looked.append(Looked(page, times_s, number))
        return looked


def _queries(data_dir: Path, cast_file: Path, asked: list[Page]) -> list[int]:
    say("counting queries")
    pages_file, into = data_dir / "pages.json", data_dir / "queries.json"
    pages_file.write_text(json.dumps([asdict(page) for page in asked]))
    names = ", ".join(repr(str(file)) for file in (cast_file, pages_file, into))
    run_code(data_dir, f"from benchmarks.admin.counting import count\ncount({names})")
    numbers: list[int] = json.loads(into.read_text())
    return numbers


def _version(url: str) -> str:
    with psycopg.connect(url) as connection:
        return f"PostgreSQL {connection.info.server_version // 10000}"


if __name__ == "__main__":
    status = run(
        "benchmarks.admin",
        __doc__,
        plans=(FULL, QUICK),
        measure=_measured,
        text=report.text,
        save=report.save,
        bars=bars,
        cache=_CACHE,
    )
    sys.exit(status)
