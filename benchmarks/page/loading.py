"""A cold load: what it transfers, and when the page takes a key."""

import time
from collections.abc import Callable

from playwright.sync_api import Browser, Page, Request, expect

from benchmarks.page.browser import LOCAL, Conditions, cold_page
from benchmarks.page.results import Weight
from benchmarks.page.subjects import TEMPLATE, Subject

_KEY = "Q"  # stands nowhere in the code
_EDITABLE_TIMEOUT_S = 60
_QUIET_MS = 2000

# The document that an editor shows is in the DOM, and changes there when a key has landed.
_WATCH = """([selector, key]) => {
  const look = () => {
    if (!document.querySelector(selector)?.textContent.includes(key)) return;
    globalThis.editableMs = performance.now();
    observer.disconnect();
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { subtree: true, childList: true, characterData: true });
}"""


def editable_s(browser: Browser, subject: Subject, conditions: Conditions) -> float:
    """From the start of the navigation until the first key that lands is in the document.

    The key is pressed again and again from the first byte on, where the page itself has put the
    focus: while its main thread is busy the press waits, as a user's would.
    """
    url = subject.page_with(TEMPLATE)
    with cold_page(browser, conditions, subject.cookies) as (page, session):
        page.add_init_script(f"({_WATCH})({[subject.document, _KEY]!r})")
        page.goto(url, wait_until="commit")
        deadline = time.monotonic() + _EDITABLE_TIMEOUT_S
        while (editable_ms := page.evaluate("globalThis.editableMs")) is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{subject.name} took no key.")
            session.send("Input.dispatchKeyEvent", {"type": "keyDown", "key": _KEY, "text": _KEY})
            session.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": _KEY})
        page.wait_for_load_state()
        expect(page.locator(subject.document)).to_contain_text(_KEY)
        return float(editable_ms) / 1000


def weight(browser: Browser, subject: Subject) -> Weight:
    """Until the network is quiet; then after the first key, which some things wait for."""
    url = subject.page_with(TEMPLATE)
    with cold_page(browser, LOCAL, subject.cookies) as (page, _):
        requests: list[Request] = []
        page.on("requestfinished", lambda request: requests.append(request))
        _until_quiet(page, lambda: page.goto(url))
        cold = list(requests)
        _until_quiet(page, lambda: page.keyboard.press(_KEY))
        return Weight(
            cold_bytes=sum(map(_transferred, cold)),
            cold_requests=len(cold),
            edited_bytes=sum(map(_transferred, requests[len(cold) :])),
        )


def _until_quiet(page: Page, act: Callable[[], object]) -> None:
    """Return once nothing was asked or answered for a while after `act`."""
    last = time.monotonic()

    def stir(_: Request) -> None:
        nonlocal last
        last = time.monotonic()

    page.on("request", stir)
    page.on("requestfinished", stir)
    act()
    while (time.monotonic() - last) * 1000 < _QUIET_MS:
        page.wait_for_timeout(100)


def _transferred(request: Request) -> int:
    """Headers and body as they came over the network: CDP's `encodedDataLength`."""
    sizes = request.sizes()
    headers, body = sizes["responseHeadersSize"], sizes["responseBodySize"]
    if body < 0:
        return 0  # from the browser's cache: the page has it already, and a worker asks again
    response = request.response()
    if body == 0 and response is not None:  # of a worker's own script CDP tells the headers only
        body = int(response.headers.get("content-length", 0))
    return headers + body
