"""A site where every e-mail address must be confirmed, by a code, before the first login."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from e2e.accessibility import axe
from e2e.account_page import PASSWORD, AccountPage, authenticator_device
from e2e.server import Server, started


@pytest.fixture(scope="module")
def mail_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mail")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, mail_dir: Path) -> Iterator[Server]:
    settings = {"ACCOUNT_EMAIL_VERIFICATION": "mandatory", "EMAIL_URL": f"filemail:///{mail_dir}"}
    with started("bubblewrap", tmp_path_factory.mktemp("site"), settings) as server:
        yield server


@pytest.fixture
def visitor(browser: Browser, site: Server) -> Iterator[AccountPage]:
    context = browser.new_context()
    visitor = AccountPage(context.new_page(), site.url)
    yield visitor
    context.close()
    assert visitor.complaints == []


def fill(visitor: AccountPage, username: str, email: str) -> None:
    visitor.field("Username").fill(username)
    visitor.field("E-mail").fill(email)


def letters_to(mail_dir: Path, email: str) -> list[str]:
    letters = sorted(mail_dir.iterdir(), key=lambda letter: letter.stat().st_mtime_ns)
    return [text for text in map(Path.read_text, letters) if f"To: {email}" in text]


def code_for(mail_dir: Path, email: str) -> str:
    found = re.search(r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})$", letters_to(mail_dir, email)[-1], re.M)
    assert found
    return found[1]


def sign_up(visitor: AccountPage, username: str, email: str) -> None:
    visitor.open("/accounts/signup/")
    fill(visitor, username, email)
    visitor.field("Password").fill(PASSWORD)
    visitor.button("Sign up").click()
    expect(visitor.page.get_by_role("heading", name="Confirm your e-mail")).to_be_visible()


def test_code_of_the_letter_lets_in(visitor: AccountPage, mail_dir: Path) -> None:
    sign_up(visitor, "coded", "coded@example.org")
    assert axe(visitor.page) == []
    visitor.field("Code").fill("WRONG1")
    visitor.button("Confirm").click()
    expect(visitor.field("Code")).to_have_attribute("aria-invalid", "true")
    visitor.field("Code").fill(code_for(mail_dir, "coded@example.org"))
    visitor.button("Confirm").click()
    visitor.expect_editor()


def test_taken_address_gets_the_answer_of_a_free_one(visitor: AccountPage, mail_dir: Path) -> None:
    account = {"username": "first", "email": "wanted@example.org", "password": PASSWORD}
    assert visitor.page.request.post(f"{visitor.url}/api/auth/register", data=account).ok
    sign_up(visitor, "second", "Wanted@Example.org")  # which sees the same page
    assert "already" in letters_to(mail_dir, "wanted@example.org")[-1]


def test_passkey_makes_an_account_without_a_password(visitor: AccountPage, mail_dir: Path) -> None:
    with authenticator_device(visitor.page):
        visitor.open("/accounts/signup/")
        visitor.page.get_by_role("link", name="Sign up with a passkey").click()
        fill(visitor, "no_password", "no_password@example.org")
        visitor.button("Sign up").click()
        visitor.field("Code").fill(code_for(mail_dir, "no_password@example.org"))
        visitor.button("Confirm").click()
        expect(visitor.page.get_by_role("heading", name="Create your passkey")).to_be_visible()
        assert axe(visitor.page) == []
        visitor.button("Create").click()
        visitor.expect_editor()
        visitor.log_out()
        visitor.open("/accounts/login/")
        visitor.button("Use a passkey").click()
        visitor.expect_editor()
        visitor.open("/accounts/delete/")
        visitor.button("Use a passkey or security key").click()
        expect(visitor.page.get_by_role("heading", name="Delete your account")).to_be_visible()
