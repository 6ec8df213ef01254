"""`make bench-admin`: the pages of staff and the lists of runs, with a million runs."""

import json
import subprocess
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
from benchmarks.admin.postgres import database
from benchmarks.admin.results import Cast, Looked, Page, Report
from benchmarks.command import now, run, say
from e2e.server import ROOT, started

_CACHE = Path(".cache/bench-admin").absolute()
_RUNNER = "bubblewrap"
_WARM_UP = 2


@dataclass(frozen=True)
class Plan:
    """Rows of runs, and looks at each page."""

    runs: int
    looks: int


FULL = Plan(runs=1_000_000, looks=20)
QUICK = Plan(runs=50_000, looks=3)


def _measured(plan: Plan, quick: bool) -> Report:
    with TemporaryDirectory(prefix="cloudrun-benchmark-") as scratch:
        folder = Path(scratch)
        with database(folder) as url:
            looked = _looked(Site(folder, url), plan)
            version = _version(url)
    return Report(
        machine=machine.describe(engine.connect() if engine.answers() else None),
        made_at=now(),
        quick=quick,
        runs=plan.runs,
        database=version,
        looked=looked,
    )


@dataclass(frozen=True)
class Site:
    """A server's folder and the address of its database."""

    folder: Path
    database_url: str

    @property
    def settings(self) -> dict[str, str]:
        return {
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": self.database_url,
            "SANDBOX_RUNNER": _RUNNER,
        }

    def call(self, module: str, function: str, *arguments: object) -> None:
        """Call a function in the server's environment."""
        code = f"from {module} import {function}\n{function}(*{arguments!r})"
        shell = [sys.executable, "manage.py", "shell", "--no-imports", "--command", code]
        subprocess.run(shell, cwd=ROOT, env=environ | self.settings, check=True)


def _looked(site: Site, plan: Plan) -> list[Looked]:
    cast_file = site.folder / "cast.json"
    say(f"making {plan.runs:,} runs")
    site.call("benchmarks.admin.filling", "fill", plan.runs, str(cast_file))
    cast = Cast(**json.loads(cast_file.read_text()))
    asked = [*pages(cast)]
    say("counting queries")
    queries = _queries(site, cast_file, asked)
    with (
        started(_RUNNER, site.folder, site.settings) as server,
        closing(Asker(server.url, cast)) as asker,
    ):
        say(f"looking at {len(asked)} pages, {plan.looks} times each")
        looked = []
        for page, number in zip(asked, queries, strict=True):
            for _ in range(_WARM_UP):
                asker.look_s(page)
            looked.append(Looked(page, [asker.look_s(page) for _ in range(plan.looks)], number))
        return looked


def _queries(site: Site, cast_file: Path, asked: list[Page]) -> list[int]:
    pages_file, into = site.folder / "pages.json", site.folder / "queries.json"
    pages_file.write_text(json.dumps([asdict(page) for page in asked]))
    files = (str(file) for file in (cast_file, pages_file, into))
    site.call("benchmarks.admin.counting", "count", *files)
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
