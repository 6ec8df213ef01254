"""Daphne, where what it and Twisted do to a request by themselves does not fit the API.

A body is measured while it comes and left to the views to read; refusals are problems, or pages
for browsers, also of bodies that are too much together. Requests that trickle in are given up, and
so are long frames after a WebSocket's first. An answer is made no faster than its client reads it.
At the end whoever has asked is answered.
"""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus
from typing import Any

import daphne.server
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet.defer import Deferred
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel

from cloudrun import problems
from cloudrun.errors import (
    ApplicationError,
    ForbiddenError,
    InvalidRequestError,
    RequestTimeoutError,
    ServiceUnavailableError,
)
from cloudrun.fault_pages import fault_page
from cloudrun.parsers import max_json_bytes, too_large
from cloudrun.sizes import size_words
from cloudrun.uploads import Share

# A request's head, and then each so many bytes of its body, must come within the timeout.
REQUEST_TIMEOUT_S = 30
_PACE_BYTES = 64 * 1024
# What a client types, pastes or says about its terminal while a program runs.
CONTROL_FRAME_MAX_BYTES = 64 * 1024
# Of refusals that come from here, as Django's have them.
_HEADERS = (("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"))
_PROBLEM_POLICY = "default-src 'none'; frame-ancestors 'none'"
_PAGE_POLICY = f"{_PROBLEM_POLICY}; style-src 'self'; img-src 'self'"
# Frames that are read and that the consumer has not taken, and how soon it is asked again.
_MAX_WAITING = 16
_WAIT_S = 0.005
# From a socket's last frame to its client's farewell: what a slow one has yet to read stands before
# it, and would be lost. Autobahn waits for a second.
_CLOSE_WITHIN_S = 60
# At a shutdown: for what is on its way when the port is closed, and for the last answers.
_LAST_REQUESTS_S = 0.2
_LAST_ANSWERS_S = 5


class Request(WebRequest):  # type: ignore[misc]  # Daphne ships no types
    body_bytes = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Twisted would read every form into memory, and refuse a bad one without a word.
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)
        self.share = Share()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  Twisted's name
        """Store a part of the body; what is beyond the limit is read, so that the client comes to
        read the refusal, and dropped."""
        self.body_bytes += len(data)
        if self.body_bytes <= max_json_bytes():
            super().handleContentChunk(data)

    def process(self) -> Any:
        """Hand the whole request on."""
        if self.body_bytes > max_json_bytes():
            return self._refuse(too_large())
        if self.clientproto == b"HTTP/1.1" and not self.requestHeaders.hasHeader(b"Host"):
            return self._refuse(InvalidRequestError("A request must name its Host."))
        try:
            self.share.grow(self.body_bytes)  # which is in a file so far
        except ServiceUnavailableError as error:
            return self._refuse(error)
        # A chunked body has been put together, and Django reads none of unknown length.
        if self.requestHeaders.hasHeader(b"Transfer-Encoding"):
            self.requestHeaders.removeHeader(b"Transfer-Encoding")
            self.requestHeaders.setRawHeaders(b"Content-Length", [b"%d" % self.body_bytes])
        # With it a client would tell Django that the site begins somewhere else.
        self.requestHeaders.removeHeader(b"Daphne-Root-Path")
        if not self._is_handshake():
            self.requestHeaders.removeHeader(b"Upgrade")  # all that Daphne looks at
        return super().process()

    def finish(self) -> None:
        self.share.give_back()
        super().finish()

    def connectionLost(self, reason: Failure) -> None:  # noqa: N802  Twisted's name
        self.share.give_back()
        super().connectionLost(reason)

    def _is_handshake(self) -> bool:
        """True for a WebSocket's; any other request is answered as it stands."""
        connection = b",".join(self.requestHeaders.getRawHeaders(b"Connection", []))
        return self.method == b"GET" and b"upgrade" in connection.lower()

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        """Daphne's own refusals, and an application that raised."""
        is_bad = status == InvalidRequestError.status
        self._refuse(InvalidRequestError(f"{body}.") if is_bad else problems.unforeseen())

    def _refuse(self, error: ApplicationError) -> None:
        told, body = _told(error, for_page=_is_for_page(self, self.uri))
        told += problems.headers(error).items()
        headers = [(name.encode(), value.encode()) for name, value in told]
        self.handle_reply(
            {"type": "http.response.start", "status": error.status, "headers": headers}
        )
        self.handle_reply({"type": "http.response.body", "body": body})


class Channel(HTTPChannel):
    transport: Any  # typed as an interface, without its `self`
    is_idle = True
    unpaid_bytes = 0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.can_write = asyncio.Event()  # cleared while too much waits for the client to read
        self.can_write.set()

    def pauseProducing(self) -> None:  # noqa: N802  Twisted's name
        self.can_write.clear()
        super().pauseProducing()  # type: ignore[no-untyped-call]

    def resumeProducing(self) -> None:  # noqa: N802  Twisted's name
        self.can_write.set()
        super().resumeProducing()  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802
        self.can_write.set()
        super().connectionLost(reason)  # type: ignore[no-untyped-call]

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  Twisted's name
        self.unpaid_bytes += len(data)
        super().dataReceived(data)  # type: ignore[no-untyped-call]

    def resetTimeout(self) -> None:  # noqa: N802  Twisted's name
        """Called for all that is received; of itself, a byte would buy another timeout."""
        if self.is_idle or self.unpaid_bytes >= _PACE_BYTES:
            self.is_idle = False
            self.unpaid_bytes = 0
            super().resetTimeout()  # type: ignore[no-untyped-call]

    def requestDone(self, request: Any) -> None:  # noqa: N802  Twisted's name
        self.is_idle = True
        super().requestDone(request)  # type: ignore[no-untyped-call]

    def timeoutConnection(self) -> None:  # noqa: N802  Twisted's name
        if not self.is_idle:
            self._answer(RequestTimeoutError("The request came too slowly."))
        super().timeoutConnection()  # type: ignore[no-untyped-call]

    def _respondToBadRequestAndDisconnect(self) -> None:  # noqa: N802  Twisted's name
        self._answer(
            InvalidRequestError(
                "This is no HTTP request: its address must be percent-encoded, its headers valid"
                f" and at most {size_words(self.totalHeadersSize)} long, its length given once."
            )
        )
        self.loseConnection()  # type: ignore[no-untyped-call]

    def _answer(self, error: ApplicationError) -> None:
        """Where there is no whole request that could be answered."""
        uri = getattr(self, "_path", b"")  # once its first line is read
        for_page = bool(self.requests) and _is_for_page(self.requests[-1], uri)
        self.transport.write(_whole_answer(error, for_page=for_page))

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802  Twisted's name
        self._respondToBadRequestAndDisconnect()


class Socket(WebSocketProtocol):  # type: ignore[misc]
    has_request = False
    is_paused = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.share = Share()

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803  Autobahn's
        self.has_request = True  # the first message carries the program
        super().onMessage(payload, isBinary)
        if not self.is_paused and self._is_behind():
            self.is_paused = True
            self.transport.pauseProducing()
            self._read_on()

    def _is_behind(self) -> bool:
        """The consumer has yet to take what was read. Daphne's queue for it has no bound."""
        is_open: bool = self.state == self.STATE_OPEN
        return is_open and self.application_queue.qsize() > _MAX_WAITING

    def _read_on(self) -> None:
        """Once it has caught up."""
        if self._is_behind():
            self.factory.reactor.callLater(_WAIT_S, self._read_on)
            return
        self.is_paused = False
        self.transport.resumeProducing()

    def sendHttpErrorResponse(self, code: int, reason: str, headers: Any = None) -> None:  # noqa: N802
        """Refuse a handshake in words; Autobahn's own answer is a line without a body."""
        error: ApplicationError = InvalidRequestError(f"This is no WebSocket handshake: {reason}.")
        if code == ForbiddenError.status:
            error = ForbiddenError("There is no WebSocket for this address, Host and Origin.")
        elif code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            error = problems.unforeseen()
        self.sendData(_whole_answer(error, headers or ()))

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:  # noqa: N802  Daphne's
        """Send a frame, unless the connection has failed: the consumer hears of that soon."""
        if self.state == self.STATE_OPEN:
            super().serverSend(content, binary)

    def onMessageFrameBegin(self, length: int) -> None:  # noqa: N802  Autobahn's name
        """Refuse a long message before it is read. Its own limit would hold for ours, too."""
        super().onMessageFrameBegin(length)
        is_long = self.message_data_total_length > CONTROL_FRAME_MAX_BYTES
        if self.has_request and is_long and not self.failedByMe:
            self._fail_connection(
                self.CLOSE_STATUS_CODE_MESSAGE_TOO_BIG,
                f"After the first, a frame may have {size_words(CONTROL_FRAME_MAX_BYTES)}.",
            )

    def onMessageFrameData(self, payload: bytes) -> None:  # noqa: N802  Autobahn's name
        """Keep a part of a message; the first is as large as a request, and kept as long."""
        super().onMessageFrameData(payload)
        if self.has_request or self.failedByMe:
            return
        try:
            self.share.grow(len(payload))
        except ServiceUnavailableError as error:
            self._fail_connection(self.CLOSE_STATUS_CODE_TRY_AGAIN_LATER, error.detail)

    def onClose(self, *args: Any) -> None:  # noqa: N802  Autobahn's name
        self.share.give_back()
        super().onClose(*args)


class SocketFactory(WebSocketFactory):  # type: ignore[misc]
    protocol = Socket

    def setProtocolOptions(self, **options: Any) -> None:  # noqa: N802  Autobahn's name
        # With a close frame that says why, not by dropping the connection.
        super().setProtocolOptions(
            failByDrop=False, closeHandshakeTimeout=_CLOSE_WITHIN_S, **options
        )


class Factory(HTTPFactory):  # type: ignore[misc]
    protocol = Channel

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802  Twisted's name
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = Request
        protocol.timeOut = REQUEST_TIMEOUT_S
        return protocol


class Server(daphne.server.Server):  # type: ignore[misc]
    """`drain` is awaited at a shutdown, while requests still come and are answered."""

    def __init__(self, *args: Any, drain: Callable[[], Awaitable[None]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._drain = drain
        self._ports: list[Any] = []

    def run(self) -> None:
        # It makes its factories by these names, here.
        daphne.server.HTTPFactory = Factory
        daphne.server.WebSocketFactory = SocketFactory
        super().run()

    def listen_success(self, port: Any) -> None:
        super().listen_success(port)
        self._ports.append(port)

    def kill_all_applications(self) -> "Deferred[None]":
        """Called at a shutdown, which waits for it. Daphne would cancel what is being answered: it
        is answered all the same, and its broken half is told of in the log."""
        return Deferred.fromFuture(daphne.server.twisted_loop.create_task(self._end()))

    async def _end(self) -> None:
        await self._drain()
        for port in self._ports:
            _close(port)
        await asyncio.sleep(_LAST_REQUESTS_S)
        instances = (details.get("application_instance") for details in self.connections.values())
        if pending := {instance for instance in instances if instance}:
            await asyncio.wait(pending, timeout=_LAST_ANSWERS_S)

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """Send a part of an answer, and hold the next back until the client has read enough: what
        waits to be sent has no other bound."""
        await super().handle_reply(protocol, message)
        channel = getattr(protocol, "channel", None)  # a request's, until it is answered
        if isinstance(channel, Channel):
            await channel.can_write.wait()


def _close(port: Any) -> None:
    """Take the connections that wait and then no more; those not taken would be reset."""
    port.doRead()
    port.socket.shutdown(socket.SHUT_RD)  # at once, which `stopListening` is not
    port.stopListening()


def _is_for_page(request: Any, uri: bytes) -> bool:
    """Whether a browser asks for a page, by as much of the request as came."""
    if request.requestHeaders.hasHeader(b"HX-Request"):
        return False
    path = uri.partition(b"?")[0].decode("latin-1")
    accept = b",".join(request.requestHeaders.getRawHeaders(b"Accept", []))
    return problems.is_for_page(path, accept.decode("latin-1"))


def _whole_answer(
    error: ApplicationError, headers: Iterable[tuple[str, Any]] = (), *, for_page: bool = False
) -> bytes:
    """Where nothing of Twisted's writes its head; the connection is to be closed."""
    told, body = _told(error, for_page=for_page)
    head = (
        f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *(f"{name}: {value}" for name, value in (*told, *headers)),
    )
    return "\r\n".join([*head, "", ""]).encode() + body


def _told(error: ApplicationError, *, for_page: bool) -> tuple[list[tuple[str, str]], bytes]:
    """The headers and the body of a refusal."""
    if for_page:
        kind, policy, body = "text/html; charset=utf-8", _PAGE_POLICY, fault_page(error)
    else:
        kind, policy = problems.CONTENT_TYPE, _PROBLEM_POLICY
        body = json.dumps(problems.body(error))
    named = [("Content-Type", kind), ("Content-Security-Policy", policy)]
    return [*named, *_HEADERS], body.encode()
