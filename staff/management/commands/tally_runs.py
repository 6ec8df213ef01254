"""`manage.py tally_runs`: count the runs of the days that are over."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from staff.dashboard.tallying import fill_in_runs, tally_days


class Command(BaseCommand):
    help = "Count the runs of days that are over, for the admin's front page. Done every hour."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--fill-in",
            action="store_true",
            help="first make older runs searchable and count their errors; once, after an update",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["fill_in"]:
            runs = fill_in_runs()
            if options["verbosity"]:
                self.stdout.write(f"Filled in {runs} runs.")
        days = tally_days()
        if options["verbosity"]:
            self.stdout.write(f"Tallied {days} days.")
