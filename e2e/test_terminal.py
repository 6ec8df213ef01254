import re

import pytest
from playwright.sync_api import Browser, expect

from e2e.conftest import both_runners
from e2e.ide_page import NARROW, IdePage
from e2e.server import Server

pytestmark = both_runners

KEYS = """import os, tty
tty.setraw(0)
print("ready", end="\\r\\n", flush=True)
while True:
    print(os.read(0, 100), end="\\r\\n", flush=True)
"""
WIDTH = """import os, signal
def tell(*_):
    print("columns", os.get_terminal_size().columns)
signal.signal(signal.SIGWINCH, tell)
tell()
while True:
    signal.pause()
"""
ASK_WHERE = r"""import os, sys, termios, tty
before = termios.tcgetattr(0)
tty.setcbreak(0)
os.write(1, b"\x1b[6n")
while not os.read(0, 1) == b"R":
    pass
termios.tcsetattr(0, termios.TCSADRAIN, before)
print(repr(input("Name? ")))
"""
BROKEN = r"""import sys
sys.stdout.buffer.write(bytes(range(256)) * 3 + b"\x18")
for start in ("", "(", "[", "[1", "[1 ", "P", "P1", "_", "^", "X"):
    print("\x1b" + start + "\xe9\x18")
print("whole")
"""
LATE_PROMPT = """import time
time.sleep(1.5)
print("Hello,", input("Name? "))
"""


def test_prompt_draws_the_focus_and_is_answered_in_the_terminal(ide: IdePage) -> None:
    ide.run('name = input("Who? ")\nprint("Hello,", name.upper())\n')
    ide.expect_output("Who?")
    expect(ide.typed_into).to_be_focused()
    ide.page.keyboard.type("adam")
    ide.page.keyboard.press("Backspace")
    ide.page.keyboard.press("Enter")
    ide.expect_output("Who? ada")
    ide.expect_output("Hello, ADA")
    ide.expect_state("Exit 0")


def test_prompt_takes_the_focus_from_nobody_who_types(ide: IdePage) -> None:
    ide.run(LATE_PROMPT)
    ide.expect_state("Running")
    ide.code.focus()
    ide.page.keyboard.press("Control+End")
    ide.page.keyboard.type("# more")
    ide.expect_output("Name?")
    ask = ide.page.get_by_role("button", name="Type your answer")
    expect(ask).to_be_visible()
    expect(ide.code).to_be_focused()
    ask.click()
    expect(ask).to_be_hidden()
    ide.page.keyboard.type("Ada")
    ide.page.keyboard.press("Enter")
    ide.expect_output("Hello, Ada")


def test_control_c_interrupts(ide: IdePage) -> None:
    ide.run('print("begun")\nwhile True: pass\n')
    ide.expect_output("begun")
    ide.press("Control+c")
    ide.expect_output("KeyboardInterrupt")
    ide.expect_state("Exit 130")


def test_control_c_copies_what_is_selected(ide: IdePage) -> None:
    ide.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ide.run('print("copied", flush=True)\ninput()\nprint("went on")\n')
    ide.output("copied").dblclick(force=True)
    ide.page.keyboard.press("Control+c")
    assert ide.page.evaluate("navigator.clipboard.readText()") == "copied"
    ide.answer("")
    ide.expect_output("went on")


def test_pasted_lines_arrive_one_by_one(ide: IdePage) -> None:
    ide.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ide.run("print([input() for _ in range(3)])")
    expect(ide.end_input).to_be_visible()
    ide.page.evaluate("navigator.clipboard.writeText('one\\ntwo\\nthree\\n')")
    ide.press("Control+v")
    ide.expect_output("['one', 'two', 'three']")


def test_control_d_and_the_button_end_the_input(ide: IdePage) -> None:
    ide.run("import sys\nprint(len(sys.stdin.readlines()), 'lines')\n")
    ide.answer("one")
    ide.answer("two")
    ide.press("Control+d")
    ide.expect_output("2 lines")
    ide.run("import sys\nprint(repr(sys.stdin.read()))\n")
    ide.end_input.click()
    ide.expect_output("''")


def test_program_sees_arrows_tab_and_control_keys(ide: IdePage) -> None:
    ide.run(KEYS)
    ide.expect_output("ready")
    for key, sent in {
        "ArrowUp": r"b'\x1b[A'",
        "Tab": r"b'\t'",
        "Control+a": r"b'\x01'",
        "Escape": r"b'\x1b'",
        "F1": r"b'\x1bOP'",
    }.items():
        ide.press(key)
        ide.expect_output(sent)


def test_escape_and_tab_leave_the_terminal(ide: IdePage) -> None:
    ide.run("input('Go? ')")
    ide.press("Tab")
    expect(ide.typed_into).to_be_focused()
    for leave in ("Tab", "Shift+Tab"):
        ide.press("Escape")
        ide.page.keyboard.press(leave)
        expect(ide.typed_into).not_to_be_focused()
    described = ide.typed_into.get_attribute("aria-describedby")
    expect(ide.page.locator(f"#{described}")).to_contain_text("press Escape first")


def test_tab_moves_on_when_nothing_runs(ide: IdePage) -> None:
    ide.run("print('x')")
    ide.expect_state("Exit 0")
    ide.typed_into.focus()
    ide.page.keyboard.press("Tab")
    expect(ide.typed_into).not_to_be_focused()


def test_program_follows_the_size_of_the_pane(ide: IdePage) -> None:
    ide.run(WIDTH)
    ide.expect_output(re.compile(r"columns \d+"))
    first = widths(ide)[-1]
    ide.page.set_viewport_size({"width": 1000, "height": 860})
    expect(ide.terminal).to_contain_text(re.compile(rf"columns (?!{first}\b)\d+"))
    assert widths(ide)[-1] < first


def widths(ide: IdePage) -> list[int]:
    return [int(width) for width in re.findall(r"columns (\d+)", ide.terminal.inner_text())]


def test_colours_are_shown(ide: IdePage) -> None:
    ide.run(r'print("\033[32mgreen\033[0m \033[38;2;200;30;90mpink\033[0m")')
    ide.expect_state("Exit 0")
    assert "xterm-fg-2" in (ide.terminal.get_by_text("green").get_attribute("class") or "")
    pink = ide.terminal.get_by_text("pink").evaluate("(e) => getComputedStyle(e).color")
    assert pink == "rgb(200, 30, 90)"


def test_screen_that_a_program_leaves_behind_is_put_right(ide: IdePage) -> None:
    ide.run(r'print("before\033[?1049h\033[31malone", end="")')
    ide.expect_state("Exit 0")
    ide.expect_output("before")
    ide.expect_output("Finished")
    expect(ide.terminal).not_to_contain_text("alone")


def test_question_of_the_program_is_answered_once(ide: IdePage) -> None:
    ide.run(ASK_WHERE)
    ide.expect_output("Name?")
    ide.reload()
    ide.expect_output("Name?")
    ide.answer("Ada")
    ide.expect_output("'Ada'")


def test_broken_control_strings_are_no_error_of_the_page(ide: IdePage) -> None:
    ide.run(BROKEN)
    ide.expect_output("whole")
    ide.expect_state("Exit 0")
    assert ide.complaints == []


@pytest.fixture
def phone(browser: Browser, server: Server) -> "IdePage":
    context = browser.new_context(viewport=NARROW, has_touch=True, is_mobile=True)
    ide = IdePage(context.new_page(), f"{server.url}/")
    ide.open()
    return ide


def test_tap_on_the_terminal_opens_the_keyboard_of_a_phone(phone: IdePage) -> None:
    phone.write('print("Hello,", input("Name? "))\nwhile True: pass\n')
    phone.run_button.tap()
    phone.expect_output("Name?")
    phone.terminal.tap(force=True)
    # A browser opens its keyboard for a field in focus that can be written in.
    expect(phone.typed_into).to_be_focused()
    expect(phone.typed_into).to_be_editable()
    phone.page.keyboard.type("Ada")
    phone.page.keyboard.press("Enter")
    phone.expect_output("Hello, Ada")
    phone.page.get_by_role("button", name="Ctrl C").tap()
    expect(phone.typed_into).to_be_focused()
    phone.expect_state("Exit 130")
    assert phone.complaints == []
    phone.page.context.close()
