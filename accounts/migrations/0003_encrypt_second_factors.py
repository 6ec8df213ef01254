"""Encrypt the secrets that were stored in clear until here."""

from collections.abc import Callable

from django.db import migrations
from django.db.migrations.state import StateApps

from accounts.encryption import decrypt, encrypt

_SECRETS = {"totp": "secret", "recovery_codes": "seed"}


def _change(apps: StateApps, change: Callable[[str], str]) -> None:
    authenticators = apps.get_model("mfa", "Authenticator").objects
    for authenticator in authenticators.filter(type__in=_SECRETS):
        name = _SECRETS[authenticator.type]
        authenticator.data[name] = change(authenticator.data[name])
        authenticator.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_imports_and_stamps"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.RunPython(
            lambda apps, _: _change(apps, encrypt), lambda apps, _: _change(apps, decrypt)
        ),
    ]
