"""The database of the original service, which has the same name as ours and is never written to."""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path


def is_old_database(path: Path) -> bool:
    """True for the original's: it has users, and no migrations. Nothing is written or locked."""
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as database:
            names = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
    except sqlite3.DatabaseError:
        return False
    return "users" in names and "django_migrations" not in names


def how_to_move(path: Path) -> str:
    """What to do with one, as commands."""
    kept = path.with_name("original.db")
    manage = f"{sys.executable} manage.py"
    return (
        f"{path} is the database of the original CloudRun service. It is left as it is.\n"
        "To start anew with its users, move it away and take them over:\n\n"
        f"    mv {path} {kept}\n"
        f"    {manage} migrate\n"
        f"    {manage} import_users {kept}\n"
    )
