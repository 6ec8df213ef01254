"""What is left where JavaScript does not run: most of it, and where not, that is said."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from e2e.accessibility import axe
from e2e.account_page import PASSWORD
from e2e.ide_page import NARROW, WIDE
from e2e.server import Server
from e2e.workspace_page import WorkspacePage


@pytest.fixture(params=["wide", "narrow"])
def page(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Page]:
    size = WIDE if request.param == "wide" else NARROW
    context = browser.new_context(
        java_script_enabled=False, viewport=size, base_url=server.url, accept_downloads=True
    )
    yield context.new_page()
    context.close()


def noscript(page: Page) -> Locator:
    """What a browser without scripts is told; locators by role or text pass it over."""
    return page.locator("noscript :is(p, .noscript)")


def expect_told(page: Page, text: str) -> None:
    expect(noscript(page).first).to_be_visible()
    assert text in " ".join(noscript(page).all_inner_texts())


def begin(page: Page) -> None:
    page.goto("/workspaces")
    page.get_by_role("main").get_by_role("button", name="Two files and some data").click()
    page.wait_for_url(re.compile(r"/w/[0-9a-f]+$"))


def test_workspace_says_what_needs_scripts_and_is_read(page: Page) -> None:
    begin(page)
    expect_told(page, "The editor and the terminal need JavaScript")
    dead = page.get_by_role("button").filter(has_not_text=re.compile("Account"))
    names = [one.get_attribute("aria-label") for one in dead.all() if one.is_visible()]
    assert set(names) <= {"Account"}
    noscript(page).locator("a[href$='/read']").first.click()
    headings = page.get_by_role("main").get_by_role("heading", level=2)
    expect(headings).to_have_text(["main.py", "data/cities.csv", "weather.py"])
    main = page.get_by_role("region", name="main.py")
    expect(main).to_contain_text("from weather import read, warmest")
    expect(main.locator(".c-keyword").first).to_have_text("from")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download data/cities.csv").click()
    assert "Oslo" in download.value.path().read_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all as a zip").click()
    assert download.value.suggested_filename.endswith(".zip")
    page.get_by_role("link", name="Past runs").click()
    expect(page.get_by_text("Nothing has run here yet.")).to_be_visible()


def test_scratchpad_says_what_needs_scripts(page: Page) -> None:
    page.goto("/")
    expect_told(page, "The editor and the terminal need JavaScript")
    for gone in ("Run", "Stop"):
        expect(page.get_by_role("button", name=gone, exact=True)).to_be_hidden()
    expect_told(page, "A script of your own can run them here")
    expect(noscript(page).locator("a[href='/docs']").first).to_be_visible()
    noscript(page).locator("a").first.click()
    expect(page.get_by_role("heading", name="Workspaces")).to_be_visible()


def test_list_of_workspaces_works_by_forms(page: Page) -> None:
    begin(page)
    page.goto("/workspaces")
    page.locator("summary").click()
    page.get_by_role("textbox", name="Name of Two files and some data").fill("Weather")
    page.get_by_role("button", name="Rename").click()
    item = page.get_by_role("list", name="Your workspaces").get_by_role("listitem")
    expect(item.get_by_role("link", name="Weather")).to_be_visible()
    page.get_by_role("searchbox").fill("nothing of that name")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("Nothing of yours is called")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    page.locator("summary").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Weather is deleted.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(item.get_by_role("link", name="Weather")).to_be_visible()


def test_account_is_made_and_changed(page: Page, request: pytest.FixtureRequest) -> None:
    name = f"plain{'narrow' if 'narrow' in request.node.name else 'wide'}"
    page.goto("/accounts/signup/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign up", exact=True).click()
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("link", name="Profile").click()
    page.get_by_label("Display name").fill("Somebody plain")
    page.get_by_role("main").get_by_role("button", name="Save").click()
    expect(page.get_by_label("Display name")).to_have_value("Somebody plain")
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect_told(page, "Passkeys need JavaScript.")


def test_page_of_the_api_says_so(page: Page) -> None:
    page.goto("/docs")
    expect_told(page, "This page needs JavaScript.")
    assert page.request.get("/api/schema").ok


@pytest.mark.parametrize("size", ["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_files_are_read(
    work: WorkspacePage, scheme: Any, size: str
) -> None:
    work.page.emulate_media(color_scheme=scheme)
    work.create_file("a folder/of many words.py")
    work.page.set_viewport_size(WIDE if size == "wide" else NARROW)
    work.page.goto(f"{work.url}/read")
    assert axe(work.page) == []
    assert work.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
