"""A language's image made for the tests, in two versions, and runners that use it."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from sandbox.languages import LANGUAGES
from sandbox.runners.base import Job, SandboxFile
from sandbox.runners.docker import DockerRunner
from sandbox.runners.docker.runner import CONTAINER_BYTES
from sandbox.tests.registry import Registry

SOCKET = "/var/run/docker.sock"
LAYERS = (1_000_000, 3_000_000)
HELLO = {"language": "cpp", "code": "cat /greeting"}
GREETINGS = ("hello from the first", "hello from the second")


@dataclass(frozen=True)
class Store:
    """A registry with two versions of one image, in a repository that nobody else uses."""

    registry: Registry
    name: str

    def tag(self, version: int = 1, at: Registry | None = None) -> str:
        return f"{(at or self.registry).address}/{self.name}:{version}"


def use_image(monkeypatch: pytest.MonkeyPatch, tag: str) -> None:
    """C++ becomes a shell in that image."""
    shell = replace(LANGUAGES["cpp"], image=tag, file="main.sh", compile=None, run="exec sh {file}")
    monkeypatch.setitem(LANGUAGES, "cpp", shell)


def make_runner(waiting: int = 0) -> DockerRunner:
    instance = f"test{secrets.token_hex(4)}"
    return DockerRunner(f"unix://{SOCKET}", "", instance, waiting * CONTAINER_BYTES)


async def run(runner: DockerRunner, code: str = HELLO["code"]) -> str:
    language = LANGUAGES["cpp"]
    program = language.program(code, embedded=False)
    files = (SandboxFile(program.file, code.encode()),)
    job = Job(secrets.token_hex(16), language, files, program, language.run_limits())
    sandbox = await runner.start(job)
    try:
        output = b"".join([chunk async for _, chunk in sandbox.output()])
        await sandbox.wait()
    finally:
        await sandbox.remove()
    return output.decode()


async def eventually(holds: Callable[[], Any], timeout_s: float = 10) -> None:
    async with asyncio.timeout(timeout_s):
        while not holds():
            await asyncio.sleep(0.05)
