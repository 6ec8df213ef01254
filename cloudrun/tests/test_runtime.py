"""The server as a process: its threads, and the children that it has waited for."""

import signal
import time
from pathlib import Path

import httpx

from conftest import require
from e2e.server import Server, started

_RUNS = 20
_REAPED_WITHIN_S = 5
_FEW_THREADS = 15  # the views' own, the event loop's pool; none for each sandbox


def status(pid: int) -> dict[str, str]:
    """The fields of a process that the kernel tells; empty where it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def zombies(server: Server) -> list[str]:
    assert server.process
    processes = [status(int(folder.name)) for folder in Path("/proc").glob("[0-9]*")]
    return [
        process["Name"]
        for process in processes
        if process.get("PPid") == str(server.process.pid) and process["State"].startswith("Z")
    ]


def test_sandboxes_cost_no_threads_and_leave_no_zombies(tmp_path: Path) -> None:
    require("bubblewrap")
    with started("bubblewrap", tmp_path) as server:
        assert server.process
        for _ in range(_RUNS):
            body = {"language": "python", "code": "print(1)"}
            answer = httpx.post(f"{server.url}/api/execute", json=body, timeout=30)
            assert answer.json()["stdout"] == "1\n"
        pool = httpx.get(f"{server.url}/api/status").json()["runner"]["pool"]
        assert pool["size"] > _FEW_THREADS
        assert int(status(server.process.pid)["Threads"]) < _FEW_THREADS
        deadline = time.monotonic() + _REAPED_WITHIN_S
        while zombies(server) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert zombies(server) == []


def test_programs_hear_signals_that_the_server_ignores(tmp_path: Path) -> None:
    """A shell has its jobs in the background ignore them."""
    require("bubblewrap")
    code = "grep SigIgn /proc/self/status"
    ours = [signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGQUIT)]
    try:
        with started("bubblewrap", tmp_path) as server:
            body = {"language": "ubuntu", "code": code}
            answer = httpx.post(f"{server.url}/api/execute", json=body, timeout=30).json()
    finally:
        signal.signal(signal.SIGINT, ours[0])
        signal.signal(signal.SIGQUIT, ours[1])
    ignored = int(answer["stdout"].split()[1], 16)
    assert not ignored & (1 << signal.SIGINT - 1 | 1 << signal.SIGQUIT - 1)
