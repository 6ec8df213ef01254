"""Requests that trickle in, on a clock that the test moves."""

from collections.abc import Callable
from typing import Any

import pytest
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport

from cloudrun.http_server import REQUEST_TIMEOUT_S, Factory

HEAD = b"POST /api/execute HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n"


class Client:
    """One connection to a channel of ours, without a server behind it."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.channel = Factory(_NoServer()).buildProtocol(None)
        self.channel.callLater = self.clock.callLater
        self.transport: Any = StringTransport()  # type: ignore[no-untyped-call]
        self.channel.makeConnection(self.transport)

    def trickle(self, part: Callable[[int], bytes], pause_s: float, seconds: float) -> None:
        for number in range(int(seconds / pause_s)):
            if self.is_dropped:
                return
            self.channel.dataReceived(part(number))
            self.clock.advance(pause_s)

    @property
    def is_dropped(self) -> bool:
        return bool(self.transport.disconnecting)

    @property
    def answer(self) -> bytes:
        return bytes(self.transport.value())


class _NoServer:
    def protocol_connected(self, protocol: object) -> None:
        """Daphne's server notes it."""


@pytest.fixture
def client() -> Client:
    return Client()


def test_head_by_the_byte_is_dropped(client: Client) -> None:
    client.trickle(lambda number: HEAD[number : number + 1], 1, 60)
    assert client.is_dropped
    assert client.clock.seconds() <= REQUEST_TIMEOUT_S + 1
    assert client.answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert b"application/problem+json" in client.answer


def test_endless_first_line_is_dropped(client: Client) -> None:
    client.trickle(lambda number: b"G", 1, 60)
    assert client.is_dropped


def test_endless_headers_are_dropped(client: Client) -> None:
    client.channel.dataReceived(HEAD)
    client.trickle(lambda number: b"X: %d\r\n" % number, 5, 120)
    assert client.is_dropped


def test_body_by_the_byte_is_dropped(client: Client) -> None:
    client.channel.dataReceived(HEAD + b"\r\n")
    client.trickle(lambda number: b"x", 1, 120)
    assert client.is_dropped
    assert client.answer.startswith(b"HTTP/1.1 408 ")


def test_body_over_a_slow_line_is_waited_for(client: Client) -> None:
    client.channel.dataReceived(HEAD + b"\r\n")
    client.trickle(lambda number: b"x" * 4096, 1, 200)  # 32 kbit/s
    assert not client.is_dropped


def test_silent_connection_is_closed_without_an_answer(client: Client) -> None:
    client.clock.advance(REQUEST_TIMEOUT_S + 1)
    assert client.is_dropped
    assert client.answer == b""


def test_request_after_a_pause_has_its_whole_time(client: Client) -> None:
    client.clock.advance(REQUEST_TIMEOUT_S - 1)
    client.channel.dataReceived(HEAD)
    client.clock.advance(REQUEST_TIMEOUT_S - 1)
    assert not client.is_dropped
