"""The contract that every runner keeps, tried on real sandboxes of both."""

import asyncio
import gc
import hashlib
import re
import secrets
import time
import weakref
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace

import pytest

from conftest import require
from sandbox.languages import LANGUAGES
from sandbox.limits import MIB
from sandbox.runners.base import Exit, Job, Runner, Sandbox, SandboxFile, Stream
from sandbox.runners.bubblewrap import BubblewrapRunner
from sandbox.runners.docker import DockerRunner
from sandbox.tests.leftovers import leftovers


@pytest.fixture(params=["docker", "bubblewrap"])
async def runner(request: pytest.FixtureRequest) -> AsyncIterator[Runner]:
    require(request.param)
    instance = f"test{secrets.token_hex(4)}"
    runner: Runner
    if request.param == "docker":
        runner = DockerRunner("unix:///var/run/docker.sock", "", instance)
    else:
        runner = BubblewrapRunner(instance)
    await runner.probe()
    yield runner
    assert leftovers(instance, timeout_s=5) == ""
    await runner.close()


@dataclass(frozen=True)
class Result:
    exit: Exit
    stdout: bytes
    stderr: bytes


def make_job(
    runner: Runner, code: str, language: str = "python", files: Mapping[str, bytes] | None = None
) -> Job:
    entry = LANGUAGES[language]
    program = entry.program(code, embedded=runner.name == "bubblewrap")
    named = [SandboxFile(name, content) for name, content in (files or {}).items()]
    contents = (SandboxFile(program.file, code.encode()), *named)
    limits = entry.run_limits()
    return Job(secrets.token_hex(16), entry, contents, program, limits)


async def collect(sandbox: Sandbox) -> Result:
    streams = {stream: bytearray() for stream in Stream}
    async for stream, chunk in sandbox.output():
        streams[stream] += chunk
    exit = await sandbox.wait()
    return Result(exit, bytes(streams[Stream.STDOUT]), bytes(streams[Stream.STDERR]))


async def run(runner: Runner, job: Job, stdin: bytes = b"", kill_after_s: float = 15) -> Result:
    sandbox = await runner.start(job)
    killer = asyncio.get_running_loop().call_later(
        kill_after_s, lambda: asyncio.ensure_future(sandbox.kill())
    )
    try:
        await sandbox.write_stdin(stdin)
        await sandbox.close_stdin()
        return await collect(sandbox)
    finally:
        killer.cancel()
        await sandbox.remove()


async def python(runner: Runner, code: str, **options: float) -> Result:
    return await run(runner, make_job(runner, code), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("id", ["python", "nodejs", "java", "cpp", "ubuntu"])
async def test_hello_in_every_language(runner: Runner, id: str) -> None:
    language = LANGUAGES[id]
    assert runner.availability(language) is None
    result = await run(runner, make_job(runner, language.smoke, id))
    assert result.stdout.decode() == language.smoke_output
    assert result.stderr == b""
    assert result.exit.exit_code == 0


async def test_operator_learns_what_it_is_made_of(runner: Runner) -> None:
    assert re.fullmatch(rf"{runner.name} \d+\.\S+", runner.engine().lower())
    base = {
        "docker": r"python:3\.11-slim, [\d.]+ [MG]B, made (today|yesterday|\d+ days ago)",
        "bubblewrap": r"3\.\d+\S*, the machine's own",
    }
    assert re.fullmatch(base[runner.name], runner.base(LANGUAGES["python"]))


async def test_stdin_arrives_whole_and_ends(runner: Runner) -> None:
    data = bytes(range(256)) * 4096
    code = "import sys,hashlib; print(hashlib.sha1(sys.stdin.buffer.read()).hexdigest())"
    result = await run(runner, make_job(runner, code), stdin=data)
    assert result.stdout.decode().strip() == hashlib.sha1(data).hexdigest()


async def test_files_and_folders_arrive_as_they_are(runner: Runner) -> None:
    code = "print(open('a/b c/ö.bin','rb').read()); print(open('x').read())"
    files = {"a/b c/ö.bin": b"\x00\xff", "x": b"there"}
    result = await run(runner, make_job(runner, code, files=files))
    assert result.stdout == b"b'\\x00\\xff'\nthere\n"


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [
        ("pass", 0),
        ("raise SystemExit(3)", 3),
        ("import os; os.abort()", 134),
        ("import os; os.kill(os.getpid(), 9)", 137),
        ("import os; os.kill(os.getpid(), 11)", 139),
        ("raise SystemExit(137)", 137),
    ],
)
async def test_exit_codes_follow_the_shell(runner: Runner, code: str, exit_code: int) -> None:
    result = await python(runner, code)
    assert result.exit.exit_code == exit_code
    assert result.exit.oom_killed is False
    assert result.stderr == b""


async def test_stdout_and_stderr_stay_apart_and_untouched(runner: Runner) -> None:
    code = (
        "import os,time\nos.write(1, 'ä'.encode()[:1]); time.sleep(.05)\n"
        "os.write(1, 'ä'.encode()[1:] + b'\\xff\\x00'); os.write(2, b'err')"
    )
    result = await python(runner, code)
    assert result.stdout == "ä".encode() + b"\xff\x00"
    assert result.stderr == b"err"


@pytest.mark.parametrize("code", ["while True: pass", "while True: print('x' * 9999)"])
async def test_kill_ends_what_would_not_end(runner: Runner, code: str) -> None:
    sandbox = await runner.start(make_job(runner, code))
    try:
        end = asyncio.create_task(collect(sandbox))
        await asyncio.sleep(0.5)
        began = time.monotonic()
        await sandbox.kill()
        result = await asyncio.wait_for(end, 5)
        assert time.monotonic() - began < 2
        assert result.exit.exit_code == 137
    finally:
        await sandbox.remove()


async def test_unread_output_holds_up_neither_kill_nor_remove(runner: Runner) -> None:
    sandbox = await runner.start(make_job(runner, "while True: print('x' * 9999)"))
    await asyncio.sleep(0.5)
    await asyncio.wait_for(sandbox.kill(), 2)
    await asyncio.wait_for(sandbox.remove(), 5)


async def test_a_fork_bomb_stays_inside(runner: Runner) -> None:
    code = "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass"
    result = await python(runner, code, kill_after_s=2)
    assert result.exit.exit_code == 137


async def test_a_memory_hog_is_told_by_the_kernel(runner: Runner) -> None:
    result = await python(runner, "x = bytearray(400 * 2**20)")
    assert result.exit.exit_code == 137
    assert result.exit.oom_killed is True


async def test_a_child_killed_for_memory_is_told_too(runner: Runner) -> None:
    code = (
        "import subprocess,sys\n"
        "subprocess.run([sys.executable, '-c', 'x = bytearray(400 * 2**20)'])\nprint('alive')"
    )
    result = await python(runner, code)
    assert (result.exit.exit_code, result.stdout) == (0, b"alive\n")
    assert result.exit.oom_killed is True


@pytest.mark.parametrize("folder", ["/workspace", "/tmp", "/dev/shm"])
async def test_the_disk_is_bounded(runner: Runner, folder: str) -> None:
    code = (
        "import sys\ntotal = 0\ntry:\n  for n in range(40):\n"
        f"    open(f'{folder}/{{n}}', 'wb').write(bytes(8 * 2**20)); total += 8\n"
        "except OSError as error: print(error.errno, total)"
    )
    job = make_job(runner, code)
    result = await run(runner, replace(job, limits=replace(job.limits, memory_bytes=512 * MIB)))
    number, total = map(int, result.stdout.split())
    assert number == 28  # ENOSPC
    assert total <= 64


async def test_the_rest_of_the_file_system_cannot_be_written(runner: Runner) -> None:
    code = (
        "import os\nfor path in ['/x', '/usr/x', '/etc/x', '/bin/x', '/proc/sys/x', '/dev/x']:\n"
        "  try: open(path, 'w'); print('wrote', path)\n  except OSError: pass\n"
        "print(os.getuid(), os.path.exists('/etc/shadow') and os.access('/etc/shadow', os.R_OK))"
    )
    result = await python(runner, code)
    assert result.stdout == b"65534 False\n"


async def test_there_is_no_network(runner: Runner) -> None:
    server = await asyncio.start_server(lambda r, w: w.close(), "0.0.0.0", 0)
    port = server.sockets[0].getsockname()[1]
    code = (
        "import socket\nfor host in ['127.0.0.1', '1.1.1.1', '172.17.0.1']:\n"
        f"  try: socket.create_connection((host, {port}), 1); print('reached', host)\n"
        "  except OSError: print('no')"
    )
    try:
        result = await python(runner, code)
    finally:
        server.close()
    assert result.stdout == b"no\nno\nno\n"


async def test_the_servers_environment_and_processes_are_not_seen(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOUDRUN_TEST_SECRET", "hidden")
    code = (
        "import os\nprint('CLOUDRUN_TEST_SECRET' in os.environ)\n"
        "print(sum(name.isdigit() for name in os.listdir('/proc')) < 8)"
    )
    assert (await python(runner, code)).stdout == b"False\nTrue\n"


async def test_usage_is_told(runner: Runner) -> None:
    code = "x = bytearray(100 * 2**20)\nsum(range(3_000_000))"
    exit = (await python(runner, code)).exit
    assert exit.usage.memory_bytes is not None
    assert 100 * MIB < exit.usage.memory_bytes < 256 * MIB
    assert exit.usage.cpu_ms is not None
    assert 20 < exit.usage.cpu_ms < 10_000


async def test_reap_removes_what_was_left(runner: Runner) -> None:
    sandbox = await runner.start(make_job(runner, "while True: pass"))
    end = asyncio.create_task(collect(sandbox))
    assert await runner.reap() == 1
    await asyncio.wait({end}, timeout=5)
    assert end.done()
    end.exception()
    await sandbox.remove()


async def test_what_a_sandbox_holds_goes_with_it(runner: Runner) -> None:
    """Without the garbage collector, which comes after hundreds of runs."""
    code = "import sys; open('made', 'wb').write(bytes(3_000_000)); sys.stdout.write('x' * 300_000)"
    gc.disable()
    try:
        sandbox = await runner.start(replace(make_job(runner, code), collects=True))
        await collect(sandbox)
        await sandbox.remove()
        gone = weakref.ref(sandbox)
        del sandbox
        await asyncio.sleep(0.1)
        assert gone() is None
    finally:
        gc.enable()
