"""Classes: who teaches whom. Whoever teaches a class sees its students and their runs."""

import secrets

from django.conf import settings
from django.db import models

from accounts.names import validate_visible

# Without what looks alike on a blackboard: 0 and O, 1, I and L.
_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_LENGTH = 8  # 31 to the 8th: 40 bits, and guesses are counted


def new_join_code() -> str:
    return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_LENGTH))


class Classroom(models.Model):
    """A class. Whoever knows `join_code` can join while `is_open`."""

    name = models.CharField(max_length=100, validators=[validate_visible])
    join_code = models.CharField(max_length=16, unique=True, default=new_join_code, editable=False)
    is_open = models.BooleanField(
        "open to join", default=True, help_text="Can students join with the code?"
    )
    teachers = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        related_name="taught_classes",
        limit_choices_to={"is_staff": True},
        help_text="They see the class, its students and all that these run.",
    )
    students = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", related_name="classes"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name", "pk")
        verbose_name = "class"
        verbose_name_plural = "classes"

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A student in a class, who joined it or whose account was made for it."""

    classroom = models.ForeignKey(
        Classroom, models.CASCADE, related_name="memberships", verbose_name="class"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("user__username",)
        constraints = [
            models.UniqueConstraint(fields=["classroom", "user"], name="one_membership_in_a_class")
        ]
        verbose_name = "student"

    def __str__(self) -> str:
        return f"{self.user} in {self.classroom}"
