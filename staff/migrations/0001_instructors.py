"""The group `Instructors`, with the rights that they need: see those of their classes, and help."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

RIGHTS = (
    ("accounts", "user", ("view_user", "deactivate_user", "send_reset_link")),
    ("accounts", "classroom", ("view_classroom", "add_classroom", "change_classroom")),
    ("sandbox", "run", ("view_run",)),
    ("assistant", "call", ("view_call",)),
    ("ide", "workspace", ("view_workspace", "change_workspace")),
)


def make_group(apps, schema_editor):
    # Permissions are otherwise made after all migrations, which is too late for this one.
    for label in {label for label, _, _ in RIGHTS}:
        config = apps.get_app_config(label)
        config.models_module = True
        create_permissions(config, apps=apps, verbosity=0)
        config.models_module = None
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Instructors")
    permissions = apps.get_model("auth", "Permission").objects
    for label, model, codenames in RIGHTS:
        group.permissions.add(
            *permissions.filter(
                content_type__app_label=label,
                content_type__model=model,
                codename__in=codenames,
            )
        )


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("accounts", "0004_classes_and_audit"),
        ("assistant", "0002_steps"),
        ("ide", "0009_share_withdrawn"),
        ("sandbox", "0005_run_facts"),
    ]

    operations = [migrations.RunPython(make_group, migrations.RunPython.noop)]
