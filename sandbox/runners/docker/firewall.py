"""The host's firewall rules for the bridge: to the internet, and to nothing nearer.

Docker's own rules let a container reach every address that the host reaches, and the host's own
ports. Ours stand in chains of our own, that DOCKER-USER (packets that the host forwards) and INPUT
(packets to the host itself) jump to. A reboot, or whoever flushes the firewall, takes them away.

What is forbidden is refused, not dropped: a program learns so at once and does not wait for its
time limit, and a refusal can be told from a network that leads nowhere (`network_probe.py`).
"""

import asyncio
import contextlib
import json
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path

from sandbox.errors import SandboxError

BRIDGE = "br-cloudrun"

_REFUSE, _FORWARD, _INPUT = "CLOUDRUN-REFUSE", "CLOUDRUN-FORWARD", "CLOUDRUN-INPUT"
_JUMPS = {
    "DOCKER-USER": f"-i {BRIDGE} -j {_FORWARD}",
    "INPUT": f"-i {BRIDGE} -j {_INPUT}",
}
_ENGINE_JUMP = "-j DOCKER-USER"

# What the registries keep for private, local and special use, and Azure's platform service, whose
# address is a public one. The networks for documentation are left: nobody is there.
_NOT_PUBLIC = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16"
        " 172.16.0.0/12 192.0.0.0/24 192.168.0.0/16 198.18.0.0/15 224.0.0.0/4 240.0.0.0/4"
    ).split()
)
_MAIL_PORTS = (25, 465, 587)  # nobody shall send spam from here
_DNS_PORT = 53

_DAEMON_CONFIG = Path("/etc/docker/daemon.json")
_RESOLV_CONFS = (Path("/etc/resolv.conf"), Path("/run/systemd/resolve/resolv.conf"))

# Whether packets between two containers on one bridge pass the firewall at all.
_BRIDGED = Path("/proc/sys/net/bridge/bridge-nf-call-iptables")

_COMMAND_TIMEOUT_S = 15.0
_LOCK_TIMEOUT_S = 5  # that iptables waits for others who change rules

Chains = dict[str, list[str]]
"""The rules of each chain, in order, as `iptables -S` prints them after `-A CHAIN`."""


class UnreadableError(SandboxError):
    """This user may not read the firewall's rules, or has not the commands for it."""


async def wanted_chains() -> Chains:
    """Our chains, as the addresses and the name servers of this machine ask for them now."""
    return chains(nameservers(), await _interfaces())


def chains(nameservers: Iterable[IPv4Address], interfaces: Iterable[IPv4Interface]) -> Chains:
    """Our chains. Only name servers that are the host itself are reached through INPUT."""
    own = {interface.ip for interface in interfaces}
    forwarded = [address for address in nameservers if address not in own]
    local = [address for address in nameservers if address in own]
    mail = [f"-p tcp -m tcp --dport {port} -j {_REFUSE}" for port in _MAIL_PORTS]
    closed = [f"-d {network} -j {_REFUSE}" for network in _closed(interfaces)]
    return {
        _REFUSE: [
            "-p tcp -j REJECT --reject-with tcp-reset",
            "-j REJECT --reject-with icmp-port-unreachable",
        ],
        _FORWARD: [*_dns(forwarded), *mail, *closed],
        _INPUT: [*_dns(local), f"-j {_REFUSE}"],
    }


def nameservers() -> list[IPv4Address]:
    """Those that the engine has containers ask. What listens on loopback, it asks itself."""
    found = _daemon_nameservers()
    for path in _RESOLV_CONFS:
        found = found or _addresses(_resolv_conf_entries(path))
    return found


async def problem() -> str | None:
    """Why the rules do not hold, as a clause; None where they do. `UnreadableError` if unknown."""
    if not _sees_bridged_packets():
        return "the firewall does not see what containers send each other"
    table = await _table()
    if _ENGINE_JUMP not in table.get("FORWARD", []):
        return "the Docker engine has no chain DOCKER-USER in the firewall (option iptables)"
    for chain, rules in (await wanted_chains()).items():
        if table.get(chain) != rules:
            return f"the firewall's chain {chain} is missing or out of date"
    for chain, jump in _JUMPS.items():
        if table.get(chain, [])[:1] != [jump]:
            return f"the firewall's chain {chain} does not begin with the rule for {BRIDGE}"
    return None


async def put_up() -> list[str]:
    """Make the rules anew, all at once; the lines given to the firewall. `SandboxError` if not."""
    _show_bridged_packets()
    table, wanted = await _table(), await wanted_chains()
    if "DOCKER-USER" not in table:
        raise SandboxError(
            "The firewall has no chain DOCKER-USER: start the Docker engine, with its option"
            " iptables on."
        )
    lines = [f":{chain} - [0:0]" for chain in wanted]
    lines += [f"-A {chain} {rule}" for chain, rules in wanted.items() for rule in rules]
    lines += _without_jumps(table)
    lines += [f"-I {chain} 1 {jump}" for chain, jump in _JUMPS.items()]
    await _restore(lines)
    return lines


async def take_down() -> list[str]:
    """Remove all of it that is there; the lines given to the firewall."""
    table = await _table()
    ours = [chain for chain in (_FORWARD, _INPUT, _REFUSE) if chain in table]
    lines = _without_jumps(table)
    lines += [f"-F {chain}" for chain in ours] + [f"-X {chain}" for chain in ours]
    if lines:
        await _restore(lines)
    return lines


def _sees_bridged_packets() -> bool:
    """The engine turns it on when it makes the bridge, and others turn it off again."""
    try:
        return _BRIDGED.read_text().strip() == "1"
    except OSError:
        return False


def _show_bridged_packets() -> None:
    try:
        _BRIDGED.write_text("1")
    except OSError as error:
        raise SandboxError(f"{_BRIDGED} cannot be set to 1: {error.strerror}.") from error


def _dns(nameservers: Iterable[IPv4Address]) -> list[str]:
    return [
        f"-d {address}/32 -p {protocol} -m {protocol} --dport {_DNS_PORT} -j ACCEPT"
        for address in nameservers
        for protocol in ("udp", "tcp")
    ]


def _closed(interfaces: Iterable[IPv4Interface]) -> list[IPv4Network]:
    """What is not public, and the host's neighbours where they have public addresses."""
    neighbours = dict.fromkeys(interface.network for interface in interfaces)
    public = [
        network
        for network in neighbours
        if not any(network.subnet_of(closed) for closed in _NOT_PUBLIC)
    ]
    return [*_NOT_PUBLIC, *public]


def _without_jumps(table: Chains) -> list[str]:
    return [
        f"-D {chain} {rule}"
        for chain, jump in _JUMPS.items()
        for rule in table.get(chain, [])
        if rule == jump
    ]


def _daemon_nameservers() -> list[IPv4Address]:
    try:
        return _addresses(json.loads(_DAEMON_CONFIG.read_bytes()).get("dns", []))
    except (OSError, ValueError):
        return []


def _resolv_conf_entries(path: Path) -> list[str]:
    try:
        lines = [line.split() for line in path.read_text().splitlines()]
    except OSError:
        return []
    return [words[1] for words in lines if words[:1] == ["nameserver"] and len(words) > 1]


def _addresses(texts: Iterable[str]) -> list[IPv4Address]:
    found: list[IPv4Address] = []
    for text in texts:
        with contextlib.suppress(ValueError):  # an IPv6 address, or none
            found.append(IPv4Address(text))
    return [address for address in found if not address.is_loopback]


async def _interfaces() -> list[IPv4Interface]:
    links = json.loads(await _run("ip", "-json", "-4", "address", "show"))
    return [
        IPv4Interface(f"{address['local']}/{address['prefixlen']}")
        for link in links
        for address in link.get("addr_info", [])
    ]


async def _table() -> Chains:
    table: Chains = {}
    for line in (await _run("iptables", "-w", str(_LOCK_TIMEOUT_S), "-S")).splitlines():
        kind, chain, *rule = line.split()
        rules = table.setdefault(chain, [])
        if kind == "-A":
            rules.append(" ".join(rule))
    return table


async def _restore(lines: Iterable[str]) -> None:
    """In one transaction: at no moment is a packet let through that is not after it."""
    text = "\n".join(["*filter", *lines, "COMMIT", ""])
    await _run("iptables-restore", "-w", str(_LOCK_TIMEOUT_S), "--noflush", stdin=text)


async def _run(*command: str, stdin: str = "") -> str:
    """What the command prints. `UnreadableError` where it fails or is not there."""
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=pipe
        )
    except OSError as error:
        raise UnreadableError(f"{command[0]} cannot be run: {error.strerror}.") from error
    try:
        async with asyncio.timeout(_COMMAND_TIMEOUT_S):
            output, errors = await process.communicate(stdin.encode())
    except TimeoutError as error:
        raise UnreadableError(f"{command[0]} did not come to an end.") from error
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    if process.returncode:
        raise UnreadableError(f"{command[0]} failed: {errors.decode(errors='replace').strip()}")
    return output.decode()
