"""Indexes of what staff look for; the words of code and output in a column of their own.

An index of an expression leaves PostgreSQL to take a text to words again wherever it looks at the
row itself: for a phrase, for a frequent word, and whenever a run's row changes.
"""

from django.db import migrations, models

# As in 0006: without punctuation, which its parser would take for hosts, paths and signs.
WORDS = r"to_tsvector('simple', regexp_replace(search_text, '[!-/:-@\[-^`{-~]+', ' ', 'g'))"


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in (
            "DROP INDEX sandbox_run_words",
            f"ALTER TABLE sandbox_run ADD search_words tsvector GENERATED ALWAYS AS ({WORDS}) STORED",
            "CREATE INDEX sandbox_run_words ON sandbox_run USING gin (search_words)",
        ):
            # No parameters: the driver would take a % for one.
            schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in (
            "DROP INDEX sandbox_run_words",
            "ALTER TABLE sandbox_run DROP search_words",
            f"CREATE INDEX sandbox_run_words ON sandbox_run USING gin ({WORDS})",
        ):
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("sandbox", "0006_search")]

    operations = [
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                fields=["language", "-created_at"], name="sandbox_run_languag_25279c_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                fields=["status", "-created_at"], name="sandbox_run_status_1d51e3_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                fields=["reason", "-created_at"], name="sandbox_run_reason_3b2d14_idx"
            ),
        ),
        migrations.RunPython(create, drop),
    ]
