"""What the kernel kills for memory is not held up by the quota; nobody gains by that."""

import asyncio
import secrets
import shlex
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from sandbox.languages import LANGUAGES
from sandbox.runners.cgroup import Cgroup, CgroupRoot
from sandbox.runners.throttling import relieve

_LIMITS = replace(LANGUAGES["python"].run_limits(), memory_bytes=64 << 20)
# Each child is killed for memory; their parent goes on.
_VICTIMS = """
import os, time
for _ in range({count}):
    if not os.fork():
        block = bytearray(1 << 30)
    os.wait()
    time.sleep(0.45)
"""

pytestmark = pytest.mark.bubblewrap


@pytest.fixture
def cgroup() -> Iterator[Cgroup]:
    root = CgroupRoot.make(f"cloudrun-test-{secrets.token_hex(4)}")
    assert root, "This test needs the right to make cgroups."
    cgroup = root.create("run", _LIMITS, _LIMITS.cpu_quota_us)
    yield cgroup
    assert cgroup.remove()
    root.remove()


@pytest.mark.parametrize(("victims", "moments"), [(0, 0), (1, 1), (6, 3)])
async def test_each_victim_has_a_moment_without_a_quota_but_a_few_at_most(
    cgroup: Cgroup, victims: int, moments: int
) -> None:
    joining = " && ".join(f"echo 0 > {shlex.quote(str(file))}" for file in cgroup.entrances)
    relief = asyncio.create_task(relieve(cgroup, _LIMITS))
    process = await asyncio.create_subprocess_exec(
        *("sh", "-c", f'{joining} && exec "$@"', "sh"),
        *(sys.executable, "-c", _VICTIMS.format(count=victims)),
    )
    quotas = [_quota(cgroup)]
    deadline = time.monotonic() + 30
    while process.returncode is None and time.monotonic() < deadline:
        if (quota := _quota(cgroup)) != quotas[-1]:
            quotas.append(quota)
        await asyncio.sleep(0.01)
    relief.cancel()
    assert process.returncode == 0
    assert cgroup.oom_kills == victims
    limited = [quota == quotas[0] for quota in quotas]
    assert limited == [True] + moments * [False, True]


def _quota(cgroup: Cgroup) -> str:
    cpu = cgroup.folders["cpu"]
    file = cpu / "cpu.max" if (cpu / "cpu.max").exists() else cpu / "cpu.cfs_quota_us"
    return file.read_text().strip()
