"""Whose address counts, behind proxies and when somebody makes one up."""

from ipaddress import ip_network
from typing import Any

import pytest
from pytest_django import Settings

from cloudrun.proxies import TrustedProxies, client_address, counted_address


@pytest.fixture
def behind(settings: Settings) -> None:
    networks = ("127.0.0.1/32", "10.0.0.0/8", "2001:db8:aa::/48")
    settings.TRUSTED_PROXIES = [ip_network(network) for network in networks]


@pytest.mark.usefixtures("behind")
@pytest.mark.parametrize(
    ("peer", "forwarded_for", "address"),
    [
        ("127.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "203.0.113.9, 192.0.2.7", "192.0.2.7"),  # the first is the client's word
        ("127.0.0.1", "127.0.0.1, 192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "203.0.113.9, 192.0.2.7, 10.1.2.3", "192.0.2.7"),  # two proxies
        ("127.0.0.1", "10.9.9.9,10.1.2.3", "10.9.9.9"),  # a client inside
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "192.0.2.7, unknown", "127.0.0.1"),
        ("127.0.0.1", "192.0.2.7:1234", "192.0.2.7"),
        ("127.0.0.1", " [2001:db8::7]:1234 ", "2001:db8::7"),
        ("::ffff:127.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("2001:db8:aa::1", "2001:db8::7", "2001:db8::7"),
        ("192.0.2.1", "203.0.113.9", "192.0.2.1"),  # no proxy of ours
        ("192.0.2.1", "127.0.0.1", "192.0.2.1"),
    ],
)
def test_client_is_whom_the_proxies_saw(peer: str, forwarded_for: str, address: str) -> None:
    assert client_address(peer, forwarded_for) == address


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_ipv6_customer_counts_as_one(address: str, counted: str) -> None:
    assert counted_address(address) == counted


async def seen(peer: str, *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    """The scope as the application gets it."""
    scopes: list[dict[str, Any]] = []

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        scopes.append(scope)

    scope = {"type": "http", "client": [peer, 1234], "headers": list(headers)}
    await TrustedProxies(application)(scope, None, None)
    return scopes[0]


FORWARDED = ((b"x-forwarded-for", b"192.0.2.7"), (b"x-forwarded-proto", b"https"))


@pytest.mark.usefixtures("behind")
async def test_proxy_is_believed() -> None:
    scope = await seen("127.0.0.1", *FORWARDED)
    assert scope["client"][0] == "192.0.2.7"
    assert FORWARDED[1] in scope["headers"]


@pytest.mark.usefixtures("behind")
async def test_headers_given_twice_are_read_as_one() -> None:
    scope = await seen("127.0.0.1", FORWARDED[0], (b"x-forwarded-for", b"192.0.2.8"))
    assert scope["client"][0] == "192.0.2.8"


@pytest.mark.usefixtures("behind")
async def test_nobody_else_is_believed_in_anything_forwarded() -> None:
    scope = await seen("192.0.2.1", (b"host", b"x"), *FORWARDED)
    assert scope["client"][0] == "192.0.2.1"
    assert scope["headers"] == [(b"host", b"x")]


async def test_without_proxies_addresses_are_as_they_come() -> None:
    assert (await seen("127.0.0.1", *FORWARDED))["client"][0] == "127.0.0.1"
