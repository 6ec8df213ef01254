"""`make bench-assistant`: answers as they are streamed, and runs beside fifty of them."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import engine, machine
from benchmarks.assistant import report
from benchmarks.assistant.bars import bars
from benchmarks.assistant.provider import provider
from benchmarks.assistant.results import Beside, Report
from benchmarks.assistant.runs import echoes_s, first_outputs_s
from benchmarks.assistant.streams import first_token_s, streams
from benchmarks.command import now, run, say
from benchmarks.paths import Product
from e2e.server import started

_CACHE = Path(".cache/bench-assistant").absolute()
_SETTLED_S = 10.0
_NO_LIMIT = "1000000000"


@dataclass(frozen=True)
class Plan:
    """`pairs` of halves, without and with the streams; of what follows, so many in each half."""

    pairs: int
    streams: int
    answers: int
    runs: int
    echoes: int


FULL = Plan(pairs=8, streams=50, answers=20, runs=20, echoes=200)
QUICK = Plan(pairs=2, streams=50, answers=10, runs=10, echoes=100)


async def measure(url: str, plan: Plan) -> tuple[Beside, list[Beside]]:
    product = Product.with_users(url, 1)
    first_token = Beside("first token")
    first_output = Beside("first output")
    echo = Beside("echo")
    await first_token_s(url)  # the provider's client is loaded by it
    await first_outputs_s(product, 1)
    for number in range(plan.pairs):
        say(f"pair {number + 1} of {plan.pairs}")
        for is_beside in (False, True) if number % 2 == 0 else (True, False):
            await machine.idle(_SETTLED_S)
            with streams(url, plan.streams) if is_beside else nullcontext():
                tokens = [await first_token_s(url) for _ in range(plan.answers)]
                outputs = await first_outputs_s(product, plan.runs)
                echoes = await echoes_s(product, plan.echoes)
            for it, times in ((first_token, tokens), (first_output, outputs), (echo, echoes)):
                (it.beside_s if is_beside else it.alone_s).append(times)
    return first_token, [first_output, echo]


@contextmanager
def _site(folder: Path, base_url: str) -> Iterator[str]:
    settings = {
        "GROQ_API_KEY": "none",
        "GROQ_BASE_URL": base_url,
        "AI_REQUESTS_PER_MINUTE": _NO_LIMIT,
        "AI_QUESTIONS_PER_DAY": _NO_LIMIT,
        "AI_TOKENS_PER_DAY": _NO_LIMIT,
    }
    with started("auto", folder, settings) as server:
        yield server.url


def _measured(plan: Plan, quick: bool) -> Report:
    with (
        TemporaryDirectory(prefix="cloudrun-benchmark-") as scratch,
        provider() as base_url,
        _site(Path(scratch), base_url) as url,
    ):
        first_token, runs = asyncio.run(measure(url, plan))
    return Report(
        machine=machine.describe(engine.connect() if engine.answers() else None),
        made_at=now(),
        quick=quick,
        streams=plan.streams,
        first_token=first_token,
        runs=runs,
    )


if __name__ == "__main__":
    status = run(
        "benchmarks.assistant",
        __doc__,
        plans=(FULL, QUICK),
        measure=_measured,
        text=report.text,
        save=report.save,
        bars=bars,
        cache=_CACHE,
    )
    sys.exit(status)
