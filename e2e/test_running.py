import re
import time

import pytest
from playwright.sync_api import expect

from e2e.conftest import missing
from e2e.ide_page import IdePage
from e2e.server import Server

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


def test_typed_line_reaches_the_program(ide: IdePage) -> None:
    ide.run('name = input("Who? ")\nprint("Hello,", name.upper())\n')
    ide.expect_output("Who?")
    ide.answer("ada")
    ide.expect_output("Who? ada")
    ide.expect_output("Hello, ADA")
    ide.expect_state("Exit 0")


def test_control_d_ends_the_input(ide: IdePage) -> None:
    ide.run("import sys\nprint(len(sys.stdin.readlines()), 'lines')\n")
    ide.answer("one")
    ide.answer("two")
    ide.input_line.press("Control+d")
    ide.expect_output("2 lines")


def test_end_input_ends_the_input(ide: IdePage) -> None:
    ide.run("import sys\nprint(repr(sys.stdin.read()))\n")
    ide.page.get_by_role("button", name="End input").click()
    ide.expect_output("''")


def test_colours_are_shown_and_stderr_is_red(ide: IdePage) -> None:
    ide.run(
        "import sys\n"
        r'print("\033[32mgreen\033[0m")' + "\n"
        'print("wrong", file=sys.stderr)\n'
    )
    ide.expect_output("wrong")
    ide.expect_state("Exit 0")
    assert "xterm-fg-2" in (ide.terminal.get_by_text("green").get_attribute("class") or "")
    assert "xterm-fg-1" in (ide.terminal.get_by_text("wrong").get_attribute("class") or "")


def test_failure_names_its_line(ide: IdePage) -> None:
    ide.run("found = []\n\nprint(found[-1])\n")
    ide.expect_state("Exit 1")
    expect(ide.notice).to_contain_text("IndexError: list index out of range")
    expect(ide.page.locator(".cm-error-line")).to_have_text("print(found[-1])")
    ide.notice.get_by_role("button", name="Go to line 3").click()
    expect(ide.page.locator("[data-cursor]")).to_have_text("Ln 3, Col 1")


def test_missing_module_names_its_package(ide: IdePage) -> None:
    ide.run("import bs4\n")
    expect(ide.notice).to_contain_text("beautifulsoup4", timeout=20_000)


def test_numbers_are_in_the_status_bar(ide: IdePage) -> None:
    ide.run("print('x')")
    ide.expect_state("Exit 0")
    expect(ide.page.locator("[data-first-output]")).to_have_text(re.compile(r"first output \d+"))
    expect(ide.page.locator("[data-time]")).to_have_text(re.compile(r"^\d+\.\d+ s$"))
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
