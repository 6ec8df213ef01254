"""Files are edited and run, and what is typed is there tomorrow, with a network or without."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from e2e.workspace_page import WorkspacePage, upload_of


@pytest.fixture
def work(new_work: Callable[[], WorkspacePage]) -> WorkspacePage:
    return new_work()


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


def test_page_finds_the_files_beside_it(work: WorkspacePage) -> None:
    work.begin_with("A page with style")
    work.run()
    work.expect_state("Page shown")
    expect(work.page.locator("[data-preview-frames] iframe")).to_have_count(1)  # none loads behind
    page = work.page.frame_locator("[data-preview] iframe")
    page.get_by_role("button", name="Press me").click()
    expect(page.get_by_text("Pressed once.")).to_be_visible()


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


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends_stay_as_they_are(work: WorkspacePage, end: str) -> None:
    work.begin_with("Python main.py")
    sent = upload_of("data.txt", end.join(["one", "two", "three", ""]).encode())
    work.page.locator("[data-upload-input]").set_input_files([sent])
    work.open_file("data.txt")
    work.code.press("ControlOrMeta+Home")
    work.code.press_sequentially("zero\n")
    expect(work.code).to_have_text("zeroonetwothree")
    work.expect_saved()
    assert work.content_of("data.txt") == end.join(["zero", "one", "two", "three", ""])
    work.reload()
    work.open_file("data.txt")
    work.code.press("ControlOrMeta+End")
    work.code.press_sequentially("end")
    work.expect_saved()
    assert work.content_of("data.txt") == end.join(["zero", "one", "two", "three", "end"])


def test_lines_with_mixed_ends_keep_theirs(work: WorkspacePage) -> None:
    work.begin_with("Python main.py")
    work.page.locator("[data-upload-input]").set_input_files(
        [upload_of("data.txt", b"a\r\nb\nc\r\nd\re\r\n")]
    )
    work.open_file("data.txt")
    work.code.press("ControlOrMeta+Home")
    work.code.press_sequentially("x\n")
    expect(work.code).to_have_text("xabcde")
    work.expect_saved()
    assert work.content_of("data.txt") == "x\r\na\r\nb\nc\r\nd\re\r\n"
