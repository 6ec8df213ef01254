"""The `SESSION_ENGINE`: Django's own in the database, for keys that are ones."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore


class SessionStore(DatabaseSessionStore):
    """A cookie may hold anything. What cannot be a key is none: PostgreSQL would not even look up
    one with a NUL."""

    def _validate_session_key(self, key: Any) -> bool:
        is_long_enough: bool = super()._validate_session_key(key)  # type: ignore[misc]
        return is_long_enough and key.isascii() and key.isalnum()
