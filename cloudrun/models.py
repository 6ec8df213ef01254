"""What the limits count, where several servers share one database."""

from django.db import models


class Counter(models.Model):
    """How often something happened; forgotten at `expires_at`, in seconds since 1970."""

    key = models.CharField(primary_key=True, max_length=160)
    value = models.BigIntegerField()
    expires_at = models.FloatField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key}: {self.value}"
