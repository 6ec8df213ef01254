import re
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from e2e.complaints import complaints_of
from e2e.server import Server


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_run_can_be_tried_at_once(
    browser: Browser, server: Server, colours: Literal["light", "dark"]
) -> None:
    page = browser.new_page(color_scheme=colours)
    complaints = complaints_of(page)
    foreign: list[str] = []
    page.on("request", lambda request: foreign.append(request.url))

    page.goto(f"{server.url}/docs")
    operation = page.locator("[id$=-execute]")
    operation.get_by_role("button", name="/api/execute").first.click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute", exact=True).click()

    answer = operation.locator(".live-responses-table .response").first
    expect(answer.locator(".response-col_status")).to_contain_text("200", timeout=20_000)
    expect(answer).to_contain_text(r'"stdout": "hello\n"')
    assert complaints == []
    assert [url for url in foreign if not url.startswith((server.url, "data:"))] == []
    page.close()


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_socket_is_described_beside_the_endpoints(
    browser: Browser, server: Server, colours: Literal["light", "dark"], width: int
) -> None:
    page = browser.new_page(
        color_scheme=colours, viewport={"width": width, "height": 800}, reduced_motion="reduce"
    )
    page.goto(f"{server.url}/docs")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="/ws/execute").first.click()
    page = opened.value
    complaints = complaints_of(page)
    page.reload()
    heading = page.locator("[id$=-socket]").get_by_role("heading", name="How a run ends")
    expect(heading).to_be_visible()

    colour = heading.evaluate("(element) => getComputedStyle(element).color")
    is_bright = sum(map(int, re.findall(r"\d+", colour)[:3])) > 384
    assert is_bright == (colours == "dark"), colour
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert complaints == []
    page.context.close()
