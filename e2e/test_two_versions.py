"""Two tabs or devices that write one file: both texts stay until somebody chooses."""

import contextlib
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Error, Page, expect

from e2e.accessibility import axe
from e2e.ide_page import NARROW, WIDE
from e2e.workspace_page import WorkspacePage, upload_of

# Of a server that is away, or of a browser that is offline.
KEPT_HERE = re.compile("kept in this browser$")

FILES = "**/files/*"
WITHOUT = {
    "locks": "Object.defineProperty(navigator, 'locks', { value: undefined })",
    "storage": """for (const area of ['localStorage', 'sessionStorage']) {
        Object.defineProperty(window, area, { get() { throw new Error('SecurityError'); } });
    }""",
}


def another(new_work: Callable[[], WorkspacePage], first: WorkspacePage) -> WorkspacePage:
    """The same workspace as on another device, which hears of the first only from the server."""
    second = new_work()
    second.page.add_init_script("delete window.BroadcastChannel")
    second.url = first.url
    second.open()
    return second


def deleted_while_typed(
    new_work: Callable[[], WorkspacePage], text: str
) -> tuple[WorkspacePage, WorkspacePage]:
    """The first has deleted weather.py, into which the second has typed the text since."""
    first = new_work()
    first.begin_with("Two files and some data")
    second = another(new_work, first)
    second.open_file("weather.py")
    first.item("weather.py").focus()
    first.page.keyboard.press("Delete")
    expect(first.item("weather.py")).to_be_hidden()
    second.write(text)
    expect(second.conflict).to_contain_text("weather.py was deleted elsewhere")
    return first, second


def restore_run(work: WorkspacePage) -> None:
    """The workspace's only run, from another tab."""
    restored_run(work).close()


def restored_run(work: WorkspacePage) -> Page:
    """That tab."""
    page = work.page.context.new_page()
    page.goto(f"{work.url}/runs")
    page.get_by_role("list", name="Runs, the newest first").get_by_role("link").first.click()
    page.get_by_role("button", name="Restore these files").click()
    expect(page.get_by_text("has the files of this run now")).to_be_visible()
    return page


def look_again(work: WorkspacePage) -> None:
    """As when one comes back to the tab."""
    work.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


@pytest.mark.parametrize("choice", ["Keep mine", "Take theirs"])
def test_two_tabs_that_write_one_file_are_told(
    new_work: Callable[[], WorkspacePage], choice: str
) -> None:
    first = new_work()
    first.begin_with("Python main.py")
    second = another(new_work, first)
    first.write("print('first')")
    first.expect_saved()
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
def test_two_versions_are_merged(new_work: Callable[[], WorkspacePage], size: str) -> None:
    first = new_work()
    first.begin_with("Python main.py")
    lines = [f"print({n})" for n in range(9)]
    first.write("\n".join(lines))
    first.expect_saved()
    second = another(new_work, first)
    second.page.set_viewport_size(WIDE if size == "wide" else NARROW)
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


def test_file_deleted_elsewhere_can_be_kept(new_work: Callable[[], WorkspacePage]) -> None:
    _, second = deleted_while_typed(new_work, "kept = True\n")
    second.conflict.get_by_role("button", name="Save as a file again").click()
    expect(second.tab("weather.py")).to_have_attribute("aria-selected", "true")
    expect(second.code).to_have_text("kept = True")
    second.expect_saved()


def test_text_of_a_deleted_file_goes_on_where_that_is_undone(
    new_work: Callable[[], WorkspacePage],
) -> None:
    first, second = deleted_while_typed(new_work, "mine = True\n")
    first.said.get_by_role("button", name="Undo").click()
    expect(first.item("weather.py")).to_be_visible()
    look_again(second)
    expect(second.conflict).to_be_hidden()
    second.expect_saved()
    assert second.content_of("weather.py") == "mine = True\n"


def test_conflict_survives_a_reload(new_work: Callable[[], WorkspacePage]) -> None:
    first = new_work()
    first.begin_with("Python main.py")
    second = another(new_work, first)
    first.write("print('first')")
    first.expect_saved()
    second.write("print('second')")
    expect(second.conflict).to_be_visible()
    second.reload()
    expect(second.conflict).to_be_visible()
    expect(second.code).to_have_text("print('second')")


def test_text_of_a_deleted_file_is_offered_after_a_reload(
    new_work: Callable[[], WorkspacePage],
) -> None:
    _, second = deleted_while_typed(new_work, "kept = True\n")
    second.reload()
    expect(second.conflict).to_contain_text("weather.py was deleted elsewhere")
    expect(second.code).to_have_text("kept = True")
    second.conflict.get_by_role("button", name="Copy my text").click()
    expect(second.conflict).to_contain_text(re.compile("copied|copy it"))
    second.conflict.get_by_role("button", name="Save as a file again").click()
    expect(second.conflict).to_be_hidden()
    second.expect_saved()
    second.reload()
    second.open_file("weather.py")
    expect(second.code).to_have_text("kept = True")


def test_text_of_a_deleted_file_can_be_discarded(new_work: Callable[[], WorkspacePage]) -> None:
    _, second = deleted_while_typed(new_work, "kept = True\n")
    second.conflict.get_by_role("button", name="Discard my text").click()
    expect(second.conflict).to_be_hidden()
    expect(second.tab("weather.py")).to_be_hidden()
    second.reload()
    second.expect_saved()
    expect(second.conflict).to_be_hidden()


@pytest.mark.parametrize("when", ["at once", "after a reload"])
def test_unsaved_text_meets_a_restored_run(
    new_work: Callable[[], WorkspacePage], when: str
) -> None:
    first = new_work()
    first.begin_with("Python main.py")
    first.run("print('as it was')")
    first.expect_state("Exit 0")
    first.write("print('later')")
    first.expect_saved()
    second = another(new_work, first)
    second.page.route(FILES, lambda route: route.abort("internetdisconnected"))
    second.write("print('mine')")
    expect(second.saved).to_have_text(KEPT_HERE)
    restore_run(first)
    second.page.unroute(FILES)
    if when == "after a reload":
        second.reload()
    expect(second.conflict).to_contain_text("main.py was changed elsewhere")
    expect(second.code).to_have_text("print('mine')")
    expect(second.page.get_by_role("tablist", name="Open files").get_by_role("tab")).to_have_count(
        1
    )
    second.conflict.get_by_role("button", name="Compare and merge").click()
    expect(second.dialog.get_by_role("textbox")).to_contain_text(
        ["print('as it was')", "print('mine')"]
    )
    second.dialog.get_by_role("button", name="Use this text").click()
    second.expect_saved()
    second.reload()
    expect(second.code).to_have_text("print('mine')")


def test_restored_text_can_be_taken_back_where_nothing_was_typed(
    new_work: Callable[[], WorkspacePage],
) -> None:
    first = new_work()
    first.begin_with("Python main.py")
    first.run("print('as it was')")
    first.expect_state("Exit 0")
    first.write("print('later')")
    first.expect_saved()
    restore_run(first)
    look_again(first)
    expect(first.code).to_have_text("print('as it was')")
    first.code.press("ControlOrMeta+z")
    expect(first.code).to_have_text("print('later')")
    first.expect_saved()


def test_restored_run_is_seen_in_other_tabs_and_so_is_its_undo(work: WorkspacePage) -> None:
    work.run("print('as it was')")
    work.expect_state("Exit 0")
    work.write("print('later')")
    work.expect_saved()
    page = restored_run(work)
    expect(work.code).to_have_text("print('as it was')")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("has its files back")).to_be_visible()
    expect(work.code).to_have_text("print('later')")


def test_two_tabs_keep_their_unsaved_texts_apart(new_work: Callable[[], WorkspacePage]) -> None:
    first = new_work()
    first.begin_with("Python main.py")
    with first.page.expect_popup() as popup:  # which has the session of its opener, as a duplicate
        first.page.evaluate("void open(location.href)")
    second = WorkspacePage(popup.value, first.base)
    second.wait_until_ready()
    for work, text in ((first, "first"), (second, "second")):
        work.page.route(FILES, lambda route: route.abort("internetdisconnected"))
        work.write(f"print('{text}')")
        expect(work.saved).to_have_text(KEPT_HERE)
    first.reload()
    expect(first.code).to_have_text("print('first')")
    second.page.reload()
    expect(second.code).to_have_text("print('second')")


def test_text_of_a_closed_tab_is_in_the_next(new_work: Callable[[], WorkspacePage]) -> None:
    first = new_work()
    first.begin_with("Python main.py")
    second = another(new_work, first)
    second.page.route(FILES, lambda route: route.abort("internetdisconnected"))
    second.write("print('left')")
    expect(second.saved).to_have_text(KEPT_HERE)
    second.page.close()
    third = another(new_work, first)
    expect(third.code).to_have_text("print('left')")
    third.expect_saved()
    third.reload()
    expect(third.code).to_have_text("print('left')")
    drafts = "Object.keys(localStorage).filter((key) => key.startsWith('cloudrun.file.'))"
    assert third.page.evaluate(drafts) == []


def test_texts_of_two_crashed_tabs_are_both_found_again(
    new_work: Callable[[], WorkspacePage],
) -> None:
    first = new_work()
    first.begin_with("Python main.py")
    second = another(new_work, first)
    context = first.page.context
    context.set_offline(True)
    for work, text in ((first, "first"), (second, "second")):
        work.write(f"print('{text}')")
        expect(work.saved).to_have_text(KEPT_HERE)
    for work in (first, second):
        with contextlib.suppress(Error):
            work.page.goto("chrome://crash")  # a page that is closed saves on its way out
        work.page.close()
    context.set_offline(False)
    third = another(new_work, first)
    expect(third.conflict).to_contain_text("main.py was changed elsewhere")
    both = {third.content_of("main.py"), third.code.inner_text()}
    assert both == {"print('first')", "print('second')"}


@pytest.mark.parametrize("missing", ["locks", "storage"])
def test_texts_are_saved_without(new_work: Callable[[], WorkspacePage], missing: str) -> None:
    work = new_work()
    work.page.add_init_script(WITHOUT[missing])
    work.begin_with("Python main.py")
    work.write("print('saved')")
    work.expect_saved()
    work.page.route(FILES, lambda route: route.abort("internetdisconnected"))
    work.write("print('offline')")
    if missing == "storage":
        expect(work.saved).to_have_text("Not saved")
        return
    expect(work.saved).to_have_text(KEPT_HERE)
    work.reload()
    expect(work.code).to_have_text("print('offline')")
    work.page.unroute(FILES)
    work.expect_saved()


@pytest.mark.parametrize("choice", ["Keep both", "Keep mine", "Take theirs"])
def test_text_that_became_no_text_elsewhere(
    new_work: Callable[[], WorkspacePage], choice: str
) -> None:
    first = new_work()
    first.begin_with("Two files and some data")
    second = another(new_work, first)
    second.open_file("weather.py")
    binary = upload_of("weather.py", bytes([255, 0, 10]))
    first.page.locator("[data-upload-input]").set_input_files([binary])
    first.said.get_by_role("button", name="Replace").click()
    expect(first.said).to_contain_text("Uploaded.")
    second.write("mine = True")
    expect(second.conflict).to_contain_text("by a file that is no text")
    expect(second.code).to_have_text("mine = True")
    assert axe(second.page) == []
    second.conflict.get_by_role("button", name=choice).click()
    expect(second.conflict).to_be_hidden()
    second.expect_saved()
    if choice == "Keep both":
        expect(second.tab("weather (mine).py")).to_have_attribute("aria-selected", "true")
        expect(second.item("weather.py")).to_be_visible()
    if choice == "Take theirs":
        expect(second.page.get_by_text("This file is no text")).to_be_visible()
    else:
        expect(second.code).to_have_text("mine = True")
