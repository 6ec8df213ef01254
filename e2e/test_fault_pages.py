"""The pages of faults: what went wrong, what to do, and ways on."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from e2e.accessibility import expect_clean
from e2e.conftest import BASE_URL, missing
from e2e.ide_page import both_sizes
from e2e.server import Server, started
from e2e.workspace_page import upload_of


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if BASE_URL:
        missing("a server of one's own")
    settings = {"MAX_UPLOAD_SIZE": "100k"}
    with started("bubblewrap", tmp_path_factory.mktemp("faults"), settings) as server:
        yield server


def go_nowhere(page: Page, url: str) -> None:
    page.goto(f"{url}/nowhere")


def post_where_one_gets(page: Page, url: str) -> None:
    page.goto(f"{url}/accounts/login/")
    page.locator("main form").first.evaluate(
        "(form) => { form.action = '/workspaces'; form.noValidate = true; form.submit(); }"
    )


def follow_a_dead_link(page: Page, url: str) -> None:
    page.goto(f"{url}/s/none")


def import_too_much(page: Page, url: str) -> None:
    page.goto(f"{url}/workspaces")
    page.get_by_label("Zip file").set_input_files([upload_of("big.zip", b"x" * 2_000_000)])
    page.get_by_role("button", name="Import").click()


def bring_long_cookies(page: Page, url: str) -> None:
    cookies: list[Any] = [{"name": f"c{n}", "value": "x" * 4000, "url": url} for n in range(6)]
    page.context.add_cookies(cookies)
    page.goto(f"{url}/workspaces")


def send_a_form_of_before(page: Page, url: str) -> None:
    page.goto(f"{url}/workspaces")
    page.context.clear_cookies()
    page.get_by_role("button", name="Python main.py").click()


FAULTS = {
    "400": (bring_long_cookies, "The request is not valid", "delete this site's cookies"),
    "403": (send_a_form_of_before, "This form is no longer valid", "Go back, load the page again"),
    "404": (go_nowhere, "There is nothing here", "The address is wrong"),
    "404 of a link": (follow_a_dead_link, "Not found", "This link leads nowhere."),
    "405": (post_where_one_gets, "Method not allowed", "Go back, load the page again"),
    "413": (import_too_much, "The request is too large", "Go back and send less at once"),
}


@both_sizes
@pytest.mark.parametrize("fault", FAULTS)
def test_page_of_a_fault_says_what_to_do(
    context: BrowserContext, server: Server, fault: str
) -> None:
    page = context.new_page()
    bring_about, title, advice = FAULTS[fault]
    bring_about(page, server.url)
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.get_by_text(advice)).to_be_visible()
    expect_clean(page)
    ways = page.get_by_role("main")
    expect(ways.get_by_role("link", name="To the editor")).to_be_visible()
    if fault == "400":  # whose cookies any page refuses
        return
    ways.get_by_role("link", name="Workspaces").click()
    expect(page.get_by_role("heading", name="Workspaces")).to_be_visible()
