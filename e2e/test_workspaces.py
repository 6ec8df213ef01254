"""Journeys through workspaces."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, expect

from e2e.accessibility import axe
from e2e.account_page import AccountPage
from e2e.ide_page import NARROW, WIDE
from e2e.server import Server
from e2e.workspace_page import WorkspacePage

# What a browser says of the answers that these journeys ask for.
_EXPECTED = ("ERR_INTERNET_DISCONNECTED", "409 (Conflict)", "400 (Bad Request)", "status of 404")


def upload_of(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


@pytest.fixture
def new_page(context: BrowserContext, server: Server) -> Iterator[Callable[[], WorkspacePage]]:
    made: list[WorkspacePage] = []

    def make() -> WorkspacePage:
        made.append(WorkspacePage(context.new_page(), server.url))
        return made[-1]

    yield make
    for page in made:
        assert [one for one in page.complaints if not any(e in one for e in _EXPECTED)] == []


@pytest.fixture
def work(new_page: Callable[[], WorkspacePage]) -> WorkspacePage:
    return new_page()


def test_two_files_are_edited_run_and_still_there(work: WorkspacePage) -> None:
    work.begin_with("Python main.py")
    work.create_file("lib/greeting.py")
    work.write("def greet(name):\n    return f'Hello, {name}!'\n")
    work.open_file("main.py")
    work.run("from lib.greeting import greet\nprint(greet('workspace'))\n")
    work.expect_output("Hello, workspace!")
    work.expect_state("Exit 0")
    work.expect_saved()
    work.reload()
    expect(work.code).to_contain_text("from lib.greeting import greet")
    work.open_file("lib/greeting.py")
    expect(work.code).to_contain_text("return f'Hello, {name}!'")
    work.list()
    expect(work.page.get_by_text("Last run fine")).to_be_visible()


def test_what_is_typed_is_saved_within_a_second(work: WorkspacePage) -> None:
    work.begin_with("Python main.py")
    with work.page.expect_response(
        lambda answer: answer.request.method == "PUT" and answer.ok, timeout=1500
    ):
        work.write("print('typed')\n")
    work.expect_saved()


def test_undo_survives_another_tab(work: WorkspacePage) -> None:
    work.begin_with("Two files and some data")
    work.write("first = 1\n")
    work.open_file("weather.py")
    work.write("second = 2\n")
    work.tab("main.py").click()
    work.code.click()
    work.page.keyboard.press("ControlOrMeta+z")
    expect(work.code).to_contain_text("from weather import")


def test_error_leads_to_its_line_in_another_file(work: WorkspacePage) -> None:
    work.begin_with("Two files and some data")
    work.open_file("weather.py")
    work.write("def read(path):\n    return {}\n\ndef warmest(cities):\n    return cities['x']\n")
    work.open_file("main.py")
    work.page.keyboard.press("ControlOrMeta+Enter")
    expect(work.notice).to_contain_text("weather.py")
    work.notice.get_by_role("button", name="Go to line 5").click()
    expect(work.tab("weather.py")).to_have_attribute("aria-selected", "true")
    expect(work.page.locator("[data-cursor]")).to_have_text(re.compile("Ln 5"))


@pytest.mark.parametrize("choice", ["Keep mine", "Take theirs"])
def test_two_tabs_that_write_one_file_are_told(
    new_page: Callable[[], WorkspacePage], choice: str
) -> None:
    first = new_page()
    first.begin_with("Python main.py")
    second = new_page()
    second.url = first.url
    second.open()
    first.write("print('first')")
    first.expect_saved()
    # As where the two are on two devices: the second has not heard of the first.
    second.write("print('second')")
    expect(second.conflict).to_contain_text("main.py was changed elsewhere")
    expect(second.saved).to_have_text("Changed elsewhere")
    second.conflict.get_by_role("button", name=choice).click()
    expect(second.conflict).to_be_hidden()
    second.expect_saved()
    kept = "second" if choice == "Keep mine" else "first"
    expect(second.code).to_have_text(f"print('{kept}')")
    second.reload()
    expect(second.code).to_have_text(f"print('{kept}')")
    if choice == "Take theirs":
        return
    first.reload()
    expect(first.code).to_have_text("print('second')")


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_two_versions_are_merged(new_page: Callable[[], WorkspacePage], size: str) -> None:
    first = new_page()
    first.begin_with("Python main.py")
    lines = [f"print({n})" for n in range(9)]
    first.write("\n".join(lines))
    first.expect_saved()
    second = new_page()
    second.url = first.url
    second.page.set_viewport_size(WIDE if size == "wide" else NARROW)
    second.open()
    first.write("\n".join(["# theirs", *lines]))
    first.expect_saved()
    second.write("\n".join([*lines, "# mine"]))
    second.conflict.get_by_role("button", name="Compare and merge").click()
    expect(second.dialog).to_contain_text("Two versions of main.py")
    take = "Take their change" if size == "wide" else "Theirs"
    second.dialog.get_by_role("button", name=take).first.click()
    second.dialog.get_by_role("button", name="Use this text").click()
    expect(second.conflict).to_be_hidden()
    second.expect_saved()
    merged = ["# theirs", *lines, "# mine"]
    expect(second.code).to_have_text("".join(merged))
    second.reload()
    expect(second.code).to_have_text("".join(merged))
    second.code.click()
    first.reload()
    expect(first.code).to_have_text("".join(merged))


def test_file_deleted_elsewhere_can_be_kept(new_page: Callable[[], WorkspacePage]) -> None:
    first = new_page()
    first.begin_with("Two files and some data")
    second = new_page()
    second.url = first.url
    second.open()
    second.open_file("weather.py")
    first.item("weather.py").focus()
    first.page.keyboard.press("Delete")
    expect(first.item("weather.py")).to_be_hidden()
    second.write("kept = True\n")
    expect(second.conflict).to_contain_text("weather.py was deleted elsewhere")
    second.conflict.get_by_role("button", name="Keep mine").click()
    expect(second.tab("weather.py")).to_have_attribute("aria-selected", "true")
    expect(second.code).to_have_text("kept = True")
    second.expect_saved()


def test_conflict_survives_a_reload(new_page: Callable[[], WorkspacePage]) -> None:
    first = new_page()
    first.begin_with("Python main.py")
    second = new_page()
    second.url = first.url
    second.open()
    first.write("print('first')")
    first.expect_saved()
    second.write("print('second')")
    expect(second.conflict).to_be_visible()
    second.reload()
    expect(second.conflict).to_be_visible()
    expect(second.code).to_have_text("print('second')")


def test_text_written_offline_is_kept_and_saved_later(work: WorkspacePage) -> None:
    work.begin_with("Python main.py")
    work.page.context.set_offline(True)
    work.write("print('offline')")
    expect(work.saved).to_have_text("Offline, kept in this browser")
    work.page.context.set_offline(False)
    work.expect_saved()
    work.reload()
    expect(work.code).to_have_text("print('offline')")


def test_text_written_offline_survives_the_page(work: WorkspacePage) -> None:
    work.begin_with("Python main.py")
    work.page.context.set_offline(True)
    work.write("print('kept here')")
    expect(work.saved).to_have_text("Offline, kept in this browser")
    work.page.goto("about:blank")
    work.page.context.set_offline(False)
    work.open()
    expect(work.code).to_have_text("print('kept here')")
    work.expect_saved()


def test_zip_goes_out_and_comes_in(work: WorkspacePage, tmp_path: Path) -> None:
    work.begin_with("Two files and some data")
    with work.page.expect_download() as download:
        work.page.get_by_role("link", name="Download all as a zip").click()
    path = tmp_path / "mine again.zip"
    download.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        assert sorted(archive.namelist()) == ["data/cities.csv", "main.py", "weather.py"]
    work.list()
    work.page.get_by_label("Zip file").set_input_files(path)
    work.page.get_by_role("button", name="Import").click()
    expect(work.page.get_by_role("heading", name="mine again")).to_be_visible()
    work.wait_until_ready()
    work.run()
    work.expect_output("Warmest: Cairo")


def test_bad_zip_is_refused_with_what_is_wrong(work: WorkspacePage, tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("main.py", "1")
        archive.writestr("../evil.py", "2")
    work.list()
    bad = upload_of("x.zip", out.getvalue())
    work.page.get_by_label("Zip file").set_input_files([bad])
    work.page.get_by_role("button", name="Import").click()
    expect(work.page.get_by_role("status")).to_contain_text("../evil.py")


def test_uploaded_binary_file_reaches_the_program(work: WorkspacePage) -> None:
    work.begin_with("Python main.py")
    sent = upload_of("x.bin", bytes([255, 0, 10]))
    work.page.locator("[data-upload-input]").set_input_files([sent])
    expect(work.item("x.bin")).to_be_visible()
    work.item("x.bin").click()
    expect(work.page.get_by_text("This file is no text")).to_be_visible()
    work.open_file("main.py")
    work.run("print(open('x.bin', 'rb').read())")
    work.expect_output(r"b'\xff\x00\n'")


def test_upload_of_a_name_that_is_there_asks_first(work: WorkspacePage) -> None:
    work.begin_with("Two files and some data")
    sent = upload_of("weather.py", b"replaced = True\n")
    work.page.locator("[data-upload-input]").set_input_files([sent])
    expect(work.said).to_contain_text("weather.py is there already")
    work.said.get_by_role("button", name="Replace").click()
    work.open_file("weather.py")
    expect(work.code).to_have_text("replaced = True")


def test_dropped_file_lands_in_the_folder(work: WorkspacePage) -> None:
    work.begin_with("Two files and some data")
    work.page.evaluate(
        """() => {
          const transfer = new DataTransfer();
          transfer.items.add(new File(['a,b'], 'dropped.csv'));
          const folder = document.querySelector('[data-path="data"]');
          folder.dispatchEvent(new DragEvent('drop', { bubbles: true, dataTransfer: transfer }));
        }"""
    )
    expect(work.item("data/dropped.csv")).to_be_visible()


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


def test_refused_name_is_said_in_the_dialog(work: WorkspacePage) -> None:
    work.begin_with("Python main.py")
    work.page.get_by_role("button", name="New file").click()
    work.dialog.get_by_label("Name").fill("../x")
    work.page.keyboard.press("Enter")
    expect(work.dialog.get_by_role("alert")).to_contain_text("Must not hold '..'")
    work.page.keyboard.press("Escape")
    expect(work.dialog).to_be_hidden()


def test_page_finds_the_files_beside_it(work: WorkspacePage) -> None:
    work.begin_with("A page with style")
    work.run()
    page = work.page.frame_locator("[data-preview] iframe")
    page.get_by_role("button", name="Press me").click()
    expect(page.get_by_text("Pressed once.")).to_be_visible()


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
    expect(rows).to_have_count(2)


def test_list_works_without_javascript(browser: Browser, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=WIDE)
    page = context.new_page()
    page.goto(f"{server.url}/workspaces")
    page.get_by_role("button", name="Guess the number").click()
    expect(page.get_by_role("link", name="download all files")).to_be_visible()
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
