"""What needs a server with settings of its own: the queue, limits, packages."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from e2e.conftest import BASE_URL, missing
from e2e.ide_page import IdePage
from e2e.server import Server, started

SETTINGS = {
    "GUEST_NETWORK": "true",
    "MAX_INTERACTIVE_TIME": "6",
    "MAX_RUNS_PER_USER": "1",
}
SLEEP = "import time\nprint('begun')\ntime.sleep(2)\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if BASE_URL:
        missing("a server of one's own")
    with started("bubblewrap", tmp_path_factory.mktemp("waiting"), SETTINGS) as server:
        if not server.has_sandbox:
            missing("no bubblewrap runner on this machine")
        yield server


def test_place_in_the_queue_is_told_and_the_run_starts_by_itself(
    new_ide: Callable[[], IdePage],
) -> None:
    first, second, third = new_ide(), new_ide(), new_ide()
    first.run("import time\nprint('begun')\nfor _ in range(3): time.sleep(1)\n")
    first.expect_output("begun")
    second.run(SLEEP)
    second.expect_state("Waiting, place 1 in the queue")
    third.run("print('third')")
    third.expect_state("Waiting, place 2 in the queue")
    expect(third.notice).to_contain_text("Your program is number 2 in the queue.")
    third.expect_state("Waiting, place 1 in the queue")
    progress = third.notice.get_by_role("progressbar", name="Your program runs next.")
    expect(progress).to_have_js_property("value", 0.5)
    expect(third.notice).to_contain_text("Your program runs next.")
    third.expect_output("third")
    expect(third.notice).to_be_hidden()


def test_queued_run_can_be_stopped(new_ide: Callable[[], IdePage]) -> None:
    first, second = new_ide(), new_ide()
    first.run(SLEEP)
    first.expect_output("begun")
    second.run("print('never')")
    second.expect_state("Waiting, place 1 in the queue")
    second.stop_button.click()
    second.expect_state("Stopped")
    expect(second.notice).to_be_hidden()
    expect(second.output("Stopped.")).to_be_in_viewport(ratio=1)
    first.expect_state("Exit 0")


def test_time_limit_is_counted_down_and_explained(ide: IdePage) -> None:
    ide.run("input('Go? ')")
    expect(ide.page.locator("[data-left]")).to_have_attribute("data-tone", "warn")
    ide.expect_state("Time limit reached")
    expect(ide.notice).to_contain_text("6 seconds")
    expect(ide.run_button).to_have_attribute("aria-disabled", "false")


def test_missing_package_is_installed_and_kept(ide: IdePage) -> None:
    ide.run("import colorama\nprint(colorama.__name__ + ' is here')\n")
    expect(ide.notice).to_contain_text("The module colorama is not installed.")
    ide.notice.get_by_role("button", name="Install and run again").click()
    ide.expect_output("colorama is here", within_ms=60_000)
    ide.expect_state("Exit 0")
    expect(ide.notice).to_be_hidden()
    chip = ide.page.get_by_role("button", name="Run without the package colorama")
    ide.reload()
    expect(chip).to_be_visible()
    ide.choose("nodejs")
    expect(chip).to_be_hidden()
    ide.choose("python")
    chip.click()
    expect(chip).to_be_hidden()
    ide.run_button.click()
    expect(ide.notice).to_contain_text("The module colorama is not installed.")


def test_package_that_cannot_be_installed_is_explained(ide: IdePage) -> None:
    ide.run("import no_such_module_anywhere\n")
    ide.notice.get_by_role("button", name="Install and run again").click()
    expect(ide.notice).to_contain_text(
        re.compile("no_such_module_anywhere could not be installed"), timeout=60_000
    )
    ide.notice.get_by_role("button", name="Run without no_such_module_anywhere").click()
    expect(ide.notice).to_contain_text("is not installed.", timeout=20_000)
    expect(ide.page.locator("[data-packages]")).to_be_hidden()
