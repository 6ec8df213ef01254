"""The list of problems: every error of the last run, and the way to its line."""

import pytest
from playwright.sync_api import Locator, expect

from e2e.accessibility import axe
from e2e.conftest import both_runners
from e2e.ide_page import NARROW, IdePage
from e2e.workspace_page import WorkspacePage

pytestmark = both_runners

TWO_ERRORS = "int main() {\n  one = 1;\n\n  two = 2;\n}\n"


def tab(ide: IdePage) -> Locator:
    return ide.page.get_by_role("tab", name="Problems")


def problems(ide: IdePage) -> Locator:
    return ide.page.locator("[data-problems]").get_by_role("button")


def test_every_error_of_a_compiler_leads_to_its_line(ide: IdePage) -> None:
    ide.choose("cpp")
    ide.run(TWO_ERRORS)
    expect(tab(ide)).to_have_text("Problems 2", timeout=20_000)
    tab(ide).click()
    expect(problems(ide)).to_have_count(2)
    expect(problems(ide).nth(1)).to_contain_text("was not declared in this scope")
    expect(problems(ide).nth(1)).to_contain_text("main.cpp:4:3")
    problems(ide).nth(1).click()
    expect(ide.page.locator("[data-cursor]")).to_have_text("Ln 4, Col 3")
    expect(ide.code).to_be_focused()
    assert axe(ide.page) == []
    ide.run("int main() {}")
    ide.expect_state("Exit 0")
    expect(tab(ide)).to_have_text("Problems")


def test_an_error_in_another_file_opens_it(work: WorkspacePage) -> None:
    work.create_file("lib/sums.py")
    work.write("def add(a, b):\n    return a + c\n")
    work.open_file("main.py")
    work.run("from lib.sums import add\nprint(add(1, 2))\n")
    status = work.page.get_by_role("button", name="1 problem")
    status.click()
    expect(problems(work)).to_be_focused()
    work.page.keyboard.press("Enter")
    expect(work.tab("sums.py")).to_have_attribute("aria-selected", "true")
    expect(work.page.locator("[data-cursor]")).to_contain_text("Ln 2")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_reaches_them_by_the_status_bar(work: WorkspacePage, theme: str) -> None:
    work.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    work.page.set_viewport_size(NARROW)
    work.write("print(undefined_name)")
    work.run_button.click()
    work.page.get_by_role("button", name="1 problem").click()
    expect(problems(work)).to_contain_text("undefined_name")
    assert axe(work.page) == []
    problems(work).click()
    expect(work.code).to_be_visible()


def test_a_line_is_marked_after_a_reload_where_the_text_is_the_one_that_ran(
    work: WorkspacePage,
) -> None:
    mark = work.page.locator(".cm-error-line")
    work.create_file("lib/sums.py")
    work.write("def add(a, b):\n    return a + c\n")
    work.open_file("main.py")
    work.run("from lib.sums import add\nprint(add(1, 2))\n")
    expect(work.notice).to_contain_text("NameError")
    work.notice.get_by_role("button", name="Go to line 2").click()
    expect(work.notice.locator("code")).to_have_text("return a + c")
    work.expect_saved()
    work.reload()
    expect(work.notice.locator("code")).to_have_text("return a + c")
    expect(mark).to_contain_text("return a + c")
    work.page.get_by_role("textbox", name="Code of lib/sums.py").click()
    work.page.keyboard.press("ControlOrMeta+End")
    work.page.keyboard.type("# changed")
    expect(mark).to_have_count(0)
    work.expect_saved()
    work.reload()
    expect(tab(work)).to_have_text("Problems 1")
    expect(work.notice).to_contain_text("NameError")
    expect(work.notice.locator("code")).to_have_count(0)
    expect(mark).to_have_count(0)


def test_no_line_of_the_scratchpad_is_marked_after_a_reload_that_was_changed(ide: IdePage) -> None:
    mark = ide.page.locator(".cm-error-line")
    ide.run("print('fine')\nprint(missing)\n")
    expect(mark).to_contain_text("missing")
    ide.reload()
    expect(mark).to_contain_text("missing")
    ide.write("print('fine')\nprint('mended')\n")
    expect(ide.page.locator("[data-saved]")).to_have_text("Saved")
    ide.reload()
    expect(tab(ide)).to_have_text("Problems 1")
    expect(mark).to_have_count(0)
