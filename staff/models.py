"""Runs counted by day, so that weeks are not counted anew for each look at the front page."""

from django.conf import settings
from django.db import models


class Kind(models.TextChoices):
    """What a tally's `name` is one of. `RUNS` has the empty name: all of them."""

    RUNS = "runs"
    LANGUAGE = "language"
    STATUS = "status"
    ERROR = "error"
    FIRST_OUTPUT = "first"


class Tally(models.Model):
    """How many runs somebody began on a day (of UTC) that are of one name.

    `user` is null where it is of everybody, guests too: who is gone stays in that sum, nameless.
    The name of `FIRST_OUTPUT` is the number of a bucket, see `staff.dashboard.facts`.
    """

    day = models.DateField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="tallies"
    )
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=200, blank=True)
    runs = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        indexes = [
            # With all that is asked of it: a class's rows are read from the index alone.
            models.Index(fields=["user", "kind", "day", "name", "runs"], name="tally_of_user"),
            models.Index(fields=["kind", "day"], name="tally_of_kind"),
            # Who has had the commonest errors, without a look at the rows.
            models.Index(
                fields=["name", "day", "user"],
                condition=models.Q(kind=Kind.ERROR),
                name="tally_of_error",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.runs} runs, {self.kind} {self.name}, {self.day}"


class TalliedDay(models.Model):
    """A day whose tallies stand. Days are tallied in order, so all before the last are."""

    day = models.DateField(primary_key=True)
    tallied_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.day)
