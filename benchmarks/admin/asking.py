"""Looking at pages of a server, as a browser does that has everything but the page."""

import json
import time
from dataclasses import replace
from functools import cached_property
from http.client import HTTPConnection
from urllib.parse import urlsplit

from benchmarks.admin.results import Cast, Page

_TIMEOUT_S = 120.0
_FAR_PAGES = 10


class Asker:
    """Keeps one connection. Close it."""

    def __init__(self, url: str, cast: Cast) -> None:
        self._cast = cast
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=_TIMEOUT_S)

    def close(self) -> None:
        self._connection.close()

    def look_s(self, page: Page) -> float:
        """From the request to the last byte."""
        return self._ask(page)[0]

    def with_cursor(self, page: Page) -> Page:
        """The page with an address for its `{cursor}`."""
        return replace(page, path=page.path.format(cursor=self._cursor))

    @cached_property
    def _cursor(self) -> str:
        """Where the API's pages go on after some."""
        cursor, path = "", "/api/runs?limit=100"
        for _ in range(_FAR_PAGES):
            page = Page("", "token", f"{path}&cursor={cursor}" if cursor else path)
            cursor = json.loads(self._ask(page)[1])["next_cursor"] or cursor
        return cursor

    def _ask(self, page: Page) -> tuple[float, bytes]:
        begun = time.perf_counter()
        self._connection.request("GET", page.path, headers=headers(page, self._cast))
        response = self._connection.getresponse()
        body = response.read()
        took_s = time.perf_counter() - begun
        if response.status != 200:
            raise RuntimeError(f"{page.path} of {page.viewer}: {response.status}")
        return took_s, body


def headers(page: Page, cast: Cast) -> dict[str, str]:
    key: str = getattr(cast, page.viewer)
    if page.viewer == "token":
        return {"Authorization": f"Bearer {key}"}
    return {"Cookie": f"sessionid={key}"}
