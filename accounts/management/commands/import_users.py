"""`manage.py import_users OLD.db`: the users of the original service, with their passwords."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.original import NotOriginalError, UnusableError, parse_row, read_rows
from accounts.services import user_import
from cloudrun.errors import ConflictError


class Command(BaseCommand):
    help = (
        "Take over the users of the original CloudRun service. They log in with their old"
        " passwords. The old file is only read; who is here already is left alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("database", type=Path, help="its SQLite file, cloudrun.db")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *args: Any, database: Path, dry_run: bool, **options: Any) -> None:
        try:
            rows = list(read_rows(database))
        except NotOriginalError as error:
            raise CommandError(str(error)) from error
        with transaction.atomic():
            outcomes = Counter(self._import(row) for row in rows)
            transaction.set_rollback(dry_run)
        imported = "would be imported" if dry_run else "imported"
        self.stdout.write(
            f"{outcomes['imported']} users {imported}, {outcomes['present']} here already,"
            f" {outcomes['refused']} not imported."
        )

    def _import(self, row: Any) -> str:
        try:
            is_new = user_import(parse_row(row))
        except (UnusableError, ConflictError) as error:
            self.stderr.write(f"{row['username']!r} is not imported: {error}")
            return "refused"
        return "imported" if is_new else "present"
