"""The bridge and its firewall rules, tried from inside real containers on it."""

import asyncio
import json
import os
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing, contextmanager
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from pip._internal.models.index import PyPI

from sandbox.runners.docker import firewall
from sandbox.runners.docker.engine import Engine
from sandbox.runners.docker.network import NETWORK, network_problem

pytestmark = [
    pytest.mark.usefixtures("bridge"),
    pytest.mark.docker,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may set up the bridge"),
]

IMAGE = "python:3.11-slim"
OPTIONS = "--rm --cap-drop ALL --security-opt no-new-privileges --read-only --user 65534:65534"
PORT = 8000
TIMEOUT_S = 60

# How a connection to each `address:port` of the arguments ends, one line each.
CONNECT = """
import socket, sys
for target in sys.argv[1:]:
    address, port = target.rsplit(":", 1)
    try:
        socket.create_connection((address, int(port)), timeout=3).close()
    except ConnectionRefusedError:
        print("refused")
    except OSError as error:
        print(error)
    else:
        print("reached")
"""
SEND = """
import socket, sys
for target in sys.argv[1:]:
    address, port = target.rsplit(":", 1)
    socket.socket(type=socket.SOCK_DGRAM).sendto(b"hello", (address, int(port)))
"""
FETCH = """
import socket, sys, urllib.error, urllib.request
print(socket.gethostbyname(sys.argv[1]))
try:
    print(urllib.request.urlopen(f"https://{sys.argv[1]}/", timeout=20).status)
except urllib.error.HTTPError as error:
    print(error.code)
"""
SERVE = f"""
import http.server
http.server.HTTPServer(("", {PORT}), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


@pytest.fixture
def repaired() -> Iterator[None]:
    """The rules stand again after the test, whatever it did to them."""
    yield
    call_command("sandbox_network")


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    engine = Engine("/var/run/docker.sock")
    yield engine
    await engine.close()


def command(*argv: str) -> str:
    return subprocess.run(
        argv, capture_output=True, text=True, timeout=TIMEOUT_S, check=True
    ).stdout


def python(code: str, *arguments: str, network: str = NETWORK) -> list[str]:
    """The lines that a program in a container prints."""
    container = ["docker", "run", *OPTIONS.split(), "--network", network, IMAGE]
    return command(*container, "python", "-c", code, *arguments).splitlines()


def connect(*targets: str, network: str = NETWORK) -> list[str]:
    return python(CONNECT, *targets, network=network)


@contextmanager
def listener(kind: socket.SocketKind) -> Iterator[tuple[socket.socket, int]]:
    """A socket on every address of this machine, and its port."""
    with closing(socket.socket(type=kind)) as server:
        server.bind(("0.0.0.0", 0))
        if kind == socket.SOCK_STREAM:
            server.listen()
        server.settimeout(1)
        yield server, server.getsockname()[1]


@contextmanager
def serving_container(network: str) -> Iterator[tuple[str, str]]:
    """A container that serves on PORT: its id and address."""
    options = [*OPTIONS.split(), "--network", network]
    id = command("docker", "run", "--detach", *options, IMAGE, "python", "-c", SERVE).strip()
    try:
        wait = ["docker", "exec", id, "python", "-c", CONNECT, f"127.0.0.1:{PORT}"]
        assert any("reached" in command(*wait) for _ in range(50))
        (description,) = json.loads(command("docker", "inspect", id))
        yield id, description["NetworkSettings"]["Networks"][network]["IPAddress"]
    finally:
        command("docker", "rm", "--force", id)


def own_addresses() -> list[str]:
    """Of this machine, the bridge's and docker0's among them, but not loopback."""
    links = json.loads(command("ip", "-json", "-4", "address", "show"))
    found = [IPv4Address(address["local"]) for link in links for address in link["addr_info"]]
    return [str(address) for address in found if not address.is_loopback]


def gateway(network: str) -> str:
    (description,) = json.loads(command("docker", "network", "inspect", network))
    return str(IPv4Network(description["IPAM"]["Config"][0]["Subnet"])[1])


def rules() -> str:
    return command("iptables", "-S")


def test_the_host_is_out_of_reach_on_all_its_addresses() -> None:
    with listener(socket.SOCK_STREAM) as (_, port):
        targets = [f"{address}:{port}" for address in own_addresses()]
        assert f"{gateway(NETWORK)}:{port}" in targets
        assert connect(*targets) == ["refused"] * len(targets)
        # The control: the engine's own bridge does not keep a container from it.
        assert connect(f"{gateway('bridge')}:{port}", network="bridge") == ["reached"]


def test_datagrams_do_not_reach_the_host() -> None:
    with listener(socket.SOCK_DGRAM) as (server, port):
        python(SEND, *(f"{address}:{port}" for address in own_addresses()))
        with pytest.raises(TimeoutError):
            server.recv(16)
        python(SEND, f"{gateway('bridge')}:{port}", network="bridge")
        assert server.recv(16) == b"hello"


@pytest.mark.parametrize("network", [NETWORK, "bridge"])
def test_other_containers_are_out_of_reach(network: str) -> None:
    with serving_container(network) as (_, address):
        assert connect(f"{address}:{PORT}") == ["refused"]


def test_other_containers_do_not_reach_ours() -> None:
    with serving_container(NETWORK) as (_, address):
        assert connect(f"{address}:{PORT}", network="bridge") == ["timed out"]


def test_private_ranges_and_metadata_services_are_out_of_reach() -> None:
    addresses = (
        "10.0.0.1 10.255.255.254 100.64.0.1 100.100.100.200 168.63.129.16 169.254.169.254"
        " 172.16.0.1 172.31.255.254 192.0.0.192 192.168.0.1 192.168.255.254 198.18.0.1 240.0.0.1"
    ).split()
    assert connect(*(f"{address}:80" for address in addresses)) == ["refused"] * len(addresses)


def test_mail_cannot_be_sent() -> None:
    documentation = "198.51.100.1"  # a public address as far as the rules know
    assert connect(*(f"{documentation}:{port}" for port in (25, 465, 587))) == ["refused"] * 3


def test_name_servers_answer_names_and_nothing_else() -> None:
    private = [address for address in firewall.nameservers() if address.is_private]
    if not private:
        pytest.skip("this machine's name servers have public addresses, or its own")
    assert connect(*(f"{address}:80" for address in private)) == ["refused"] * len(private)


def test_the_internet_is_there() -> None:
    host = urlsplit(os.environ.get("PIP_INDEX_URL") or PyPI.simple_url).netloc
    try:
        socket.create_connection((host, 443), timeout=5).close()
    except OSError:
        pytest.skip("this machine does not reach the package index")
    address, status = python(FETCH, host)
    assert IPv4Address(address)
    assert int(status) < 500


def test_a_container_has_no_ipv6_address() -> None:
    code = "from pathlib import Path; print(Path('/proc/net/if_inet6').read_text())"
    assert "eth0" not in "".join(python(code))


def test_a_second_set_up_changes_nothing() -> None:
    before = rules()
    call_command("sandbox_network")
    assert rules() == before


@pytest.mark.parametrize("path", [os.environ["PATH"], ""], ids=["root", "anybody"])
async def test_all_stands(engine: Engine, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """A server that may not read the rules is one that finds no `iptables`."""
    monkeypatch.setenv("PATH", path)
    assert await network_problem(engine, {"cloudrun": "test-network"}) is None
    assert await engine.labelled("cloudrun=test-network") == []


@pytest.mark.usefixtures("repaired")
@pytest.mark.parametrize(
    ("damage", "as_root", "as_anybody"),
    [
        (
            [["-D", "INPUT", "-i", "br-cloudrun", "-j", "CLOUDRUN-INPUT"]],
            "the firewall's chain INPUT does not begin with",
            "a container reaches this machine's own ports",
        ),
        (
            # Not let through, or the packets of this test would leave the machine.
            [["-F", "CLOUDRUN-FORWARD"], ["-A", "CLOUDRUN-FORWARD", "-j", "DROP"]],
            "the firewall's chain CLOUDRUN-FORWARD is missing or out of date",
            "a container reaches private networks",
        ),
    ],
)
async def test_missing_rules_are_noticed(
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    damage: Sequence[Sequence[str]],
    as_root: str,
    as_anybody: str,
) -> None:
    for change in damage:
        command("iptables", *change)
    told = await network_problem(engine)
    assert told
    assert as_root in told
    assert told.endswith("run: manage.py sandbox_network")
    with monkeypatch.context() as patch:
        patch.setenv("PATH", "")
        assert as_anybody in (await network_problem(engine) or "")


@pytest.mark.usefixtures("repaired")
async def test_rules_that_come_too_late_are_noticed_and_put_first(engine: Engine) -> None:
    other = ["INPUT", "-i", "lo", "-j", "ACCEPT"]
    command("iptables", "-I", *other)
    try:
        assert "INPUT does not begin with" in (await network_problem(engine) or "")
        await asyncio.to_thread(call_command, "sandbox_network")
        assert await network_problem(engine) is None
        assert rules().count("-j CLOUDRUN-INPUT") == 1
    finally:
        command("iptables", "-D", *other)


@pytest.mark.usefixtures("repaired")
async def test_packets_past_the_firewall_are_noticed(engine: Engine) -> None:
    Path("/proc/sys/net/bridge/bridge-nf-call-iptables").write_text("0")
    assert "does not see what containers send" in (await network_problem(engine) or "")


@pytest.mark.usefixtures("repaired")
async def test_remove_leaves_nothing(engine: Engine) -> None:
    await asyncio.to_thread(call_command, "sandbox_network", "--remove")
    assert "CLOUDRUN" not in rules()
    assert NETWORK not in command("docker", "network", "ls", "--format", "{{.Name}}").split()
    assert "the bridge cloudrun is not there" in (await network_problem(engine) or "")
    await asyncio.to_thread(call_command, "sandbox_network", "--remove")
    with pytest.raises(CommandError, match="the bridge cloudrun is not there"):
        await asyncio.to_thread(call_command, "sandbox_network", "--check")


@pytest.mark.usefixtures("repaired")
async def test_a_bridge_with_other_options_is_made_anew(engine: Engine) -> None:
    await asyncio.to_thread(call_command, "sandbox_network", "--remove")
    command("docker", "network", "create", NETWORK)
    assert "was made with other options" in (await network_problem(engine) or "")
    await asyncio.to_thread(call_command, "sandbox_network")
    assert await network_problem(engine) is None


def test_only_root_sets_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 65534)
    with pytest.raises(CommandError, match="Only root"):
        call_command("sandbox_network")


def test_a_name_server_on_the_host_is_reached_through_input() -> None:
    own, other = IPv4Address("192.168.1.2"), IPv4Address("192.168.1.3")
    chains = firewall.chains([own, other], [IPv4Interface("192.168.1.2/24")])
    accepted = {
        chain: [rule.split()[1] for rule in rules if rule.endswith("-j ACCEPT")]
        for chain, rules in chains.items()
    }
    assert accepted["CLOUDRUN-INPUT"] == ["192.168.1.2/32"] * 2
    assert accepted["CLOUDRUN-FORWARD"] == ["192.168.1.3/32"] * 2


def test_public_neighbours_of_the_host_are_closed_too() -> None:
    interfaces = [IPv4Interface("198.51.100.7/24"), IPv4Interface("172.17.0.1/16")]
    closed = firewall.chains([], interfaces)["CLOUDRUN-FORWARD"]
    assert "-d 198.51.100.0/24 -j CLOUDRUN-REFUSE" in closed
    assert not any("172.17." in rule for rule in closed)  # is in 172.16.0.0/12


@pytest.mark.parametrize(
    ("resolv_conf", "systemd", "daemon", "found"),
    [
        ("nameserver 10.0.0.1\nnameserver fe80::1%eth0\n", "", "", ["10.0.0.1"]),
        ("nameserver 127.0.0.53\n", "nameserver 10.0.0.2\n", "", ["10.0.0.2"]),
        ("nameserver 10.0.0.1\n", "", '{"dns": ["10.0.0.3"]}', ["10.0.0.3"]),
        ("nameserver 127.0.0.1\nnameserver\nnameserver x\n", "", "{", []),
    ],
)
def test_name_servers_are_those_of_the_engine(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    resolv_conf: str,
    systemd: str,
    daemon: str,
    found: list[str],
) -> None:
    files = [tmp_path / name for name in ("resolv.conf", "systemd.conf", "daemon.json")]
    for file, content in zip(files, (resolv_conf, systemd, daemon), strict=True):
        file.write_text(content)
    monkeypatch.setattr(firewall, "_RESOLV_CONFS", files[:2])
    monkeypatch.setattr(firewall, "_DAEMON_CONFIG", files[2])
    assert [str(address) for address in firewall.nameservers()] == found
