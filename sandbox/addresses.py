"""Where callbacks may go: to public addresses, and to the networks that the operator trusts."""

import ipaddress
import socket
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from yarl import URL

_HOSTS = Path("/etc/hosts")
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# What some version of the `ipaddress` module calls global, and yet leads elsewhere: protocols'
# own addresses, the relay of 6to4, multicast, and where Azure's machines reach their host.
_NOT_PUBLIC_4 = [
    ipaddress.IPv4Network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "224.0.0.0/4", "168.63.129.16")
]
# Of IPv6 only what is given to networks, without the transitions that carry an IPv4 address
# (Teredo, 6to4). NAT64 and mapped addresses are outside of it already.
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_6 = [ipaddress.IPv6Network(net) for net in ("2001::/23", "2002::/16", "3fff::/20")]


def may_connect(address: str) -> bool:
    """Whether an IP address may be connected to, as a socket has it."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return _is_public(ip) or any(ip in network for network in settings.CALLBACK_NETWORKS)


def url_problem(url: str) -> str | None:
    """Why nothing can be posted to `url`, as far as it tells without asking the DNS; None if so.

    The DNS may take seconds, and may say something else by the time of the post, which checks what
    it connects to. Here the URL is read as the client reads it that posts (`yarl`), so that
    fullwidth digits are digits; names are looked up among this machine's own.
    """
    try:
        parts = URL(url)
    except ValueError:
        return "Must be a valid URL."
    host = parts.raw_host
    if parts.scheme not in {"http", "https"} or not host or not url.isprintable() or " " in url:
        return "Must be an http or https URL."
    if parts.user is not None or parts.password is not None:
        return "Must not hold a user name or a password."
    addresses = _known_addresses(host.rstrip(".").lower())
    if addresses and not any(map(may_connect, addresses)):
        return "Must lead to a public address."
    return None


def _is_public(ip: _Address) -> bool:
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not any(ip in network for network in _NOT_PUBLIC_4)
    return ip.is_global and ip in _PUBLIC_6 and not any(ip in network for network in _NOT_PUBLIC_6)


def _known_addresses(host: str) -> list[str]:
    """Where `host` leads: itself where it is an address, in any of the forms that resolvers take,
    else by this machine's own names; empty for what only the DNS can tell."""
    if ":" in host:
        return [host]
    try:
        return [socket.inet_ntoa(socket.inet_aton(host))]  # 127.1, 0x7f000001, 2130706433
    except (OSError, ValueError):
        return list(_own_addresses(host))


def _own_addresses(name: str) -> Iterator[str]:
    """What the resolver answers for the machine itself, and what its operator wrote for it."""
    if name == "localhost" or name.endswith(".localhost") or name == socket.gethostname().lower():
        yield "127.0.0.1"
    for line in _hosts_lines():
        address, *names = line.partition("#")[0].lower().split() or [""]
        if name in names:
            yield address


def _hosts_lines() -> list[str]:
    try:
        return _HOSTS.read_text(errors="replace").splitlines()
    except OSError:
        return []
