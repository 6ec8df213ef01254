"""Hints first: a nudge, then the explanation, then the fix, each once the one before it was given.

What was given is read from the calls that were answered (`Call.about`). A question is the same one
for the same person, at the same place, about the same code and error.
"""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils.crypto import salted_hmac

from accounts.models import User
from assistant.answering import Answer, Piece
from assistant.models import Call, Outcome
from assistant.providers.base import End
from assistant.questions import STEPS, Question, Step

# Whose steps are counted together; what only explains code gives no fix away, and needs no nudge.
_LADDERS = {"fix_error": "failure", "explain_error": "failure", "optimize_code": "optimisation"}
_LAST_STEPS: dict[str, Step] = {"explain_error": "explain", "explain_code": "explain"}
_NOTES = {
    "nudge": "Hints come first here, and this is a nudge. Ask again for the explanation.",
    "explain": "Hints come first here, and this is the explanation. Ask again for the fix.",
}
_NUMBERS = re.compile(r"0x[0-9a-f]+|\d+")


def is_taught(user: User | AnonymousUser, *, in_class: bool = False) -> bool:
    """Whether hints come first for them: everywhere here, or where they are (`in_class`).

    Staff get what they ask for.
    """
    return (settings.AI_TEACHING or in_class) and not user.is_staff


@dataclass(frozen=True)
class Lesson:
    """What is given of what was asked: `question` has the step. `about` is what the call is to be
    kept under, `next_step` what may be asked for then, `note` why it is less than was asked."""

    question: Question
    about: str
    next_step: Step | None
    note: str = ""


def lesson_begin(question: Question, *, person: str, place: str = "") -> Lesson:
    """The next step of a question, or an earlier one where that was asked for.

    `place` is the workspace, if the question comes from one. Reads the database.
    """
    about = _about(question, person, place)
    last = STEPS.index(_LAST_STEPS.get(question.action, "show"))
    asked = min(STEPS.index(question.step), last)
    may_be = min(_given(about) + 1 if about else last, last)
    step = min(asked, may_be)
    then = max(may_be, min(step + 1, last))
    return Lesson(
        question=replace(question, step=STEPS[step]),
        about=about,
        next_step=STEPS[then] if then > step else None,
        note=_NOTES[STEPS[step]] if step < asked else "",
    )


async def taught(
    lesson: Lesson, pieces: AsyncGenerator[Piece | End, None]
) -> AsyncGenerator[Piece | End, None]:
    """The same pieces, whose `Answer` says where in the lesson one is."""
    async with aclosing(pieces):
        async for piece in pieces:
            if isinstance(piece, Answer):
                notes = (lesson.note, *piece.notes) if lesson.note else piece.notes
                piece = replace(piece, notes=notes, next_step=lesson.next_step)
            yield piece


def _given(about: str) -> int:
    """The place of the last step that was given; -1 for none."""
    calls = Call.objects.filter(about=about, outcome=Outcome.ANSWERED)
    return max((STEPS.index(step) for step in calls.values_list("step", flat=True)), default=-1)


def _about(question: Question, person: str, place: str) -> str:
    """Empty for what has no steps."""
    ladder = _LADDERS.get(question.action)
    if ladder is None:
        return ""
    error = (_last_line(question.error), question.line) if ladder == "failure" else None
    what = repr((ladder, person, place, question.language.id, question.sources, error))
    return salted_hmac("assistant.teaching", what, algorithm="sha256").hexdigest()


def _last_line(error: str) -> str:
    """Where most languages say what went wrong; without numbers, which another run may change."""
    lines = [line.strip() for line in error.splitlines() if line.strip()]
    return _NUMBERS.sub("0", lines[-1]) if lines else ""
