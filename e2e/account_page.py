"""The account pages as a user meets them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from accounts.tests.authenticator_app import code_of
from e2e.complaints import complaints_of

PASSWORD = "correct horse battery"  # noqa: S105
_MANY_TABS = 40


class AccountPage:
    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints = complaints_of(page)

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(re.compile(f"^{re.escape(label)}( \\(optional\\))?$"))

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("main").get_by_role("button", name=name, exact=True)

    @property
    def menu_button(self) -> Locator:
        return self.page.get_by_role("button", name="Your account")

    # what one does

    def sign_up(self, username: str) -> None:
        self.open("/accounts/signup/")
        self.field("Username").fill(username)
        self.field("E-mail").fill(f"{username}@example.org")
        self.field("Display name").fill(f"{username} of the tests")
        self.field("Password").fill(PASSWORD)
        self.button("Sign up").click()
        self.expect_editor()

    def register(self, username: str) -> None:
        """Over the API, with `PASSWORD`; nobody is logged in by it."""
        form = {"username": username, "email": f"{username}@example.org", "password": PASSWORD}
        assert self.page.request.post(f"{self.url}/api/auth/register", data=form).ok

    def log_in(self, name: str) -> None:
        """Up to where a second factor may be asked for."""
        self.open("/accounts/login/")
        self.field("Username or e-mail").fill(name)
        self.field("Password").fill(PASSWORD)
        self.button("Log in").click()

    def log_out(self) -> None:
        self.menu_button.click()
        self.page.get_by_role("button", name="Log out").click()
        expect(self.menu_button).to_be_hidden()

    def confirm_password(self) -> None:
        """What is asked before the safety of the account is changed."""
        expect(self.page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
        self.field("Password").fill(PASSWORD)
        self.button("Confirm").click()

    def turn_on_authenticator_app(self) -> str:
        """Its secret."""
        self.open("/accounts/2fa/totp/activate/")
        self.confirm_password()
        secret = self.field("Secret").input_value()
        self.field("Authenticator code").fill(code_of(secret))
        self.button("Turn on").click()
        expect(self.page.get_by_role("heading", name="Recovery codes")).to_be_visible()
        return secret

    def add_passkey(self, *, alone: bool) -> None:
        self.open("/accounts/2fa/webauthn/add/")
        self.confirm_password()
        self.field("Name").fill("My phone")
        self.page.get_by_label("Log in with it alone").set_checked(alone)
        self.button("Add").click()
        self.page.wait_for_url(re.compile("/2fa/(recovery-codes/)?$"))

    def tab_to(self, target: Locator) -> None:
        """Move the focus there as the keyboard does."""
        for _ in range(_MANY_TABS):
            self.page.keyboard.press("Tab")
            if target.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"Tab does not come to {target}")

    def type_into(self, label: str, text: str) -> None:
        self.tab_to(self.field(label))
        self.page.keyboard.type(text)

    # what one sees

    def expect_editor(self) -> None:
        self.page.wait_for_url(f"{self.url}/")
        expect(self.menu_button).to_be_visible()


@contextmanager
def authenticator_device(page: Page, *, verifies: bool = True) -> Iterator[None]:
    """A device with passkeys, whose owner agrees to all (`verifies`) or is not recognized."""
    session: Any = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield
    session.detach()


def logged_in(context: BrowserContext, url: str, name: str) -> AccountPage:
    """Somebody at their editor."""
    visitor = AccountPage(context.new_page(), url)
    visitor.log_in(name)
    visitor.expect_editor()
    return visitor
