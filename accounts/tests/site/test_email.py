import re
import smtplib

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as site
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import user_register
from accounts.tests.factories import PASSWORD
from accounts.tests.site.pages import errors_of, log_in, reauthenticate, sign_up, user_of
from cloudrun.models import CacheEntry

pytestmark = pytest.mark.django_db

# As the settings have it on PostgreSQL.
IN_DATABASE = {
    "BACKEND": "django.core.cache.backends.db.DatabaseCache",
    "LOCATION": "cloudrun_cacheentry",
}


@pytest.fixture
def ada_in(client: Client) -> Client:
    user_register(username="ada", email="ada@example.org", password=PASSWORD)
    log_in(client)
    reauthenticate(client)
    return client


def add(client: Client, email: str) -> object:
    return client.post("/accounts/email/", {"action_add": "", "email": email})


def test_change_asks_for_the_password_first(client: Client, ada: User) -> None:
    log_in(client)
    response = add(client, "new@example.org")
    assert response["Location"].startswith("/accounts/reauthenticate/")  # type: ignore[index]
    assert not EmailAddress.objects.filter(email="new@example.org").exists()
    assert b"password" in client.get("/accounts/reauthenticate/").content
    reauthenticate(client, "wrong")
    add(client, "new@example.org")
    assert not EmailAddress.objects.filter(email="new@example.org").exists()
    reauthenticate(client)
    add(client, "New@Example.org")
    assert EmailAddress.objects.filter(user=ada, email="new@example.org").exists()


@pytest.mark.parametrize("email", ["grace@example.org", "GRACE@Example.org"])
def test_address_of_somebody_else_is_refused(ada_in: Client, email: str) -> None:
    user_register(username="grace", email="grace@example.org", password=PASSWORD)
    response = add(ada_in, email)
    assert errors_of(response) == {"email": ["This e-mail address is taken."]}
    assert not EmailAddress.objects.filter(user__username="ada", email__iexact=email).exists()


def test_second_address_of_somebody_else_is_taken_at_every_door(
    ada_in: Client, api: APIClient
) -> None:
    add(ada_in, "second@example.org")
    assert "email" in errors_of(sign_up(Client(), email="second@example.org"))
    body = {"username": "eve", "email": "Second@Example.org", "password": PASSWORD}
    assert api.post("/api/auth/register", body, format="json").status_code == 409


def test_primary_address_is_that_of_the_user(ada_in: Client) -> None:
    add(ada_in, "new@example.org")
    body = {"action_primary": "", "email": "new@example.org"}
    ada_in.post("/accounts/email/", body)
    user = User.objects.get()
    assert user.email == "new@example.org"
    client = Client()
    assert log_in(client, "NEW@example.org").status_code == 302
    assert user_of(client) == user


def test_address_can_be_removed_but_the_primary(ada_in: Client) -> None:
    add(ada_in, "new@example.org")
    for email in ("new@example.org", "ada@example.org"):
        ada_in.post("/accounts/email/", {"action_remove": "", "email": email})
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["ada@example.org"]


def test_stranger_changes_nothing(ada_in: Client, grace: User) -> None:
    client = Client()
    log_in(client, "grace")
    reauthenticate(client)
    client.post("/accounts/email/", {"action_remove": "", "email": "ada@example.org"})
    client.post("/accounts/email/", {"action_primary": "", "email": "ada@example.org"})
    assert EmailAddress.objects.get(email="ada@example.org").user.username == "ada"
    grace.refresh_from_db()
    assert grace.email == "grace@example.org"


def test_two_users_cannot_hold_one_address(ada: User, grace: User) -> None:
    with pytest.raises(IntegrityError):
        User.objects.filter(pk=grace.pk).update(email="ada@example.org")


def test_asking_for_a_letter_says_whether_one_was_sent(client: Client) -> None:
    user_register(username="ada", email="ada@example.org", password=PASSWORD)
    log_in(client)
    reauthenticate(client)
    body = {"action_send": "", "email": "ada@example.org"}
    told = client.post("/accounts/email/", body, follow=True).content.decode()
    assert "Confirmation email sent to ada@example.org" in told
    told = client.post("/accounts/email/", body, follow=True).content.decode()
    assert "No other letter was sent: one went to ada@example.org just now." in told
    assert len([letter for letter in mail.outbox if "onfirm" in letter.subject]) == 1
    client.post("/accounts/email/", body | {"email": "eve@example.org"})
    assert "eve@example.org" not in client.get("/accounts/email/").content.decode()


def link_in(letter: object) -> str:
    found = re.search(rf"{site.SITE_URL}(/\S+)", str(letter.body))  # type: ignore[attr-defined]
    assert found
    return found[1]


class TestPasswordReset:
    def ask(self, client: Client, email: str) -> object:
        return client.post("/accounts/password/reset/", {"email": email})

    def test_answer_is_the_same_for_an_unknown_address(self, client: Client, ada: User) -> None:
        known, unknown = self.ask(client, "ada@example.org"), self.ask(client, "no@example.org")
        for response in (known, unknown):
            assert response["Location"] == "/accounts/password/reset/done/"  # type: ignore[index]
        # Both cost a letter, so that neither the answer nor its time tells.
        assert [letter.to for letter in mail.outbox] == [["ada@example.org"], ["no@example.org"]]
        assert "password/reset/key" not in str(mail.outbox[1].body)

    @pytest.mark.parametrize("by_api", [True, False])
    def test_link_sets_a_new_password_once(
        self, client: Client, api: APIClient, by_api: bool
    ) -> None:
        if by_api:
            body = {"username": "ada", "email": "ada@example.org", "password": PASSWORD}
            api.post("/api/auth/register", body, format="json")
        else:
            sign_up(Client(), username="ada")
        mail.outbox.clear()
        self.ask(client, "ADA@example.org")
        link = link_in(mail.outbox[0])
        page = client.get(link, follow=True)
        address = page.redirect_chain[-1][0]
        assert "new-password" in page.content.decode()
        weak = client.post(address, {"password1": "12345678", "password2": "12345678"})
        assert "password1" in errors_of(weak)
        new = "staple after staple"
        client.post(address, {"password1": new, "password2": new})
        assert log_in(Client(), password=PASSWORD).status_code == 200
        assert log_in(Client(), password=new).status_code == 302
        assert b"was used" in Client().get(link, follow=True).content

    def test_made_up_link_is_refused(self, client: Client, ada: User) -> None:
        response = client.get(f"/accounts/password/reset/key/{ada.pk}-abc-def/")
        assert b"was used" in response.content

    def test_letter_leads_to_this_site_whatever_the_host_header(
        self, client: Client, ada: User
    ) -> None:
        body = {"email": "ada@example.org"}
        response = client.post("/accounts/password/reset/", body, headers={"host": "evil.example"})
        assert response.status_code == 400
        assert not mail.outbox

    def test_letter_leads_to_this_site_from_its_other_names_too(
        self, client: Client, ada: User
    ) -> None:
        headers = {"host": "localhost:4444", "x-forwarded-host": "evil.example"}
        client.post("/accounts/password/reset/", {"email": "ada@example.org"}, headers=headers)
        letter = str(mail.outbox[0].body)
        assert f"{site.SITE_URL}/accounts/password/reset/key/" in letter
        assert "4444" not in letter
        assert "evil.example" not in letter

    def test_letters_are_limited(self, client: Client, ada: User) -> None:
        statuses = [self.ask(client, "ada@example.org").status_code for _ in range(6)]  # type: ignore[attr-defined]
        assert statuses == [302] * 5 + [429]
        assert self.ask(client, "ada@example.org")["Retry-After"] == "180"  # type: ignore[index]

    def test_limit_is_kept_where_other_servers_see_it(
        self, client: Client, ada: User, settings: Settings
    ) -> None:
        settings.CACHES = settings.CACHES | {"default": IN_DATABASE}
        for _ in range(5):
            self.ask(client, "ada@example.org")
        assert CacheEntry.objects.exists()
        response = self.ask(client, "ada@example.org")
        assert response.status_code == 429  # type: ignore[attr-defined]


def test_sign_up_stands_where_the_mail_server_is_gone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: EmailBackend, messages: object) -> int:
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    assert sign_up(client).status_code == 302
    assert user_of(client) == User.objects.get()
