"""What is wrong with this server, and what its operator can do about each."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import disk_usage
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

_LEAST_FREE = 0.1
_WORST_LAG_S = 0.25
_SERIOUS = checks.ERROR
_HTTPS = (
    "The site is reached without HTTPS: passwords and sessions can be read on their way.",
    "Put a proxy with a certificate in front (deploy/production/nginx.conf), and set"
    " SITE_URL=https://…",
)
_KEY = "Set it to 50 random characters or more, or leave it empty to have one made."
# What Django's checks mean here: several follow from one setting of ours.
_WORDS = {
    "security.W004": _HTTPS,
    "security.W008": _HTTPS,
    "security.W010": _HTTPS,
    "security.W011": _HTTPS,
    "security.W012": _HTTPS,
    "security.W016": _HTTPS,
    "security.W009": ("SECRET_KEY can be guessed, and with it everybody's session.", _KEY),
    "security.W018": (
        "DEBUG is on: faults show code and settings to whoever meets them.",
        "Set DEBUG=false, and restart the server.",
    ),
    "security.W025": (
        "A key of SECRET_KEY_FALLBACKS can be guessed, and with it everybody's session.",
        "Take it out; who is logged in by it has to log in again.",
    ),
}


@dataclass(frozen=True)
class Finding:
    """`todo` names the command or the setting."""

    what: str
    todo: str
    is_serious: bool = True


def findings(runner: dict[str, Any], database: dict[str, str], lag_s: float) -> list[Finding]:
    """Of all that is looked at, the worst first. `runner` is as `runner_status` has it."""
    found = [*_of_runner(runner), *_of_disk(settings.DATA_DIR), *_of_loop(lag_s)]
    found += [*_of_database(database), *_of_mail(), *_of_checks()]
    return sorted(found, key=lambda finding: not finding.is_serious)


def _of_runner(runner: dict[str, Any]) -> Iterator[Finding]:
    if runner["problem"]:
        yield Finding(f"Programs cannot run. {runner['problem']}", _todo_for_runner())
    images = runner.get("images", {})
    for image in images.get("missing", ()):
        why = f" {images['error']}" if images.get("error") else ""
        todo = f"manage.py sandbox_images, or docker pull {image}"
        yield Finding(f"The image {image} is not on this machine.{why}", todo)


def _todo_for_runner() -> str:
    if settings.SANDBOX_RUNNER == "bubblewrap":
        return "Install it (apt install bubblewrap), and allow user namespaces on this machine."
    return (
        f"systemctl start docker; the engine is looked for at DOCKER_HOST={settings.DOCKER_HOST}."
        " Let the server's user open that socket (usermod -aG docker), and restart the server."
    )


def _of_disk(folder: Path) -> Iterator[Finding]:
    usage = disk_usage(folder)
    if usage.free < _LEAST_FREE * usage.total:
        share = f"{usage.free / usage.total:.0%}"
        todo = "manage.py sandbox_packages and docker image prune free some; or move DATA_DIR."
        yield Finding(f"Only {share} of the disk of {folder} is free.", todo)


def _of_loop(lag_s: float) -> Iterator[Finding]:
    if lag_s > _WORST_LAG_S:
        todo = "Lower MAX_RUNS, or give the machine more processors."
        what = f"The server was {1000 * lag_s:.0f} ms late: it has more to do than it can."
        yield Finding(what, todo, is_serious=False)


def _of_database(database: dict[str, str]) -> Iterator[Finding]:
    if database["status"] != "ok":
        yield Finding("The database does not answer.", "Look at DATABASE_URL and its server.")
    elif pending := pending_migrations():
        names = ", ".join(pending)
        yield Finding(f"The database lacks migrations: {names}.", "manage.py migrate")


def pending_migrations() -> list[str]:
    """As `app.name`, in their order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def has_mail() -> bool:
    return not settings.EMAIL_BACKEND.endswith(("console.EmailBackend", "dummy.EmailBackend"))


def _of_mail() -> Iterator[Finding]:
    if not has_mail():
        todo = "Set EMAIL_URL=smtp+tls://user:password@mail.example.org:587"
        what = "No mail is sent: nobody can reset a password by themselves."
        yield Finding(what, todo, is_serious=False)


def _of_checks() -> Iterator[Finding]:
    """Those of `manage.py check --deploy`."""
    messages = checks.run_checks(tags=[checks.Tags.security], include_deployment_checks=True)
    yield from dict.fromkeys(_of_check(one) for one in messages if not one.is_silenced())


def _of_check(message: checks.CheckMessage) -> Finding:
    """In our own words where Django's name settings that nobody sets here."""
    known = _WORDS.get(str(message.id))
    what, todo = known or (
        message.msg,
        message.hint or f"Look {message.id} up in Django's reference of system checks.",
    )
    return Finding(what, todo, is_serious=message.level >= _SERIOUS)
