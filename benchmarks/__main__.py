"""`make bench`: everything in one run, on Docker where an engine answers, and on bubblewrap."""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import docker

from benchmarks import engine, flood, latency, loads, machine, report
from benchmarks.bars import Bar, bars
from benchmarks.command import now, run, say
from benchmarks.paths import HOST, Bare, Product, Way
from benchmarks.programs import hello
from benchmarks.results import Aftermath, Latency, Load, Report, Section
from e2e.server import Server, started
from sandbox.languages import LANGUAGES

_CACHE = Path(".cache/bench").absolute()
_SETTLED_S = 30.0  # for the pool of a fresh server to fill
_LEFT_AFTER_S = 5.0


@dataclass(frozen=True)
class Plan:
    """How much of everything. Compilers take long, so their programs have rounds of their own."""

    rounds: int
    compiled_rounds: int
    bursts: tuple[int, ...]
    burst_rounds: int
    clients: int
    windows: int
    window_s: float
    at_once: int
    flood_pairs: int


FULL = Plan(
    rounds=30,
    compiled_rounds=12,
    bursts=(1, 10, 30, 100),
    burst_rounds=3,
    clients=8,
    windows=4,
    window_s=15.0,
    at_once=200,
    flood_pairs=20,
)
QUICK = Plan(
    rounds=3,
    compiled_rounds=2,
    bursts=(1, 10),
    burst_rounds=1,
    clients=4,
    windows=1,
    window_s=4.0,
    at_once=20,
    flood_pairs=2,
)


async def on_docker(plan: Plan, client: docker.DockerClient, data_dir: Path) -> Section | None:
    with ExitStack() as stack:
        server = stack.enter_context(started("docker", data_dir))
        if not _has_python(server):
            return None
        roots = partial(engine.unpacked, client, folder=_CACHE / "roots")
        bare = stack.enter_context(closing(Bare(roots, embedded=False)))
        naive = stack.enter_context(closing(engine.Naive(client)))
        product = Product.with_users(server.url, plan.at_once)
        await machine.idle(_SETTLED_S)

        ways: list[Way] = [bare, engine.DockerRun(), naive, product]
        latencies = await _latencies(plan, server, ways)
        await loads.burst(product, plan.at_once)  # which makes the pool as large as it gets
        memory = _memory(server)
        rivals: list[Way] = [naive, product]
        bursts = await _bursts(plan, rivals)
        say(f"{plan.clients} clients, {plan.windows} times {plan.window_s:g} s each way")
        sustained = await loads.sustained(rivals, plan.clients, plan.windows, plan.window_s)
        say(f"{plan.at_once} at once")
        at_once = await loads.burst(product, plan.at_once)
        await asyncio.sleep(_LEFT_AFTER_S)
        instance = _instance(data_dir)
        left = engine.leftovers(client, instance)
        memory_after = _memory(server)
    after_end = engine.containers(client, instance)
    aftermath = Aftermath(memory, memory_after, left, after_end)
    return Section("Docker", latencies, bursts, sustained, at_once, aftermath, None)


async def embedded(plan: Plan, data_dir: Path) -> Section | None:
    with (
        started("bubblewrap", data_dir) as server,
        closing(Bare(lambda _: HOST, embedded=True)) as bare,
    ):
        if not _has_python(server):
            return None
        product = Product.with_users(server.url, max(plan.bursts))
        latencies = await _latencies(plan, server, [bare, product])
        bursts = await _bursts(plan, [product])
        say(f"floods, {plan.flood_pairs} times")
        assert server.process is not None
        floods = await flood.measure(product, server.process.pid, plan.flood_pairs)
    return Section("bubblewrap", latencies, bursts, [], None, None, floods)


async def _latencies(plan: Plan, server: Server, ways: Sequence[Way]) -> list[Latency]:
    latencies = []
    for language in LANGUAGES.values():
        if not language.is_sandboxed:
            continue
        if reason := server.languages[language.id]["reason"]:
            say(f"no {language.name}: {reason}")
            continue
        rounds = plan.compiled_rounds if language.compile else plan.rounds
        say(f"{language.name}, {rounds} rounds")
        latencies.append(await latency.measure(ways, hello(language.id), rounds))
    return latencies


async def _bursts(plan: Plan, ways: Sequence[Way]) -> list[Load]:
    bursts = []
    for count in plan.bursts:
        say(f"bursts of {count}")
        bursts += await loads.bursts(ways, count, plan.burst_rounds)
    return bursts


async def _measured(plan: Plan, quick: bool) -> Report:
    client = engine.connect() if engine.answers() else None
    with TemporaryDirectory(prefix="cloudrun-benchmark-") as scratch:
        folders = [Path(scratch) / name for name in ("docker", "embedded")]
        for folder in folders:
            folder.mkdir()
        return Report(
            machine=machine.describe(client),
            made_at=now(),
            quick=quick,
            docker=await on_docker(plan, client, folders[0]) if client else None,
            embedded=await embedded(plan, folders[1]),
        )


def _has_python(server: Server) -> bool:
    """All loads are of Python programs."""
    if reason := server.languages["python"]["reason"]:
        say(f"no Python, so nothing: {reason}")
    return not reason


def _memory(server: Server) -> int:
    assert server.process is not None
    return machine.resident_bytes(server.process.pid)


def _instance(data_dir: Path) -> str:
    """What the server calls itself on its containers; see `sandbox.services.instance_id`."""
    secret = (data_dir / "instance_id").read_text()
    return "".join(filter(str.isalnum, secret))[:12].lower()


def _bars(report: Report) -> list[Bar]:
    return bars(report.docker) if report.docker else []


if __name__ == "__main__":
    status = run(
        "benchmarks",
        __doc__,
        plans=(FULL, QUICK),
        measure=lambda plan, quick: asyncio.run(_measured(plan, quick)),
        text=report.text,
        save=report.save,
        bars=_bars,
        cache=_CACHE,
    )
    sys.exit(status)
