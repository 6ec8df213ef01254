"""`manage.py tally_runs`: count the runs of the days that are over."""

from typing import Any

from django.core.management.base import BaseCommand

from staff.dashboard.tallying import tally_days


class Command(BaseCommand):
    help = "Count the runs of days that are over, for the admin's front page. Done every hour."

    def handle(self, *args: Any, **options: Any) -> None:
        days = tally_days()
        if options["verbosity"]:
            self.stdout.write(f"Tallied {days} days.")
