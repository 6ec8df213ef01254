"""Letters to users: with a link to set a password, and sent at once or while nobody waits."""

import logging
import smtplib
import time
from threading import Thread

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from accounts.models import User

NO_MAIL = (
    "This server sends no mail: the letters are only written to its log. Ask an operator to set"
    " EMAIL_URL."
)
_UNSENT = (OSError, smtplib.SMTPException)
_MOST_S = 900
_MOST_FAILURES = 5

logger = logging.getLogger(__name__)


def sends_mail() -> bool:
    return not settings.EMAIL_BACKEND.endswith(".console.EmailBackend")


def password_url(user: User) -> str:
    """Where they set a password, their first one or another."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    return str(get_adapter().get_reset_password_from_key_url(key))


def reset_letter(user: User) -> EmailMessage:
    """As for whoever says at the login that they forgot their password."""
    context = {"username": user.username, "password_reset_url": password_url(user)}
    return rendered("account/email/password_reset_key", user.email, context)


def rendered(template: str, address: str, context: dict[str, str]) -> EmailMessage:
    letter: EmailMessage = get_adapter().render_mail(template, address, context)
    return letter


def send_now(letter: EmailMessage) -> bool:
    """False where the mail server does not take it."""
    try:
        letter.send()
    except _UNSENT:
        logger.exception("a letter could not be sent")
        return False
    return True


def send_in_background(letters: list[EmailMessage]) -> None:
    """One after the other, over one connection. What a restart breaks off is not sent later;
    their owners can ask for a link at the login."""
    if letters:
        Thread(target=_send, args=(letters,), name="letters", daemon=True).start()


def _send(letters: list[EmailMessage]) -> None:
    end = time.monotonic() + _MOST_S
    connection = get_connection()
    failures = sent = 0
    for letter in letters:
        if time.monotonic() > end or failures == _MOST_FAILURES:
            break
        try:
            connection.open()  # nothing where it is open
            connection.send_messages([letter])
            sent += 1
            failures = 0
        except _UNSENT:
            logger.exception("a letter could not be sent")
            failures += 1
            connection.close()
    connection.close()
    logger.info("letters: %d of %d sent", sent, len(letters))
