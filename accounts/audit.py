"""Writing down what staff look at and do."""

from collections.abc import Iterable

from accounts.models import AuditAction, AuditEntry, User

_WHAT_MAX_LENGTH = 300


def audit(actor: User, action: AuditAction, *, subject: User | None = None, what: str = "") -> None:
    """`actor` did this to something of the subject's, which `what` names: an id, never content.

    No subject where it is nobody's in particular, or a guest's. To be called before the answer:
    what cannot be written down is not shown.
    """
    audit_all(actor, action, [subject], what=what)


def audit_all(
    actor: User, action: AuditAction, subjects: Iterable[User | None], *, what: str = ""
) -> None:
    """The same for many at once."""
    audit_each(actor, action, ((subject, what) for subject in subjects))


def audit_each(actor: User, action: AuditAction, things: Iterable[tuple[User | None, str]]) -> None:
    """For many at once, each with what it was. What staff look at of their own is nobody's
    business."""
    AuditEntry.objects.bulk_create(
        AuditEntry(
            actor=actor,
            actor_name=actor.username,
            action=action,
            subject=subject,
            what=what[:_WHAT_MAX_LENGTH].replace("\x00", " "),
        )
        for subject, what in things
        if subject != actor
    )
