"""The list of workspaces, the tree of files, and the pages as a whole."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from e2e.accessibility import axe
from e2e.account_page import AccountPage
from e2e.ide_page import NARROW, WIDE, IdePage, both_sizes
from e2e.server import Server
from e2e.workspace_page import WorkspacePage


@pytest.fixture
def work(new_work: Callable[[], WorkspacePage]) -> WorkspacePage:
    return new_work()


def test_file_dragged_onto_a_folder_moves(work: WorkspacePage) -> None:
    work.begin_with("Two files and some data")
    work.item("weather.py").drag_to(work.item("data"))
    expect(work.item("data/weather.py")).to_be_visible()


def test_tree_works_by_keyboard_alone(work: WorkspacePage) -> None:
    work.begin_with("Two files and some data")
    keys = work.page.keyboard
    work.item("main.py").focus()
    keys.press("Home")
    expect(work.item("data")).to_be_focused()
    keys.press("ArrowLeft")
    expect(work.item("data/cities.csv")).to_be_hidden()
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    expect(work.item("data/cities.csv")).to_be_focused()
    keys.press("F2")
    work.dialog.get_by_label("Name").fill("tables/towns.csv")
    keys.press("Enter")
    expect(work.item("tables/towns.csv")).to_be_focused()
    keys.press("Delete")
    expect(work.said).to_contain_text("tables/towns.csv is deleted")
    work.said.get_by_role("button", name="Undo").focus()
    keys.press("Enter")
    expect(work.item("tables/towns.csv")).to_be_visible()
    work.item("main.py").focus()
    keys.press("w")
    expect(work.item("weather.py")).to_be_focused()
    keys.press("Enter")
    expect(work.tab("weather.py")).to_have_attribute("aria-selected", "true")
    work.tab("weather.py").focus()
    keys.press("Delete")
    expect(work.tab("weather.py")).to_be_hidden()
    expect(work.tab("main.py")).to_be_focused()


def test_deleted_file_comes_back_after_other_changes(work: WorkspacePage) -> None:
    work.begin_with("Python main.py")
    for name in ("one.txt", "two.txt"):
        work.create_file(name)
        work.item(name).focus()
        work.page.keyboard.press("Delete")
        expect(work.said).to_contain_text(f"{name} is deleted")
    work.create_file("three.txt")
    work.page.get_by_text("Recently deleted (2)").click()
    work.page.get_by_role("button", name="Restore one.txt").click()
    expect(work.item("one.txt")).to_be_visible()
    expect(work.page.get_by_text("Recently deleted (1)")).to_be_visible()
    work.page.get_by_role("button", name="Restore two.txt").click()
    expect(work.item("two.txt")).to_be_visible()
    expect(work.page.get_by_text("Recently deleted")).to_have_count(0)


def test_file_and_folder_are_duplicated(work: WorkspacePage) -> None:
    work.begin_with("Two files and some data")
    work.open_file("main.py")
    work.write("print('not saved yet')")
    work.page.get_by_role("button", name="Duplicate").click()
    expect(work.tab("main copy.py")).to_have_attribute("aria-selected", "true")
    expect(work.code).to_have_text("print('not saved yet')")
    assert work.content_of("main copy.py") == "print('not saved yet')"
    work.item("data").click()
    work.page.get_by_role("button", name="Duplicate").click()
    expect(work.item("data copy/cities.csv")).to_be_visible()
    expect(work.item("data copy")).to_be_focused()


def test_refused_name_is_said_in_the_dialog(work: WorkspacePage) -> None:
    work.begin_with("Python main.py")
    work.page.get_by_role("button", name="New file").click()
    work.dialog.get_by_label("Name").fill("../x")
    work.page.keyboard.press("Enter")
    expect(work.dialog.get_by_role("alert")).to_contain_text("../x: Must not hold '..'")
    long = "x" * 260 + ".py"
    work.dialog.get_by_label("Name").fill("")
    work.page.keyboard.insert_text(long)
    work.page.keyboard.press("Enter")
    expect(work.dialog.get_by_role("alert")).to_contain_text("Must be at most 255 characters.")
    expect(work.dialog.get_by_label("Name")).to_have_value(long)
    work.page.keyboard.press("Escape")
    expect(work.dialog).to_be_hidden()


def test_guest_signs_up_and_keeps_the_workspace(
    work: WorkspacePage, context: BrowserContext, server: Server
) -> None:
    work.begin_with("Python main.py")
    work.write("print('from before')")
    work.expect_saved()
    account = AccountPage(context.new_page(), server.url)
    account.sign_up(f"keeper_{server.url[-5:]}")
    work.reload()
    expect(work.code).to_have_text("print('from before')")
    work.write("print('and after')")
    work.expect_saved()


def test_list_renames_copies_deletes_and_takes_back(work: WorkspacePage) -> None:
    work.begin_with("Guess the number")
    work.list()
    rows = work.page.get_by_role("list", name="Your workspaces").get_by_role("listitem")
    rows.locator("summary").click()
    rows.get_by_label("Name of Guess the number").fill("Riddle")
    rows.get_by_role("button", name="Rename").click()
    expect(rows.get_by_role("link", name="Riddle")).to_be_visible()
    rows.locator("summary").click()
    rows.get_by_role("button", name="Duplicate").click()
    expect(rows).to_have_count(2)
    work.page.get_by_role("searchbox").fill("copy")
    expect(rows).to_have_count(1)
    rows.locator("summary").click()
    rows.get_by_role("button", name="Delete").click()
    expect(work.page.get_by_text("Riddle copy is deleted.")).to_be_visible()
    work.page.get_by_role("button", name="Undo").click()
    expect(work.page.get_by_text("Riddle copy is back.")).to_be_visible()
    expect(rows).to_have_count(1)
    work.page.get_by_role("searchbox").fill("")
    expect(rows).to_have_count(2)


def test_list_works_without_javascript(browser: Browser, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=WIDE)
    page = context.new_page()
    page.goto(f"{server.url}/workspaces")
    page.get_by_role("button", name="Guess the number").click()
    expect(page.get_by_role("link", name="all of them as a zip")).to_be_visible()
    page.goto(f"{server.url}/workspaces")
    page.get_by_role("searchbox").fill("nothing of that name")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("Nothing of yours is called")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    page.locator("summary").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Guess the number is back.")).to_be_visible()
    context.close()


def test_phone_sized_session(work: WorkspacePage) -> None:
    work.page.set_viewport_size(NARROW)
    work.begin_with("Two files and some data")
    panes = work.page.get_by_role("navigation", name="Panes")
    panes.get_by_role("button", name="Files").click()
    expect(work.code).to_be_hidden()
    work.create_file("note.txt")
    expect(work.code).to_be_visible()
    work.write("hello from a phone")
    work.run_button.click()
    work.expect_output("Warmest: Cairo")
    panes.get_by_role("button", name="Files").click()
    work.item("note.txt").click()
    expect(work.code).to_have_text("hello from a phone")
    assert work.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    work.list()
    assert work.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_scratchpad_is_one_step_away(work: WorkspacePage) -> None:
    work.page.goto(f"{work.base}/")
    work.page.get_by_role("link", name="Workspaces").click()
    expect(work.page.get_by_role("heading", name="Workspaces")).to_be_visible()
    work.page.get_by_role("link", name="CloudRun").click()
    expect(work.page.get_by_role("heading", name="Scratchpad")).to_be_visible()


def show_list(work: WorkspacePage) -> None:
    work.list()
    work.page.locator("summary").click()


def show_dialog(work: WorkspacePage) -> None:
    work.page.get_by_role("button", name="New file").click()


def show_deleted(work: WorkspacePage) -> None:
    work.item("weather.py").focus()
    work.page.keyboard.press("Delete")
    expect(work.said).to_contain_text("deleted")
    work.page.get_by_text("Recently deleted").click()


def show_files_on_a_phone(work: WorkspacePage) -> None:
    work.page.set_viewport_size(NARROW)
    work.page.get_by_role("button", name="Files").click()


def show_conflict(work: WorkspacePage) -> None:
    """Somebody else's write, as the server tells of it."""
    work.page.evaluate(
        """async () => {
          const id = document.querySelector('[data-path="main.py"]').dataset.file;
          const token = document.cookie.match(/csrftoken=(\\w+)/)[1];
          await fetch(`${location.pathname}/files/${id}`, {
            method: 'PUT',
            headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token },
            body: JSON.stringify({ content: 'theirs', version: 1 }),
          });
        }"""
    )
    work.write("mine")
    expect(work.conflict).to_be_visible()


def show_merge(work: WorkspacePage) -> None:
    show_conflict(work)
    work.conflict.get_by_role("button", name="Compare and merge").click()
    expect(work.dialog.get_by_role("textbox").first).to_be_visible()


def show_merge_on_a_phone(work: WorkspacePage) -> None:
    work.page.set_viewport_size(NARROW)
    show_merge(work)


STATES = {
    "list": show_list,
    "ide": lambda work: None,
    "dialog": show_dialog,
    "deleted": show_deleted,
    "phone": show_files_on_a_phone,
    "conflict": show_conflict,
    "merge": show_merge,
    "merge on a phone": show_merge_on_a_phone,
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(work: WorkspacePage, scheme: Any, state: str) -> None:
    work.page.emulate_media(color_scheme=scheme)
    work.begin_with("Two files and some data")
    STATES[state](work)
    assert axe(work.page) == []


def test_page_is_within_its_transfer_budget(work: WorkspacePage) -> None:
    work.begin_with("Two files and some data")
    work.page.wait_for_load_state("networkidle")
    transferred = work.page.evaluate(
        "['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type))"
        ".reduce((sum, entry) => sum + entry.transferSize, 0)"
    )
    assert 0 < transferred <= 400 * 1024


@both_sizes
def test_program_of_the_scratchpad_becomes_a_workspace(ide: IdePage, work: WorkspacePage) -> None:
    code = "print('é')\n\nprint('<b>')"
    ide.write(code)
    ide.page.get_by_role("button", name="Make a workspace of this program").click()
    ide.page.wait_for_url(re.compile(r"/w/[0-9a-f]+$"))
    work.url = ide.page.url
    work.open()
    assert work.content_of("main.py") == code
    ide.open()
    expect(ide.code).to_have_text("print('é')print('<b>')")
