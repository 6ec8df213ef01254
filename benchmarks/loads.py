"""Many runs: all at once, or some clients that each start the next when theirs is done."""

import asyncio
import itertools
import secrets
import time
from collections.abc import Sequence

from benchmarks.machine import idle
from benchmarks.paths import Way
from benchmarks.programs import Program, numbered
from benchmarks.results import Load, Result, load_of


async def burst(way: Way, count: int) -> Load:
    """`count` users press Run together."""
    programs = numbered(secrets.token_hex(4), count)
    await idle()
    begun = time.perf_counter()
    results = await asyncio.gather(
        *(_attempt(way, program, user) for user, program in enumerate(programs))
    )
    elapsed_s = time.perf_counter() - begun
    return load_of(way.name, count, elapsed_s, list(zip(programs, results, strict=True)))


async def bursts(ways: Sequence[Way], count: int, rounds: int) -> list[Load]:
    """For each way the most telling of its `rounds`, which take turns."""
    loads: dict[str, list[Load]] = {way.name: [] for way in ways}
    for number in range(rounds):
        for way in ways if number % 2 else reversed(ways):
            loads[way.name].append(await burst(way, count))
    return [_most_telling(loads[way.name]) for way in ways]


async def sustained(ways: Sequence[Way], clients: int, windows: int, window_s: float) -> list[Load]:
    """Each way under `clients` for `windows` of so many seconds, in turns."""
    runs: dict[str, list[tuple[Program, Result]]] = {way.name: [] for way in ways}
    elapsed_s = dict.fromkeys(runs, 0.0)
    for _, way in itertools.product(range(windows), ways):
        await idle()
        begun = time.perf_counter()
        runs[way.name] += await _window(way, clients, begun + window_s)
        elapsed_s[way.name] += time.perf_counter() - begun
    return [load_of(way.name, clients, elapsed_s[way.name], runs[way.name]) for way in ways]


async def _window(way: Way, clients: int, until: float) -> list[tuple[Program, Result]]:
    batches = await asyncio.gather(*(_client(way, user, until) for user in range(clients)))
    return list(itertools.chain.from_iterable(batches))


async def _client(way: Way, user: int, until: float) -> list[tuple[Program, Result]]:
    runs = []
    while time.perf_counter() < until:
        [program] = numbered(secrets.token_hex(4), 1)
        runs.append((program, await _attempt(way, program, user)))
    return runs


async def _attempt(way: Way, program: Program, user: int) -> Result:
    begun = time.perf_counter()
    try:
        return await way.run(program, user)
    except Exception as error:  # whatever it was, it is a figure here
        return Result(None, time.perf_counter() - begun, "", type(error).__name__)


def _most_telling(loads: Sequence[Load]) -> Load:
    """One that went wrong, else the one of median length."""
    wrong = [load for load in loads if load.right < load.runs]
    return wrong[0] if wrong else sorted(loads, key=lambda load: load.elapsed_s)[len(loads) // 2]
