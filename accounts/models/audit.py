"""What staff have looked at and done. Rows are written once; nobody has a right to change them."""

from typing import Any, Never

from django.conf import settings
from django.db import models

from accounts.errors import AuditIsFinalError


class AuditAction(models.TextChoices):
    VIEWED = "viewed"
    LISTED = "listed", "Listed or searched"
    WATCHED = "watched", "Watched live"
    EXPORTED = "exported"
    RERAN = "reran", "Ran again"
    DEACTIVATED = "deactivated"
    REACTIVATED = "reactivated"
    LOGGED_OUT = "logged_out", "Logged out everywhere"
    RESET_LINK = "reset_link", "Sent a reset link"
    NO_RESET_LINK = "no_reset_link", "Could send no reset link"
    IMPORTED = "imported"
    CHANGED = "changed"
    DELETED = "deleted"


class AuditEntries(models.QuerySet["AuditEntry"]):
    """Refuses what would change entries; deleting a user only takes them out of theirs."""

    def update(self, **changes: Any) -> Never:
        raise AuditIsFinalError

    def delete(self) -> Never:
        raise AuditIsFinalError


class AuditEntry(models.Model):
    """`actor` did `action` to what is `subject`'s; `what` says to which thing of theirs.

    `actor_name` outlives the actor's account. Of a student who is gone no name is kept.
    """

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="audited"
    )
    actor_name = models.CharField(max_length=150, db_index=True)
    action = models.CharField(max_length=16, choices=AuditAction)
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="audit_entries"
    )
    what = models.CharField(max_length=300, blank=True, db_index=True)
    at = models.DateTimeField("time", auto_now_add=True, db_index=True)

    objects = AuditEntries.as_manager()

    class Meta:
        ordering = ("-at", "-pk")
        default_permissions = ("view",)
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.actor_name} {self.get_action_display().lower()} {self.what}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AuditIsFinalError
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise AuditIsFinalError
