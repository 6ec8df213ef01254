"""Two windows of one browser on one workspace, side by side: each shows what the other does."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from e2e.workspace_page import WorkspacePage

Windows = tuple[WorkspacePage, WorkspacePage]


@pytest.fixture
def windows(new_work: Callable[[], WorkspacePage]) -> Windows:
    first = new_work()
    first.begin_with("Two files and some data")
    second = new_work()
    second.url = first.url
    second.open()
    return first, second


def test_text_and_its_run_are_those_of_the_other_window(windows: Windows) -> None:
    first, second = windows
    first.write("print('typed', 'elsewhere')")
    expect(second.code).to_have_text("print('typed', 'elsewhere')")
    second.run()
    second.expect_output("typed elsewhere")
    second.write("print('and back')")
    expect(first.code).to_have_text("print('and back')")
    expect(first.conflict).to_be_hidden()


def test_list_of_files_is_that_of_the_other_window(windows: Windows) -> None:
    first, second = windows
    second.open_file("weather.py")
    first.create_file("notes.txt")
    expect(second.item("notes.txt")).to_be_visible()
    first.item("weather.py").focus()
    first.page.keyboard.press("F2")
    first.dialog.get_by_label("Name").fill("climate.py")
    first.dialog.get_by_role("button", name="Rename").click()
    expect(second.item("climate.py")).to_be_visible()
    expect(second.item("weather.py")).to_be_hidden()
    expect(second.tab("climate.py")).to_have_attribute("aria-selected", "true")
    first.item("climate.py").focus()
    first.page.keyboard.press("Delete")
    expect(second.tab("climate.py")).to_be_hidden()
    first.said.get_by_role("button", name="Undo").click()
    expect(second.item("climate.py")).to_be_visible()


def test_what_one_types_stays_while_the_other_window_saves(windows: Windows) -> None:
    first, second = windows
    second.open_file("weather.py")
    second.code.press("ControlOrMeta+a")
    for n in range(20):
        first.code.press_sequentially(f"#{n}")
        second.code.press_sequentially(f"{n};", delay=30)
    typed = "".join(f"{n};" for n in range(20))
    for window in windows:
        window.expect_saved()
    expect(second.code).to_have_text(typed)
    assert second.content_of("weather.py") == typed
    expect(first.code).to_have_text(re.compile("#18#19"))
