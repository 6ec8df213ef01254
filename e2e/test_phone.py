"""A session on a phone: a narrow screen that is touched, and a keyboard on it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from e2e.account_page import AccountPage
from e2e.ide_page import NARROW, IdePage
from e2e.server import Server
from e2e.workspace_page import WorkspacePage, upload_of

# What the keyboard of a phone of that size leaves.
ABOVE_KEYBOARD = 400
ASKING = "name = input('Who is there? ')\nprint(f'Hello, {name}!')\n"


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=NARROW, has_touch=True, is_mobile=True)
    yield context
    context.close()


def tap(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).tap()


def open_keyboard(page: Page) -> None:
    """The page gets smaller, as it asks browsers to let it."""
    page.set_viewport_size({"width": NARROW["width"], "height": ABOVE_KEYBOARD})


def close_keyboard(page: Page) -> None:
    page.set_viewport_size(NARROW)


def expect_within_width(page: Page) -> None:
    """A phone makes a page that is too wide small, and its `innerWidth` large."""
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_from_sign_up_to_a_shared_link(
    phone: BrowserContext, browser: Browser, server: Server
) -> None:
    account = AccountPage(phone.new_page(), server.url)
    account.sign_up("pocket")
    work = WorkspacePage(phone.new_page(), server.url)
    page = work.page
    work.list()
    expect_within_width(page)
    page.get_by_role("textbox", name="Name").fill("Doorbell")
    page.get_by_role("main").get_by_role("button", name="Python main.py").tap()
    page.wait_for_url("**/w/*")
    work.wait_until_ready()
    expect_within_width(page)
    page.locator("[data-upload-input]").set_input_files([upload_of(f"{'long' * 25}.py", b"")])
    expect(work.item(f"{'long' * 25}.py")).to_be_attached()
    page.get_by_role("button", name="Code", exact=True).tap()
    work.code.tap()
    open_keyboard(page)
    work.write(ASKING)
    work.expect_saved()
    work.run_button.tap()
    expect(work.terminal).to_contain_text("Who is there?")
    ask = page.get_by_role("button", name="Type your answer")
    ask.tap()
    expect(work.typed_into).to_be_focused()
    page.keyboard.type("Ada")
    page.keyboard.press("Enter")
    work.expect_output("Hello, Ada!")
    close_keyboard(page)
    work.expect_state("Exit 0")
    expect_within_width(page)
    page.get_by_role("link", name="Past runs").tap()
    page.get_by_role("list", name="Runs").get_by_role("link").first.tap()
    expect(page.get_by_role("heading", name="Run of")).to_be_visible()
    expect_within_width(page)
    page.get_by_role("button", name="Make a link").tap()
    address = page.get_by_role("textbox", name="Address of").input_value()
    expect_within_width(page)
    assert account.complaints == work.complaints == []
    read_by_stranger(browser, address)


def read_by_stranger(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=NARROW, has_touch=True, is_mobile=True)
    reader = IdePage(context.new_page(), address)
    page = reader.page
    page.goto(address)
    expect(page.get_by_role("heading", name="Doorbell")).to_be_visible()
    expect(page.get_by_role("region", name="Output")).to_contain_text("Hello, Ada!")
    expect(page.get_by_role("region", name="main.py")).to_contain_text("Who is there?")
    expect_within_width(page)
    page.get_by_role("button", name="Fork").tap()
    reader.wait_until_ready()
    expect(reader.code).to_contain_text("Who is there?")
    assert reader.complaints == []
    context.close()


def test_run_neither_opens_the_keyboard_nor_leaves_enter_to_stop(
    phone: BrowserContext, server: Server
) -> None:
    ide = IdePage(phone.new_page(), f"{server.url}/")
    ide.open()
    ide.write(ASKING)
    ide.run_button.tap()
    expect(ide.end_input).to_be_visible()
    expect(ide.page.get_by_role("tabpanel", name="Terminal")).to_be_focused()
    ide.page.keyboard.press("Enter")
    ide.answer("Ada")
    ide.expect_output("Hello, Ada!")
    ide.expect_state("Exit 0")


def test_key_that_runs_takes_the_focus_along(work: WorkspacePage) -> None:
    """In a narrow window of a computer."""
    work.page.set_viewport_size(NARROW)
    work.run("print(input() * 2)")
    expect(work.end_input).to_be_visible()
    expect(work.typed_into).to_be_focused()
    work.page.keyboard.type("ha")
    work.page.keyboard.press("Enter")
    work.expect_output("haha")


def expect_cursor_in_sight(page: Page) -> None:
    page.wait_for_function(
        "() => {"
        "  const of = (found) => document.querySelector(found).getBoundingClientRect();"
        "  const [cursor, seen] = [of('.cm-cursor-primary'), of('.cm-scroller')];"
        "  return seen.top <= cursor.top && cursor.bottom <= seen.bottom;"
        "}",
        timeout=3000,
    )


def test_numbers_of_a_run_leave_room_for_the_commands(
    phone: BrowserContext, server: Server
) -> None:
    ide = IdePage(phone.new_page(), f"{server.url}/")
    ide.open()
    ide.run("big = 'a' * 120_000_000\nraise SystemExit('one' / 2)")
    ide.expect_state("Exit 1")
    expect(ide.page.locator("[data-memory]")).to_have_text(re.compile(r"^\d{3} MB$"))
    expect(ide.page.get_by_role("button", name="Commands")).to_be_in_viewport(ratio=1)


def test_keyboard_leaves_the_line_and_run_in_sight(phone: BrowserContext, server: Server) -> None:
    ide = IdePage(phone.new_page(), f"{server.url}/")
    ide.open()
    ide.write("\n".join(f"line_{n} = {n}" for n in range(200)))
    lowest = ide.page.locator(".cm-line").last
    expect(lowest).to_have_text("line_199 = 199")
    ide.page.keyboard.press("ControlOrMeta+End")
    expect_cursor_in_sight(ide.page)
    open_keyboard(ide.page)
    expect(ide.page.get_by_role("navigation", name="Panes")).to_be_hidden()
    ide.page.wait_for_function("document.body.hasAttribute('data-low')")
    expect_cursor_in_sight(ide.page)
    expect(ide.run_button).to_be_in_viewport(ratio=1)
    ide.page.keyboard.insert_text("\nprint(line_199)")
    expect_cursor_in_sight(ide.page)
    ide.run_button.tap()
    ide.expect_output("199")
    close_keyboard(ide.page)
    expect(ide.page.get_by_role("navigation", name="Panes")).to_be_visible()
    assert ide.complaints == []


def test_keyboard_that_covers_the_page_leaves_the_rest_to_it(
    phone: BrowserContext, server: Server
) -> None:
    """As in Safari, which has the page as large as before and only shows less of it."""
    ide = IdePage(phone.new_page(), f"{server.url}/")
    ide.page.add_init_script(
        "Object.defineProperty(visualViewport, 'height', {get: () => window.seen ?? innerHeight})"
    )
    ide.open()
    ide.write("\n".join(f"line_{n} = {n}" for n in range(200)))
    resize = "(seen) => { window.seen = seen; visualViewport.dispatchEvent(new Event('resize')); }"
    ide.page.evaluate(resize, ABOVE_KEYBOARD)
    assert ide.page.evaluate("document.body.clientHeight") == ABOVE_KEYBOARD
    expect(ide.page.get_by_role("navigation", name="Panes")).to_be_hidden()
    ide.page.wait_for_function("document.querySelector('.cm-scroller').clientHeight < 350")
    expect_cursor_in_sight(ide.page)
    ide.page.evaluate(resize, NARROW["height"])
    assert ide.page.evaluate("document.body.clientHeight") == NARROW["height"]
    expect(ide.page.get_by_role("navigation", name="Panes")).to_be_visible()
    assert ide.complaints == []
