"""What staff see of the assistant's work."""

from django.conf import settings
from django.db import models


class Outcome(models.TextChoices):
    ANSWERED = "answered"
    FAILED = "failed"
    LEFT = "left", "the asker went away"


class Call(models.Model):
    """One question to the assistant; its text and the answer's only where `AI_LOG_TEXT` is on."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="ai_calls"
    )
    # Whom a guest's quota is counted by, as `cloudrun.rates.subject_of` has it.
    subject = models.CharField(max_length=64)
    action = models.CharField(max_length=16)
    step = models.CharField(max_length=8, blank=True, help_text="how much was given away")
    # Which question, where hints come first (`assistant.teaching`).
    about = models.CharField(max_length=64, blank=True, db_index=True)
    language = models.CharField(max_length=32)
    prompt_version = models.PositiveSmallIntegerField()
    provider = models.CharField(max_length=16, blank=True)
    model = models.CharField(max_length=100, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    verdict = models.CharField(max_length=10, blank=True, help_text="of what was proposed")
    first_text_ms = models.PositiveIntegerField(null=True, blank=True)
    latency_ms = models.PositiveIntegerField(help_text="to the end of the answer, trials included")
    prompt_tokens = models.PositiveIntegerField(default=0)
    answer_tokens = models.PositiveIntegerField(default=0)
    failures = models.TextField(blank=True, help_text="why no answer came")
    asked = models.TextField(blank=True)
    answered = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ("-created_at",)
        indexes = [models.Index(fields=["subject", "-created_at"])]
        verbose_name = "call of the assistant"
        verbose_name_plural = "calls of the assistant"

    def __str__(self) -> str:
        return f"{self.action} by {self.provider or 'nobody'}"
