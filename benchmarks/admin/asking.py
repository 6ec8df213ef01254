"""Looking at pages of a server, as a browser does that has everything but the page."""

import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

from benchmarks.admin.results import Cast, Page

_TIMEOUT_S = 120.0


class Asker:
    """Keeps one connection. Close it."""

    def __init__(self, url: str, cast: Cast) -> None:
        self._cast = cast
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=_TIMEOUT_S)

    def close(self) -> None:
        self._connection.close()

    def look_s(self, page: Page) -> float:
        """From the request to the last byte."""
        begun = time.perf_counter()
        self._connection.request("GET", page.path, headers=headers(page, self._cast))
        response = self._connection.getresponse()
        response.read()
        took_s = time.perf_counter() - begun
        if response.status != 200:
            raise RuntimeError(f"{page.path} of {page.viewer}: {response.status}")
        return took_s


def headers(page: Page, cast: Cast) -> dict[str, str]:
    key: str = getattr(cast, page.viewer)
    if page.viewer == "token":
        return {"Authorization": f"Bearer {key}"}
    return {"Cookie": f"sessionid={key}"}
