"""`manage.py prune_runs`: forget runs that are older than they are to be kept."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sandbox.models import ALIVE, Run
from sandbox.records import runs_prune

# A day's runs are counted for the front page of the admin until a day after its end.
_LEAST_DAYS = 3
# So that nobody who writes meanwhile waits for long.
_BATCH = 500


class Command(BaseCommand):
    help = (
        "Delete runs that are older than RUN_RETENTION_DAYS, with their code, output and files. "
        "Live runs and what was shared stay. The server does so every hour."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, help="instead of RUN_RETENTION_DAYS")
        parser.add_argument("--dry-run", action="store_true", help="only say how many there are")

    def handle(self, *args: Any, **options: Any) -> None:
        days = settings.RUN_RETENTION_DAYS if options["days"] is None else options["days"]
        if days == 0:
            self._say(options, "RUN_RETENTION_DAYS is 0: runs are kept for ever.")
            return
        if days < _LEAST_DAYS:
            raise CommandError(f"Runs are kept for at least {_LEAST_DAYS} days, not for {days}.")
        before = timezone.now() - timedelta(days=days)
        if options["dry_run"]:
            old = Run.objects.filter(created_at__lt=before).exclude(status__in=ALIVE)
            self._say(options, f"{old.count()} runs are older than {days} days.")
            return
        deleted = 0
        while count := runs_prune(before=before, most=_BATCH):
            deleted += count
        self._say(options, f"Deleted {deleted} runs that were older than {days} days.")

    def _say(self, options: dict[str, Any], words: str) -> None:
        if options["verbosity"]:
            self.stdout.write(words)
