"""What the fuzzers of HTTP and of the WebSocket have in common."""

import os
import time

import httpx

from e2e.server import Server
from sandbox.tests.callers import nobody, run

# How many times more than usual to try: by hand, `FUZZ_SCALE=20 make test ARGS=...`.
SCALE = int(os.environ.get("FUZZ_SCALE", "1"))

_SETTLE_S = 20


def assert_unharmed(server: Server) -> None:
    """No traceback in its log, no run left over, and programs still run."""
    assert server.log is not None
    log = server.log.read_text()
    assert "Traceback" not in log, log[log.index("Traceback") - 500 :]
    deadline = time.monotonic() + _SETTLE_S
    while active := httpx.get(f"{server.url}/api/status").json()["active_executions"]:
        assert time.monotonic() < deadline, f"{active} runs are left over"
        time.sleep(0.2)
    assert run(nobody(server), "print(6 * 7)")["stdout"] == "42\n"
