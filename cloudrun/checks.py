"""`manage.py check --deploy`: what an operator should know before strangers come."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


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
def check_jwt_secret(**kwargs: Any) -> list[CheckMessage]:
    if not settings.JWT_SECRET_IS_PUBLISHED:
        return []
    return [
        Error(
            "JWT_SECRET is the published example, which everybody knows; it is not used.",
            hint="Set it to a random string of at least 32 characters, or leave it empty.",
            id="cloudrun.E001",
        )
    ]
