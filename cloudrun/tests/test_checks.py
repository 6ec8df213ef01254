"""`manage.py check --deploy`, as an operator runs it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from e2e.server import ROOT

PROPER = {
    "SITE_URL": "https://ide.example.org",
    "PREVIEW_URL": "https://preview.example.org",
    "GUEST_RUNS": "false",
    "SANDBOX_RUNNER": "docker",
    "DATABASE_URL": "",
    "ENV_FILE": os.devnull,
    "CALLBACK_SECRET": "",
    "JWT_SECRET": "",
    "SECRET_KEY": "",
}


def check(data_dir: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | PROPER | {"DATA_DIR": str(data_dir)} | changes
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "check", "--deploy", "--fail-level", "WARNING"],
        env=env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_proper_deployment_has_no_warning(tmp_path: Path) -> None:
    done = check(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("days", ["0", "3"])
def test_days_that_can_be_counted_are_fine(tmp_path: Path, days: str) -> None:
    assert check(tmp_path, RUN_RETENTION_DAYS=days).returncode == 0


def test_secrets_of_ones_own_are_fine(tmp_path: Path) -> None:
    own = {"JWT_SECRET": os.urandom(16).hex(), "SECRET_KEY": os.urandom(32).hex()}
    assert check(tmp_path, **own).returncode == 0


@pytest.mark.parametrize("name", ["CALLBACK_SECRET", "JWT_SECRET", "SECRET_KEY"])
@pytest.mark.parametrize(
    ("secret", "error"),
    [
        ("change-me-to-random-string", "cloudrun.E001"),
        ("cloudrun-ide-secret-change-me-in-production", "cloudrun.E001"),
        ("0123456789abcdef0123456789abcde", "cloudrun.E003"),
    ],
)
def test_known_or_short_secret_is_an_error(
    tmp_path: Path, name: str, secret: str, error: str
) -> None:
    done = check(tmp_path, **{name: secret})
    assert done.returncode == 1
    assert f"({error}) {name} " in done.stderr


@pytest.mark.parametrize("name", ["callback_secret", "jwt_secret", "secret_key"])
def test_missing_secret_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    done = check(tmp_path)
    assert done.returncode != 0
    assert name.upper() in done.stderr


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        ({"GUEST_RUNS": "true"}, "cloudrun.W001"),
        ({"SANDBOX_RUNNER": "auto"}, "cloudrun.W002"),
        ({"PREVIEW_URL": ""}, "cloudrun.W003"),
        ({"RUN_RETENTION_DAYS": "2"}, "cloudrun.W004"),
    ],
)
def test_operator_is_told_what_is_open(
    tmp_path: Path, change: dict[str, str], warning: str
) -> None:
    assert f"({warning})" in check(tmp_path, **change).stderr
