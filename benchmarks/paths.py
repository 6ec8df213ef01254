"""The ways to run a program that are compared."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from benchmarks import client
from benchmarks.process import Timed
from benchmarks.programs import Program
from benchmarks.results import Result

BARE = "bare"
DOCKER_RUN = "docker run"
NAIVE = "naive"
PRODUCT = "CloudRun IDE"


class Way(Protocol):
    """`name` is one of the above."""

    @property
    def name(self) -> str: ...

    async def run(self, program: Program, user: int = 0) -> Result:
        """Run it to its end; `user` is whose run it is, where that plays a part."""


@dataclass(frozen=True)
class Product:
    """A server, through its WebSocket; `cookies` are its users'."""

    url: str
    cookies: tuple[str, ...]
    name: str = PRODUCT

    @classmethod
    def with_users(cls, url: str, count: int) -> "Product":
        return cls(url, tuple(client.guest(url) for _ in range(count)))

    async def run(self, program: Program, user: int = 0) -> Result:
        return await client.run(self.url, self.cookies[user % len(self.cookies)], program)


@dataclass(frozen=True)
class Root:
    """Where the interpreters of a language are, and the environment that finds them."""

    folder: Path
    environment: dict[str, str]


# Where the embedded sandbox looks, which may have other interpreters than our own `PATH`.
HOST = Root(Path("/"), {"PATH": "/usr/local/bin:/usr/bin:/bin"})


class Bare:
    """Plain processes on the root that `root_of` gives for a language; see `bare`. Close it."""

    name = BARE

    def __init__(self, root_of: Callable[[str], Root], *, embedded: bool) -> None:
        self._root_of = root_of
        self._embedded = embedded
        self._starters: dict[Path, subprocess.Popen[str]] = {}

    async def run(self, program: Program, user: int = 0) -> Result:
        root = self._root_of(program.language.id)
        request = {
            "argv": program.argv(embedded=self._embedded),
            "files": {program.file(): program.code},
            "environment": {"HOME": "/tmp", "LANG": "C.UTF-8"} | root.environment,
        }
        answer = await asyncio.to_thread(_ask, self._starter(root.folder), request)
        return process_result(Timed(**answer))

    def close(self) -> None:
        for starter in self._starters.values():
            assert starter.stdin is not None
            starter.stdin.close()
            starter.wait()

    def _starter(self, root: Path) -> "subprocess.Popen[str]":
        if root not in self._starters:
            self._starters[root] = subprocess.Popen(
                [*_namespace(), sys.executable, "-m", "benchmarks.bare", str(root)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        return self._starters[root]


def process_result(outcome: Timed) -> Result:
    status = "completed" if outcome.exit_code == 0 else "error"
    return Result(outcome.first_output_s, outcome.done_s, outcome.stdout, status)


def _namespace() -> list[str]:
    """Whoever is not root becomes it in there, to mount and to change the root."""
    return ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]


def _ask(starter: "subprocess.Popen[str]", request: dict[str, Any]) -> dict[str, Any]:
    assert starter.stdin is not None
    assert starter.stdout is not None
    starter.stdin.write(json.dumps(request) + "\n")
    starter.stdin.flush()
    answer: dict[str, Any] = json.loads(starter.stdout.readline())
    return answer
