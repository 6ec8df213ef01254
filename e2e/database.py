"""The database of a server under test: SQLite in its folder, or PostgreSQL where that is tested."""

import atexit
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg.sql import SQL, Identifier

_MANAGE = Path(__file__).resolve().parent.parent / "manage.py"


def database_url(data_dir: Path) -> str:
    """Empty for SQLite; else a database for this folder alone, the same one after a restart."""
    url = os.environ.get("DATABASE_URL", "")
    return _made(url, str(data_dir.resolve())) if url else ""


def run_code(data_dir: Path, code: str) -> None:
    """Run Python in the server's environment, to fill its database."""
    environment = {"DATA_DIR": str(data_dir), "DATABASE_URL": database_url(data_dir)}
    shell = [sys.executable, str(_MANAGE), "shell", "--no-imports", "--command", code]
    subprocess.run(shell, env=os.environ | environment, check=True)  # noqa: S603


@contextmanager
def broken_database(data_dir: Path) -> Iterator[None]:
    """The server under test cannot open its database until the block ends."""
    url = database_url(data_dir)
    with _locked(url) if url else _moved(data_dir / "cloudrun.db"):
        yield


@contextmanager
def _locked(url: str) -> Iterator[None]:
    admin_url, name = os.environ["DATABASE_URL"], urlsplit(url).path.lstrip("/")
    _execute(admin_url, "ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
    try:
        with psycopg.connect(admin_url, autocommit=True) as connection:
            ends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            connection.execute(ends, [name])
        yield
    finally:
        _execute(admin_url, "ALTER DATABASE {} ALLOW_CONNECTIONS true", name)


@contextmanager
def _moved(file: Path) -> Iterator[None]:
    aside = [path.rename(path.with_name(f"aside-{path.name}")) for path in _files_of(file)]
    file.mkdir()
    try:
        yield
    finally:
        file.rmdir()
        for path in aside:
            path.rename(path.with_name(path.name.removeprefix("aside-")))


def _files_of(file: Path) -> list[Path]:
    """With the two of SQLite's write-ahead log."""
    return sorted(file.parent.glob(f"{file.name}*"))


@cache
def _made(url: str, folder: str) -> str:
    name = f"cloudrun_test_{hashlib.sha256(folder.encode()).hexdigest()[:16]}"
    _execute(url, "CREATE DATABASE {}", name)
    atexit.register(_execute, url, "DROP DATABASE {} WITH (FORCE)", name)
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def _execute(url: str, statement: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SQL(statement).format(Identifier(name)))
