from collections.abc import Callable

from playwright.sync_api import expect

from e2e.ide_page import IdePage, both_sizes

COUNT = """import time
for number in range(1, 9):
    print("step", number)
    time.sleep(0.7)
"""


@both_sizes
def test_text_survives_a_reload(ide: IdePage) -> None:
    ide.write("print('kept')")
    ide.choose("nodejs")
    ide.write("console.log('kept too')")
    ide.reload()
    expect(ide.code).to_contain_text("kept too")
    ide.choose("python")
    expect(ide.code).to_have_text("print('kept')")


def test_second_tab_leaves_the_text_of_the_first(new_ide: Callable[[], IdePage]) -> None:
    first = new_ide()
    first.write("print('first')")
    expect(first.page.locator("[data-saved]")).to_have_text("Saved")
    second = new_ide()
    expect(second.code).to_have_text("print('first')")
    second.write("print('second')")
    expect(second.page.locator("[data-saved]")).to_have_text("Saved")
    first.reload()
    expect(first.code).to_have_text("print('first')")
    second.reload()
    expect(second.code).to_have_text("print('second')")


def test_overwritten_text_of_another_tab_can_be_fetched(new_ide: Callable[[], IdePage]) -> None:
    first = new_ide()
    second = new_ide()
    first.write("print('first')")
    expect(first.page.locator("[data-saved]")).to_have_text("Saved")
    second.write("print('second')")
    second.page.get_by_role("button", name="Other text").click()
    expect(second.code).to_have_text("print('first')")


def test_template_comes_back_and_undo_brings_back_the_text(ide: IdePage) -> None:
    template = ide.code.inner_text()
    ide.write("print('mine')")
    ide.page.get_by_role("button", name="Template").click()
    assert ide.code.inner_text() == template
    ide.page.keyboard.press("ControlOrMeta+z")
    expect(ide.code).to_have_text("print('mine')")


@both_sizes
def test_message_of_the_template_brings_back_the_text(ide: IdePage) -> None:
    template = ide.code.inner_text()
    ide.write("print('first')")
    ide.page.get_by_role("button", name="Template").click()
    ide.page.get_by_role("button", name="Undo", exact=True).click()
    ide.write("print('second')")
    ide.page.get_by_role("button", name="Template").click()
    assert ide.code.inner_text() == template
    ide.page.get_by_role("button", name="Undo", exact=True).click()
    expect(ide.code).to_have_text("print('second')")
    expect(ide.page.get_by_role("button", name="Other text")).to_be_hidden()


@both_sizes
def test_text_before_the_template_survives_a_reload(ide: IdePage) -> None:
    ide.write("print('mine')")
    ide.page.get_by_role("button", name="Template").click()
    expect(ide.page.locator("[data-saved]")).to_have_text("Saved")
    ide.reload()
    ide.page.get_by_role("button", name="Other text").click()
    expect(ide.code).to_have_text("print('mine')")


@both_sizes
def test_reload_in_the_middle_of_a_run_shows_it_all(ide: IdePage) -> None:
    ide.run(COUNT)
    ide.expect_output("step 2")
    ide.reload()
    ide.go_to("Terminal")
    ide.expect_output("step 1")
    ide.expect_state("Running")
    ide.expect_output("step 8")
    ide.expect_state("Exit 0")


@both_sizes
def test_reload_keeps_what_was_typed(ide: IdePage) -> None:
    ide.run('first = input("One: ")\nsecond = input("Two: ")\nprint(first + second)\n')
    ide.expect_output("One:")
    ide.answer("sun")
    ide.expect_output("Two:")
    ide.reload()
    ide.go_to("Terminal")
    ide.expect_output("One: sun")
    ide.answer("flower")
    ide.expect_output("sunflower")


@both_sizes
def test_ended_run_is_shown_after_a_reload(ide: IdePage) -> None:
    ide.run("print('still ' + 'here')")
    ide.expect_state("Exit 0")
    ide.reload()
    ide.go_to("Terminal")
    ide.expect_output("still here")
    ide.expect_state("Exit 0")


@both_sizes
def test_lost_connection_is_taken_up_again(ide: IdePage) -> None:
    ide.run(COUNT)
    ide.expect_output("step 2")
    ide.page.context.set_offline(True)
    ide.expect_state("Connection lost, trying again…")
    ide.page.context.set_offline(False)
    ide.expect_state("Running")
    ide.expect_output("step 8")
    ide.expect_state("Exit 0")
    for number in range(1, 9):
        assert ide.terminal.inner_text().count(f"step {number}") == 1
    ide.complaints = [c for c in ide.complaints if "ERR_INTERNET_DISCONNECTED" not in c]
