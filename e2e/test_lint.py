"""What is wrong is shown while one types, and mended with a click; what one types is completed."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from e2e.accessibility import axe
from e2e.ide_page import NARROW, WIDE, IdePage
from e2e.workspace_page import WorkspacePage


def underlined(ide: IdePage, severity: str) -> Locator:
    return ide.page.locator(f".cm-lintRange-{severity}")


def options(ide: IdePage) -> Locator:
    return ide.page.locator(".cm-tooltip-autocomplete [role=option]")


def test_problems_are_underlined_as_one_types_and_go_when_mended(ide: IdePage) -> None:
    ide.write("import os\nprint(undefined)\n")
    expect(underlined(ide, "error")).to_have_text("undefined")
    expect(underlined(ide, "warning")).to_have_text("os")
    ide.write("print(1)\n")
    expect(underlined(ide, "error")).to_have_count(0)
    expect(underlined(ide, "warning")).to_have_count(0)


def test_keyboard_goes_to_the_next_problem_and_a_click_mends_it(ide: IdePage) -> None:
    ide.write("import os\n\nprint(1)\n")
    expect(underlined(ide, "warning")).to_be_visible()
    ide.code.press("F8")
    said = ide.page.locator(".cm-tooltip-lint")
    expect(said).to_contain_text("`os` imported but unused")
    said.get_by_role("button", name="Remove unused import: `os`").click()
    expect(ide.page.locator(".cm-line").first).to_have_text("")
    expect(underlined(ide, "warning")).to_have_count(0)


def test_columns_are_right_behind_letters_of_two_units(ide: IdePage) -> None:
    ide.write('print("\U0001f600\U0001f600", nowhere)\n')
    expect(underlined(ide, "error")).to_have_text("nowhere")


def test_linter_is_loaded_by_the_first_change_only(ide: IdePage) -> None:
    asked: list[str] = []
    ide.page.on("request", lambda request: asked.append(request.url))
    ide.reload()
    ide.page.wait_for_timeout(1500)
    assert not any("wasm" in url or "lint-worker" in url for url in asked)
    ide.write("x = = 1\n")
    expect(underlined(ide, "error").first).to_be_visible()
    assert any("ruff_wasm" in url for url in asked)


def test_linter_begins_when_somebody_rests(ide: IdePage) -> None:
    asked: list[str] = []
    ide.page.on("request", lambda request: asked.append(request.url))
    ide.write("x = = 1\n")
    for _ in range(4):
        ide.page.wait_for_timeout(800)  # longer than it waits once it is there
        ide.page.keyboard.type("y")
    assert not any("lint-worker" in url for url in asked)
    expect(underlined(ide, "error").first).to_be_visible()


def test_setting_takes_them_away_and_brings_them_back(ide: IdePage) -> None:
    ide.write("print(nowhere)\n")
    expect(underlined(ide, "error")).to_be_visible()
    for shown in (0, 1):
        ide.page.get_by_role("button", name="Editor settings").click()
        dialog = ide.page.get_by_role("dialog", name="Editor settings")
        dialog.get_by_label("Show problems in Python while you type").set_checked(bool(shown))
        dialog.get_by_role("button", name="Done").click()
        expect(underlined(ide, "error")).to_have_count(shown)


@pytest.mark.parametrize("size", ["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(ide: IdePage, scheme: Any, size: str) -> None:
    ide.page.emulate_media(color_scheme=scheme)
    ide.page.set_viewport_size(WIDE if size == "wide" else NARROW)
    ide.write("import os\nprint(undefined)\n")
    expect(underlined(ide, "error")).to_be_visible()
    ide.code.press("F8")
    expect(ide.page.locator(".cm-tooltip-lint")).to_be_visible()
    assert axe(ide.page) == []


SNIPPETS = {
    "main.py": ("mai", "main", 'if __name__ == "__main__":'),
    "A.java": ("sout", "sout", "System.out.println();"),
    "a.cpp": ("cout", "coutprint a line", "std::cout << "),
    "a.sh": ("whi", "whileread lines", "while read -r line; do"),
}


@pytest.mark.parametrize("name", SNIPPETS)
def test_snippet_is_offered_and_put_in(work: WorkspacePage, name: str) -> None:
    typed, offered, text = SNIPPETS[name]
    if name != "main.py":
        work.create_file(name)
    work.write("")
    work.code.press_sequentially(typed, delay=40)
    option = options(work).filter(has_text=offered).first
    expect(option).to_be_visible()
    option.click()
    expect(work.code).to_contain_text(text)


@pytest.mark.parametrize("keys", ["Standard", "Vim", "Emacs"])
def test_enter_ends_the_line_whatever_is_offered(ide: IdePage, keys: str) -> None:
    ide.write("")
    ide.page.get_by_role("button", name="Editor settings").click()
    ide.page.get_by_label("Keys").select_option(keys)
    ide.page.get_by_role("dialog").get_by_role("button", name="Done").click()
    ide.code.click()
    if keys == "Vim":
        ide.page.keyboard.type("i")
    for line in ("end = 1", "C end", "total = on", "begin = end", "mai"):
        ide.page.keyboard.type(line, delay=40)
        ide.page.wait_for_timeout(400)  # for what is offered
        ide.page.keyboard.press("Enter")
    lines = ["end = 1", "C end", "total = on", "begin = end", "mai", ""]
    expect(ide.page.locator(".cm-line")).to_have_text(lines)


def test_only_words_that_begin_as_typed_are_offered(ide: IdePage) -> None:
    ide.write("ending = backend = 1\nendless = 2\n")
    ide.page.keyboard.type("END", delay=40)
    expect(options(ide)).to_have_text(["ending", "endless"])
    ide.page.wait_for_timeout(100)  # what has only just appeared is not taken by mistake
    ide.page.keyboard.press("ArrowDown")
    ide.page.keyboard.press("ArrowDown")
    ide.page.keyboard.press("Enter")
    expect(ide.page.locator(".cm-line").last).to_have_text("endless")


def test_word_that_is_typed_is_not_offered_alone(ide: IdePage) -> None:
    ide.write("finish = 1\n")
    ide.page.keyboard.type("finis", delay=40)
    expect(options(ide)).to_have_text(["finish"])
    ide.page.keyboard.type("h")
    expect(options(ide)).to_have_count(0)
    ide.page.keyboard.type("ing")
    ide.page.keyboard.press("ArrowUp")
    ide.page.keyboard.press("Home")
    ide.page.keyboard.type("# ")
    expect(ide.page.locator(".cm-line")).to_have_text(["# finish = 1", "finishing"])


def test_tab_takes_what_is_offered_else_indents(ide: IdePage) -> None:
    ide.write("")
    ide.code.press_sequentially("main", delay=40)
    expect(options(ide).filter(has_text="entry of the program")).to_be_visible()
    ide.page.wait_for_timeout(100)  # what has only just appeared is not taken by mistake
    ide.code.press("Tab")
    expect(ide.code).to_contain_text('if __name__ == "__main__":')
    ide.write("x")
    ide.code.press("Escape")
    ide.code.press("Home")
    ide.code.press("Tab")
    expect(ide.page.locator(".cm-line").first).to_have_text("    x")


def test_words_of_the_file_are_completed_but_not_in_prose(work: WorkspacePage) -> None:
    work.create_file("a.cpp")
    work.write("int wonderful_number = 1;\n// ")
    work.code.press("ControlOrMeta+End")
    work.code.press_sequentially("wond", delay=40)
    work.page.wait_for_timeout(400)
    expect(options(work)).to_have_count(0)
    work.code.press("Enter")
    work.code.press_sequentially("wonderf", delay=40)
    expect(options(work).first).to_have_text("wonderful_number")


def test_thousands_of_problems_do_not_hold_up_the_editor(ide: IdePage) -> None:
    ide.write("nowhere\n" * 50_000)
    expect(underlined(ide, "error").first).to_be_attached(timeout=20_000)
    ide.code.press("ControlOrMeta+Home")
    assert longest_task_while(ide, lambda: ide.code.press_sequentially("y = 2\n", delay=200)) < 500


def test_a_file_of_a_megabyte_is_edited_without_waiting(ide: IdePage) -> None:
    ide.write("total = nowhere + 1  # as long as many lines are\n" * 20_000)
    ide.code.press("ControlOrMeta+Home")
    assert longest_task_while(ide, lambda: ide.code.press_sequentially("y = 2\n", delay=200)) < 500


def longest_task_while(ide: IdePage, act: Callable[[], None]) -> float:
    """In milliseconds, with what follows the last key within two seconds."""
    ide.page.evaluate(
        """() => {
          window.longest = 0;
          const observer = new PerformanceObserver((list) => {
            for (const { duration } of list.getEntries())
              window.longest = Math.max(window.longest, duration);
          });
          observer.observe({ type: 'longtask' });
        }"""
    )
    act()
    ide.page.wait_for_timeout(2000)
    return float(ide.page.evaluate("window.longest"))
