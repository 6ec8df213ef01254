"""`manage.py check --deploy`: what an operator should know before strangers come."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

_SECRET_MIN_BYTES = 32  # as long as the digests that it keys: RFC 7518, section 3.2
_TALLIED_AFTER_DAYS = 3  # a day is counted last a day after its end: staff/dashboard/tallying.py


@register(Tags.security, deploy=True)
def check_guests(**kwargs: Any) -> list[CheckMessage]:
    if not settings.GUEST_RUNS:
        return []
    return [
        Warning(
            "Anybody who reaches this server can run programs on it.",
            hint="Set GUEST_RUNS=false to ask for a login or a token.",
            id="cloudrun.W001",
        )
    ]


@register(Tags.security, deploy=True)
def check_runner(**kwargs: Any) -> list[CheckMessage]:
    if settings.SANDBOX_RUNNER == "docker":
        return []
    return [
        Warning(
            "The embedded runner may be used, which is for trying out and trusted classrooms.",
            hint="Install Docker and set SANDBOX_RUNNER=docker.",
            id="cloudrun.W002",
        )
    ]


@register(Tags.security, deploy=True)
def check_previews(**kwargs: Any) -> list[CheckMessage]:
    if settings.PREVIEW_URL:
        return []
    return [
        Warning(
            "HTML previews have addresses of this site. A page opened in a tab of its own reaches"
            " nothing here, but can write any address of the site over its own, and pose as it.",
            hint="Set PREVIEW_URL to a second origin that leads to this server.",
            id="cloudrun.W003",
        )
    ]


@register(deploy=True)
def check_retention(**kwargs: Any) -> list[CheckMessage]:
    if not 0 < settings.RUN_RETENTION_DAYS < _TALLIED_AFTER_DAYS:
        return []
    return [
        Warning(
            "Runs are deleted before their day is counted for good: the figures of the staff's"
            " front page will be too low.",
            hint=f"Set RUN_RETENTION_DAYS to at least {_TALLIED_AFTER_DAYS}, or to 0.",
            id="cloudrun.W004",
        )
    ]


@register(Tags.security, deploy=True)
def check_secrets(**kwargs: Any) -> list[CheckMessage]:
    return [*_bad_secrets()]


def _bad_secrets() -> Iterator[CheckMessage]:
    hint = f"Set it to a random string of at least {_SECRET_MIN_BYTES} bytes, or leave it empty."
    for name in ("CALLBACK_SECRET", "JWT_SECRET", "SECRET_KEY"):
        secret = getattr(settings, name)
        if name in settings.PUBLISHED_SECRETS_SET:
            problem = "is a published example, which everybody knows; it is not used."
            yield Error(f"{name} {problem}", hint=hint, id="cloudrun.E001")
        elif not secret:
            place = settings.DATA_DIR / name.lower()
            problem = f"is missing: {place} is empty. Remove that file to have one made."
            yield Error(f"{name} {problem}", hint=hint, id="cloudrun.E002")
        elif len(secret.encode()) < _SECRET_MIN_BYTES:
            problem = f"is shorter than {_SECRET_MIN_BYTES} bytes: it can be guessed from a token."
            yield Error(f"{name} {problem}", hint=hint, id="cloudrun.E003")
