"""Searching and replacing in all files, as a user meets it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from e2e.accessibility import axe
from e2e.ide_page import NARROW
from e2e.server import Server
from e2e.workspace_page import WorkspacePage, upload_of

KEYS = "ControlOrMeta+Shift+h"


@pytest.fixture
def work(context: BrowserContext, server: Server) -> Iterator[WorkspacePage]:
    work = WorkspacePage(context.new_page(), server.url)
    work.begin_with("Python main.py")
    work.write("total = 1\nprint(total)\n")
    work.create_file("lib/sums.py")
    work.write("def total_of(all):\n    return sum(all)\n")
    work.expect_saved()
    yield work
    assert work.complaints == []


def lines(work: WorkspacePage) -> Locator:
    return work.dialog.get_by_role("listitem")


def query(work: WorkspacePage, text: str) -> None:
    work.page.keyboard.press(KEYS)
    work.dialog.get_by_label("Search", exact=True).fill(text)


def test_a_result_leads_to_its_line(work: WorkspacePage) -> None:
    query(work, "total")
    expect(work.dialog).to_contain_text("Found 3 times in 2 files.")
    expect(lines(work)).to_have_count(3)
    work.page.keyboard.press("Enter")
    expect(lines(work).first.get_by_role("button").first).to_be_focused()
    lines(work).filter(has_text="print(total)").get_by_role("button").first.click()
    expect(work.dialog).to_be_hidden()
    expect(work.tab("main.py")).to_have_attribute("aria-selected", "true")
    expect(work.page.locator("[data-cursor]")).to_have_text("Ln 2, Col 7")


def test_all_is_replaced_saved_and_taken_back(work: WorkspacePage) -> None:
    query(work, "total")
    work.dialog.get_by_label("Replace with").fill("amount")
    work.dialog.get_by_label("Whole words").check()
    expect(work.dialog).to_contain_text("Found 2 times in 1 file.")
    work.dialog.get_by_role("button", name="Replace all 2").click()
    expect(work.dialog).to_contain_text("Replaced 2 times. Undo in a file takes it back.")
    work.page.keyboard.press("Escape")
    work.expect_saved()
    work.reload()
    work.open_file("main.py")
    expect(work.code).to_contain_text("amount = 1")
    work.open_file("lib/sums.py")
    expect(work.code).to_contain_text("total_of")


def test_undo_takes_it_back_in_a_file_that_was_never_open(work: WorkspacePage) -> None:
    work.tab("main.py").focus()
    work.page.keyboard.press("Delete")
    expect(work.tab("main.py")).to_be_hidden()
    work.reload()
    query(work, "1")
    work.dialog.get_by_label("Replace with").fill("2")
    lines(work).get_by_role("button", name="Replace in line 1 of main.py").click()
    expect(work.dialog).to_contain_text("Replaced once.")
    work.page.keyboard.press("Escape")
    work.open_file("main.py")
    expect(work.code).to_contain_text("total = 2")
    work.code.click()
    work.page.keyboard.press("ControlOrMeta+z")
    expect(work.code).to_contain_text("total = 1")
    work.expect_saved()


def test_patterns_and_what_is_wrong_with_them(work: WorkspacePage) -> None:
    query(work, "(\\w+)\\(")
    work.dialog.get_by_label("Regular expression").check()
    expect(work.dialog).to_contain_text("Found 3 times in 2 files.")
    work.dialog.get_by_label("Search", exact=True).fill("(")
    expect(work.dialog.get_by_role("status")).to_contain_text("This is no regular expression")
    work.dialog.get_by_label("Search", exact=True).fill("^(\\w|\\w\\w)*!$|(a+)+$")
    expect(work.dialog.get_by_role("status")).to_contain_text("Nothing found.")


def test_nothing_is_replaced_by_results_of_the_words_before(work: WorkspacePage) -> None:
    query(work, "total")
    work.dialog.get_by_label("Replace with").fill("amount")
    replace = work.dialog.get_by_role("button", name="Replace all 3")
    expect(replace).to_be_enabled()
    # In one task with the typing, as whoever is quicker than the search.
    work.page.evaluate(
        """() => {
          const query = document.querySelector('[name=query]');
          query.value = 'nowhere';
          query.dispatchEvent(new Event('input', { bubbles: true }));
          document.querySelector('[data-search-replace-all]').click();
          for (const one of document.querySelectorAll('[aria-label^="Replace in"]')) one.click();
        }"""
    )
    expect(work.dialog).to_contain_text("Nothing found.")
    work.page.keyboard.press("Escape")
    expect(work.code).to_contain_text("def total_of")
    work.open_file("main.py")
    expect(work.code).to_contain_text("total = 1")


def test_files_that_changed_meanwhile_are_searched_anew(work: WorkspacePage) -> None:
    query(work, "total")
    work.dialog.get_by_label("Replace with").fill("amount")
    expect(work.dialog.get_by_role("button", name="Replace all 3")).to_be_enabled()
    work.page.evaluate(
        """async () => {
          const id = document.querySelector('[data-path="main.py"]').dataset.file;
          const token = document.cookie.match(/csrftoken=(\\w+)/)[1];
          const headers = { 'Content-Type': 'application/json', 'X-CSRFToken': token };
          const files = await (await fetch(`${location.pathname}/files`)).json();
          const { version } = files.files.find((file) => String(file.id) === id);
          const body = JSON.stringify({ content: 'subtotal = total = 1', version });
          await fetch(`${location.pathname}/files/${id}`, { method: 'PUT', headers, body });
          document.dispatchEvent(new Event('visibilitychange'));
        }"""
    )
    expect(work.page.locator(".cm-content")).to_contain_text("total_of")
    work.page.wait_for_load_state("networkidle")
    work.dialog.get_by_role("button", name="Replace all 3").click()
    expect(work.dialog).to_contain_text("Files have changed meanwhile.")
    work.dialog.get_by_role("button", name="Replace all 3").click()
    expect(work.dialog).to_contain_text("Replaced 3 times")
    work.page.keyboard.press("Escape")
    work.open_file("main.py")
    expect(work.code).to_have_text("subamount = amount = 1")
    work.expect_saved()


def test_line_ends_outlive_a_replacement(work: WorkspacePage) -> None:
    sent = upload_of("data.txt", b"a\r\nb a\r\na\r\n")
    work.page.locator("[data-upload-input]").set_input_files([sent])
    expect(work.item("lib/data.txt")).to_be_visible()
    query(work, "a")
    work.dialog.get_by_label("Replace with").fill("long")
    work.dialog.get_by_label("Whole words").check()
    work.dialog.get_by_role("button", name="Replace all 3").click()
    expect(work.dialog).to_contain_text("Replaced 3 times")
    work.page.keyboard.press("Escape")
    work.expect_saved()
    assert work.content_of("lib/data.txt") == "long\r\nb long\r\nlong\r\n"
    work.open_file("lib/data.txt")
    expect(work.code).to_have_text("longb longlong")
    work.code.press("ControlOrMeta+z")
    work.expect_saved()
    assert work.content_of("lib/data.txt") == "a\r\nb a\r\na\r\n"


def test_a_pattern_without_end_freezes_nothing(work: WorkspacePage) -> None:
    work.open_file("main.py")
    work.write("a" * 60 + "!")
    query(work, "(a|a)*$")
    work.dialog.get_by_label("Regular expression").check()
    status = work.dialog.get_by_role("status")
    expect(status).to_contain_text("This pattern takes too long. Try a simpler one.")
    assert work.page.evaluate("1 + 1") == 2


def test_axe_finds_nothing_wide_and_on_a_phone(work: WorkspacePage) -> None:
    query(work, "total")
    expect(lines(work)).to_have_count(3)
    assert axe(work.page) == []
    work.page.set_viewport_size(NARROW)
    work.page.emulate_media(color_scheme="dark")
    assert axe(work.page) == []


def test_pattern_that_is_none_is_said_and_replaces_nothing(work: WorkspacePage) -> None:
    query(work, "total(")
    work.dialog.get_by_label("Regular expression").check()
    expect(work.dialog).to_contain_text("This is no regular expression")
    replace = work.dialog.get_by_role("button", name="Replace", exact=True)
    expect(replace).to_be_disabled()
    expect(lines(work)).to_have_count(0)
    assert axe(work.page) == []
