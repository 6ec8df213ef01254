"""PostgreSQL's index of the words in code and output; see `sandbox.searching`."""

from django.db import migrations, models

# Without punctuation, which PostgreSQL's parser would take for hosts, paths and signs.
CREATE = r"""
    CREATE INDEX sandbox_run_words ON sandbox_run USING gin (
        to_tsvector('simple', regexp_replace(search_text, '[!-/:-@\[-^`{-~]+', ' ', 'g'))
    )
"""


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        # No parameters: the driver would take a % for one.
        schema_editor.execute(CREATE, params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX sandbox_run_words", params=None)


class Migration(migrations.Migration):
    dependencies = [("sandbox", "0005_run_facts")]

    operations = [
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                fields=["error", "-created_at"],
                condition=~models.Q(error=""),
                name="run_error",
            ),
        ),
        migrations.RunPython(create, drop),
    ]
