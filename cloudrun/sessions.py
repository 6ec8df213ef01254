"""The `SESSION_ENGINE`: Django's own in the database, for what needs a row there."""

import re
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.utils.crypto import constant_time_compare, salted_hmac

GUEST = "guest"
_GUESTS_KEY = re.compile(r"guest([0-9a-f]{32})[0-9a-f]{32}\Z")


class SessionStore(DatabaseSessionStore):
    """A session that holds nothing but its guest (`sandbox.guests`) has no row: its key says which
    guest, signed. So strangers who only look at the page leave nothing behind. A session that comes
    to hold more, by a login above all, gets a row and another key.
    """

    def _validate_session_key(self, key: Any) -> bool:
        """A cookie may hold anything. What cannot be a key is none: PostgreSQL would not even look
        up one with a NUL."""
        is_long_enough: bool = super()._validate_session_key(key)  # type: ignore[misc]
        return is_long_enough and key.isascii() and key.isalnum()

    def load(self) -> dict[str, Any]:
        return _guests_data(self.session_key) or super().load()

    async def aload(self) -> dict[str, Any]:
        return _guests_data(self.session_key) or await super().aload()

    def save(self, must_create: bool = False) -> None:
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        if must_create or not self._is_kept_in_key(data):
            super().save(must_create=must_create)

    async def asave(self, must_create: bool = False) -> None:
        data = await self._aget_session(no_load=must_create)  # type: ignore[attr-defined]
        if must_create or not self._is_kept_in_key(data):
            await super().asave(must_create=must_create)

    def _is_kept_in_key(self, data: dict[str, Any]) -> bool:
        """Give the session the key that its data need, where it has no row yet."""
        if self.session_key and not _guests_data(self.session_key):
            return False
        is_only_a_guest = data.keys() == {GUEST}
        self._session_key = _guests_key(data[GUEST]) if is_only_a_guest else None
        return is_only_a_guest


def _guests_key(guest: str) -> str:
    mac = salted_hmac("cloudrun.sessions", guest, algorithm="sha256").hexdigest()
    return f"guest{guest}{mac[:32]}"


def _guests_data(key: str | None) -> dict[str, Any]:
    """What such a key holds; empty for any other."""
    found = _GUESTS_KEY.match(key or "")
    if found and constant_time_compare(key or "", _guests_key(found[1])):
        return {GUEST: found[1]}
    return {}
