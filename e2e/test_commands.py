"""Everything by the keyboard: the palette, the shortcuts, and the way from part to part."""

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from e2e.accessibility import axe
from e2e.ide_page import NARROW, WIDE, IdePage
from e2e.workspace_page import WorkspacePage

ENDLESS = "import time\nprint('going', flush=True)\ntime.sleep(60)"


def palette(ide: IdePage) -> Locator:
    return ide.page.get_by_role("dialog", name="Commands")


def command(ide: IdePage, typed: str) -> None:
    """Do what the palette offers first for what is typed."""
    ide.page.keyboard.press("F1")
    expect(palette(ide)).to_be_visible()
    ide.page.keyboard.type(typed)
    ide.page.keyboard.press("Enter")
    expect(palette(ide)).to_be_hidden()


def test_old_shortcuts_run_stop_clear_and_save(ide: IdePage) -> None:
    ide.run(ENDLESS)
    ide.expect_output("going")
    ide.press("ControlOrMeta+Shift+s")
    ide.expect_state("Stopped")
    ide.page.keyboard.press("ControlOrMeta+k")
    expect(ide.page.get_by_text("Nothing has run yet")).to_be_visible()
    ide.code.click()
    ide.page.keyboard.type("# kept")
    ide.page.keyboard.press("ControlOrMeta+s")
    expect(ide.page.locator("[data-saved]")).to_have_text("Saved")
    ide.reload()
    expect(ide.code).to_contain_text("# kept")


def test_palette_runs_and_stops_a_program(ide: IdePage) -> None:
    ide.write(ENDLESS)
    command(ide, "run pro")
    ide.expect_output("going")
    ide.stop_button.focus()
    command(ide, "stop")
    ide.expect_state("Stopped")


def test_palette_is_chosen_from_with_the_arrow_keys_and_closed_with_escape(ide: IdePage) -> None:
    ide.page.get_by_role("button", name="Commands").click()
    field = palette(ide).get_by_role("combobox")
    expect(field).to_be_focused()
    first, second = (palette(ide).get_by_role("option").nth(n) for n in (0, 1))
    expect(first).to_have_attribute("aria-selected", "true")
    ide.page.keyboard.press("ArrowDown")
    expect(second).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == second.get_attribute("id")
    ide.page.keyboard.press("ArrowUp")
    ide.page.keyboard.press("ArrowUp")
    expect(palette(ide).get_by_role("option").last).to_have_attribute("aria-selected", "true")
    field.fill("no such thing at all")
    expect(palette(ide).get_by_text("No command is called so.")).to_be_visible()
    ide.page.keyboard.press("Escape")
    expect(palette(ide)).to_be_hidden()


def test_what_cannot_be_done_is_not_offered(ide: IdePage) -> None:
    ide.page.keyboard.press("F1")
    expect(palette(ide).get_by_role("option", name="Run the program")).to_be_visible()
    expect(palette(ide).get_by_role("option", name="Stop the program")).to_be_hidden()


def test_sheet_shows_all_keys(ide: IdePage) -> None:
    ide.page.keyboard.press("Shift+F1")
    sheet = ide.page.get_by_role("dialog", name="Keyboard shortcuts")
    for words in ("Run the program", "Stop the program", "Clear the output", "Go to a line"):
        expect(sheet.get_by_text(words)).to_be_visible()
    groups = sheet.get_by_role("region", name="Keyboard shortcuts")
    assert groups.evaluate("(element) => element.scrollWidth <= element.clientWidth")
    ide.page.keyboard.press("Enter")
    expect(sheet).to_be_hidden()


def test_keys_belong_to_the_program_that_reads_them(ide: IdePage) -> None:
    """But for those that start and stop it."""
    ide.choose("ubuntu")
    ide.run("cat -v")
    ide.page.locator("[data-terminal]").click()
    ide.page.keyboard.type("abc")
    ide.page.keyboard.press("Home")
    ide.page.keyboard.press("Control+k")
    expect(ide.terminal).to_contain_text("abc")
    expect(ide.terminal).to_contain_text("^K")
    ide.page.keyboard.press("Control+Shift+s")
    ide.expect_state("Stopped")


def test_files_are_opened_by_name_and_parts_are_gone_through(work: WorkspacePage) -> None:
    work.create_file("lib/words.py")
    command(work, "open main")
    expect(work.tab("main.py")).to_have_attribute("aria-selected", "true")
    expect(work.code).to_be_focused()
    work.page.keyboard.press("F6")
    expect(work.typed_into).to_be_focused()
    work.page.keyboard.press("F6")
    expect(work.item("main.py")).to_be_focused()
    work.page.keyboard.press("F6")
    expect(work.code).to_be_focused()
    command(work, "go to a line")
    expect(work.page.get_by_role("textbox", name="Go to line")).to_be_focused()


@pytest.mark.parametrize("size", ["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(work: WorkspacePage, scheme: Any, size: str) -> None:
    work.page.emulate_media(color_scheme=scheme)
    work.page.set_viewport_size(WIDE if size == "wide" else NARROW)
    for keys in ("F1", "Shift+F1"):
        work.page.keyboard.press(keys)
        assert axe(work.page) == []
        work.page.keyboard.press("Escape")
