"""The users of the original CloudRun service, read from its SQLite database."""

import base64
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.models import DISPLAY_NAME_MAX_LENGTH, username_validator
from accounts.names import without_hidden

_ITERATIONS = 100_000
_HASH = re.compile(r"(?P<salt>[^$]{1,128})\$(?P<digest>[0-9a-f]{64})", re.IGNORECASE)
_NEEDED = {"username", "email", "password_hash"}


class NotOriginalError(Exception):
    """The file is not the original's database; the message says what is missing."""


class UnusableError(Exception):
    """A user cannot be taken over as they are; the message says why and what to do."""


@dataclass(frozen=True)
class OriginalUser:
    """`password` is in Django's form: its PBKDF2 is the original's, with the salt as text."""

    username: str
    email: str
    password: str
    display_name: str
    created_at: datetime | None
    last_login: datetime | None
    is_active: bool


def read_rows(path: Path) -> Iterator[Mapping[str, Any]]:
    """The rows of the table `users`, in the order of their making. The file is only read."""
    if not path.is_file():
        raise NotOriginalError(f"There is no file {path}.")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            _check_columns(path, database)
            database.row_factory = sqlite3.Row
            database.text_factory = lambda text: text.decode(errors="replace")
            for row in database.execute("SELECT * FROM users ORDER BY rowid"):
                yield dict(row)
    except sqlite3.Error as error:
        raise NotOriginalError(f"{path} cannot be read as an SQLite database: {error}.") from error


def _check_columns(path: Path, database: sqlite3.Connection) -> None:
    columns = {str(row[1]) for row in database.execute("PRAGMA table_info(users)")}
    if not columns:
        raise NotOriginalError(f"{path} is not the original's database: it has no table `users`.")
    if missing := sorted(_NEEDED - columns):
        raise NotOriginalError(
            f"{path} is not the original's database: its table `users` has no column"
            f" {', '.join(missing)}."
        )


def parse_row(row: Mapping[str, Any]) -> OriginalUser:
    """The user in a row; `UnusableError` where something about them is not valid here."""
    username, email = str(row["username"]), str(row["email"])
    display_name = without_hidden(str(row.get("display_name") or username)) or username
    try:
        username_validator(username)
    except ValidationError as error:
        raise UnusableError(
            "the username is not 3 to 30 letters, digits or underscores; rename it in a copy of"
            " the old database, and import that"
        ) from error
    try:
        validate_email(email)
    except ValidationError as error:
        raise UnusableError(
            f"{email!r} is no e-mail address; mend it in a copy of the old database, and import"
            " that"
        ) from error
    if len(display_name) > DISPLAY_NAME_MAX_LENGTH:
        raise UnusableError(
            f"the display name is longer than {DISPLAY_NAME_MAX_LENGTH} characters; shorten it in"
            " a copy of the old database, and import that"
        )
    return OriginalUser(
        username,
        email,
        _password(row["password_hash"]),
        display_name,
        _time(row.get("created_at")),
        _time(row.get("last_login")),
        row.get("is_active") not in (0, "0", "false"),  # NULL stands for the default
    )


def _password(stored: Any) -> str:
    match = _HASH.fullmatch(str(stored))
    if match is None:
        raise UnusableError(
            "the password is not kept as salt$hex of PBKDF2-SHA256; make the account by hand, and"
            " let its owner set a password by e-mail"
        )
    digest = base64.b64encode(bytes.fromhex(match["digest"])).decode()
    return f"pbkdf2_sha256${_ITERATIONS}${match['salt']}${digest}"


def _time(stored: Any) -> datetime | None:
    """The original writes UTC without saying so."""
    if stored is None:
        return None
    try:
        time = datetime.fromisoformat(str(stored))
    except ValueError as error:
        raise UnusableError(
            f"{stored!r} is no time; mend it in a copy of the old database, and import that"
        ) from error
    return time if time.tzinfo else time.replace(tzinfo=UTC)
