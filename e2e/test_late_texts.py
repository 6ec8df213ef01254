"""Large files, whose text a page reads as it shows them: nothing is written over them meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Route, expect

from e2e.accessibility import axe
from e2e.ide_page import both_sizes
from e2e.test_two_versions import another
from e2e.workspace_page import WorkspacePage, upload_of

LARGE = "one line of many\n" * 6000
READ = "**/w/*/files"


@pytest.fixture
def work(new_work: Callable[[], WorkspacePage]) -> WorkspacePage:
    """With main.py in front, and large.txt that the page has not read yet."""
    work = new_work()
    work.begin_with("Python main.py")
    work.page.locator("[data-upload-input]").set_input_files(
        [upload_of("large.txt", LARGE.encode())]
    )
    expect(work.item("large.txt")).to_be_attached()
    work.reload()
    return work


@contextmanager
def answers_held(work: WorkspacePage) -> Iterator[None]:
    """Nothing that the page reads of its files comes before the block ends."""
    held: list[Route] = []
    work.page.route(READ, lambda route: held.append(route))
    yield
    for route in held:
        route.continue_()
    work.page.unroute(READ)


def test_keys_while_a_text_is_on_its_way_go_nowhere(work: WorkspacePage) -> None:
    main = work.content_of("main.py")
    with answers_held(work):
        work.item("large.txt").click()
        expect(work.tab("large.txt")).to_have_attribute("aria-selected", "true")
        expect(work.code).to_be_hidden()
        work.code.evaluate("(code) => code.focus()")
        work.page.keyboard.insert_text("typed too early")
    expect(work.code).to_contain_text("one line of many")
    expect(work.code).to_be_focused()
    work.page.keyboard.insert_text("typed into it ")
    work.expect_saved()
    assert work.content_of("large.txt") == f"typed into it {LARGE}"
    assert work.content_of("main.py") == main


def test_change_of_the_file_before_stays_its(
    work: WorkspacePage, new_work: Callable[[], WorkspacePage]
) -> None:
    second = another(new_work, work)
    with answers_held(work):
        work.item("large.txt").click()
        expect(work.tab("large.txt")).to_have_attribute("aria-selected", "true")
        second.write("print('second')")
        second.expect_saved()
    expect(work.code).to_contain_text("one line of many")
    work.expect_saved()
    work.tab("main.py").click()
    expect(work.code).to_have_text("print('second')")
    work.expect_saved()
    assert work.content_of("large.txt") == LARGE


def test_large_text_in_front_takes_keys_once_it_is_there(work: WorkspacePage) -> None:
    work.open_file("large.txt")
    with answers_held(work):
        work.page.reload()
        expect(work.tab("large.txt")).to_have_attribute("aria-selected", "true")
        expect(work.code).to_be_hidden()
    expect(work.code).to_be_focused()
    work.page.keyboard.insert_text("first ")
    work.expect_saved()
    assert work.content_of("large.txt") == f"first {LARGE}"


@both_sizes
def test_text_that_could_not_be_read_can_be_asked_for_again(work: WorkspacePage) -> None:
    work.page.route(READ, lambda route: route.fulfill(status=500, json={"detail": "It broke."}))
    work.go_to("Files")
    work.item("large.txt").click()
    expect(work.page.get_by_text("This file could not be loaded")).to_be_visible()
    expect(work.page.get_by_text("It broke.")).to_be_visible()
    expect(work.page.get_by_text("This file is no text")).to_be_hidden()
    assert axe(work.page) == []
    again = work.page.get_by_role("button", name="Try again")
    again.click()
    expect(again).to_be_focused()
    work.page.unroute(READ)
    again.click()
    expect(work.code).to_contain_text("one line of many")
    expect(work.code).to_be_focused()
    expect(again).to_be_hidden()
    work.complaints = [one for one in work.complaints if "status of 500" not in one]


@both_sizes
def test_run_that_lacked_a_text_can_be_asked_for_again(work: WorkspacePage) -> None:
    work.page.route(READ, lambda route: route.fulfill(status=500, json={"detail": "It broke."}))
    work.run("print('it ' + 'runs')")
    expect(work.notice).to_contain_text("The files could not be read.")
    work.page.unroute(READ)
    work.notice.get_by_role("button", name="Run again").click()
    work.expect_output("it runs")
    expect(work.notice).to_be_hidden()
    work.complaints = [one for one in work.complaints if "status of 500" not in one]


def test_notice_that_a_text_could_not_be_read_goes_once_it_could(work: WorkspacePage) -> None:
    work.page.route(READ, lambda route: route.fulfill(status=500, json={"detail": "It broke."}))
    work.run("print('it ' + 'runs')")
    expect(work.notice).to_contain_text("It broke.")
    work.item("large.txt").click()
    again = work.page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    work.page.unroute(READ)
    again.click()
    expect(work.code).to_contain_text("one line of many")
    expect(work.notice).to_be_hidden()
    work.complaints = [one for one in work.complaints if "status of 500" not in one]


def test_notice_that_a_text_could_not_be_read_goes_with_the_network(work: WorkspacePage) -> None:
    work.page.context.set_offline(True)
    work.run("print('it ' + 'runs')")
    expect(work.notice).to_contain_text("The files could not be read.")
    work.page.context.set_offline(False)
    expect(work.notice).to_be_hidden()


def test_text_that_could_not_be_read_comes_with_the_network(work: WorkspacePage) -> None:
    work.page.context.set_offline(True)
    work.item("large.txt").click()
    expect(work.page.get_by_text("This file could not be loaded")).to_be_visible()
    work.tab("main.py").click()
    expect(work.code).to_contain_text("What is your name?")
    work.tab("large.txt").click()
    expect(work.page.get_by_text("The server cannot be reached.").last).to_be_visible()
    work.page.get_by_role("button", name="Try again").focus()
    work.page.context.set_offline(False)
    expect(work.code).to_contain_text("one line of many")
    expect(work.code).to_be_focused()
