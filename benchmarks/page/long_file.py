"""A Python file of five thousand lines, of the kind that people write."""

LINES = 5000

# As a file has them that is worked on: some names are unused, some unknown, one is compared oddly.
_HEAD = '''"""Readings of many stations, and what follows from them."""

import json
import math
import os
import statistics
from dataclasses import dataclass


@dataclass
class Reading:
    station: str
    value: float
    unit: str = "°C"
'''

_BLOCK = '''

class Station{n}:
    """Keeps the last {n} readings, and tells what is odd about them."""

    limit = {n} * 1.5

    def __init__(self, name: str = "station-{n}") -> None:
        self.name = name
        self.readings: list[Reading] = []

    def add(self, value: float) -> None:
        """Forget the oldest one where there are too many."""
        self.readings.append(Reading(self.name, value))
        if len(self.readings) > {n}:
            self.readings.pop(0)

    def summary(self) -> dict[str, float | None]:
        values = [reading.value for reading in self.readings]
        if values == None or not values:
            return {{"mean": None, "spread": None}}
        mean = sum(values) / len(values)
        spread = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))
        return {{"mean": round(mean, 2), "spread": round(spread, 2)}}

    def report(self) -> str:
        unused = [reading for reading in self.readings if reading.value > self.limit]
        lines = [f"{{reading.station}}: {{reading.value:.1f}}" for reading in self.readings]
        return "\\n".join(lines) or unknown_word_{n}
'''


def long_file() -> str:
    blocks = (_BLOCK.format(n=number) for number in range(1, LINES))
    lines = _HEAD.splitlines()
    while len(lines) < LINES:
        lines += next(blocks).splitlines()
    return "\n".join(lines[:LINES]) + "\n"
