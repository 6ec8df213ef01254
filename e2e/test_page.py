from typing import Any

import pytest
from playwright.sync_api import Route, expect

from e2e.accessibility import axe
from e2e.ide_page import NARROW, IdePage
from e2e.server import Server
from e2e.workspace_page import WorkspacePage

BUDGET_BYTES = 400 * 1024


def background(ide: IdePage) -> str:
    return str(ide.page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_theme_follows_the_switch_and_survives_a_reload(ide: IdePage) -> None:
    light = background(ide)
    ide.page.get_by_role("button", name="Theme: system").click()
    ide.page.get_by_role("button", name="Theme: light").click()
    dark = background(ide)
    assert dark != light
    ide.reload()
    expect(ide.page.get_by_role("button", name="Theme: dark")).to_be_visible()
    assert background(ide) == dark


def test_theme_follows_the_system(ide: IdePage) -> None:
    light = background(ide)
    ide.page.emulate_media(color_scheme="dark")
    assert background(ide) != light


def test_keyboard_alone_chooses_runs_and_stops(ide: IdePage) -> None:
    ide.language_button.focus()
    ide.page.keyboard.press("Enter")
    ide.page.keyboard.type("ub")
    ide.page.keyboard.press("Enter")
    expect(ide.language_button).to_contain_text("Ubuntu Shell")
    expect(ide.code).to_be_focused()
    ide.page.keyboard.press("ControlOrMeta+a")
    ide.page.keyboard.type("echo typed; sleep 60")
    ide.page.keyboard.press("ControlOrMeta+Enter")
    ide.expect_output("typed")
    ide.stop_button.focus()
    ide.page.keyboard.press("Enter")
    ide.expect_state("Stopped")


def held_back(ide: IdePage) -> list[Route]:
    """Loads the page again without what runs programs, until the routes go on."""
    held: list[Route] = []
    ide.page.route("**/workbench-*.js", lambda route: held.append(route))
    ide.page.reload()
    expect(ide.code).to_be_editable()
    return held


def let_come(held: list[Route]) -> None:
    for route in held:
        route.continue_()


@pytest.mark.parametrize("by_key", [False, True], ids=["click", "key"])
def test_text_is_written_and_run_before_the_terminal_has_come(ide: IdePage, by_key: bool) -> None:
    held = held_back(ide)
    ide.expect_state("Loading…")
    ide.write("print('ear' + 'ly')")
    if by_key:
        ide.page.keyboard.press("ControlOrMeta+Enter")
    else:
        ide.run_button.click()
    ide.expect_state("Starting…")
    expect(ide.terminal).not_to_be_attached()
    let_come(held)
    ide.expect_output("early")
    expect(ide.code).to_have_text("print('ear' + 'ly')")


def test_who_types_on_is_not_taken_from_the_text_by_a_run_that_comes_late(ide: IdePage) -> None:
    held = held_back(ide)
    ide.run_button.click()
    ide.expect_state("Starting…")
    ide.write("print(1)")
    ide.expect_state("Loading…")
    let_come(held)
    ide.expect_state("Ready")
    expect(ide.code).to_be_focused()


def test_workspace_is_whole_but_for_runs_before_the_terminal_has_come(work: WorkspacePage) -> None:
    held = held_back(work)
    work.write("print('kept')")
    work.expect_saved()
    work.page.keyboard.press("F1")
    expect(work.page.get_by_role("dialog", name="Commands")).to_be_visible()
    work.page.keyboard.press("Escape")
    let_come(held)
    work.wait_until_ready()
    work.run()
    work.expect_output("kept")


def test_terminal_that_does_not_come_is_told(ide: IdePage) -> None:
    ide.page.route("**/workbench-*.js", lambda route: route.abort())
    ide.page.reload()
    toast = ide.page.get_by_role("region", name="Messages").get_by_text("Programs cannot run here")
    expect(toast).to_be_visible()
    ide.write("print('kept')")
    ide.page.unroute("**/workbench-*.js")
    ide.page.get_by_role("button", name="Load again").click()
    ide.wait_until_ready()
    expect(ide.code).to_have_text("print('kept')")
    assert all("Failed to load resource" in one for one in ide.complaints)
    ide.complaints.clear()


@pytest.mark.parametrize("by_key", [False, True], ids=["click", "key"])
@pytest.mark.parametrize("prompt", ["", "Go? "], ids=["silent", "asking"])
def test_narrow_window_of_a_computer_takes_the_answer(
    ide: IdePage, prompt: str, by_key: bool
) -> None:
    ide.page.set_viewport_size({"width": 600, "height": 740})
    ide.write(f"print('got', input({prompt!r}))")
    if by_key:
        ide.run_button.focus()
        ide.page.keyboard.press("Enter")
    else:
        ide.run_button.click()
    expect(ide.end_input).to_be_visible()
    expect(ide.typed_into).to_be_focused()
    ide.page.keyboard.type("yes")
    ide.page.keyboard.press("Enter")
    ide.expect_output("got yes")
    ide.expect_state("Exit 0")


def test_narrow_window_takes_the_answer_after_the_keys_of_run(ide: IdePage) -> None:
    ide.page.set_viewport_size({"width": 600, "height": 740})
    ide.run("print('got', input('Go? '))")
    ide.expect_output("Go?")
    expect(ide.typed_into).to_be_focused()
    ide.page.keyboard.type("yes")
    ide.page.keyboard.press("Enter")
    ide.expect_output("got yes")


def test_narrow_screen_shows_one_pane_and_always_run(ide: IdePage) -> None:
    ide.page.set_viewport_size(NARROW)
    expect(ide.code).to_be_visible()
    expect(ide.page.locator("[data-terminal]")).to_be_hidden()
    ide.write("input('Go? ')")
    ide.run_button.click()
    expect(ide.page.locator("[data-terminal]")).to_be_visible()
    expect(ide.code).to_be_hidden()
    expect(ide.stop_button).to_be_in_viewport(ratio=1)
    ide.answer("yes")
    expect(ide.run_button).to_be_in_viewport(ratio=1)
    ide.page.get_by_role("button", name="Code").click()
    expect(ide.code).to_be_visible()
    overflow = ide.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0


def test_unavailable_language_says_why(ide: IdePage, server: Server) -> None:
    unavailable = [one for one in server.languages.values() if not one["available"]]
    for language in unavailable:
        ide.choose(language["id"])
        expect(ide.notice).to_contain_text(language["reason"])
        expect(ide.code).to_be_editable()


def show_running(ide: IdePage) -> None:
    ide.run("print('x')\ninput('Go? ')\n")
    ide.expect_output("Go?")
    expect(ide.end_input).to_be_visible()


def show_failed(ide: IdePage) -> None:
    ide.run("print('x')\nraise ValueError('wrong')\n")
    expect(ide.notice).to_be_visible()


def show_package(ide: IdePage) -> None:
    """The guest of these servers may not install; the chip is there all the same."""
    ide.run("import no_such_module_anywhere\n")
    ide.notice.get_by_role("button", name="Install and run again").click()
    expect(ide.notice.get_by_role("button", name="Run without")).to_be_visible()


def show_menu(ide: IdePage) -> None:
    ide.language_button.click()
    expect(ide.page.get_by_role("listbox")).to_be_visible()


STATES = {
    "empty": lambda ide: None,
    "running": show_running,
    "failed": show_failed,
    "package": show_package,
    "menu": show_menu,
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_axe_finds_nothing(ide: IdePage, scheme: Any, size: str, state: str) -> None:
    ide.page.emulate_media(color_scheme=scheme)
    if size == "narrow":
        ide.page.set_viewport_size(NARROW)
    STATES[state](ide)
    assert axe(ide.page) == []


def test_page_is_within_its_transfer_budget(ide: IdePage) -> None:
    ide.page.wait_for_load_state("networkidle")
    transferred = ide.page.evaluate(
        "['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type))"
        ".reduce((sum, entry) => sum + entry.transferSize, 0)"
    )
    assert 0 < transferred <= BUDGET_BYTES
