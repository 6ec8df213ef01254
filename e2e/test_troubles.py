"""What goes wrong between a browser and its server: it is told, with what to do, and no text is
lost."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    expect,
)

from e2e.accessibility import expect_clean
from e2e.account_page import AccountPage
from e2e.conftest import BASE_URL, missing
from e2e.database import broken_database
from e2e.ide_page import NARROW, WIDE, IdePage
from e2e.server import Server, started
from e2e.workspace_page import WorkspacePage, upload_of

SETTINGS = {"MAX_UPLOAD_SIZE": "100k"}
# What a browser says of requests that get no answer, or a refusal.
_EXPECTED = ("Failed to load resource", "WebSocket connection to")
# As many as are let through in a minute, and one more; in a minute that goes on for a while.
_WRITE_OFTEN = """async (workspace) => {
  const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
  const headers = { 'X-CSRFToken': token, 'Content-Type': 'application/json' };
  const write = () => fetch(`${workspace}/files`, { method: 'POST', headers, body: '{}' });
  for (let wait = 0; wait < 10; ) {
    const answers = await Promise.all(Array.from({ length: 20 }, write));
    wait = Number(answers.at(-1).headers.get('Retry-After'));
  }
}"""
_FILL_STORAGE = """() => {
  for (let size = 2 ** 22; size >= 1; size /= 2) {
    try {
      for (let n = 0; ; n += 1) localStorage.setItem(`fill.${size}.${n}`, 'x'.repeat(size));
    } catch {}
  }
}"""


@dataclass
class Tabs:
    """One browser at a site: what it opens, and at the end may not have complained of."""

    context: BrowserContext
    url: str
    opened: list[IdePage]

    def work(self) -> WorkspacePage:
        work = WorkspacePage(self.context.new_page(), self.url)
        self.opened.append(work)
        work.begin_with("Python main.py")
        return work

    def scratchpad(self) -> IdePage:
        ide = IdePage(self.context.new_page(), f"{self.url}/")
        self.opened.append(ide)
        ide.open()
        return ide


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("troubles")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    if BASE_URL:
        missing("a server of one's own")
    with started("bubblewrap", folder, SETTINGS) as server:
        yield server


@pytest.fixture(params=[WIDE, NARROW], ids=["wide", "narrow"])
def tabs(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Tabs]:
    context = browser.new_context(viewport=request.param, color_scheme="light")
    tabs = Tabs(context, server.url, [])
    yield tabs
    context.close()
    for page in tabs.opened:
        assert [one for one in page.complaints if not any(e in one for e in _EXPECTED)] == []


def toast(page: Page, title: str) -> Locator:
    messages = page.get_by_role("region", name="Messages")
    return messages.locator(".toast").filter(has_text=title)


def test_server_that_is_killed_and_started_anew_gets_the_text(tabs: Tabs, tmp_path: Path) -> None:
    with started("bubblewrap", tmp_path) as first:
        tabs.url = first.url
        work = tabs.work()
        first.kill()
        work.write("print('while it was away')")
        lost = toast(work.page, "The server cannot be reached.")
        expect(lost).to_contain_text("What you type is kept in this browser")
        expect(work.saved).to_have_text("Server away, kept in this browser")
        expect_clean(work.page)
        with started("bubblewrap", tmp_path, port=first.port):
            back = toast(work.page, "Back online.")
            expect(back).to_contain_text("All is saved.", timeout=15_000)
            expect(lost).to_be_hidden()
            work.expect_saved()
            work.reload()
            expect(work.code).to_have_text("print('while it was away')")
            work.run()
            work.expect_output("while it was away")
            work.page.close()


def test_offline_is_told_until_it_is_over(tabs: Tabs) -> None:
    work, ide = tabs.work(), tabs.scratchpad()
    tabs.context.set_offline(True)
    expect(toast(ide.page, "You are offline.")).to_contain_text("Your text is kept")
    expect_clean(ide.page)
    work.write("print('offline')")
    offline = toast(work.page, "You are offline.")
    expect(offline).to_contain_text("saved when it is back")
    work.page.wait_for_timeout(9000)  # longer than what passes by itself is shown
    expect(offline).to_be_visible()
    tabs.context.set_offline(False)
    expect(toast(work.page, "Back online.")).to_contain_text("All is saved.")
    expect(toast(ide.page, "Back online.")).to_be_visible()
    expect(offline).to_be_hidden()
    work.expect_saved()
    expect(toast(work.page, "Back online.")).to_be_hidden(timeout=12_000)


def test_message_and_notice_can_both_be_read(tabs: Tabs) -> None:
    ide = tabs.scratchpad()
    tabs.context.set_offline(True)
    ide.run("print('nobody hears')")
    ide.go_to("Terminal")
    expect(ide.notice).to_contain_text("The server cannot be reached.")
    offline = toast(ide.page, "You are offline.")
    expect(offline).to_be_visible()
    message, notice = offline.bounding_box(), ide.notice.bounding_box()
    assert message
    assert notice
    is_above = message["y"] + message["height"] <= notice["y"]
    assert is_above or message["x"] + message["width"] <= notice["x"]
    tabs.context.set_offline(False)
    expect(toast(ide.page, "Back online.")).to_be_visible()


def test_run_that_could_not_begin_offline_is_past_once_back(tabs: Tabs) -> None:
    for ide in (tabs.scratchpad(), tabs.work()):
        tabs.context.set_offline(True)
        ide.run("print('back' + ' again')")
        ide.expect_state("No connection")
        expect(ide.notice).to_be_visible()
        tabs.context.set_offline(False)
        ide.expect_state("Ready")
        expect(ide.notice).to_be_hidden()
        ide.code.focus()
        ide.run()
        ide.expect_output("back again")
        ide.page.close()


def test_text_of_who_is_logged_out_elsewhere_waits_for_the_login(tabs: Tabs) -> None:
    account = AccountPage(tabs.context.new_page(), tabs.url)
    name = f"away_{tabs.context.pages[0].viewport_size['width']}"  # type: ignore[index]
    account.sign_up(name)
    work = tabs.work()
    account.log_out()
    work.write("print('typed by nobody')")
    told = toast(work.page, "You are logged out.")
    expect(told).to_contain_text("What you type is kept in this browser")
    expect(work.saved).to_have_text("Not saved, kept in this browser")
    expect_clean(work.page)
    with work.page.expect_popup() as popup:
        told.get_by_role("link", name="Log in").click()
    again = AccountPage(popup.value, tabs.url)
    again.field("Username or e-mail").wait_for()
    again.log_in(name)
    again.expect_editor()
    work.page.bring_to_front()
    expect(toast(work.page, "All is saved.")).to_be_visible()
    expect(told).to_be_hidden()
    work.expect_saved()
    work.reload()
    expect(work.code).to_have_text("print('typed by nobody')")


def test_deleted_workspace_is_told_and_its_text_stays(tabs: Tabs) -> None:
    work = tabs.work()
    work.go_to("Files")
    binary = upload_of("data.bin", b"\xff\0\x80")
    work.page.locator("[data-upload-input]").set_input_files([binary])
    expect(work.item("data.bin")).to_be_visible()
    work.go_to("Code")
    other = WorkspacePage(tabs.context.new_page(), tabs.url)
    other.list()
    other.page.locator("summary").first.click()
    other.page.get_by_role("button", name="Delete").first.click()
    expect(other.page.get_by_text("is deleted.")).to_be_visible()
    work.write("print('orphan')")
    told = toast(work.page, "This workspace is not here for you any more.")
    expect(told.get_by_role("link", name="Your workspaces")).to_be_visible()
    expect_clean(work.page)
    with tabs.context.expect_page() as opened:
        told.get_by_role("button", name="Save as a new workspace").click()
    saved = opened.value
    saved.wait_for_url(re.compile(r"/w/[0-9a-f]+$"))
    expect(saved.locator(".cm-content")).to_have_text("print('orphan')")
    file = saved.locator("[role=treeitem][data-path='data.bin']").get_attribute("data-file")
    assert saved.request.get(f"{saved.url}/files/{file}").body() == b"\xff\0\x80"
    saved.close()
    other.page.get_by_role("button", name="Undo").click()
    expect(toast(work.page, "All is saved.")).to_be_visible()
    work.reload()
    expect(work.code).to_have_text("print('orphan')")


def test_upload_over_the_limit_is_told_and_text_over_it_stays(tabs: Tabs) -> None:
    work = tabs.work()
    if work.page.viewport_size == NARROW:
        work.page.get_by_role("navigation", name="Panes").get_by_role(
            "button", name="Files"
        ).click()
    work.page.locator("[data-upload-input]").set_input_files([upload_of("big.bin", b"x" * 200_000)])
    expect(work.said).to_contain_text("of 100.0 KB in this workspace. Send fewer or smaller files.")
    if work.page.viewport_size == NARROW:
        work.page.get_by_role("navigation", name="Panes").get_by_role("button", name="Code").click()
    work.write("#" * 150_000)
    told = toast(work.page, "Not saved. That is too large.")
    expect(told).to_contain_text("in this workspace")
    expect(told).to_contain_text("kept in this browser until it can be saved")
    expect(work.saved).to_have_text("Not saved")
    expect_clean(work.page)
    work.reload()
    expect(work.code).to_contain_text("####")
    expect(told).to_be_visible()
    work.write("print('short')")
    expect(toast(work.page, "All is saved.")).to_be_visible()
    work.expect_saved()


def test_too_many_writes_are_told_with_how_long_to_wait(tabs: Tabs) -> None:
    work = tabs.work()
    work.page.evaluate(_WRITE_OFTEN, work.url)
    work.write("print('patient')")
    told = toast(work.page, "Not saved. That was too often.")
    expect(told).to_contain_text("Try again in")
    expect(told).to_contain_text("saved as soon as it can be")
    expect_clean(work.page)
    expect(toast(work.page, "All is saved.")).to_be_visible(timeout=65_000)
    work.reload()
    expect(work.code).to_have_text("print('patient')")


def test_broken_database_is_told_and_the_text_saved_once_it_is_back(
    tabs: Tabs, folder: Path
) -> None:
    work = tabs.work()
    page = tabs.context.new_page()
    with broken_database(folder):
        work.write("print('unbroken')")
        told = toast(work.page, "Not saved. The server failed.")
        expect(told).to_contain_text("saved as soon as it can be")
        expect_clean(work.page)
        page.goto(work.url)
        expect(page.get_by_role("heading", name="Something went wrong")).to_be_visible()
        expect(page.get_by_text("Load this page again in a moment.")).to_be_visible()
        expect_clean(page)
    expect(toast(work.page, "All is saved.")).to_be_visible()
    page.reload()
    expect(page.locator(".cm-content")).to_have_text("print('unbroken')")


def test_text_without_room_in_this_browser_is_told_of(tabs: Tabs) -> None:
    work = tabs.work()
    work.page.evaluate(_FILL_STORAGE)
    tabs.context.set_offline(True)
    work.write("print('homeless')")
    told = toast(work.page, "Your last changes are nowhere but on this page.")
    expect(told).to_contain_text("Leave the page open")
    expect(work.saved).to_have_text("Not saved")
    expect_clean(work.page)
    with work.page.expect_event("dialog") as asked:
        work.page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    tabs.context.set_offline(False)
    expect(told).to_be_hidden()
    work.expect_saved()


def test_refused_change_of_the_list_leaves_it_as_it_is(tabs: Tabs) -> None:
    first = tabs.work()
    first.list()
    other = tabs.context.new_page()
    other.goto(f"{tabs.url}/workspaces")
    other.locator("summary").first.click()
    other.get_by_role("button", name="Delete").first.click()
    expect(other.get_by_text("is deleted.")).to_be_visible()
    first.page.locator("summary").first.click()
    first.page.get_by_role("button", name="Duplicate").first.click()
    told = toast(first.page, "That is not here any more.")
    expect(told).to_contain_text("There is no such workspace here.")
    expect(first.page.get_by_role("list", name="Your workspaces")).to_be_visible()
    expect_clean(first.page)
    told.get_by_role("button", name="Load the page again").click()
    expect(told).to_be_hidden()


def test_messages_are_reached_and_left_by_keyboard(tabs: Tabs) -> None:
    ide = tabs.scratchpad()
    tabs.context.set_offline(True)
    offline = toast(ide.page, "You are offline.")
    expect(offline).to_be_visible()
    ide.code.click()
    ide.page.keyboard.press("F1")
    ide.page.keyboard.type("Go to the messages")
    ide.page.keyboard.press("Enter")
    expect(offline.get_by_role("button", name="Dismiss")).to_be_focused()
    ide.page.keyboard.press("Escape")
    expect(offline).to_be_hidden()
    expect(ide.code).to_be_focused()
    ide.page.wait_for_timeout(3500)  # it is looked again meanwhile
    expect(offline).to_be_hidden()
    tabs.context.set_offline(False)
    back = toast(ide.page, "Back online.")
    expect(back).to_be_visible()
    back.hover()
    ide.page.wait_for_timeout(9000)
    expect(back).to_be_visible()
    ide.page.mouse.move(5, 5)
    expect(back).to_be_hidden(timeout=12_000)
