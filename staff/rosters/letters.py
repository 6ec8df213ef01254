"""Sending many letters while nobody waits."""

import logging
import smtplib
import time
from threading import Thread

from django.core.mail import EmailMessage, get_connection

_MOST_S = 900
_MOST_FAILURES = 5

logger = logging.getLogger(__name__)


def send_in_background(letters: list[EmailMessage]) -> None:
    """One after the other, over one connection. What a restart breaks off is not sent later: the
    page of the import says what to do for those whom no letter reaches."""
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
        except (OSError, smtplib.SMTPException):
            logger.exception("a letter to a class could not be sent")
            failures += 1
            connection.close()
    connection.close()
    logger.info("letters to a class: %d of %d sent", sent, len(letters))
