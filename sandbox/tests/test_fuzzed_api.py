"""Schemathesis tries out a real server by its own schema, with all its checks."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from e2e.server import ROOT, Server
from sandbox.tests.callers import new_user, nobody
from sandbox.tests.fuzzing import SCALE, assert_unharmed

_EXAMPLES = 6 * SCALE  # for each endpoint and phase
_LEAST_REQUESTS = 20 * _EXAMPLES
_TIMEOUT_S = 120 * SCALE
# One would end the token that all go on with, and frames have a fuzzer of their own.
_LEFT_OUT = ("auth_logout_everywhere", "socket")


@pytest.mark.parametrize("caller", [new_user, nobody], ids=["user", "guest"])
def test_no_request_gets_an_answer_that_the_schema_has_not(
    fuzzed_server: Server, tmp_path: Path, caller: Callable[[Server], httpx.Client]
) -> None:
    headers = dict(caller(fuzzed_server).headers) | {"origin": fuzzed_server.url}
    command = [
        *(sys.executable, "-m", "schemathesis.cli"),
        *("--config-file", str(Path(__file__).with_name("schemathesis.toml"))),
        *("run", f"{fuzzed_server.url}/api/schema", "--checks", "all", "--continue-on-failure"),
        *("--max-examples", str(_EXAMPLES), "--request-timeout", "30"),
    ]
    for name in ("authorization", "origin"):
        if name in headers:
            command += ["--header", f"{name}: {headers[name]}"]
    for operation in _LEFT_OUT:
        command += ["--exclude-operation-id", operation]
    hooks = {"SCHEMATHESIS_HOOKS": "sandbox.tests.cheap_programs", "PYTHONPATH": str(ROOT)}
    found = subprocess.run(
        command,
        cwd=tmp_path,  # it keeps what it has learnt there
        env=os.environ | hooks,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
    )
    assert found.returncode == 0, found.stdout
    generated = re.findall(r"(\d+) generated", found.stdout)
    assert int(generated[0]) >= _LEAST_REQUESTS, found.stdout
    assert_unharmed(fuzzed_server)
