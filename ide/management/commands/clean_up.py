"""`manage.py clean_up`: take away what nobody can reach any more."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.sessions import sessions_clear
from assistant.calls import guest_calls_delete
from ide.services import abandoned_delete
from ide.sharing.services import shares_expire
from ide.trash import trash_empty


class Command(BaseCommand):
    help = (
        "Delete sessions that have ended, the workspaces and the questions of guests who had them, "
        "what was deleted too long ago to be restored, and links that have expired. The server "
        "does so every hour."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        trash_empty()
        shares_expire()
        guest_calls_delete()
        count = abandoned_delete()
        sessions_clear()
        if options["verbosity"]:
            self.stdout.write(f"Deleted {count} workspaces of guests who are gone.")
