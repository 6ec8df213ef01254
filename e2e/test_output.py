"""What one does with output: find something in it, follow a link, copy it, keep it."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Route, expect

from e2e.accessibility import axe
from e2e.conftest import both_runners
from e2e.ide_page import NARROW, IdePage
from e2e.workspace_page import WorkspacePage

pytestmark = both_runners

ALPHABET = "for n in range(3): print('alpha', n, 'beta')"


EMOJI = "print('héé😀héé😀|')\nprint('héé--héé--|')"
# Where the bar at the end of each line is drawn.
BARS = """(rows) => [...rows.children].filter((row) => row.textContent.includes('|')).map((row) => {
  const texts = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
  while (!texts.nextNode().data.includes('|'));
  const range = document.createRange();
  const at = texts.currentNode.data.indexOf('|');
  range.setStart(texts.currentNode, at);
  range.setEnd(texts.currentNode, at + 1);
  return range.getBoundingClientRect().left;
})"""


def field(ide: IdePage) -> Locator:
    return ide.page.get_by_role("search", name="In the output").get_by_role("textbox", name="Find")


def count(ide: IdePage, words: str) -> None:
    expect(ide.page.locator("[data-find-count]")).to_have_text(words)


def test_output_is_searched(ide: IdePage) -> None:
    ide.run(ALPHABET)
    ide.expect_output("alpha 2 beta")
    ide.page.keyboard.press("ControlOrMeta+Shift+f")
    expect(field(ide)).to_be_focused()
    ide.page.keyboard.type("alpha")
    count(ide, "1 of 3")
    ide.page.keyboard.press("Enter")
    count(ide, "2 of 3")
    ide.page.keyboard.press("Shift+Enter")
    count(ide, "1 of 3")
    assert axe(ide.page) == []
    field(ide).fill("gamma")
    count(ide, "Not found")
    ide.page.keyboard.press("Escape")
    expect(field(ide)).to_be_hidden()
    expect(ide.typed_into).to_be_focused()


def test_output_is_searched_on_a_phone(ide: IdePage) -> None:
    ide.run(ALPHABET)
    ide.expect_output("alpha 2 beta")
    ide.page.set_viewport_size(NARROW)
    ide.page.get_by_role("button", name="Code", exact=True).click()
    ide.page.get_by_role("button", name="Commands").click()
    ide.page.keyboard.type("find in the out")
    ide.page.keyboard.press("Enter")
    expect(field(ide)).to_be_in_viewport(ratio=1)
    expect(field(ide)).to_be_focused()


def test_output_is_copied_whole(ide: IdePage) -> None:
    ide.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ide.run(f"{ALPHABET}\nprint('x' * 300)")
    ide.expect_state("Exit 0")
    ide.page.get_by_role("button", name="Copy the output").click()
    expect(ide.page.get_by_text("The output is copied.").first).to_be_visible()
    copied = ide.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("alpha 0 beta\nalpha 1 beta\nalpha 2 beta\n" + "x" * 300 + "\n")


def test_output_is_kept_as_a_file(ide: IdePage, tmp_path: Path) -> None:
    ide.run(ALPHABET)
    ide.expect_state("Exit 0")
    with ide.page.expect_download() as download:
        ide.page.get_by_role("button", name="Download the output").click()
    assert download.value.suggested_filename == "output.txt"
    download.value.save_as(tmp_path / "output.txt")
    assert (tmp_path / "output.txt").read_text().startswith("alpha 0 beta\n")


LINKS = {
    "https://linked.example/a?b=1": "print('https://linked.example/a?b=1')",
    "named": r"print('\x1b]8;;https://linked.example/a?b=1\x1b\\named\x1b]8;;\x1b\\')",
}


@pytest.mark.parametrize("text", LINKS)
def test_link_opens_elsewhere_and_is_told_nothing(ide: IdePage, text: str) -> None:
    seen: list[str | None] = []

    def answer(route: Route) -> None:
        seen.append(route.request.headers.get("referer"))
        route.fulfill(body="elsewhere")

    ide.page.context.route("https://linked.example/**", answer)
    ide.run(LINKS[text])
    ide.expect_state("Exit 0")
    link = ide.terminal.get_by_text(text).first
    link.hover(force=True)
    with ide.page.context.expect_page() as opened:
        link.click(force=True)  # the terminal itself lies over its text
    expect(opened.value.get_by_text("elsewhere")).to_be_visible()
    assert opened.value.evaluate("opener") is None
    assert seen == [None]


def test_named_link_shows_where_it_leads(ide: IdePage) -> None:
    ide.run(LINKS["named"])
    ide.expect_state("Exit 0")
    shown = ide.page.get_by_text("https://linked.example/a?b=1", exact=True)
    ide.terminal.get_by_text("named").first.hover(force=True)
    expect(shown).to_be_visible()
    ide.code.hover()
    expect(shown).to_be_hidden()


def test_emoji_takes_the_place_of_two_letters(work: WorkspacePage) -> None:
    work.run(EMOJI)
    work.expect_state("Exit 0")
    assert_bars_are_in_line(work.terminal)
    work.page.get_by_role("link", name="Past runs").click()
    work.page.locator(".what > a").first.click()
    work.page.get_by_role("button", name="Replay").click()
    rows = work.page.locator(".replay-screen .xterm-rows")
    expect(rows).to_contain_text("--|")
    assert_bars_are_in_line(rows)


def assert_bars_are_in_line(rows: Locator) -> None:
    above, below = rows.evaluate(BARS)
    assert abs(above - below) < 2
