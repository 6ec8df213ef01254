"""What a container has used."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Usage:
    """CPU time and peak memory; None where nobody told."""

    cpu_ms: int | None = None
    memory_bytes: int | None = None

    @classmethod
    def of_stats(cls, stats: Mapping[str, Any]) -> "Usage":
        """From an answer of the engine's `stats`; zeros mean that the container was gone."""
        cpu_ns = stats.get("cpu_stats", {}).get("cpu_usage", {}).get("total_usage") or 0
        memory = stats.get("memory_stats", {})
        # Version 2 cgroups have no peak in the engine's answer: what is used now stands for it.
        peak = memory.get("max_usage") or memory.get("usage")
        return cls(cpu_ns // 1_000_000 or None, peak or None)

    def within(self, cpu_ms: int, memory_bytes: int) -> "Usage":
        """The same, at most so much: a program may have made its figures up."""
        return Usage(
            None if self.cpu_ms is None else min(self.cpu_ms, cpu_ms),
            None if self.memory_bytes is None else min(self.memory_bytes, memory_bytes),
        )
