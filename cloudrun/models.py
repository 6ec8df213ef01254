"""What the limits count, where several servers share one database."""

from django.db import models


class Counter(models.Model):
    """How often something happened; forgotten at `expires_at`, in seconds since 1970."""

    key = models.CharField(primary_key=True, max_length=160)
    value = models.BigIntegerField()
    expires_at = models.FloatField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key}: {self.value}"


class CacheEntry(models.Model):
    """A row of Django's own database cache, which says what its columns are."""

    cache_key = models.CharField(primary_key=True, max_length=255)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key
