"""The real server, started for the journeys on a free port with data of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from e2e.database import database_url

ROOT = Path(__file__).resolve().parent.parent
_START_TIMEOUT_S = 60


@dataclass(frozen=True)
class Server:
    url: str
    languages: dict[str, dict[str, Any]]
    process: subprocess.Popen[bytes] | None = None
    log: Path | None = None

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    @property
    def memory_bytes(self) -> int:
        """What it has resident."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return 1024 * int(line.split()[1])

    @property
    def has_sandbox(self) -> bool:
        """HTML needs none, so it says nothing."""
        return any(
            language["available"] and language["image"] for language in self.languages.values()
        )


def running(url: str) -> Server:
    """A server that is there already."""
    details = _get_json(f"{url}/api/languages")["details"]
    return Server(url, {language["id"]: language for language in details})


@contextmanager
def started(
    runner: str, data_dir: Path, settings: Mapping[str, str] | None = None, port: int = 0
) -> Iterator[Server]:
    """A server of our own until the block ends; `settings` are further ones of its environment.

    With the folder and the `port` of one that is gone it is the same site again.
    """
    port = port or free_port()
    url = f"http://localhost:{port}"
    env = os.environ | {
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": database_url(data_dir),
        "DRAIN_TIMEOUT": "0",
        "ENV_FILE": os.devnull,
        "HOST": "127.0.0.1",
        "MAX_REQUESTS_PER_MINUTE": "10000",
        "PORT": str(port),
        "SANDBOX_RUNNER": runner,
        "SITE_URL": url,
        "WORKSPACES_PER_HOUR": "10000",
        **(settings or {}),
    }
    manage = [sys.executable, str(ROOT / "manage.py")]
    subprocess.run([*manage, "migrate", "--verbosity", "0"], env=env, check=True)  # noqa: S603
    with (data_dir / "server.log").open("w") as log:
        process = subprocess.Popen([*manage, "serve"], env=env, stdout=log, stderr=log)  # noqa: S603
        try:
            _wait_until_healthy(url, process, Path(log.name))
            yield replace(running(url), process=process, log=Path(log.name))
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            _get_json(f"{url}/health")
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The server did not start:\n{log.read_text()}")


def _get_json(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310
        return json.load(response)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
