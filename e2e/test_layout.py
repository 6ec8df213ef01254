"""The parts beside the code: put away and brought back, wider and narrower, remembered."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, ViewportSize, expect

from e2e.accessibility import axe
from e2e.ide_page import NARROW, WIDE
from e2e.test_commands import command
from e2e.workspace_page import WorkspacePage

KEYS = {"files": "ControlOrMeta+b", "output": "ControlOrMeta+j"}
EDITOR_LEAST = 260
IS_WHOLE = "element => element.scrollWidth <= element.clientWidth"
PARTS = pytest.mark.parametrize("name", ["files", "output"])


def part(work: WorkspacePage, name: str) -> Locator:
    return work.page.locator(f"#part-{name}")


def toggle(work: WorkspacePage, name: str) -> Locator:
    return work.page.get_by_role("button", name=f"{name.capitalize()} pane")


def splitter(work: WorkspacePage, name: str) -> Locator:
    return work.page.get_by_role("separator", name=f"Width of the {name}")


def width(found: Locator) -> float:
    box = found.bounding_box()
    assert box
    return box["width"]


def told(work: WorkspacePage, name: str) -> tuple[int, int, int]:
    """Its least, its place and its most, as the splitter tells them."""
    values = [splitter(work, name).get_attribute(f"aria-value{it}") for it in ("min", "now", "max")]
    least, now, most = (int(value or "-1") for value in values)
    return least, now, most


def drag(work: WorkspacePage, name: str, to: float) -> None:
    """The splitter to an x of the page."""
    box = splitter(work, name).bounding_box()
    assert box
    work.page.mouse.move(box["x"], box["y"] + 200)
    work.page.mouse.down()
    work.page.mouse.move((box["x"] + to) / 2, box["y"] + 200)
    work.page.mouse.move(to, box["y"] + 200)
    work.page.mouse.up()


def expect_away(work: WorkspacePage, name: str, *, away: bool = True) -> None:
    expect(part(work, name)).to_be_visible(visible=not away)
    expect(toggle(work, name)).to_have_attribute("aria-expanded", str(not away).lower())


@PARTS
def test_part_is_put_away_by_button_keys_and_palette(work: WorkspacePage, name: str) -> None:
    before = width(work.code)
    toggle(work, name).click()
    expect_away(work, name)
    assert width(work.page.locator(".edit")) > before
    toggle(work, name).click()
    expect_away(work, name, away=False)
    work.page.keyboard.press(KEYS[name])
    expect_away(work, name)
    command(work, f"put the {name} away")
    expect_away(work, name, away=False)
    work.page.keyboard.press("Shift+F1")
    sheet = work.page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet.get_by_text(f"Put the {name} away")).to_be_visible()


@PARTS
def test_server_draws_the_page_as_it_was_left(work: WorkspacePage, name: str) -> None:
    toggle(work, name).click()
    drawn = work.page.request.get(work.url).text()
    assert f'data-away="{name}"' in drawn
    work.reload()
    expect_away(work, name)
    toggle(work, name).click()
    assert 'data-away=""' in work.page.request.get(work.url).text()


def test_cookie_of_anything_else_is_passed_over(work: WorkspacePage) -> None:
    kept = {"name": "away", "value": 'x"><b>.output.code', "url": work.base}
    work.page.context.add_cookies([kept])  # type: ignore[list-item]
    work.reload()
    expect_away(work, "output")
    expect_away(work, "files", away=False)
    assert work.page.locator("body").get_attribute("data-away") == "output"


@PARTS
def test_focus_is_never_lost_in_what_is_put_away(work: WorkspacePage, name: str) -> None:
    inside = work.item("main.py") if name == "files" else work.tab("Terminal")
    inside.focus()
    work.page.keyboard.press(KEYS[name])
    expect(work.code).to_be_focused()
    splitter(work, name).focus()
    work.page.keyboard.press("Enter")
    expect_away(work, name, away=False)
    work.page.keyboard.press("Enter")
    expect_away(work, name)
    expect(splitter(work, name)).to_be_focused()


def test_parts_that_are_away_are_gone_past(work: WorkspacePage) -> None:
    work.page.keyboard.press(KEYS["files"])
    work.code.focus()
    work.page.keyboard.press("F6")
    expect(work.typed_into).to_be_focused()
    work.page.keyboard.press("F6")
    expect(work.code).to_be_focused()
    expect_away(work, "files")
    command(work, "go to the files")
    expect_away(work, "files", away=False)
    expect(work.item("main.py")).to_be_focused()


def test_run_brings_the_output_back_and_a_reload_does_not(work: WorkspacePage) -> None:
    work.page.keyboard.press(KEYS["output"])
    expect_away(work, "output")
    work.run("print('seen')")
    expect_away(work, "output", away=False)
    work.expect_output("seen")
    work.expect_state("Exit 0")
    work.page.keyboard.press(KEYS["output"])
    work.reload()
    work.expect_state("Exit 0")
    expect_away(work, "output")
    command(work, "show the problems")
    expect_away(work, "output", away=False)


def test_what_is_told_of_files_brings_them_back(work: WorkspacePage) -> None:
    work.create_file("old.py")
    work.page.keyboard.press(KEYS["files"])
    expect_away(work, "files")
    command(work, "delete the chosen file")
    expect(work.said).to_contain_text("old.py is deleted.")
    expect(work.said.get_by_role("button", name="Undo")).to_be_visible()


def test_keys_of_other_editors_keep_their_meaning(work: WorkspacePage) -> None:
    work.write("ab")
    work.page.get_by_role("button", name="Editor settings").click()
    dialog = work.page.get_by_role("dialog", name="Editor settings")
    dialog.get_by_label("Keys").select_option("Emacs")
    dialog.get_by_role("button", name="Done").click()
    expect(work.page.locator(".cm-emacsMode")).to_be_visible()
    work.code.click()
    work.page.keyboard.press("Control+e")
    work.page.keyboard.press("Control+b")
    work.page.keyboard.type("-")
    expect(work.code).to_have_text("a-b")
    expect_away(work, "files", away=False)


@PARTS
def test_splitter_is_moved_by_keys_and_its_place_is_kept(work: WorkspacePage, name: str) -> None:
    line, beside = splitter(work, name), part(work, name)
    first = width(beside)
    line.focus()
    grow, shrink = ("Right", "Left") if name == "files" else ("Left", "Right")
    work.page.keyboard.press(f"Arrow{grow}")
    assert abs(width(beside) - first - 16) <= 1
    expect(line).to_have_attribute("aria-valuenow", str(round(width(beside))))
    work.page.keyboard.press(f"Arrow{shrink}")
    assert abs(width(beside) - first) <= 1
    work.page.keyboard.press("End")
    assert abs(width(work.page.locator(".edit")) - EDITOR_LEAST) <= 1
    expect(line).to_have_attribute("aria-valuemax", str(round(width(beside))))
    work.page.keyboard.press("Home")
    least = width(beside)
    assert 150 < least < first
    work.page.keyboard.press("Enter")
    expect(line).to_have_attribute("aria-valuetext", "Put away")
    work.page.keyboard.press(f"Arrow{shrink}")
    expect_away(work, name)
    work.page.keyboard.press(f"Arrow{grow}")
    expect_away(work, name, away=False)
    work.reload()
    assert abs(width(beside) - least) <= 1
    line.dblclick()
    assert abs(width(beside) - first) <= 1
    work.reload()
    assert abs(width(beside) - first) <= 1


@PARTS
@pytest.mark.parametrize("wide", [1440, 761])
def test_splitter_tells_its_place_at_its_ends(work: WorkspacePage, name: str, wide: int) -> None:
    work.page.set_viewport_size({"width": wide, "height": 740})
    splitter(work, name).focus()
    work.page.keyboard.press("Home")
    least, now, most = told(work, name)
    assert least == now < most
    assert abs(width(part(work, name)) - now) <= 1
    work.page.keyboard.press("End")
    least, now, most = told(work, name)
    assert least < now == most
    assert abs(width(part(work, name)) - now) <= 1
    work.page.keyboard.press("Enter")
    expect(splitter(work, name)).to_have_attribute("aria-valuetext", "Put away")
    least, now, most = told(work, name)
    assert 0 == least == now < most


@PARTS
def test_splitter_is_dragged_to_the_edge_and_back(work: WorkspacePage, name: str) -> None:
    edge = 0 if name == "files" else WIDE["width"]
    inwards = 1 if name == "files" else -1
    drag(work, name, edge + inwards * 400)
    assert abs(width(part(work, name)) - 400) <= 2
    drag(work, name, edge + inwards * 20)
    expect_away(work, name)
    work.reload()
    expect_away(work, name)
    drag(work, name, edge + inwards * 300)
    expect_away(work, name, away=False)
    assert abs(width(part(work, name)) - 300) <= 2


def test_smaller_window_leaves_every_part_its_least(work: WorkspacePage) -> None:
    for name in ("files", "output"):
        splitter(work, name).focus()
        work.page.keyboard.press("End")
    for size in (1024, 768, 761):
        work.page.set_viewport_size({"width": size, "height": 740})
        assert width(work.page.locator(".edit")) >= EDITOR_LEAST - 1
        assert width(part(work, "files")) >= 190
        assert width(part(work, "output")) >= 258
        assert work.page.evaluate("document.querySelector('main').scrollWidth - innerWidth") <= 0
        overflow = "Math.max(...[...document.querySelectorAll('.top, .bar')].map((bar) =>"
        overflow += " bar.scrollWidth - bar.clientWidth))"
        assert work.page.evaluate(overflow) <= 0, size


def test_phone_has_tabs_and_puts_nothing_away(work: WorkspacePage) -> None:
    for keys in KEYS.values():
        work.page.keyboard.press(keys)
    work.page.set_viewport_size(NARROW)
    work.reload()
    for name, pane in (("files", "Files"), ("output", "Terminal")):
        expect(toggle(work, name)).to_be_hidden()
        expect(splitter(work, name)).to_be_hidden()
        work.page.get_by_role("button", name=pane, exact=True).click()
        expect(part(work, name)).to_be_visible()
        work.page.keyboard.press(KEYS[name])
        expect(part(work, name)).to_be_visible()
    work.page.set_viewport_size(WIDE)
    expect_away(work, "files")
    expect_away(work, "output")


@pytest.mark.parametrize("away", ["", "files", "output"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(work: WorkspacePage, scheme: Any, away: str) -> None:
    work.page.emulate_media(color_scheme=scheme)
    if away:
        work.page.keyboard.press(KEYS[away])
        expect_away(work, away)
    for size in (1440, 1024, 768):
        work.page.set_viewport_size({"width": size, "height": 740})
        assert axe(work.page) == [], size


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_tab_of_a_long_name_leaves_room(work: WorkspacePage, size: ViewportSize) -> None:
    work.page.set_viewport_size(size)
    if size is NARROW:
        panes = work.page.get_by_role("navigation", name="Panes")
        panes.get_by_role("button", name="Files").click()
    name = f"{'long' * 50}.py"
    work.create_file(name)
    tab = work.tab(name)
    close = tab.locator("[data-tab-close]")
    expect(tab).to_have_attribute("title", name)
    expect(close).to_be_in_viewport(ratio=1)
    close.click()
    expect(tab).to_be_hidden()


def test_state_of_saving_is_read_whole_beside_a_long_name(
    new_work: Callable[[], WorkspacePage],
) -> None:
    work = new_work()
    work.begin_with("Python main.py")
    work.page.set_viewport_size({"width": 1280, "height": 740})
    rename_to(work, "Analysis of the weather data of the year 2026")
    work.page.context.set_offline(True)
    work.write("print('offline')")
    expect(work.saved).to_have_text("Offline, kept in this browser")
    heading = work.page.get_by_role("heading", level=1)
    assert work.saved.evaluate(IS_WHOLE)
    assert not heading.evaluate(IS_WHOLE)
    for one in (work.saved, work.page.locator("[data-language-name]")):
        assert one.evaluate("element => element.getClientRects()[0].height") < 24


def test_two_versions_are_told_whole_on_a_phone(new_work: Callable[[], WorkspacePage]) -> None:
    work, other = new_work(), new_work()
    work.begin_with("Python main.py")
    work.page.set_viewport_size(NARROW)
    rename_to(work, "Analysis of the weather data of the year 2026")
    other.url = work.url
    work.page.add_init_script("delete window.BroadcastChannel")
    work.open()
    other.open()
    other.write("print('theirs')")
    other.expect_saved()
    work.write("print('mine')")
    expect(work.saved).to_have_text("Changed elsewhere")
    assert work.saved.evaluate(IS_WHOLE)


def rename_to(work: WorkspacePage, name: str) -> None:
    """As in the list; then back on its page."""
    work.list()
    work.page.get_by_label("What can be done with").first.click()
    work.page.get_by_label("Name of").first.fill(name)
    work.page.get_by_role("button", name="Rename").first.click()
    expect(work.page.get_by_role("link", name=name)).to_be_visible()
    work.open()


def test_blank_name_is_asked_for_again(work: WorkspacePage) -> None:
    work.page.get_by_role("button", name="New file").click()
    work.dialog.get_by_label("Name").fill("  ")
    work.dialog.get_by_role("button", name="Create").click()
    expect(work.dialog.get_by_role("alert")).to_have_text("Give it a name.")


@pytest.mark.parametrize("width", [1440, 1280, 1024, 800])
def test_no_tab_of_the_output_is_cut_off_while_a_program_runs(
    work: WorkspacePage, width: int
) -> None:
    work.page.set_viewport_size({"width": width, "height": 800})
    work.run("input('Go? ')")
    expect(work.end_input).to_be_in_viewport(ratio=1)
    tabs = work.page.get_by_role("tablist", name="Output")
    for name in ("Input", "Problems", "Preview", "Assistant", "Terminal"):
        tab = tabs.get_by_role("tab", name=name)
        expect(tab).to_be_in_viewport(ratio=1)
        tab.click()
    assert tabs.evaluate("(tabs) => tabs.scrollWidth <= tabs.clientWidth")
    assert axe(work.page) == []


@pytest.mark.parametrize("width", [1440, 1280, 320])
def test_tools_of_the_output_are_at_hand_beside_it_only(work: WorkspacePage, width: int) -> None:
    work.page.set_viewport_size({"width": width, "height": 740})
    work.page.keyboard.press("ControlOrMeta+Enter")
    expect(work.end_input).to_be_in_viewport(ratio=1)
    more = work.page.get_by_role("button", name="More for the output")
    if more.is_visible():
        more.click()
    for name in ("Find in the output", "Copy the output", "Download the output"):
        expect(work.page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    work.page.get_by_role("button", name="Find in the output").click()
    expect(work.page.get_by_role("textbox", name="Find")).to_be_focused()
    clear = work.page.get_by_role("button", name="Clear the output")
    expect(clear).to_be_in_viewport(ratio=1)
    work.go_to("Input")
    if width > NARROW["width"]:
        work.page.get_by_role("tab", name="Input").click()
    expect(clear).to_be_hidden()
    assert work.page.evaluate("document.body.scrollWidth") <= width


def test_file_that_is_new_is_in_sight_however_deep_and_far_down(work: WorkspacePage) -> None:
    work.page.set_viewport_size({"width": 1280, "height": 400})
    deep = "/".join(["folder"] * 14)
    work.create_file(f"{deep}/far in.py")
    name = work.item(f"{deep}/far in.py").locator(".name")
    expect(name).to_be_in_viewport(ratio=1)
    assert name.evaluate(IS_WHOLE)
    work.item("main.py").click()
    work.create_file("zone.py")
    expect(work.item("zone.py")).to_be_in_viewport(ratio=1)
