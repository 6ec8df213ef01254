"""What the log says of refusals."""

import logging


class Briefly(logging.Filter):
    """A line for a request that Django finds suspicious. A stranger sends as many as they like,
    and there is nothing to learn from where in Django each was refused."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security"):
            record.exc_info = None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True
