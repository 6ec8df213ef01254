from typing import Any

from accounts.models import User

PASSWORD = "correct horse battery"


def make_user(username: str = "ada", **fields: Any) -> User:
    fields.setdefault("email", f"{username}@example.org")
    fields.setdefault("password", PASSWORD)
    return User.objects.create_user(username, **fields)
