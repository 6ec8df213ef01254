"""Text that would like to be a script, wherever somebody else's text is shown."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from e2e.account_page import AccountPage
from e2e.ide_page import IdePage
from e2e.server import Server
from e2e.workspace_page import WorkspacePage

HOSTILE = "\"'><img src=x onerror=hacked=1><script>hacked=1</script>{{hacked}}"


@pytest.fixture
def account(context: BrowserContext, server: Server) -> Iterator[AccountPage]:
    account = AccountPage(context.new_page(), server.url)
    yield account
    assert account.complaints == []


def expect_untouched(page: Page) -> None:
    assert page.evaluate("typeof hacked") == "undefined"
    assert page.locator("img[src=x]").count() == 0


def test_output_and_errors_are_only_text(ide: IdePage) -> None:
    ide.run(f"text = {HOSTILE!r}\nprint(text)\nraise ValueError(text)")
    ide.expect_output("<img src=x onerror=hacked=1>")
    expect(ide.notice).to_contain_text("<img src=x onerror=hacked=1>")
    expect_untouched(ide.page)


def test_link_of_a_program_runs_no_script(ide: IdePage) -> None:
    ide.run(r"print('\x1b]8;;javascript:hacked=1\x1b\\press me\x1b]8;;\x1b\\ now')")
    ide.expect_output("press me now")
    ide.page.on("dialog", lambda dialog: dialog.accept())
    ide.terminal.get_by_text("press me").first.click(force=True)
    expect_untouched(ide.page)


def test_name_of_a_user_is_only_text(account: AccountPage) -> None:
    account.sign_up("hostile")
    account.open("/accounts/profile/")
    account.field("Display name").fill(HOSTILE)
    account.button("Save").click()
    expect(account.field("Display name")).to_have_value(HOSTILE)
    for path in ("/accounts/profile/", "/", "/accounts/email/", "/accounts/sessions/"):
        account.open(path)
        expect(account.menu_button).to_be_visible()
        expect_untouched(account.page)


@pytest.mark.parametrize("way", ["paste", "drop"])
def test_nul_that_is_put_in_does_not_make_a_file_no_text(work: WorkspacePage, way: str) -> None:
    work.code.press("ControlOrMeta+a")
    work.code.press("Delete")
    work.code.evaluate(
        """(code, way) => {
          const data = new DataTransfer();
          data.setData('text/plain', 'a = "\\0b\\0"');
          const { left, top } = code.querySelector('.cm-line').getBoundingClientRect();
          const about = { bubbles: true, cancelable: true, clientX: left + 1, clientY: top + 1 };
          code.dispatchEvent(
            way === 'paste'
              ? new ClipboardEvent('paste', { ...about, clipboardData: data })
              : new DragEvent('drop', { ...about, dataTransfer: data }),
          );
        }""",
        way,
    )
    expect(work.code).to_have_text('a = "b"')
    work.expect_saved()
    work.reload()
    expect(work.code).to_have_text('a = "b"')
    assert work.content_of("main.py") == 'a = "b"'
