"""How long one program takes on an idle machine: all ways in turn, so that noise hits all alike."""

from collections.abc import Sequence

from benchmarks.machine import idle
from benchmarks.paths import Way
from benchmarks.programs import Program
from benchmarks.results import Latency, Sample

_WARM_UP = 1


async def measure(ways: Sequence[Way], program: Program, rounds: int) -> Latency:
    samples: dict[str, list[Sample]] = {way.name: [] for way in ways}
    for number in range(_WARM_UP + rounds):
        for way in _rotated(ways, number):
            sample = await _sample(way, program)
            if number >= _WARM_UP:
                samples[way.name].append(sample)
    return Latency(program.language.id, samples)


async def _sample(way: Way, program: Program) -> Sample:
    await idle()
    result = await way.run(program)
    if not result.is_right(program) or result.first_output_s is None:
        raise RuntimeError(f"{way.name}, {program.language.name}: that went wrong: {result}")
    return Sample(result.first_output_s, result.done_s)


def _rotated(ways: Sequence[Way], by: int) -> list[Way]:
    """Nobody always comes behind the same other."""
    start = by % len(ways)
    return [*ways[start:], *ways[:start]]
