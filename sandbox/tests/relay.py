"""A network between a client and a server, which can break down."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

_CHUNK = 65536


class Relay:
    """Hands bytes on, both ways; `cut` drops all connections, without a word."""

    url: str
    cuts = 0

    def __init__(self, port: int) -> None:
        self._port = port
        self._writers: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        self.cuts += 1
        self.drop()

    def drop(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        ends = {writer, far_writer}
        self._writers |= ends
        try:
            await asyncio.gather(_hand_on(reader, far_writer), _hand_on(far_reader, writer))
        finally:
            self._writers -= ends


async def _hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def relay_to(url: str) -> AsyncGenerator[Relay, None]:
    relay = Relay(urlsplit(url).port or 80)
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    relay.url = f"http://localhost:{server.sockets[0].getsockname()[1]}"
    try:
        yield relay
    finally:
        server.close()
        relay.drop()
