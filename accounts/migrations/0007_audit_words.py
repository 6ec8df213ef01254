from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_audited_deletions"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="auditentry",
            options={
                "default_permissions": ("view",),
                "ordering": ("-at", "-pk"),
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit entries",
            },
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="at",
            field=models.DateTimeField(auto_now_add=True, db_index=True, verbose_name="time"),
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="action",
            field=models.CharField(
                choices=[
                    ("viewed", "Viewed"),
                    ("listed", "Listed or searched"),
                    ("watched", "Watched live"),
                    ("exported", "Exported"),
                    ("reran", "Ran again"),
                    ("deactivated", "Deactivated"),
                    ("reactivated", "Reactivated"),
                    ("logged_out", "Logged out everywhere"),
                    ("reset_link", "Sent a reset link"),
                    ("no_reset_link", "Could send no reset link"),
                    ("imported", "Imported"),
                    ("changed", "Changed"),
                    ("deleted", "Deleted"),
                ],
                max_length=16,
            ),
        ),
    ]
