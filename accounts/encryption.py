"""Secrets of second factors, which the database holds encrypted by a key made from `SECRET_KEY`.

A former key in `SECRET_KEY_FALLBACKS` still reads what it has written.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

from cloudrun.errors import ConflictError


class SecretLostError(ConflictError):
    code = "secret_lost"
    title = "This can no longer be read"
    silent_variable_failure = True  # in a template it is nothing, and no error


def encrypt(text: str) -> str:
    return _fernet().encrypt(text.encode()).decode()


def decrypt(encrypted: str) -> str:
    """`SecretLostError` for what none of the keys has written."""
    try:
        return _fernet().decrypt(encrypted).decode()
    except InvalidToken as error:
        raise SecretLostError(
            "The key of this server has changed since: it cannot read these secrets any more. Turn"
            " the authenticator app off and on again, and make new recovery codes."
        ) from error


def _fernet() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    digest = salted_hmac("accounts.encryption", "", secret=key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest)
