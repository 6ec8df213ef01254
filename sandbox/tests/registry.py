"""A real image registry on this machine, a slow way to it, and tiny images to fetch from it."""

import asyncio
import contextlib
import io
import os
import secrets
import socket
import subprocess
import tarfile
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from conftest import require

_START_TIMEOUT_S = 10
_PURGE_TIMEOUT_S = 10
_CHUNK_BYTES = 64 * 1024
_APPLETS = "sh base64 cat chmod dd echo head mkdir rm sleep stty tar true".split()


@dataclass(frozen=True)
class Registry:
    """Names of images begin with `address`; the engine takes loopback ones without TLS."""

    port: int

    @property
    def address(self) -> str:
        return f"localhost:{self.port}"


@contextmanager
def registry(port: int | None = None) -> Iterator[Registry]:
    require("docker-registry")
    port = port or free_port()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "config.yml")
        config.write_text(
            "version: 0.1\n"
            "log: {level: error, accesslog: {disabled: true}}\n"
            f"storage: {{filesystem: {{rootdirectory: {folder}/data}}}}\n"
            f"http: {{addr: '127.0.0.1:{port}'}}\n"
        )
        with subprocess.Popen(["docker-registry", "serve", str(config)]) as process:
            try:
                _wait_for(port)
                yield Registry(port)
            finally:
                process.terminate()


@asynccontextmanager
async def slow_way(to: Registry, bytes_per_s: int) -> AsyncIterator[tuple[Registry, list[int]]]:
    """A proxy of that speed for each connection, and the sizes of what went through it."""
    passed: list[int] = []
    tasks: set[asyncio.Task[None]] = set()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(_CHUNK_BYTES):
                await asyncio.sleep(len(chunk) / bytes_per_s)
                passed.append(len(chunk))
                writer.write(chunk)
                await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", to.port)
        tasks.add(asyncio.create_task(pass_on(reader, back)))
        tasks.add(asyncio.create_task(pass_on(there, writer)))

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield Registry(server.sockets[0].getsockname()[1]), passed
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def silent_registry() -> AsyncIterator[Registry]:
    """It takes connections and never says a word."""
    writers: list[asyncio.StreamWriter] = []

    async def ignore(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)

    server = await asyncio.start_server(ignore, "127.0.0.1", 0)
    async with server:
        yield Registry(server.sockets[0].getsockname()[1])
        for writer in writers:
            writer.close()


def build(tag: str, layers: tuple[int, ...], greeting: str = "") -> None:
    """An image with busybox, a file `/greeting`, and a layer of random bytes for each size.

    It carries its repository's name as the label `test`, for `purge`.
    """
    name = tag.rpartition("/")[2].partition(":")[0]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "root.tar").write_bytes(_root(greeting))
        lines = ["FROM scratch", f"LABEL test={name}", "ADD root.tar /"]
        for number, size in enumerate(layers):
            Path(folder, f"layer{number}").write_bytes(os.urandom(size))
            lines.append(f"ADD layer{number} /")
        Path(folder, "Dockerfile").write_text("\n".join(lines))
        docker("build", "--quiet", "--tag", tag, folder, DOCKER_BUILDKIT="0")


def push(tag: str) -> None:
    docker("push", "--quiet", tag)


def untag(tag: str) -> None:
    """As an operator deletes an image; what containers still use stays without a name."""
    docker("rmi", "--force", tag)


def purge(name: str) -> None:
    """Remove all images of a repository with their layers, and the containers made of them."""
    deadline = time.monotonic() + _PURGE_TIMEOUT_S
    while ids := docker("images", "--quiet", "--filter", f"label=test={name}").split():
        if containers := docker("ps", "-aq", "--filter", f"label=test={name}").split():
            subprocess.run(
                ["docker", "rm", "--force", *containers], capture_output=True, check=False
            )
        command = ["docker", "rmi", "--force", *ids]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert time.monotonic() < deadline, result.stderr


def docker(*arguments: str, **env: str) -> str:
    result = subprocess.run(
        ["docker", *arguments], capture_output=True, text=True, check=False, env=os.environ | env
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def unique_name() -> str:
    """For an image that nobody else tests with."""
    return f"cloudrun-test-{secrets.token_hex(4)}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _root(greeting: str) -> bytes:
    require("busybox")
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        busybox = os.path.realpath("/bin/busybox")
        tar.add(busybox, "bin/busybox")
        for applet in _APPLETS:
            link = tarfile.TarInfo(f"bin/{applet}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
        file = tarfile.TarInfo("greeting")
        file.size, file.mode = len(greeting), 0o444
        tar.addfile(file, io.BytesIO(greeting.encode()))
    return content.getvalue()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline, "the registry did not start"
            time.sleep(0.05)
        else:
            return
