import re

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client

from accounts.models import User
from accounts.tests.factories import PASSWORD, make_user
from accounts.tests.site.pages import log_in, sign_up, user_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["ada", "ADA", "ada@example.org", " Ada@EXAMPLE.org "])
def test_either_name_in_any_letter_case(client: Client, ada: User, name: str) -> None:
    response = log_in(client, name)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert user_of(client) == ada


def error_of(response: object) -> str:
    found = re.search(r'role="alert"><svg.*?</svg><div>(.*?)</div>', response.content.decode())  # type: ignore[attr-defined]
    assert found
    return found[1]


def test_unknown_user_and_wrong_password_get_the_same_answer(client: Client, ada: User) -> None:
    wrong, unknown = log_in(client, password="wrong"), log_in(client, "nobody")
    assert (wrong.status_code, unknown.status_code) == (200, 200)
    assert error_of(wrong) == error_of(unknown)
    assert error_of(log_in(client, "nobody@example.org")) == error_of(wrong)
    assert user_of(client) is None


@pytest.mark.real_hasher
@pytest.mark.parametrize("name", ["ada", "locked", "nobody", "ada@example.org", "no@example.org"])
def test_wrong_password_costs_one_hash_whoever_is_asked_for(
    client: Client, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    make_user()
    make_user("locked", is_active=False)
    hashed: list[int] = []
    encode = PBKDF2PasswordHasher.encode

    def counting(
        self: PBKDF2PasswordHasher, password: str, salt: str, iterations: int | None = None
    ) -> str:
        hashed.append(iterations or self.iterations)
        return encode(self, password, salt, 1)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counting)
    log_in(client, name, "wrong")
    assert hashed == [PBKDF2PasswordHasher.iterations]


def test_deactivated_owner_is_told_so_and_nobody_else(client: Client) -> None:
    make_user(is_active=False)
    assert log_in(client)["Location"] == "/accounts/inactive/"
    assert b"deactivated" in client.get("/accounts/inactive/").content
    assert log_in(client, password="wrong").status_code == 200
    assert user_of(client) is None


def test_eleventh_guess_is_refused_even_if_right(client: Client, ada: User) -> None:
    for _ in range(10):
        assert log_in(client, password="wrong").status_code == 200
    response = log_in(client)
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert user_of(client) is None


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", r"\\evil.example", "/\\evil.example",
     "javascript:alert(1)", "http:evil.example", "https:///evil.example", "evil.example",
     "/preview/token/", "/%70review/token/", "/x/../preview/token/", "/.\\preview/token/",
     "/./preview/token/", "/x/..%2fpreview/token/", "../../preview/token/",
     "https:evil.example", "http:///evil.example", "////evil.example", "/\t/evil.example",
     "\t//evil.example", "/\n/evil.example", "\x00//evil.example", " //evil.example",
     "http://testserver@evil.example/", "http://testserver.evil.example/", "data:text/html,x",
     "JaVaScRiPt:alert(1)", "\tjavascript:alert(1)"],
)  # fmt: skip
@pytest.mark.parametrize("place", ["form", "address"])
def test_next_leads_nowhere_else(client: Client, ada: User, target: str, place: str) -> None:
    if place == "form":
        response = log_in(client, next=target)
    else:
        body = {"login": "ada", "password": PASSWORD}
        response = client.post("/accounts/login/", body, query_params={"next": target})
    assert response["Location"] == "/"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/preview/token/"])
def test_next_of_sign_up_and_logout_leads_nowhere_else(client: Client, target: str) -> None:
    assert sign_up(client, next=target)["Location"] == "/"
    assert client.post("/accounts/logout/", {"next": target})["Location"] == "/"


def test_page_that_asks_for_a_login_is_gone_back_to(client: Client, ada: User) -> None:
    asked = client.get("/accounts/profile/")
    assert asked["Location"] == "/accounts/login/?next=/accounts/profile/"
    page = client.get(asked["Location"]).content.decode()
    assert 'name="next" value="/accounts/profile/"' in page
    assert log_in(client, next="/accounts/profile/")["Location"] == "/accounts/profile/"


@pytest.mark.parametrize(
    "path",
    ["profile", "email", "password/change", "password/set", "2fa", "2fa/totp/activate",
     "2fa/recovery-codes", "2fa/webauthn", "2fa/webauthn/add", "sessions", "3rdparty", "export",
     "delete"],
)  # fmt: skip
def test_anonymous_visitor_is_asked_to_log_in(client: Client, path: str) -> None:
    response = client.get(f"/accounts/{path}/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_login_needs_the_csrf_token(ada: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert log_in(client).status_code == 403
    assert user_of(client) is None


def test_session_key_changes_at_login(client: Client, ada: User) -> None:
    session = client.session
    session["planted"] = True
    session.save()
    log_in(client)
    planted_key = str(session.session_key)
    assert client.session.session_key != planted_key
    assert not session.exists(planted_key)


def test_session_ends_with_the_browser_unless_asked(client: Client, ada: User) -> None:
    log_in(client)
    assert client.session.get_expire_at_browser_close()
    log_in(other := Client(), remember="on")
    assert not other.session.get_expire_at_browser_close()


def test_logout_is_asked_for_and_takes_a_post(client: Client, ada: User) -> None:
    log_in(client)
    assert b"Log out?" in client.get("/accounts/logout/").content
    assert user_of(client) == ada
    assert client.post("/accounts/logout/")["Location"] == "/"
    assert user_of(client) is None


def test_admin_is_entered_by_the_same_door(client: Client) -> None:
    root = make_user("root", is_staff=True, is_superuser=True)
    asked = client.get("/admin/", follow=True)
    assert asked.redirect_chain[-1][0].startswith("/accounts/login/?next=")
    log_in(client, "root")
    assert user_of(client) == root
    assert client.get("/admin/").status_code == 200


def test_admin_is_closed_to_others(client: Client, ada: User) -> None:
    log_in(client)
    assert client.get("/admin/", follow=True).status_code == 403


@pytest.mark.parametrize("path", ["login", "profile", "email", "2fa", "sessions"])
def test_page_is_not_kept_by_the_browser(client: Client, ada: User, path: str) -> None:
    if path != "login":
        log_in(client)
    assert "no-store" in client.get(f"/accounts/{path}/")["Cache-Control"]


def test_no_social_login_without_keys(client: Client) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert "GitHub" not in page
    assert client.get("/accounts/github/login/").status_code == 404


@pytest.mark.parametrize("path", ["login", "signup", "password/reset", "email", "sessions", "2fa"])
def test_page_is_drawn_under_the_policy(client: Client, ada: User, path: str) -> None:
    if path in {"email", "sessions", "2fa"}:
        log_in(client)
    response = client.get(f"/accounts/{path}/")
    html = response.content.decode()
    assert "unsafe" not in response["Content-Security-Policy"]
    assert not re.search(r"\sstyle=|<style|\son\w+=", html)
    nonce = re.search(r"'nonce-([^']+)'", response["Content-Security-Policy"])
    assert nonce
    scripts = re.findall(r'<script (?![^>]*type="application/json")([^>]*)>', html)
    assert scripts
    assert all(f'nonce="{nonce[1]}"' in script for script in scripts)


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/accounts/nothing/", 404)])
def test_browser_gets_a_page_for_what_is_not_there(client: Client, path: str, status: int) -> None:
    response = client.get(path, headers={"accept": "text/html"})
    assert response.status_code == status
    assert b"There is nothing here" in response.content


def test_browser_that_guesses_gets_a_page_that_says_so(client: Client, ada: User) -> None:
    for _ in range(10):
        log_in(client, password="wrong")
    body = {"login": "ada", "password": PASSWORD}
    response = client.post("/accounts/login/", body, headers={"accept": "text/html"})
    assert response.status_code == 429
    assert response["Retry-After"]
    assert "Try again in" in response.content.decode()


def test_form_without_its_token_is_explained(ada: User) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/accounts/login/", headers={"accept": "text/html"})
    assert response.status_code == 403
    assert b"This form is no longer valid" in response.content
