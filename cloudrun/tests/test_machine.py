"""How much memory there is, on a machine and in a cgroup of either version."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from cloudrun.machine import memory_bytes

_GIB = 1024**3


def test_a_machine_has_no_more_than_is_built_in() -> None:
    meminfo = Path("/proc/meminfo").read_text().splitlines()
    total_kib = int(next(line for line in meminfo if line.startswith("MemTotal:")).split()[1])
    assert 0 < memory_bytes() <= total_kib * 1024


@pytest.mark.parametrize(
    ("membership", "limits", "expected"),
    [
        ("0::/a/b\n", {"a/b/memory.max": "1000"}, 1000),
        ("0::/a/b\n", {"a/b/memory.max": "max", "a/memory.max": "2000"}, 2000),
        ("0::/\n", {"memory.max": "3000"}, 3000),
        ("5:cpu:/c\n4:memory:/a\n0::/\n", {"memory/a/memory.limit_in_bytes": "4000"}, 4000),
        ("4:memory:/docker/1\n", {"memory/memory.limit_in_bytes": "5000"}, 5000),
    ],
)
def test_a_cgroup_may_have_less(
    tmp_path: Path, membership: str, limits: dict[str, str], expected: int
) -> None:
    (tmp_path / "membership").write_text(membership)
    for name, limit in limits.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"{limit}\n")
    assert memory_bytes(tmp_path / "membership", tmp_path) == expected


@pytest.mark.parametrize("limit", ["max", str(2**63 - 4096)])
def test_no_limit_leaves_the_whole_machine(tmp_path: Path, limit: str) -> None:
    (tmp_path / "membership").write_text("0::/a\n")
    (tmp_path / "memory.max").write_text(limit)
    expected = memory_bytes(tmp_path / "missing", tmp_path)
    assert memory_bytes(tmp_path / "membership", tmp_path) == expected > _GIB // 8


@pytest.mark.parametrize(
    ("max_memory", "expected"),
    [("1m", 8 * (os.cpu_count() or 1)), ("1000g", 2), (f"{memory_bytes() // 6}", 3)],
)
def test_as_many_runs_as_cores_and_half_the_memory_carry(
    tmp_path: Path, max_memory: str, expected: int
) -> None:
    env = os.environ | {
        "DATA_DIR": str(tmp_path),
        "ENV_FILE": os.devnull,
        "MAX_MEMORY": max_memory,
        "MAX_RUNS": "",
    }
    command = [sys.executable, "-c", "from cloudrun.settings import MAX_RUNS; print(MAX_RUNS)"]
    answer = subprocess.run(
        command, cwd=settings.BASE_DIR, env=env, capture_output=True, check=True, text=True
    )
    assert int(answer.stdout) == expected
