from pathlib import Path

from django.apps import AppConfig
from django.conf import settings

from cloudrun.old_database import how_to_move, is_old_database


class CloudrunConfig(AppConfig):
    name = "cloudrun"

    def ready(self) -> None:
        _keep_old_database()
        from cloudrun import checks  # noqa: F401, PLC0415  registers the system checks


def _keep_old_database() -> None:
    """Stop before the first connection, which would write to the file already."""
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3"):
        return
    path = Path(database["NAME"])
    if is_old_database(path):
        raise SystemExit(how_to_move(path))
