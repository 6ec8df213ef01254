"""Moving over from the original service: `manage.py import_users`."""

import hashlib
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.real_hasher]

OLD_PASSWORD = "sechs6"  # shorter than what is asked for today


def original_hash(password: str) -> str:
    """As the original kept it: the salt's hex is used as text."""
    salt = os.urandom(16).hex()
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), 100_000)
    return f"{salt}${digest.hex()}"


def row(username: str = "ada", **changes: Any) -> dict[str, Any]:
    return {
        "username": username,
        "email": f"{username}@example.org",
        "password_hash": original_hash(OLD_PASSWORD),
        "display_name": "Ada Lovelace",
        "is_active": 1,
        "created_at": "2025-03-04 05:06:07.000008",
        "last_login": None,
    } | changes


def original(path: Path, *rows: dict[str, Any]) -> Path:
    """A database as the original service makes it."""
    with closing(sqlite3.connect(path)) as database:
        database.execute(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, username VARCHAR(50) UNIQUE NOT NULL,"
            " email VARCHAR(120) UNIQUE NOT NULL, password_hash VARCHAR(256) NOT NULL,"
            " display_name VARCHAR(100), is_active BOOLEAN, created_at DATETIME,"
            " last_login DATETIME)"
        )
        for values in rows:
            marks = ", ".join("?" * len(values))
            database.execute(
                f"INSERT INTO users ({', '.join(values)}) VALUES ({marks})", [*values.values()]
            )
        database.commit()
    return path


def imported(path: Path, **options: Any) -> tuple[str, list[str]]:
    """The summary and the problems that the command told."""
    out, err = StringIO(), StringIO()
    call_command("import_users", str(path), stdout=out, stderr=err, **options)
    return out.getvalue().strip(), err.getvalue().splitlines()


def test_user_comes_over_whole(tmp_path: Path) -> None:
    seen = "2025-05-06 07:08:09"
    summary, problems = imported(original(tmp_path / "old.db", row(last_login=seen)))
    user = User.objects.get()
    assert (summary, problems) == ("1 users imported, 0 here already, 0 not imported.", [])
    assert (user.username, user.email, user.display_name) == (
        "ada", "ada@example.org", "Ada Lovelace",
    )  # fmt: skip
    assert user.date_joined == datetime(2025, 3, 4, 5, 6, 7, 8, UTC)
    assert user.last_login == datetime(2025, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert user.is_active
    assert not user.is_staff
    assert EmailAddress.objects.get(user=user).email == "ada@example.org"


@pytest.mark.parametrize("name", ["ada", "ADA@example.org"])
def test_old_password_opens_the_api_and_is_hashed_anew(
    api: APIClient, tmp_path: Path, name: str
) -> None:
    imported(original(tmp_path / "old.db", row()))
    body = {"username": name, "password": OLD_PASSWORD}
    assert api.post("/api/auth/login", body | {"password": "wrong"}, "json").status_code == 401
    assert "$100000$" in User.objects.get().password
    answer = api.post("/api/auth/login", body, "json")
    assert answer.status_code == 200
    assert f"${PBKDF2PasswordHasher.iterations}$" in User.objects.get().password
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['token']}")
    assert api.get("/api/auth/me").json()["username"] == "ada"
    api.credentials()
    assert api.post("/api/auth/login", body, "json").status_code == 200


def test_old_password_opens_the_site_and_is_hashed_anew(client: Client, tmp_path: Path) -> None:
    imported(original(tmp_path / "old.db", row()))
    client.post("/accounts/login/", {"login": "ada", "password": OLD_PASSWORD})
    assert client.get("/api/auth/me").json()["username"] == "ada"
    assert f"${PBKDF2PasswordHasher.iterations}$" in User.objects.get().password


def test_wrong_password_takes_as_long_as_for_anybody(
    api: APIClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(original(tmp_path / "old.db", row()))
    done: list[int] = []
    encode = PBKDF2PasswordHasher.encode

    def counting(self: Any, password: str, salt: str, iterations: int | None = None) -> str:
        done.append(iterations or self.iterations)
        return encode(self, password, salt, 1)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counting)
    body = {"username": "ada", "password": "wrong"}
    assert api.post("/api/auth/login", body, "json").status_code == 401
    assert sum(done) == PBKDF2PasswordHasher.iterations


def test_deactivated_one_stays_so(api: APIClient, tmp_path: Path) -> None:
    imported(original(tmp_path / "old.db", row(is_active=0)))
    body = {"username": "ada", "password": OLD_PASSWORD}
    assert api.post("/api/auth/login", body, "json").status_code == 403


def test_second_time_changes_nothing(tmp_path: Path) -> None:
    path = original(tmp_path / "old.db", row(), row("grace"))
    imported(path)
    User.objects.filter(username="ada").update(password="changed since")
    assert imported(path) == ("0 users imported, 2 here already, 0 not imported.", [])
    assert User.objects.get(username="ada").password == "changed since"


def test_dry_run_tells_and_does_nothing(tmp_path: Path) -> None:
    path = original(tmp_path / "old.db", row(), row("a-b"))
    summary, problems = imported(path, dry_run=True)
    assert summary == "1 users would be imported, 0 here already, 1 not imported."
    assert len(problems) == 1
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("here", "what"),
    [
        ({"username": "ADA", "email": "new@example.org"}, "the username here"),
        ({"username": "new", "email": "Ada@example.org"}, "the email here"),
        ({"username": "ada", "email": "ada@example.org"}, "the username and the email here"),
    ],
)
def test_name_of_somebody_else_is_told_and_left_alone(
    tmp_path: Path, here: dict[str, str], what: str
) -> None:
    """Whoever registered the same names here is not therefore the same person."""
    make_user(**here)
    before = list(User.objects.values())
    summary, problems = imported(original(tmp_path / "old.db", row(), row("grace")))
    assert summary == "1 users imported, 0 here already, 1 not imported."
    assert len(problems) == 1
    assert problems[0].startswith("'ada' is not imported: somebody else has " + what)
    assert list(User.objects.exclude(username="grace").values()) == before


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"username": "a-b"}, "the username is not 3 to 30 letters"),
        ({"username": "x" * 31}, "the username is not 3 to 30 letters"),
        ({"email": "a@b."}, "'a@b.' is no e-mail address"),
        ({"password_hash": "plain"}, "the password is not kept as salt$hex"),
        ({"password_hash": "salt$abc"}, "the password is not kept as salt$hex"),
        ({"created_at": "yesterday"}, "'yesterday' is no time"),
        ({"display_name": "x" * 101}, "the display name is longer than 100"),
    ],
)
def test_what_is_not_valid_here_is_told_with_what_to_do(
    tmp_path: Path, changes: dict[str, Any], why: str
) -> None:
    bad = row() | changes
    summary, problems = imported(original(tmp_path / "old.db", bad, row("grace")))
    assert summary == "1 users imported, 0 here already, 1 not imported."
    assert problems[0].startswith(f"{bad['username']!r} is not imported: {why}")
    assert "; " in problems[0]  # and then what to do


def test_columns_with_defaults_may_be_empty(tmp_path: Path) -> None:
    empty = row(display_name=None, is_active=None, created_at=None)
    imported(original(tmp_path / "old.db", empty))
    user = User.objects.get()
    assert (user.display_name, user.is_active) == ("ada", True)
    assert imported(tmp_path / "old.db")[0].startswith("0 users imported, 1 here already")


def test_what_cannot_be_seen_of_a_name_stays_behind(tmp_path: Path) -> None:
    rows = (row(display_name="A\u202ed\u200ba"), row("bob", display_name="\ufeff"))
    imported(original(tmp_path / "old.db", *rows))
    assert set(User.objects.values_list("display_name", flat=True)) == {"Ada", "bob"}


def test_old_file_is_only_read(tmp_path: Path) -> None:
    path = original(tmp_path / "old.db", row())
    path.chmod(0o400)
    before = path.read_bytes()
    imported(path)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["old.db"]


@pytest.mark.parametrize(
    ("tables", "why"),
    [
        (None, "There is no file"),
        (["CREATE TABLE runs (id)"], "it has no table `users`"),
        (
            ["CREATE TABLE users (id, email)"],
            "its table `users` has no column password_hash, username",
        ),
    ],
)
def test_other_file_is_refused_with_what_it_lacks(
    tmp_path: Path, tables: list[str] | None, why: str
) -> None:
    path = tmp_path / "old.db"
    if tables:
        with closing(sqlite3.connect(path)) as database:
            for statement in tables:
                database.execute(statement)
    with pytest.raises(CommandError, match=why):
        imported(path)
    assert path.exists() == (tables is not None)


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    path.write_text("no database, but long enough for the header of one" * 10)
    with pytest.raises(CommandError, match="cannot be read as an SQLite database"):
        imported(path)
