"""An authenticator app (RFC 6238), as a user has it on a telephone."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings


def code_of(secret: str, *, periods_ahead: int = 0) -> str:
    """What the app shows, now or later."""
    period = int(time.time()) // settings.MFA_TOTP_PERIOD
    return str(format_hotp_value(hotp_value(secret, period + periods_ahead)))
