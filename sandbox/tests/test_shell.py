"""The Ubuntu Shell in Docker: root on a system of its own, with a network where that is allowed."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.server import Server, started
from sandbox.tests.client import Frame, converse, text

DISK_BYTES = 64 * 1024 * 1024


@pytest.fixture(scope="module")
def server(bridge: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {"GUEST_NETWORK": "true", "SHELL_DISK": str(DISK_BYTES * 5), "MAX_MEMORY": "512m"}
    with started("docker", tmp_path_factory.mktemp("shell"), settings) as server:
        yield server


@pytest.fixture(scope="module")
def small_server(bridge: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Guests have no network there, and little disk."""
    folder = tmp_path_factory.mktemp("small")
    with started("docker", folder, {"SHELL_DISK": str(DISK_BYTES)}) as server:
        yield server


async def shell(server: Server, code: str) -> list[Frame]:
    return await converse(server.url, {"language": "ubuntu", "code": code})


def mirror() -> str:
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return lines.split()[0]


async def test_apt_installs_what_is_then_used(server: Server) -> None:
    code = (
        "set -e\napt-get update -qq\napt-get install -y -qq curl >/dev/null\n"
        f"curl -sf {mirror().rstrip('/')}/dists/bookworm/Release | grep -m 1 Suite"
    )
    frames = await shell(server, code)
    assert frames[-1]["status"] == "completed", text(frames, "stderr")
    assert text(frames).split()[-2:-1] == ["Suite:"]


async def test_it_is_root_on_a_system_of_its_own_and_no_more(small_server: Server) -> None:
    code = (
        "id -u; echo x > /etc/x && echo written\n"
        "mount -t tmpfs none /mnt 2>/dev/null || echo no mount\n"
        "chroot / true 2>/dev/null || echo no chroot\n"
        "grep CapEff /proc/self/status; grep NoNewPrivs /proc/self/status"
    )
    lines = text(await shell(small_server, code)).split("\n")
    assert lines[:4] == ["0", "written", "no mount", "no chroot"]
    # CHOWN, DAC_OVERRIDE, FOWNER, SETGID, SETUID
    assert int(lines[4].split()[1], 16) == 0b11001011
    assert lines[5].split() == ["NoNewPrivs:", "1"]


async def test_what_one_shell_writes_is_gone_in_the_next(small_server: Server) -> None:
    await shell(small_server, "touch /opt/mark")
    assert text(await shell(small_server, "ls /opt")) == ""


async def test_too_much_on_disk_ends_the_run(small_server: Server) -> None:
    code = "for i in $(seq 100); do head -c 8M /dev/urandom > /var/$i; done; sleep 20; echo end"
    last = (await shell(small_server, code))[-1]
    assert (last["status"], last["reason"]) == ("error", "disk_limit")


async def test_a_guests_shell_has_no_network_and_says_so(small_server: Server) -> None:
    frames = await shell(small_server, "ls /sys/class/net")
    running = next(frame for frame in frames if frame.get("state") == "running")
    assert running["content"].startswith("Running...")
    assert "no network" in running["content"]
    assert text(frames) == "lo\n"


async def test_without_the_bridge_a_shell_runs_without_network(
    server: Server, tmp_path: Path
) -> None:
    assert "lo" in text(await shell(server, "ls /sys/class/net"))
    subprocess.run(["iptables", "-w", "-D", "INPUT", "1"], check=True)
    try:
        with started("docker", tmp_path, {"GUEST_NETWORK": "true"}) as late:
            frames = await shell(late, "ls /sys/class/net")
    finally:
        subprocess.run(["iptables", "-w", "-I", "INPUT", "1", *_JUMP], check=True)
    running = next(frame for frame in frames if frame.get("state") == "running")
    assert "manage.py sandbox_network" in running["content"]
    assert text(frames) == "lo\n"


_JUMP = ["-i", "br-cloudrun", "-j", "CLOUDRUN-INPUT"]
