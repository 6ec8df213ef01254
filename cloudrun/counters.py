"""Counters in the database, for limits that several servers keep together.

Django's own database cache reads a value and writes the next one, so that two calls at once count
as one; here each change is a single statement.
"""

import time
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

from cloudrun.models import Counter

_TABLE = Counter._meta.db_table
_PURGE_INTERVAL_S = 60

_ADD = f"""
    INSERT INTO {_TABLE} (key, value, expires_at) VALUES (%s, %s, %s)
    ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, expires_at = EXCLUDED.expires_at
    WHERE {_TABLE}.expires_at <= %s
"""  # noqa: S608  the table's name is ours
_CHANGE = f"""
    UPDATE {_TABLE} SET value = value + %s WHERE key = %s AND expires_at > %s RETURNING value
"""  # noqa: S608


class DatabaseCounters(BaseCache):
    """A cache of whole numbers: what limits need of one, and no more."""

    _purge_at = 0.0

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(
        self,
        key: Any,
        value: Any,
        timeout: Any = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        self._purge()
        now = time.time()
        expires_at = self.get_backend_timeout(timeout)
        name = self.make_and_validate_key(key, version=version)
        with connection.cursor() as cursor:
            cursor.execute(_ADD, [name, value, expires_at, now])
            return bool(cursor.rowcount == 1)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        name = self.make_and_validate_key(key, version=version)
        alive = Counter.objects.filter(key=name, expires_at__gt=time.time())
        value = alive.values_list("value", flat=True).first()
        return default if value is None else value

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        name = self.make_and_validate_key(key, version=version)
        with connection.cursor() as cursor:
            cursor.execute(_CHANGE, [delta, name, time.time()])
            row = cursor.fetchone()
        if row is None:
            raise ValueError(f"There is no counter {key!r}.")
        return int(row[0])

    def clear(self) -> None:
        Counter.objects.all().delete()

    def _purge(self) -> None:
        """Now and then, so that the table keeps only what counts."""
        now = time.time()
        if now >= DatabaseCounters._purge_at:
            DatabaseCounters._purge_at = now + _PURGE_INTERVAL_S
            Counter.objects.filter(expires_at__lte=now).delete()
