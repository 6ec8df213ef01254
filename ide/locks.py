"""One change at a time of all that belongs to one owner."""

from hashlib import blake2b

from django.db import connection

from sandbox.requests import Owner

_KEY_BYTES = 8


def owner_lock(owner: Owner) -> None:
    """Until the end of the transaction, so that what is counted is still so when it is added to.

    SQLite's transactions write one at a time by themselves. PostgreSQL locks a number, since a
    guest has no row: https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
    """
    if connection.vendor != "postgresql":
        return
    digest = blake2b(f"owner {owner.key}".encode(), digest_size=_KEY_BYTES).digest()
    with connection.cursor() as cursor:
        key = int.from_bytes(digest, signed=True)
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
