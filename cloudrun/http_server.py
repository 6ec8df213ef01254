"""Daphne, where what it and Twisted do to a request by themselves does not fit the API.

A body is measured while it comes and left to the views to read; refusals are problems.
"""

import json
from typing import Any

import daphne.server
from daphne.http_protocol import HTTPFactory, WebRequest
from twisted.web.http import HTTPChannel

from cloudrun import problems
from cloudrun.errors import ApplicationError, InvalidRequestError
from cloudrun.parsers import max_json_bytes, too_large


class Request(WebRequest):  # type: ignore[misc]  # Daphne ships no types
    body_bytes = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Twisted would read every form into memory, and refuse a bad one without a word.
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)

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
        # A chunked body has been put together, and Django reads none of unknown length.
        if self.requestHeaders.hasHeader(b"Transfer-Encoding"):
            self.requestHeaders.removeHeader(b"Transfer-Encoding")
            self.requestHeaders.setRawHeaders(b"Content-Length", [b"%d" % self.body_bytes])
        if not self._is_handshake():
            self.requestHeaders.removeHeader(b"Upgrade")  # all that Daphne looks at
        return super().process()

    def _is_handshake(self) -> bool:
        """True for a WebSocket's; any other request is answered as it stands."""
        connection = b",".join(self.requestHeaders.getRawHeaders(b"Connection", []))
        return self.method == b"GET" and b"upgrade" in connection.lower()

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        """Daphne's own refusals, and an application that raised."""
        is_bad = status == InvalidRequestError.status
        self._refuse(InvalidRequestError(f"{body}.") if is_bad else problems.unforeseen())

    def _refuse(self, error: ApplicationError) -> None:
        headers = [(b"Content-Type", problems.CONTENT_TYPE.encode())]
        self.handle_reply(
            {"type": "http.response.start", "status": error.status, "headers": headers}
        )
        self.handle_reply({"type": "http.response.body", "body": _body(error)})


class Channel(HTTPChannel):
    transport: Any  # typed as an interface, without its `self`

    def _respondToBadRequestAndDisconnect(self) -> None:  # noqa: N802  Twisted's name
        """What is no HTTP: there is no request to answer."""
        body = _body(
            InvalidRequestError(
                "This is no HTTP request: its address must be percent-encoded, its headers valid"
                f" and at most {self.totalHeadersSize} bytes long, its length given once."
            )
        )
        head = (
            "HTTP/1.1 400 Bad Request",
            f"Content-Type: {problems.CONTENT_TYPE}",
            f"Content-Length: {len(body)}",
            "Connection: close",
        )
        self.transport.write("\r\n".join([*head, "", ""]).encode() + body)
        self.loseConnection()  # type: ignore[no-untyped-call]

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802  Twisted's name
        self._respondToBadRequestAndDisconnect()


class Factory(HTTPFactory):  # type: ignore[misc]
    protocol = Channel

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802  Twisted's name
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = Request
        return protocol


class Server(daphne.server.Server):  # type: ignore[misc]
    def run(self) -> None:
        daphne.server.HTTPFactory = Factory  # it makes its factory by that name, here
        super().run()


def _body(error: ApplicationError) -> bytes:
    return json.dumps(problems.body(error)).encode()
