"""Each question is counted before it is asked, and noted when it has been."""

import json
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import timedelta

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import IntegrityError
from django.db.models import Sum
from django.utils import timezone

from assistant import prompts
from assistant.answering import Answer, Piece
from assistant.asking import Start
from assistant.errors import AllFailedError
from assistant.models import Call, Outcome
from assistant.providers.base import End, Usage
from assistant.questions import Question
from cloudrun.errors import ApplicationError, RateLimitedError
from cloudrun.metrics import note_ai_call
from cloudrun.rates import Rate

_DAY_S = 24 * 3600
_AT_A_TIME = 500
_NOT_TOLD = Usage()


@dataclass(frozen=True)
class Asker:
    """Who asks; guests are counted by their address, as `subject` has it. `guest` is the one of
    their session, if they have one."""

    user_id: int | None
    subject: str
    guest: str = ""

    @property
    def person(self) -> str:
        """Many guests may share an address, but not what they have been told."""
        return f"guest:{self.guest}" if self.user_id is None and self.guest else self.subject


def question_count(asker: Asker) -> None:
    """Count a question; `RateLimitedError` beyond a limit of the minute or of the day."""
    for name, limit, window_s, when in (
        ("assistant", settings.AI_REQUESTS_PER_MINUTE, 60, "a minute"),
        ("assistant-day", settings.AI_QUESTIONS_PER_DAY, _DAY_S, "a day"),
    ):
        often = "once" if limit == 1 else f"{limit} times"
        rule = f"The assistant can be asked {often} {when}."
        Rate(name, limit, window_s, rule).count(asker.subject)
    _check_tokens(asker)


def _check_tokens(asker: Asker) -> None:
    since = timezone.now() - timedelta(seconds=_DAY_S)
    calls = Call.objects.filter(subject=asker.subject, created_at__gt=since)
    spent = calls.aggregate(asked=Sum("prompt_tokens"), answered=Sum("answer_tokens"))
    if sum(filter(None, spent.values())) >= settings.AI_TOKENS_PER_DAY:
        first = calls.order_by("created_at").values_list("created_at", flat=True)[0]
        wait = first + timedelta(seconds=_DAY_S) - timezone.now()
        raise RateLimitedError(
            f"The assistant reads and writes {settings.AI_TOKENS_PER_DAY:,} tokens a day for each"
            " person, and yours are used up.",
            retry_after=max(1, int(wait.total_seconds())),
        )


def guest_calls_delete() -> None:
    """Delete what guests asked, once the session is over in which they did."""
    ended = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    old = Call.objects.filter(user=None, created_at__lt=ended)
    # A few at a time, since others wait for the database meanwhile.
    while ids := list(old.values_list("pk", flat=True)[:_AT_A_TIME]):
        Call.objects.filter(pk__in=ids).delete()


async def noted(
    question: Question, asker: Asker, pieces: AsyncGenerator[Piece | End, None], *, about: str = ""
) -> AsyncGenerator[Piece, None]:
    """The same pieces but for `End`; at their end, whatever it is, there is a `Call`, kept under
    `about`."""
    note = _Note(question, asker, about)
    try:
        async with aclosing(pieces):
            async for piece in pieces:
                note.see(piece)
                if isinstance(piece, Answer):  # what may be asked next depends on it
                    await database_sync_to_async(note.save)()
                if not isinstance(piece, End):
                    yield piece
    except Exception as error:  # not those by which an asker goes away
        note.call.outcome = Outcome.FAILED
        note.call.failures = _why(error)
        raise
    finally:
        if not note.is_saved:
            await database_sync_to_async(note.save)()


class _Note:
    def __init__(self, question: Question, asker: Asker, about: str) -> None:
        self.is_saved = False
        self._began = time.monotonic()
        self._spent = Usage()
        self._prompt_size = self._answer_size = 0  # of what is being answered
        self.call = Call(
            user_id=asker.user_id,
            subject=asker.subject,
            action=question.action,
            step=question.step,
            about=about,
            language=question.language.id,
            prompt_version=prompts.VERSION,
            outcome=Outcome.LEFT,
        )
        if settings.AI_LOG_TEXT:
            self.call.asked = _without_nul(json.dumps(question.texts, ensure_ascii=False))

    def see(self, piece: Piece | End) -> None:
        if isinstance(piece, Start):
            self._settle()  # what the one before has left unfinished
            self._prompt_size, self._answer_size = piece.prompt_size, 0
            self.call.provider, self.call.model = piece.provider.name, piece.provider.model
            if self.call.first_text_ms is None:
                self.call.first_text_ms = self._elapsed_ms()
        elif isinstance(piece, str):
            self._answer_size += len(piece.encode())
        elif isinstance(piece, End):
            self._settle(piece.usage)
        elif isinstance(piece, Answer):
            self.call.outcome = Outcome.ANSWERED
            self.call.verdict = piece.verdict.status if piece.verdict else ""
            if settings.AI_LOG_TEXT:
                self.call.answered = _without_nul(piece.response)

    def _settle(self, told: Usage = _NOT_TOLD) -> None:
        """Count what an answer has cost, or about that where its provider has not told it."""
        if self._prompt_size:
            estimated = Usage.estimated(self._prompt_size, self._answer_size)
            self._spent += estimated if told == _NOT_TOLD else told
        self._prompt_size = 0

    def save(self) -> None:
        self._settle()
        self.call.prompt_tokens = self._spent.prompt_tokens
        self.call.answer_tokens = self._spent.answer_tokens
        self.call.latency_ms = self._elapsed_ms()
        with suppress(IntegrityError):  # the asker's account has been deleted meanwhile
            self.call.save()
        self.is_saved = True
        note_ai_call(self.call.provider, self.call.outcome, self.call.latency_ms / 1000)

    def _elapsed_ms(self) -> int:
        return round((time.monotonic() - self._began) * 1000)


def _why(error: Exception) -> str:
    if isinstance(error, AllFailedError):
        return error.told
    return error.code if isinstance(error, ApplicationError) else type(error).__name__


def _without_nul(text: str) -> str:
    """PostgreSQL's text cannot hold it."""
    return text.replace("\x00", "\N{SYMBOL FOR NULL}")
