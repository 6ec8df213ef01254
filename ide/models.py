"""Workspaces and their files, as the database keeps them."""

import re
import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from sandbox.file_names import FILE_NAME_MAX_LENGTH
from sandbox.models import RunStatus, new_token, unpack_source
from sandbox.requests import Owner

NAME_MAX_LENGTH = 80
PATH_MAX_LENGTH = 255
_DELETION_LENGTH = 22
_WORKSPACE_ID = re.compile(r"[0-9a-f]{16}")


def new_workspace_id() -> str:
    return secrets.token_hex(8)


def is_workspace_id(text: str) -> bool:
    """False for what no workspace can be called; a database may not even take it."""
    return _WORKSPACE_ID.fullmatch(text) is not None


def new_deletion() -> str:
    return secrets.token_urlsafe(16)


class Workspace(models.Model):
    """Files with a name. `entry` is the path of the one that Run starts with.

    It belongs to a user, else to the guest of a session (`sandbox.guests`), who was here last at
    `seen_at`, to the day. `deleted_at` is set for as long as a delete can be taken back.
    `teaching` is for staff alone to set, and goes on to copies.
    """

    id = models.CharField(primary_key=True, max_length=16, default=new_workspace_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="workspaces"
    )
    guest = models.CharField(max_length=40, blank=True, db_index=True)
    name = models.CharField(max_length=NAME_MAX_LENGTH)
    language = models.CharField(max_length=32)
    entry = models.CharField(max_length=PATH_MAX_LENGTH)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    teaching = models.BooleanField(
        default=False, help_text="The assistant gives hints first: nudge, explanation, fix."
    )
    deleted_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        ordering = ("-changed_at", "pk")
        indexes = [
            models.Index(fields=["user", "-changed_at"]),
            models.Index(fields=["-changed_at", "id"]),  # of everybody, for staff
            models.Index(fields=["seen_at"], condition=Q(user=None), name="guests_workspaces"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def owner(self) -> Owner:
        return Owner(self.user_id, self.guest, "")


class LivePreview(models.Model):
    """The address that shows a workspace's pages to whoever knows it, until `valid_until`."""

    workspace = models.OneToOneField(
        Workspace, models.CASCADE, primary_key=True, related_name="live_preview"
    )
    token = models.CharField(max_length=32, unique=True, default=new_token)
    valid_until = models.DateTimeField()

    def __str__(self) -> str:
        return self.workspace_id


class File(models.Model):
    """One file. Folders are the parts of paths: a folder is there while a file is in it.

    `version` counts the times its content was written. Files that were deleted at once share their
    `deletion`, by which they come back; what took their place has it, too, until it is changed.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="files")
    path = models.CharField(max_length=PATH_MAX_LENGTH)
    content = models.BinaryField()
    size = models.PositiveIntegerField(help_text="bytes")
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    deletion = models.CharField(max_length=_DELETION_LENGTH, blank=True)
    deleted_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        ordering = ("path",)
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "path"],
                condition=Q(deleted_at=None),
                name="one_file_at_a_path",
            )
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def text(self) -> str | None:
        """What an editor can show; None for what is no text."""
        content = bytes(self.content)
        if b"\x00" in content:
            return None
        try:
            return content.decode()
        except UnicodeDecodeError:
            return None


class Share(models.Model):
    """A copy of one run for whoever has its link: code, input, output, what it made (`SharedFile`);
    nothing of its owner.

    It stands for itself: it stays when the run is deleted, and goes when it is withdrawn or its
    owner's account is deleted. `withdrawn_at` is set for as long as that can be taken back. Guests
    are owners as of workspaces.
    """

    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="shares"
    )
    guest = models.CharField(max_length=40, blank=True, db_index=True)
    run_id = models.CharField(max_length=32, db_index=True, help_text="told to nobody")
    title = models.CharField(max_length=NAME_MAX_LENGTH)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, db_index=True)
    withdrawn_at = models.DateTimeField(null=True, db_index=True)
    teaching = models.BooleanField(default=False, help_text="as of the run's workspace")
    picture = models.BinaryField(null=True, help_text="a PNG of the code, drawn when first asked")

    language = models.CharField(max_length=32)
    status = models.CharField(max_length=10, choices=RunStatus)
    source = models.BinaryField()
    log = models.BinaryField(null=True)
    exit_code = models.IntegerField(null=True)
    reason = models.CharField(max_length=24, blank=True)
    duration_ms = models.BigIntegerField(null=True)
    memory_bytes = models.BigIntegerField(null=True)
    ran_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.title

    @property
    def address(self) -> str:
        return f"{settings.SITE_URL}{reverse('shared', args=[self.token])}"

    def unpacked_source(self) -> dict[str, Any]:
        return unpack_source(bytes(self.source))


class SharedFile(models.Model):
    """A copy of a file that a shared run's program has made: hostile, as its program left it."""

    share = models.ForeignKey(Share, models.CASCADE, related_name="made")
    name = models.CharField(max_length=FILE_NAME_MAX_LENGTH)
    content = models.BinaryField()
    size = models.PositiveIntegerField(help_text="bytes")

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["share", "name"], name="one_shared_file_of_a_name")
        ]

    def __str__(self) -> str:
        return f"{self.name} of link {self.share_id}"


class EditorSettings(models.Model):
    """How a user likes to write code. A guest's are in their browser alone."""

    class Keymap(models.TextChoices):
        STANDARD = "standard", "Standard"
        VIM = "vim", "Vim"
        EMACS = "emacs", "Emacs"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="editor_settings",
    )
    keymap = models.CharField(max_length=8, choices=Keymap, default=Keymap.STANDARD)
    # Columns to one step of indentation; 0 for what is usual in the file's language.
    indent = models.PositiveSmallIntegerField(
        choices=[(0, "As usual in the language"), (2, "2"), (4, "4"), (8, "8")], default=0
    )
    font_size = models.PositiveSmallIntegerField(  # in CSS pixels
        choices=[(size, f"{size} px") for size in (11, 12, 13, 14, 16, 18, 20, 24)], default=13
    )
    wrap = models.BooleanField(default=False)
    lint = models.BooleanField(default=True)
    assistant = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "editor settings"

    def __str__(self) -> str:
        return f"of user {self.user_id}"
