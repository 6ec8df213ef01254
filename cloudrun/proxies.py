"""Whose address a call comes from, behind reverse proxies too.

`TrustedProxies` puts it in place of the proxy's before anything looks: there is no other place that
reads `X-Forwarded-For`.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings

Address = IPv4Address | IPv6Address

_PREFIX = b"x-forwarded-"
_REQUEST_ID = b"x-request-id"  # would stand in our log
_IPV6_CUSTOMER_BITS = 64


class TrustedProxies:
    """ASGI: the client as `TRUSTED_PROXIES` have seen it; what others forward is taken out."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await self._application(_seen_through(scope), receive, send)


def client_address(peer: str, forwarded_for: str) -> str:
    """The last address in `forwarded_for` that is no trusted proxy's; `peer` where it is none.

    Each proxy appends whom it has seen, so all that stands before may be the client's invention.
    """
    seen = peer
    hops = forwarded_for.split(",") if forwarded_for else []
    while hops and _is_trusted(seen):
        hop = _parse(hops.pop())
        if hop is None:
            break
        seen = str(hop)
    return seen


def counted_address(address: str) -> str:
    """What limits count as one: an address, or the IPv6 network that one customer has."""
    parsed = _parse(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, _IPV6_CUSTOMER_BITS), strict=False))
    return str(parsed or address)


def _seen_through(scope: dict[str, Any]) -> dict[str, Any]:
    headers: list[tuple[bytes, bytes]] = list(scope.get("headers", ()))
    if not settings.TRUSTED_PROXIES or not scope.get("client"):
        kept = [(name, value) for name, value in headers if name != _REQUEST_ID]
        return scope | {"headers": kept}
    peer, port = scope["client"]
    if not _is_trusted(peer):
        kept = [
            (name, value) for name, value in headers if not name.startswith((_PREFIX, _REQUEST_ID))
        ]
        return scope | {"headers": kept}
    forwarded_for = b",".join(value for name, value in headers if name == _PREFIX + b"for")
    return scope | {"client": [client_address(peer, forwarded_for.decode("latin-1")), port]}


def _is_trusted(address: str) -> bool:
    parsed = _parse(address)
    return parsed is not None and any(parsed in network for network in settings.TRUSTED_PROXIES)


def _parse(text: str) -> Address | None:
    """The address in `text`, which may have a port: `192.0.2.1:80`, `[2001:db8::1]:80`."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
