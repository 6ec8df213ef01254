"""Sandboxes of the embedded runner that wait for their programs."""

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from e2e.server import started
from sandbox.limits import MIB
from sandbox.runners.bubblewrap import BubblewrapRunner
from sandbox.runners.bubblewrap.packages import FolderStore
from sandbox.runners.cgroup import Cgroup, CgroupRoot
from sandbox.runners.packages import Index
from sandbox.tests.leftovers import leftovers
from sandbox.tests.test_runners import make_job, python, run

pytestmark = pytest.mark.bubblewrap

INSTANCE = f"testpool{os.getpid()}"


@pytest.fixture
async def runner() -> AsyncIterator[BubblewrapRunner]:
    runner = BubblewrapRunner(INSTANCE, pool_bytes=200 * MIB)
    await runner.probe()
    await runner.open()
    await eventually(lambda: runner.figures()["pool"]["size"] == runner.figures()["pool"]["target"])
    yield runner
    await runner.close()
    assert leftovers(INSTANCE) == ""


async def eventually(holds: Callable[[], bool], timeout_s: float = 10) -> None:
    async with asyncio.timeout(timeout_s):
        while not holds():
            await asyncio.sleep(0.05)


async def test_a_run_takes_one_that_waits(runner: BubblewrapRunner) -> None:
    result = await python(runner, "print('hello')")
    assert (result.stdout, result.exit.exit_code) == (b"hello\n", 0)
    figures = runner.figures()["pool"]
    assert (figures["hits"], figures["misses"]) == (1, 0)


async def test_each_serves_one_run(runner: BubblewrapRunner) -> None:
    code = "import os\nprint(os.listdir('/workspace'), os.listdir('/tmp'))\nopen('/tmp/x', 'w')"
    for _ in range(12):  # more than wait
        assert (await python(runner, code)).stdout == b"['main.py'] []\n"


@pytest.mark.parametrize("language", ["python", "cpp"])
async def test_one_that_died_is_not_given_out(runner: BubblewrapRunner, language: str) -> None:
    for pid in waiting(INSTANCE):
        with contextlib.suppress(ProcessLookupError):  # it went with its parent
            os.kill(pid, signal.SIGKILL)
    await asyncio.sleep(0.2)
    job = make_job(runner, "print('hello')")
    if language == "cpp":
        job = make_job(runner, '#include <cstdio>\nint main() { puts("hello"); }', "cpp")
    assert (await run(runner, job)).stdout == b"hello\n"


async def test_time_is_counted_from_the_launch_on(runner: BubblewrapRunner) -> None:
    usage = (await python(runner, "import time; time.sleep(0.1)")).exit.usage
    assert usage.cpu_ms is not None
    # Less than one has used by then that is not launched: an interpreter has started there.
    assert usage.cpu_ms < max(used_ms(INSTANCE))


async def test_waiting_costs_no_processor_time(runner: BubblewrapRunner) -> None:
    await asyncio.sleep(1)  # on a busy machine the last may not be in its own cgroup yet
    before = sum(used_ms(INSTANCE))
    await asyncio.sleep(1)
    assert sum(used_ms(INSTANCE)) == before


async def test_the_servers_death_ends_those_that_wait(tmp_path: Path) -> None:
    with started("bubblewrap", tmp_path) as server:
        instance = "".join(filter(str.isalnum, (tmp_path / "instance_id").read_text()))[:12].lower()
        await eventually(lambda: len(waiting(instance)) > 20)
        server.kill()
        await eventually(lambda: not waiting(instance), timeout_s=2)


async def test_without_cgroups_a_program_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CgroupRoot, "make", lambda name: None)
    runner = BubblewrapRunner(INSTANCE, pool_bytes=200 * MIB)
    await runner.probe()
    await runner.open()
    assert runner.limits_by == "rlimits and a watcher"
    try:
        # By several, as each alone is held by its rlimit.
        code = (
            "import os, time\nfor _ in range(3): os.fork() or time.sleep(0.05)\n"
            "x = b'x' * (150 * 2**20)\ntime.sleep(9)"
        )
        exit = (await python(runner, code)).exit
        assert (exit.exit_code, exit.oom_killed) == (137, True)
        job = make_job(runner, "for n in $(seq 150); do sleep 9 & done; wait", "ubuntu")
        assert (await run(runner, job)).exit.process_limited is True
    finally:
        await runner.close()


def test_a_set_that_is_installed_anew_is_another_edition(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, Index())
    store.folder("set").mkdir()
    before = store.edition("set")
    assert store.edition("set") == before
    assert store.folder(before) == store.folder("set")
    shutil.rmtree(store.folder("set"))
    store.folder("set").mkdir()
    assert store.edition("set") != before


def waiting(instance: str) -> list[int]:
    """The processes in the cgroups of that instance."""
    return [
        int(pid)
        for folder in cgroups(instance)
        for pid in (folder / "cgroup.procs").read_text().split()
    ]


def used_ms(instance: str) -> list[int]:
    """The processor time of each sandbox that waits."""
    members = {pid: Cgroup.of_process(pid) for pid in waiting(instance)}
    cgroups = {str(cgroup): cgroup for cgroup in members.values() if cgroup}
    return [cgroup.cpu_ms or 0 for cgroup in cgroups.values()]


def cgroups(instance: str) -> list[Path]:
    """One folder for each sandbox, whatever the number of hierarchies."""
    found = {
        name: Path(folder, name)
        for folder, names, _ in os.walk("/sys/fs/cgroup")
        if folder.endswith(f"/cloudrun-{instance}")
        for name in names
    }
    return list(found.values())
