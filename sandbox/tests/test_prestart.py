"""A Python that was started before its program is, for the program, like one that was not."""

import secrets
import signal
import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from conftest import require
from sandbox.runners.base import Runner, TerminalSize
from sandbox.runners.bubblewrap import BubblewrapRunner
from sandbox.runners.docker import DockerRunner
from sandbox.tests.test_runners import Result, make_job, run

HAS_DEFAULT_SIGNAL = not subprocess.run(["env", "--default-signal=INT", "true"]).returncode

_LATIN = "# -*- coding: latin-1 -*-\n"
_ABOUT_ITSELF = """
import os, signal, sys, stat, traceback
print(sys.argv, sys.path, sys.flags, __name__, __file__, __builtins__, __spec__)
print(sorted(sys.modules))
print(sorted(os.environ.items()))
print([(fd, stat.S_IFMT(os.fstat(int(fd)).st_mode)) for fd in ("0", "1", "2")])
print(len(os.listdir("/proc/self/fd")))
print([signal.getsignal(number) for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE)])
print(open("/proc/self/cmdline").read().split(chr(0)), os.getcwd(), os.listdir("."))
print([line for line in open("/proc/self/status") if line.startswith(("SigI", "SigB", "Uid"))])
print(stat.S_ISREG(os.stat("main.py").st_mode), "ABOUT" in open(__file__).read())  # ABOUT
try:
    raise ValueError("shown")
except ValueError:
    print(traceback.format_exc())
print(sys.stdin.read(), [stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)])
sys.stderr.write("to stderr")
sys.exit(7)
"""


@pytest.fixture(params=["docker", "bubblewrap"])
async def runner(request: pytest.FixtureRequest) -> AsyncIterator[Runner]:
    require(request.param)
    runner: Runner
    if request.param == "docker":
        runner = DockerRunner("unix:///var/run/docker.sock", "", f"test{secrets.token_hex(4)}")
    else:
        if not HAS_DEFAULT_SIGNAL:
            pytest.skip("this machine's env cannot give signals back")
        runner = BubblewrapRunner(f"test{secrets.token_hex(4)}")
    await runner.probe()
    yield runner
    await runner.close()


async def both(runner: Runner, code: str, *, terminal: bool = False) -> list[Result]:
    """The same program by the interpreter that waited, and by one of its own."""
    results = []
    for prestarted in (True, False):
        job = make_job(runner, code)
        assert job.program.prestarted
        program = replace(job.program, prestarted=prestarted)
        size = TerminalSize(80, 24) if terminal else None
        job = replace(job, program=program, terminal=size)
        results.append(await run(runner, job, stdin=b"typed\n"))
    return results


@pytest.mark.parametrize("terminal", [False, True])
async def test_a_program_sees_no_difference(runner: Runner, terminal: bool) -> None:
    waited, anew = await both(runner, _ABOUT_ITSELF, terminal=terminal)
    assert without_echo(waited.stdout) == without_echo(anew.stdout)
    assert waited.stderr == anew.stderr
    assert waited.exit.exit_code == anew.exit.exit_code == 7


def without_echo(output: bytes) -> str:
    """A terminal shows what is typed wherever the program is by then."""
    return output.decode().replace("typed\r\n", "", 1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT, signal.SIGSEGV, signal.SIGTERM])
async def test_a_signal_ends_it_the_same_way(runner: Runner, number: int) -> None:
    code = f"import os, time\nos.kill(os.getpid(), {int(number)})\ntime.sleep(5)"
    waited, anew = await both(runner, code)
    assert waited.exit.exit_code == anew.exit.exit_code
    assert waited.stderr == anew.stderr


@pytest.mark.parametrize(
    "code",
    [
        "print('a' \\",
        "x = 1\n  y = 2",
        "if True:\n\tprint('\u00e9\u4e2d\U0001f600', 'back\\\\slash \\0012 %d %b', \"'\")",
        "print('nul \x00 byte')",
        "print('no newline at the end')",
        "print('crlf')\r\nprint('too')\r\n",
        "x = '" + 3000 * "long " + "'\nprint(len(x))",
        "x = '''" + 100_000 * "\u00e9\n" + "'''\nprint(len(x))\n1/0",
    ],
    ids=["open", "indent", "unicode", "nul", "unended", "crlf", "long", "longer than a pipe"],
)
async def test_a_source_arrives_as_it_is(runner: Runner, code: str) -> None:
    waited, anew = await both(runner, code)
    assert (waited.stdout, waited.stderr) == (anew.stdout, anew.stderr)
    assert waited.exit.exit_code == anew.exit.exit_code


async def test_files_beside_it_are_imported(runner: Runner) -> None:
    files = {"helper.py": b"name = 'helped'", "os.py": b"1/0"}
    result = await run(runner, make_job(runner, "import helper\nprint(helper.name)", files=files))
    assert result.stdout == b"helped\n"


@pytest.mark.parametrize("code", [_LATIN, f"#!/usr/bin/python\n{_LATIN}", "#coding=cp1252\n"])
async def test_a_declared_encoding_is_followed(runner: Runner, code: str) -> None:
    job = make_job(runner, f"{code}print('\u00e9')")
    assert not job.program.prestarted
    result = await run(runner, job)
    assert result.stdout.decode() == "\u00c3\u00a9\n"
    assert result.exit.exit_code == 0
