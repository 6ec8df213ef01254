"""Whether the sign-up tells who has an account: not where an address must be confirmed."""

import re
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client
from django.urls import resolve
from pytest_django import Settings

from accounts.models import User
from accounts.tests.site.pages import errors_of, sign_up, user_of

pytestmark = pytest.mark.django_db

FREE = "free@example.org"
TAKEN = "ada@example.org"


@pytest.fixture
def must_verify(settings: Settings) -> None:
    resolve("/")  # allauth's addresses, which stay as they are at the first look
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
    settings.ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True


def try_with(email: str) -> tuple[Client, Any]:
    client = Client()
    return client, sign_up(client, username="newcomer", email=email)


def words(response: Any) -> str:
    """A page without what differs from visit to visit: tokens, and the address just typed."""
    text = re.sub(r'nonce="[^"]+"|value="\w{64}"', "", response.content.decode())
    return text.replace(FREE, "").replace(TAKEN, "")


@pytest.mark.usefixtures("must_verify", "ada")
class TestHidden:
    def test_taken_address_gets_the_answer_of_a_free_one(self) -> None:
        pages = []
        for email in (TAKEN, FREE):  # the free one makes an account
            client, response = try_with(email)
            assert user_of(client) is None
            assert (response.status_code, response["Location"]) == (302, "/accounts/confirm-email/")
            page = client.get(response["Location"])
            wrong = client.post(response["Location"], {"code": "AAAA-AAAA"})
            sent = client.post(response["Location"], {"action": "resend"}, follow=True)
            assert (page.status_code, wrong.status_code) == (200, 200)
            pages.append([words(page), words(wrong), words(sent), set(client.cookies)])
        assert pages[0] == pages[1]

    def test_owner_gets_a_letter_that_says_so(self) -> None:
        try_with(TAKEN)
        letter = mail.outbox[0]
        assert letter.to == [TAKEN]
        assert "already exists" in str(letter.body)
        assert list(User.objects.values_list("username", flat=True)) == ["ada"]

    @pytest.mark.parametrize("email", [TAKEN, FREE])
    def test_password_is_hashed_once_whoever_has_the_address(
        self, monkeypatch: pytest.MonkeyPatch, email: str
    ) -> None:
        hashed = []
        encode = MD5PasswordHasher.encode

        def counting(self: MD5PasswordHasher, password: str, salt: str) -> str:
            hashed.append(salt)
            return encode(self, password, salt)

        monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
        try_with(email)
        assert len(hashed) == 1

    def test_taken_username_is_told_as_names_are_no_secret(self) -> None:
        response = sign_up(Client(), username="ada", email=FREE)
        assert errors_of(response) == {"username": ["This username is taken."]}


@pytest.mark.usefixtures("ada")
def test_taken_address_is_told_where_none_must_be_confirmed() -> None:
    _, response = try_with(TAKEN)
    assert errors_of(response) == {"email": ["This e-mail address is taken."]}
    assert not mail.outbox
