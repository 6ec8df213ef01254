"""Input that is prepared and not typed, and arguments, as a user meets them."""

import pytest
from playwright.sync_api import Locator, expect

from e2e.accessibility import axe
from e2e.conftest import both_runners
from e2e.ide_page import NARROW, IdePage
from e2e.workspace_page import WorkspacePage

pytestmark = both_runners

ADDS = """
import sys
print(sys.argv[1:])
print(sum(int(line) for line in sys.stdin))
"""


def tab(ide: IdePage) -> Locator:
    return ide.page.get_by_role("tab", name="Input")


def prepare(ide: IdePage, stdin: str, arguments: str = "") -> None:
    tab(ide).click()
    ide.page.get_by_label("Input", exact=True).fill(stdin)
    ide.page.get_by_label("Arguments").fill(arguments)


def test_prepared_input_and_arguments_are_given_to_the_program(work: WorkspacePage) -> None:
    prepare(work, "20\n22\n", '--name "Ada Lovelace"')
    work.run(ADDS)
    work.expect_output("['--name', 'Ada Lovelace']")
    work.expect_output("42")
    work.expect_output("The program reads its prepared input.")
    work.expect_state("Exit 0")
    expect(work.end_input).to_be_hidden()
    # Through a pipe nothing puts a return before the line feeds.
    expect(work.output("42")).to_be_visible()


def test_it_is_there_after_a_reload_and_in_the_past_run(work: WorkspacePage) -> None:
    prepare(work, "1\n2\n", "x")
    work.run(ADDS)
    work.expect_state("Exit 0")
    work.expect_saved()
    work.reload()
    expect(work.output("3")).to_be_visible()
    tab(work).click()
    expect(work.page.get_by_label("Input", exact=True)).to_have_value("1\n2\n")
    work.page.goto(f"{work.url}/runs")
    work.page.locator(".what > a").first.click()
    expect(work.page.get_by_role("region", name="Input")).to_contain_text("1\n2")
    expect(work.page.get_by_text("Arguments")).to_be_visible()
    work.page.get_by_role("link", name="Run again").click()
    work.expect_output("['x']")
    work.expect_output("3")


def test_without_input_one_types(work: WorkspacePage) -> None:
    prepare(work, "", "only arguments")
    work.run("import sys\nprint(sys.argv[1:], input('? '))")
    work.answer("typed")
    work.expect_output("['only', 'arguments'] typed")


def test_the_scratchpad_has_it_too(ide: IdePage) -> None:
    prepare(ide, "hello")
    ide.run("print(input()[::-1])")
    ide.expect_output("olleh")


def test_a_phone_has_it_as_a_pane(work: WorkspacePage) -> None:
    work.page.set_viewport_size(NARROW)
    work.page.get_by_role("navigation", name="Panes").get_by_role("button", name="Input").click()
    field = work.page.get_by_label("Input", exact=True)
    field.fill("5\n")
    work.run_button.click()
    expect(work.page.locator("[data-terminal]")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(work: WorkspacePage, theme: str) -> None:
    work.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    prepare(work, "x", "y")
    assert axe(work.page) == []
    work.page.set_viewport_size(NARROW)
    assert axe(work.page) == []
