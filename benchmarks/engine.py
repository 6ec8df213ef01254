"""Two other ways into Docker, with the product's limits, and what the engine has of containers."""

import asyncio
import io
import shutil
import subprocess
import tarfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import docker
from docker.errors import DockerException
from docker.models.containers import Container
from docker.types import LogConfig, Ulimit

from benchmarks.paths import DOCKER_RUN, NAIVE, Root, process_result
from benchmarks.process import timed
from benchmarks.programs import Program
from benchmarks.results import Result
from sandbox.languages import LANGUAGES
from sandbox.limits import Limits
from sandbox.runners.docker import seccomp
from sandbox.runners.docker.seccomp import SECCOMP

_USER = "65534:65534"
_OWNER = 65534
_WORKSPACE = "/workspace"
_SECCOMP_FILE = Path(seccomp.__file__).with_name("seccomp.json")
_AT_ONCE = 200
_PROBE_TIMEOUT_S = 2
_TIMEOUT_S = 300
# Not the product's label: the server under test must not take these for its own.
_LABELS = {"cloudrun-benchmark": "naive"}
_PRODUCT_LABEL = "cloudrun"
# Where the kernel has a shell wait for a program, or a loader for its removal after one; in the
# pool it reads.
_AFTER_ITS_PROGRAM = {"do_wait", "hrtimer_nanosleep"}


def answers() -> bool:
    """Whether there is an engine, and its command line."""
    if shutil.which("docker") is None:
        return False
    try:
        with closing(docker.from_env(timeout=_PROBE_TIMEOUT_S)) as engine:
            return bool(engine.ping())
    except DockerException:
        return False


def connect() -> docker.DockerClient:
    return docker.from_env(timeout=_TIMEOUT_S, max_pool_size=_AT_ONCE)


class DockerRun:
    """`docker run --rm` with the product's hardening; the program comes by stdin."""

    name = DOCKER_RUN

    async def run(self, program: Program, user: int = 0) -> Result:
        image = program.language.image
        assert image is not None
        command = f"cat >{program.file()} && {program.command()}"
        argv = ["docker", "run", "--rm", "--interactive", *_flags(_limits(program)), image]
        outcome = await asyncio.to_thread(
            timed, [*argv, "sh", "-c", command], stdin=program.code.encode()
        )
        return process_result(outcome)


class Naive:
    """Create, copy, start, logs, wait, remove: a service that makes a container for each request.

    It is called directly, with no server and no connection in between. Its limits are the
    product's; its root is writable, since the engine refuses to copy onto a read-only one, and it
    has a log, since there is no output to read without one. Close it.
    """

    name = NAIVE

    def __init__(self, engine: docker.DockerClient) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="naive")

    async def run(self, program: Program, user: int = 0) -> Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._run, program)

    def close(self) -> None:
        self._threads.shutdown()
        for container in self._engine.containers.list(all=True, filters={"label": _label(_LABELS)}):
            container.remove(force=True)

    def _run(self, program: Program) -> Result:
        language = program.language
        assert language.image is not None
        begun = time.perf_counter()
        container: Container = self._engine.containers.create(
            language.image,
            ["sh", "-c", program.command()],
            **_options(_limits(program)),
        )
        try:
            container.put_archive("/", _archive(program))
            container.start()
            first: float | None = None
            output = bytearray()
            for chunk in container.logs(stream=True, follow=True, stderr=False):
                first = first or time.perf_counter() - begun
                output += chunk
            exit_code = container.wait(timeout=_TIMEOUT_S)["StatusCode"]
            done = time.perf_counter() - begun
        finally:
            container.remove(force=True)
        return Result(first, done, output.decode(), "error" if exit_code else "completed")


def leftovers(engine: docker.DockerClient, instance: str) -> int:
    """Containers of a server that have run a program, or are running one.

    Those that wait in its pool, or are being made for it, are none.
    """
    return sum(not _is_waiting(container) for container in _containers(engine, instance))


def containers(engine: docker.DockerClient, instance: str) -> int:
    """All containers of a server, those that wait included."""
    return len(_containers(engine, instance))


def unpacked(engine: docker.DockerClient, language_id: str, folder: Path) -> Root:
    """A language's image as a folder under `folder`; unpacked once."""
    tag = LANGUAGES[language_id].image
    assert tag is not None
    image = engine.images.get(tag)
    assert image.id is not None
    root = folder / image.id.removeprefix("sha256:")[:12]
    if not root.exists():
        _unpack(engine, tag, root)
    variables: list[str] = image.attrs["Config"]["Env"] or []
    return Root(root, dict(variable.split("=", 1) for variable in variables))


def _unpack(engine: docker.DockerClient, tag: str, root: Path) -> None:
    root.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # an image has setuid programs
    partial = root.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)  # of an earlier try
    partial.mkdir()
    container = engine.containers.create(tag, "true", labels=_LABELS)
    try:
        assert container.id is not None
        with subprocess.Popen(["docker", "export", container.id], stdout=subprocess.PIPE) as export:
            extract = ["tar", "--extract", "--directory", str(partial)]
            subprocess.run(extract, stdin=export.stdout, check=True)
    finally:
        container.remove()
    partial.rename(root)


def _containers(engine: docker.DockerClient, instance: str) -> list[Container]:
    label = _label({_PRODUCT_LABEL: instance})
    return engine.containers.list(all=True, filters={"label": label}, ignore_removed=True)


def _is_waiting(container: Container) -> bool:
    if container.status == "created":
        return True
    try:
        processes = container.top(ps_args="-o pid,wchan:20,args")["Processes"]
    except DockerException:  # it has ended
        return False
    return all(where not in _AFTER_ITS_PROGRAM for _, where, _ in processes)


def _label(labels: Mapping[str, str]) -> list[str]:
    return [f"{key}={value}" for key, value in labels.items()]


def _archive(program: Program) -> bytes:
    """The workspace as the program's own folder, with its file."""
    archive = io.BytesIO()
    content = program.code.encode()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        folder = tarfile.TarInfo(_WORKSPACE.removeprefix("/"))
        folder.type, folder.mode = tarfile.DIRTYPE, 0o700
        file = tarfile.TarInfo(f"{folder.name}/{program.file()}")
        file.size = len(content)
        for entry in (folder, file):
            entry.uid = entry.gid = _OWNER
            tar.addfile(entry, io.BytesIO(content) if entry is file else None)
    return archive.getvalue()


def _limits(program: Program) -> Limits:
    """The product's. Where it compiles, the compiler's share of the CPU holds to the end."""
    limits = program.language.run_limits()
    if program.language.compile is None:
        return limits
    return replace(limits, cpu_quota_us=limits.compile_cpu_quota_us)


def _options(limits: Limits) -> dict[str, Any]:
    return {
        "cap_drop": ["ALL"],
        "cpu_period": limits.cpu_period_us,
        "cpu_quota": limits.cpu_quota_us,
        "environment": {"HOME": "/tmp", "LANG": "C.UTF-8"},
        "init": True,
        "ipc_mode": "private",
        "labels": _LABELS,
        "log_config": LogConfig(type=LogConfig.types.JSON),
        "mem_limit": limits.memory_bytes,
        "memswap_limit": limits.memory_bytes,
        "network_mode": "none",
        "pids_limit": limits.processes,
        "security_opt": ["no-new-privileges", f"seccomp={SECCOMP}"],
        "shm_size": limits.shm_bytes,
        "tmpfs": {"/tmp": _tmpfs(limits.tmp_bytes, limits.tmp_files)},
        "ulimits": [
            Ulimit(name=name, soft=value, hard=value) for name, value in _ulimits(limits).items()
        ],
        "user": _USER,
        "working_dir": _WORKSPACE,
    }


def _flags(limits: Limits) -> list[str]:
    ulimits = [f"--ulimit={name}={value}" for name, value in _ulimits(limits).items()]
    return [
        "--cap-drop=ALL",
        f"--cpu-period={limits.cpu_period_us}",
        f"--cpu-quota={limits.cpu_quota_us}",
        "--env=HOME=/tmp",
        "--env=LANG=C.UTF-8",
        "--init",
        "--ipc=private",
        "--log-driver=none",
        f"--memory={limits.memory_bytes}",
        f"--memory-swap={limits.memory_bytes}",
        "--network=none",
        f"--pids-limit={limits.processes}",
        "--read-only",
        "--security-opt=no-new-privileges",
        f"--security-opt=seccomp={_SECCOMP_FILE}",
        f"--shm-size={limits.shm_bytes}",
        f"--tmpfs={_WORKSPACE}:{_tmpfs(limits.workspace_bytes, limits.workspace_files)}",
        f"--tmpfs=/tmp:{_tmpfs(limits.tmp_bytes, limits.tmp_files)}",
        *ulimits,
        f"--user={_USER}",
        f"--workdir={_WORKSPACE}",
    ]


def _tmpfs(size: int, files: int) -> str:
    owner = f"uid={_OWNER},gid={_OWNER},mode=0700"
    return f"rw,exec,nosuid,nodev,size={size},nr_inodes={files},{owner}"


def _ulimits(limits: Limits) -> dict[str, int]:
    return {"nofile": limits.open_files, "fsize": limits.file_bytes, "core": 0}
