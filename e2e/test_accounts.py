"""Accounts in a real browser: with a keyboard alone, without JavaScript, with second factors."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, ViewportSize, expect

from accounts.tests.authenticator_app import code_of
from e2e.accessibility import axe
from e2e.account_page import PASSWORD, AccountPage, authenticator_device
from e2e.server import Server, started

SIZES: dict[str, ViewportSize] = {
    "wide": {"width": 1440, "height": 900},
    "narrow": {"width": 360, "height": 740},
}


@pytest.fixture(scope="module")
def mail_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mail")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, mail_dir: Path) -> Iterator[Server]:
    settings = {
        "EMAIL_URL": f"filemail:///{mail_dir}",
        "GITHUB_CLIENT_ID": "tests",
        "GITHUB_CLIENT_SECRET": "tests",
    }
    with started("bubblewrap", tmp_path_factory.mktemp("site"), settings) as server:
        yield server


@pytest.fixture
def new_visitor(browser: Browser, site: Server) -> Iterator[Callable[..., AccountPage]]:
    """Somebody with a browser of their own; at the end none may have had complaints."""
    contexts: list[BrowserContext] = []
    visitors: list[AccountPage] = []

    def come(**options: Any) -> AccountPage:
        context = browser.new_context(**({"viewport": SIZES["wide"]} | options))
        contexts.append(context)
        visitors.append(AccountPage(context.new_page(), site.url))
        return visitors[-1]

    yield come
    found = [visitor.complaints for visitor in visitors]
    for context in contexts:
        context.close()
    assert found == [[]] * len(found)


@pytest.fixture
def visitor(new_visitor: Callable[..., AccountPage]) -> AccountPage:
    return new_visitor()


def test_keyboard_alone_signs_up_and_logs_in(visitor: AccountPage) -> None:
    keyboard = visitor.page.keyboard
    visitor.open("/accounts/signup/")
    visitor.type_into("Username", "keys_only")
    visitor.type_into("E-mail", "keys_only@example.org")
    visitor.type_into("Password", PASSWORD)
    visitor.tab_to(visitor.button("Sign up"))
    keyboard.press("Enter")
    visitor.expect_editor()
    # The editor takes Tab for itself, so one comes from the other side.
    visitor.menu_button.focus()
    keyboard.press("Enter")
    visitor.tab_to(visitor.page.get_by_role("button", name="Log out"))
    keyboard.press("Enter")
    expect(visitor.page.get_by_role("link", name="Log in")).to_be_visible()
    visitor.open("/accounts/login/")
    visitor.type_into("Username or e-mail", "Keys_Only@Example.org")
    visitor.type_into("Password", PASSWORD)
    keyboard.press("Enter")
    visitor.expect_editor()


def test_theme_that_could_not_be_sent_stays_and_is_sent_with_the_next_page(
    visitor: AccountPage,
) -> None:
    visitor.sign_up("themed")
    page = visitor.page
    page.route("**/accounts/theme/", lambda route: route.fulfill(status=500))
    with page.expect_response("**/accounts/theme/"):
        page.get_by_role("button", name="Theme: system").click()
    page.unroute_all()
    with page.expect_response("**/accounts/theme/") as sent:
        page.reload()
    assert sent.value.status == 204
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.wait_for_function("!document.cookie.includes('theme_unsent')")
    page.context.clear_cookies(name="theme")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    visitor.complaints[:] = [one for one in visitor.complaints if "status of 500" not in one]


def test_menu_says_who_is_here_and_leads_to_their_pages(visitor: AccountPage) -> None:
    visitor.sign_up("menu_user")
    visitor.menu_button.click()
    expect(visitor.page.get_by_text("menu_user of the tests")).to_be_visible()
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.get_by_text("menu_user of the tests")).to_be_hidden()
    visitor.menu_button.click()
    visitor.page.get_by_role("link", name="Profile").click()
    expect(visitor.page.get_by_role("heading", name="Profile")).to_be_visible()
    visitor.log_out()


def test_what_is_wrong_stands_beside_its_field(visitor: AccountPage) -> None:
    visitor.sign_up("taken_name")
    visitor.log_out()
    visitor.open("/accounts/signup/")
    visitor.field("Username").fill("Taken_Name")
    visitor.field("E-mail").fill("other@example.org")
    visitor.field("Password").fill(PASSWORD)
    visitor.button("Sign up").click()
    name = visitor.field("Username")
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description(re.compile("This username is taken."))


def test_password_can_be_read_while_it_is_typed(visitor: AccountPage) -> None:
    visitor.open("/accounts/login/")
    password = visitor.field("Password")
    password.fill("abc")
    visitor.page.get_by_role("button", name="Show password").click()
    expect(password).to_have_attribute("type", "text")
    visitor.page.get_by_role("button", name="Show password").click()
    expect(password).to_have_attribute("type", "password")


def test_forms_work_without_javascript(new_visitor: Callable[..., AccountPage]) -> None:
    visitor = new_visitor(java_script_enabled=False)
    visitor.sign_up("no_script")
    visitor.menu_button.click()  # a popover needs none
    visitor.page.get_by_role("button", name="Log out").click()
    visitor.log_in("no_script")
    visitor.expect_editor()


def test_authenticator_app_is_asked_for(
    visitor: AccountPage, new_visitor: Callable[..., AccountPage]
) -> None:
    visitor.sign_up("app_user")
    secret = visitor.turn_on_authenticator_app()
    codes = visitor.page.get_by_label("Unused codes").get_by_role("listitem")
    expect(codes).to_have_count(10)
    recovery_code = codes.first.inner_text()
    for code in (code_of(secret, periods_ahead=1), recovery_code):
        other = new_visitor()
        other.log_in("app_user")
        other.field("Code").fill(code)
        other.button("Log in").click()
        other.expect_editor()


def test_passkey_logs_in_without_a_password(visitor: AccountPage) -> None:
    with authenticator_device(visitor.page):
        visitor.sign_up("pass_key")
        visitor.add_passkey(alone=True)
        visitor.log_out()
        visitor.open("/accounts/login/")
        visitor.button("Use a passkey").click()
        visitor.expect_editor()
        visitor.menu_button.click()
        expect(visitor.page.get_by_text("pass_key of the tests")).to_be_visible()


def test_keyboard_alone_passes_the_second_factor(visitor: AccountPage) -> None:
    with authenticator_device(visitor.page):
        visitor.sign_up("second_key")
        visitor.add_passkey(alone=False)
        visitor.log_out()
        visitor.open("/accounts/login/")
        visitor.type_into("Username or e-mail", "second_key")
        visitor.type_into("Password", PASSWORD)
        visitor.page.keyboard.press("Enter")
        expect(visitor.page.get_by_role("heading", name="Your second factor")).to_be_visible()
        visitor.tab_to(visitor.button("Use a passkey or security key"))
        visitor.page.keyboard.press("Enter")
        visitor.expect_editor()


def test_passkey_is_renamed_and_removed(visitor: AccountPage) -> None:
    with authenticator_device(visitor.page):
        visitor.sign_up("key_keeper")
        visitor.add_passkey(alone=True)
    visitor.open("/accounts/2fa/webauthn/")
    keys = visitor.page.get_by_role("list", name="Your passkeys and security keys")
    expect(keys).to_contain_text("My phone")
    keys.get_by_role("link", name="Rename").click()
    visitor.field("Name").fill("<b>Old</b> phone")
    visitor.button("Save").click()
    expect(keys).to_contain_text("<b>Old</b> phone")
    keys.get_by_role("link", name="Remove").click()
    visitor.button("Remove").click()
    expect(visitor.page.get_by_text("None yet.")).to_be_visible()


def test_passkey_that_fails_says_so(visitor: AccountPage) -> None:
    with authenticator_device(visitor.page, verifies=False):
        visitor.open("/accounts/login/")
        visitor.button("Use a passkey").click()
        expect(visitor.page.get_by_role("alert")).to_contain_text("No passkey was used")


def test_social_login_asks_first(visitor: AccountPage) -> None:
    visitor.open("/accounts/login/")
    visitor.page.get_by_role("link", name="Continue with GitHub").click()
    expect(visitor.page.get_by_role("heading", name="Log in with GitHub")).to_be_visible()
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body="GitHub")

    visitor.page.route("https://github.com/**", answer)
    visitor.button("Continue").click()
    visitor.page.wait_for_url(re.compile("^https://github.com/"))
    assert "client_id=tests" in asked[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_on_any_page(
    new_visitor: Callable[..., AccountPage],
    mail_dir: Path,
    scheme: str,
    size: str,
) -> None:
    visitor = new_visitor(viewport=SIZES[size], color_scheme=scheme)
    name = f"axe_{size}_{scheme}"
    found: dict[str, Any] = {}

    def look(place: str) -> None:
        problems = axe(visitor.page)
        overflow = visitor.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if problems or overflow > 0:
            found[place] = problems, overflow

    def look_at(*paths: str) -> None:
        for path in paths:
            visitor.open(path)
            look(path)

    look_at(
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/password/reset/key/done/",
        "/accounts/password/reset/key/1-made-up/",
        "/accounts/confirm-email/",
        "/accounts/confirm-email/made-up/",
        "/accounts/inactive/",
        "/accounts/github/login/",
        "/accounts/3rdparty/login/cancelled/",
        "/accounts/3rdparty/login/error/",
    )
    # The last one's status is 401, which the browser repeats.
    assert "401 (Unauthorized)" in visitor.complaints.pop()
    visitor.log_in("nobody")
    look("wrong login")
    visitor.sign_up(name)
    look("editor")
    visitor.menu_button.click()
    look("menu")
    visitor.open(newest_link(mail_dir, name))
    look("confirm e-mail")
    visitor.open("/accounts/2fa/totp/activate/")
    look("reauthenticate")
    visitor.turn_on_authenticator_app()
    look("new recovery codes")
    with authenticator_device(visitor.page):
        visitor.open("/accounts/2fa/webauthn/add/")
        look("add passkey")
        visitor.field("Name").fill("My phone")
        visitor.button("Add").click()
        visitor.page.wait_for_url(re.compile("/2fa/$"))
    visitor.open("/accounts/2fa/webauthn/")
    look("passkeys")
    visitor.page.get_by_role("link", name="Rename").click()
    look("rename passkey")
    visitor.open("/accounts/2fa/webauthn/")
    visitor.page.get_by_role("link", name="Remove").click()
    look("remove passkey")
    visitor.open("/accounts/profile/")
    visitor.button("Save").click()
    look("saved profile")
    visitor.open("/accounts/email/")
    visitor.field("E-mail").fill(f"second.{name}@example.org")
    visitor.button("Add").click()
    look("second e-mail")
    look_at(
        "/accounts/profile/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/deactivate/",
        "/accounts/2fa/recovery-codes/",
        "/accounts/2fa/recovery-codes/generate/",
        "/accounts/sessions/",
        "/accounts/3rdparty/",
        "/accounts/delete/",
        "/accounts/logout/",
        "/accounts/2fa/reauthenticate/",
        "/accounts/2fa/webauthn/reauthenticate/",
    )
    visitor.log_out()
    visitor.log_in(name)
    look("second factor")
    visitor.open("/accounts/password/reset/")
    visitor.field("E-mail").fill(f"{name}@example.org")
    visitor.button("Send the link").click()
    visitor.open(newest_link(mail_dir, name))
    look("new password")
    assert found == {}


def newest_link(mail_dir: Path, username: str) -> str:
    """The path of the link in the latest letter to somebody."""
    letters = sorted(mail_dir.iterdir(), key=lambda letter: letter.stat().st_mtime_ns)
    texts = [letter.read_text() for letter in letters]
    text = [text for text in texts if f"To: {username}@example.org" in text][-1]
    found = re.findall(r"https?://[^/\s]+(/accounts/(?:confirm-email|password/reset/key)\S+)", text)
    return str(found[-1])
