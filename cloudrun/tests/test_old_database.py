"""A database of the original service where ours would be."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from cloudrun.old_database import is_old_database
from e2e.server import ROOT


def database(path: Path, *tables: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        for table in tables:
            connection.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY)")
    return path


def manage(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"DATA_DIR": str(data_dir), "DATABASE_URL": "", "ENV_FILE": os.devnull}
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("command", [["migrate"], ["serve"], ["shell", "-c", ""]])
def test_start_stops_before_anything_is_written(tmp_path: Path, command: list[str]) -> None:
    path = database(tmp_path / "cloudrun.db", "users", "saved_codes")
    before = path.read_bytes()
    path.chmod(0o400)
    done = manage(tmp_path, *command)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert path.read_bytes() == before
    assert {item.name for item in tmp_path.iterdir()} <= {
        "cloudrun.db", "callback_secret", "jwt_secret", "secret_key",
    }  # fmt: skip
    for step in ("mv", "migrate", "import_users"):
        assert step in done.stderr


def test_what_it_says_to_do_works(tmp_path: Path) -> None:
    path = database(tmp_path / "cloudrun.db", "saved_codes")
    with closing(sqlite3.connect(path)) as old:
        old.execute("CREATE TABLE users (id, username, email, password_hash)")
        old.execute(f"INSERT INTO users VALUES (1, 'ada', 'ada@example.org', 'ab${'0' * 64}')")
        old.commit()
    told = manage(tmp_path, "migrate").stderr
    steps = [line.strip() for line in told.splitlines() if line.startswith("    ")]
    env = os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": "", "ENV_FILE": os.devnull}
    for step in steps:
        done = subprocess.run(
            step.split(), env=env, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
        )
    assert done.stdout.startswith("1 users imported")
    assert is_old_database(tmp_path / "original.db")


def test_other_files_are_no_old_database(tmp_path: Path) -> None:
    assert not is_old_database(tmp_path / "none.db")
    assert not is_old_database(database(tmp_path / "empty.db"))
    assert not is_old_database(database(tmp_path / "ours.db", "users", "django_migrations"))
    (tmp_path / "text.db").write_text("no database" * 100)
    assert not is_old_database(tmp_path / "text.db")
