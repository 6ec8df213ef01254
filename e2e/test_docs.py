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
