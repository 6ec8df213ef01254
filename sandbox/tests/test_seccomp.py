"""The seccomp profile, tried from inside real containers, with the same attempts without it."""

import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from sandbox.languages import LANGUAGES
from sandbox.runners.docker.seccomp import SECCOMP

pytestmark = pytest.mark.docker

_TIMEOUT_S = 90
x86_64 = pytest.mark.skipif(
    platform.machine() != "x86_64", reason="the attempts are made by the call numbers of x86-64"
)

# By the numbers of x86-64. The arguments are such that a call does no harm where it is let through.
ATTEMPTS = r"""
import ctypes, errno

CALLS = {
    "io_uring_setup": (425, 4, 1),
    "io_uring_enter": (426, -1, 0, 0, 0, 0, 0),
    "io_uring_register": (427, -1, 0, 0, 0),
    "pidfd_getfd": (438, -1, 0, 0),
    "clone3": (435, 0, 0),
    "socket AF_UNIX": (41, 1, 1, 0),
    "socket AF_INET": (41, 2, 1, 0),
    "socket AF_INET6": (41, 10, 1, 0),
    "socket AF_NETLINK": (41, 16, 3, 0),
    "socket AF_VSOCK": (41, 40, 1, 0),
    "socket AF_VSOCK in the low 32 bits": (41, 1 << 32 | 40, 1, 0),
    "socket AF_ALG": (41, 38, 5, 0),
    "socket AF_RDS": (41, 21, 5, 0),
    "socket AF_BLUETOOTH": (41, 31, 1, 0),
    "ptrace": (101, 0, 0, 0, 0),
    "process_vm_readv": (310, 1, 0, 0, 0, 0, 0),
    "process_vm_writev": (311, 1, 0, 0, 0, 0, 0),
    "keyctl": (250, 0, -3, 0),
    "add_key": (248, 0, 0, 0, 0, 0),
    "request_key": (249, 0, 0, 0, 0),
    "bpf": (321, 0, 0, 0),
    "unshare CLONE_NEWUSER": (272, 0x10000000),
}

libc = ctypes.CDLL(None, use_errno=True)
for name, arguments in CALLS.items():
    ctypes.set_errno(0)
    result = libc.syscall(*map(ctypes.c_long, arguments))
    print(name, "OK" if result >= 0 else errno.errorcode[ctypes.get_errno()], sep="\t")
"""

# Sockets and ptrace by the 32-bit ABI, which a 64-bit program can use as well.
ATTEMPTS_32 = r"""
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>

static int call(int number, long a, long b, long c) {
    int result;
    __asm__ volatile("int $0x80" : "=a"(result)
        : "a"(number), "b"(a), "c"(b), "d"(c) : "memory", "r8", "r9", "r10", "r11");
    return result;
}

int main(void) {
    int *vsock = mmap(0, 4096, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    vsock[0] = 40, vsock[1] = 1, vsock[2] = 0;
    printf("socketcall %d\n", call(102, 1, (long)vsock, 0));
    printf("socket %d\n", call(359, 40, 1, 0));
    printf("ptrace %d\n", call(26, 0, 0, 0));
}
"""

THREADS = {
    "python": """
import threading
for _ in range(2):
    thread = threading.Thread(target=print, args=("thread",))
    thread.start()
    thread.join()
""",
    "nodejs": """
const { Worker } = require('node:worker_threads');
for (const _ of [1, 2]) new Worker('console.log("thread")', { eval: true });
""",
    "java": """
public class Main {
    public static void main(String[] args) {
        for (int i = 0; i < 2; i++) new Thread(() -> System.out.println("thread")).start();
    }
}
""",
    "cpp": """
#include <cstdio>
#include <thread>
int main() {
    std::thread one([] { std::puts("thread"); }), two([] { std::puts("thread"); });
    one.join();
    two.join();
}
""",
    "ubuntu": """
(echo thread) & (echo thread) & wait
""",
}


@pytest.fixture
def profile(tmp_path: Path) -> str:
    """Docker's option for the very text that the engine is given."""
    path = tmp_path / "seccomp.json"
    path.write_text(SECCOMP)
    return f"seccomp={path}"


def run(image: str, command: Sequence[str], stdin: str, seccomp: str) -> str:
    """What the command prints in a container like a run's."""
    container = (
        "docker run --rm -i --init --network none --user 65534:65534 --cap-drop ALL --read-only"
        " --memory 256m --security-opt no-new-privileges --env HOME=/tmp --workdir /workspace"
        " --tmpfs /workspace:rw,exec,uid=65534 --tmpfs /tmp:rw,exec,uid=65534"
    ).split()
    result = subprocess.run(
        [*container, "--security-opt", seccomp, image, *command],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def attempts(seccomp: str) -> dict[str, str]:
    """The result of each of ATTEMPTS, by its name."""
    lines = run("python:3.11-slim", ["python", "-"], ATTEMPTS, seccomp).splitlines()
    return dict(line.split("\t") for line in lines)


def c_program(source: str, seccomp: str) -> str:
    command = "cat >/tmp/a.c && gcc -o /tmp/a /tmp/a.c && exec /tmp/a"
    return run("gcc:12", ["sh", "-c", command], source, seccomp)


@x86_64
def test_dangerous_calls_are_refused_and_needed_ones_not(profile: str) -> None:
    needed = {f"socket AF_{family}": "OK" for family in ("UNIX", "INET", "INET6", "NETLINK")}
    results = attempts(profile)
    refused = results.keys() - needed.keys() - {"clone3"}
    assert results == needed | {"clone3": "ENOSYS"} | dict.fromkeys(refused, "EPERM")


@x86_64
def test_it_is_the_profile_that_refuses_them() -> None:
    """The control: without it none of the attempts meets EPERM or, for clone3, ENOSYS."""
    results = attempts("seccomp=unconfined")
    assert results.pop("clone3") == "EINVAL"
    assert "EPERM" not in results.values()


@x86_64
def test_the_32_bit_abi_is_no_way_round(profile: str) -> None:
    assert c_program(ATTEMPTS_32, profile) == "socketcall -38\nsocket -1\nptrace -1\n"
    assert "-" not in c_program(ATTEMPTS_32, "seccomp=unconfined")


@pytest.mark.parametrize("id", list(THREADS))
def test_programs_and_their_threads_work(profile: str, id: str) -> None:
    language, source = LANGUAGES[id], THREADS[id]
    program = language.program(source, embedded=False)
    steps = [f"cat >{program.file}", program.compile or ":", program.run]
    assert language.image
    output = run(language.image, ["sh", "-c", " && ".join(steps)], source, profile)
    assert output == "thread\nthread\n"
