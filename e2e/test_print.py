"""What comes out on paper."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.ide_page import IdePage
from e2e.test_history import make_link, run_of
from e2e.workspace_page import WorkspacePage

LINES = 400
LONG_LINE = "x" * 300
PROGRAM = f"for n in range({LINES}):\n    print('written', n)\n" + "\n".join(
    f"line_{n} = '{LONG_LINE if n == 50 else n}'" for n in range(3, LINES + 1)
)
# Some 55 lines come on a sheet.
LEAST_SHEETS = 2 * LINES // 75


def sheets(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def printed(page: Page) -> dict[str, Any]:
    """What the page lays out for the printer, as the browser prints it, and how many sheets."""
    page.evaluate(
        "window.addEventListener('beforeprint', () => {"
        "  const paper = document.querySelector('.paper');"
        "  const of = (found) => [...paper.querySelectorAll(found)].map((one) => one.textContent);"
        "  window.paper = {title: of('h1'), code: of('.line'), output: of('pre:last-child'),"
        "    coloured: of('.line [class]')};"
        "}, {once: true})"
    )
    pdf = page.pdf(format="A4", print_background=True)
    found: dict[str, Any] = page.evaluate("window.paper")
    expect(page.locator(".paper")).to_have_count(0)
    return found | {"sheets": sheets(pdf)}


def test_workspace_is_printed_whole(work: WorkspacePage) -> None:
    work.run(PROGRAM)
    work.expect_state("Exit 0")
    paper = printed(work.page)
    assert paper["title"] == ["Python program / main.py"]
    assert "".join(paper["code"]).rstrip("\n") == PROGRAM
    assert {"for", "print"} <= set(paper["coloured"])
    (output,) = paper["output"]
    assert output.startswith("written 0\nwritten 1\n")
    assert f"written {LINES - 1}\n" in output
    assert paper["sheets"] >= LEAST_SHEETS
    expect(work.code).to_be_visible()


def test_scratchpad_that_never_ran_prints_its_code_alone(ide: IdePage) -> None:
    ide.write("only = 'code'")
    paper = printed(ide.page)
    assert paper["title"] == ["main.py"]
    assert paper["code"] == paper["output"][0].splitlines(keepends=True) == ["only = 'code'\n"]
    assert paper["sheets"] == 1


def test_very_long_program_comes_on_paper(ide: IdePage) -> None:
    ide.write("a\n" * 300_000)
    ide.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert ide.page.locator(".paper .line").count() == 300_001


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_is_dark_on_white_without_buttons(work: WorkspacePage, scheme: Any) -> None:
    work.page.emulate_media(color_scheme=scheme)
    work.run(PROGRAM)
    work.expect_state("Exit 0")
    work.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    work.page.emulate_media(media="print", color_scheme=scheme)
    expect(work.page.locator(".paper")).to_be_visible()
    expect_on_paper(work.page)
    colour = "getComputedStyle(document.querySelector('.paper pre')).color"
    assert work.page.evaluate(colour) == "rgb(26, 32, 41)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_past_and_shared_runs_are_printed_whole(work: WorkspacePage, scheme: Any) -> None:
    page = run_of(work, PROGRAM)
    run, shared = page.url, make_link(page)
    for address in (run, shared, f"{work.url}/read"):
        page.goto(address)
        page.emulate_media(media="print", color_scheme=scheme)
        expect(page.get_by_role("heading", name="main.py")).to_be_visible()
        expect_on_paper(page)
        page.emulate_media(media="null", color_scheme=scheme)
        pages = 1 if address.endswith("/read") else 2
        assert sheets(page.pdf(format="A4")) >= pages * LINES // 75


def expect_on_paper(page: Page) -> None:
    """Nothing to press, nothing cut off, no dark ground."""
    buttons = page.locator("button, .button, input, select").filter(visible=True)
    expect(buttons).to_have_count(0)
    cut_off = page.evaluate(
        "[...document.querySelectorAll('pre')].filter((pre) => pre.checkVisibility()).map((pre) =>"
        "  Math.max(pre.scrollHeight - pre.clientHeight, pre.scrollWidth - pre.clientWidth))"
    )
    assert cut_off
    assert max(cut_off) <= 1
    scheme = "getComputedStyle(document.documentElement).colorScheme"
    assert page.evaluate(scheme) == "light"
