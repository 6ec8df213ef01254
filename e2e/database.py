"""The database of a server under test: SQLite in its folder, or PostgreSQL where that is tested."""

import atexit
import hashlib
import os
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg.sql import SQL, Identifier


def database_url(data_dir: Path) -> str:
    """Empty for SQLite; else a database for this folder alone, the same one after a restart."""
    url = os.environ.get("DATABASE_URL", "")
    return _made(url, str(data_dir.resolve())) if url else ""


@cache
def _made(url: str, folder: str) -> str:
    name = f"cloudrun_test_{hashlib.sha256(folder.encode()).hexdigest()[:16]}"
    _execute(url, "CREATE DATABASE {}", name)
    atexit.register(_execute, url, "DROP DATABASE {} WITH (FORCE)", name)
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def _execute(url: str, statement: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SQL(statement).format(Identifier(name)))
