"""Accounts, the classes that they are in, and what staff have looked at."""

from accounts.models.audit import AuditAction, AuditEntry
from accounts.models.classes import Classroom, Membership, new_join_code
from accounts.models.user import (
    DISPLAY_NAME_MAX_LENGTH,
    USERNAME_MAX_LENGTH,
    User,
    UserManager,
    name_words,
    new_stamp,
    username_validator,
)

__all__ = [
    "DISPLAY_NAME_MAX_LENGTH",
    "USERNAME_MAX_LENGTH",
    "AuditAction",
    "AuditEntry",
    "Classroom",
    "Membership",
    "User",
    "UserManager",
    "name_words",
    "new_join_code",
    "new_stamp",
    "username_validator",
]
