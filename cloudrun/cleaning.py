"""Cleaning up while the server runs."""

import asyncio
import logging

from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections

_INTERVAL_S = 3600

logger = logging.getLogger(__name__)


async def clean_up_forever() -> None:
    """`manage.py clean_up`, `tally_runs` and `prune_runs` at once, and every hour."""
    while True:
        await asyncio.to_thread(_clean_up)
        await asyncio.sleep(_INTERVAL_S)


def _clean_up() -> None:
    try:
        call_command("clean_up", verbosity=0)
        call_command("tally_runs", verbosity=0)
        call_command("prune_runs", verbosity=0)
    except (CommandError, DatabaseError):
        logger.warning("what is done every hour failed", exc_info=True)
    finally:
        connections.close_all()  # this thread's
