import re
import time

import pytest
from playwright.sync_api import expect

from e2e.conftest import both_runners, missing
from e2e.ide_page import IdePage, both_sizes
from e2e.server import Server

pytestmark = both_runners

HELLO = {
    "python": 'print("hello from " + "python")',
    "nodejs": 'console.log("hello from " + "nodejs")',
    "java": """public class Greeter {
    public static void main(String[] args) {
        System.out.println("hello from " + "java");
    }
}""",
    "cpp": """#include <iostream>
#include <string>
int main() { std::cout << std::string("hello from ") + "cpp" << std::endl; }""",
    "ubuntu": "echo hello from $(echo ubuntu)",
}
COUNT_SLOWLY = """import time
for number in range(1, 4):
    print("line", number)
    time.sleep(1)
"""
FOREVER = """import time
print("begun")
while True:
    time.sleep(0.1)
"""


@pytest.mark.parametrize("language", HELLO)
def test_hello_is_printed(ide: IdePage, server: Server, language: str) -> None:
    if not server.languages[language]["available"]:
        missing(f"{language}: {server.languages[language]['reason']}")
    ide.choose(language)
    ide.run(HELLO[language])
    ide.expect_output(f"hello from {language}", within_ms=40_000)
    ide.expect_state("Exit 0")


@both_sizes
def test_output_appears_line_by_line(ide: IdePage) -> None:
    ide.run(COUNT_SLOWLY)
    ide.expect_output("line 1")
    expect(ide.terminal).not_to_contain_text("line 2")
    ide.expect_state("Running")
    ide.expect_output("line 2")
    expect(ide.terminal).not_to_contain_text("line 3")
    ide.expect_output("line 3")
    ide.expect_state("Exit 0")


def test_stop_ends_the_program(ide: IdePage) -> None:
    ide.run(FOREVER)
    ide.expect_output("begun")
    pressed = time.monotonic()
    ide.stop_button.click()
    ide.expect_state("Stopped")
    assert time.monotonic() - pressed < 2
    expect(ide.run_button).to_have_attribute("aria-disabled", "false")
    expect(ide.stop_button).to_have_attribute("aria-disabled", "true")


def test_run_pressed_right_after_stop_runs_once_it_has_stopped(ide: IdePage) -> None:
    ide.run(FOREVER)
    ide.expect_output("begun")
    ide.write("print('the ' + 'second')")
    # As fast as keys are on a slow line: before the server can have answered.
    ide.page.evaluate(
        "for (const n of ['stop', 'run']) document.querySelector(`[data-${n}]`).click()"
    )
    ide.expect_output("the second")
    ide.expect_state("Exit 0")


FAILURES = {
    "python": ("found = []\n\nprint(found[-1])\n", "IndexError on line 3", "print(found[-1])"),
    "nodejs": ("\nnull.length\n", "TypeError on line 2", "null.length"),
    "java": (
        "class Main {\n  public static void main(String[] a) {\n    int x = y;\n  }\n}\n",
        "The compiler found an error in Main.java, line 3",
        "int x = y;",
    ),
    "cpp": (
        "int main() {\n  return missing;\n}\n",
        "The compiler found an error in main.cpp, line 2",
        "return missing;",
    ),
}


@pytest.mark.parametrize("language", FAILURES)
def test_failure_is_explained_and_its_line_is_one_press_away(
    ide: IdePage, server: Server, language: str
) -> None:
    if not server.languages[language]["available"]:
        missing(f"{language}: {server.languages[language]['reason']}")
    code, explanation, line = FAILURES[language]
    ide.choose(language)
    ide.run(code)
    expect(ide.notice).to_contain_text(explanation, timeout=40_000)
    expect(ide.notice.locator("code")).to_have_text(line)
    expect(ide.page.locator(".cm-error-line")).to_contain_text(line)
    number = re.search(r"line (\d+)", explanation)
    assert number
    ide.notice.get_by_role("button", name=f"Go to line {number[1]}").click()
    expect(ide.code).to_be_focused()
    expect(ide.page.locator("[data-cursor]")).to_have_text(re.compile(rf"^Ln {number[1]},"))


def test_place_in_a_traceback_is_a_link(ide: IdePage) -> None:
    ide.run("def fail():\n    return 1 / 0\n\nfail()\n")
    expect(ide.notice).to_contain_text("ZeroDivisionError")
    ide.output("4").click(force=True)  # each character of a link is a piece of its own
    expect(ide.page.locator("[data-cursor]")).to_have_text(re.compile("^Ln 4,"))


def test_card_stands_right_below_a_short_output(ide: IdePage) -> None:
    ide.run("print('one')\nraise SystemExit(3)\n")
    ide.expect_state("Exit 3")
    expect(ide.notice).to_be_visible()
    ide.expect_output("one")
    line = ide.terminal.get_by_text("one").bounding_box()
    assert line
    expect(ide.notice).to_be_in_viewport(ratio=1)
    ide.page.wait_for_function(
        "(bottom) => document.querySelector('[data-notice]').getBoundingClientRect().top"
        " - bottom < 60",
        arg=line["y"] + line["height"],
    )


def test_what_is_left_is_told_while_it_runs(ide: IdePage) -> None:
    left = ide.page.locator("[data-left]")
    ide.run(FOREVER)
    ide.expect_output("begun")
    expect(left).to_have_text(re.compile(r"^[0-5]:\d\d left$"))
    expect(left).to_have_attribute("title", re.compile("by the clock, and compute for"))
    before = left.inner_text()
    expect(left).not_to_have_text(before, timeout=2500)
    ide.stop_button.click()
    ide.expect_state("Stopped")
    expect(left).to_be_hidden()


def test_start_and_end_are_announced(ide: IdePage) -> None:
    announced = ide.page.locator("[data-announce]")
    ide.run("input('Go? ')")
    expect(announced).to_have_text("The program runs.")
    ide.answer("yes")
    expect(announced).to_have_text(re.compile(r"^Finished in .* s\. Exit code 0"))


def test_cleared_output_gives_its_room_back(ide: IdePage) -> None:
    room = "() => document.querySelector('[data-screen]').clientHeight"
    whole = ide.page.evaluate(room)
    ide.run("1 / 0")
    expect(ide.notice).to_contain_text("ZeroDivisionError")
    screen = ide.page.locator("[data-screen]")
    expect(screen).to_have_attribute("style", re.compile("--output-height"))
    assert ide.page.evaluate(room) < whole
    ide.page.keyboard.press("ControlOrMeta+k")
    expect(ide.page.get_by_text("Nothing has run yet")).to_be_visible()
    assert ide.page.evaluate(room) == whole


def test_numbers_are_in_the_status_bar(ide: IdePage) -> None:
    ide.run("print('x')")
    ide.expect_state("Exit 0")
    expect(ide.page.locator("[data-first-output]")).to_have_text(re.compile(r"first output \d+"))
    expect(ide.page.locator("[data-time]")).to_have_text(re.compile(r"^\d+\.\d+ s$"))
    expect(ide.page.locator("[data-cpu]")).to_have_text(re.compile(r"^\d+\.\d+ s CPU$"))
    expect(ide.page.locator("[data-memory]")).to_have_text(re.compile(r"^\d+(\.\d)? MB$"))


def test_flood_leaves_the_page_answering(ide: IdePage) -> None:
    ide.run("while True: print('x' * 79)")
    ide.expect_output("xxxx")
    expect(ide.run_button).to_have_attribute("aria-disabled", "false", timeout=40_000)
    ide.run("print('af' + 'ter')")
    ide.expect_output("after")


def test_empty_program_is_refused_in_words(ide: IdePage) -> None:
    ide.run(" ")
    expect(ide.notice).to_contain_text("could not take this run")
    ide.expect_state("Not run")
