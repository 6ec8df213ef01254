"""What somebody asked the assistant is theirs: to take along, and to have deleted."""

import io
import json
import zipfile
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.management import call_command
from django.test import AsyncClient
from django.utils import timezone

from accounts.models import User
from assistant.answering import Piece
from assistant.calls import Asker, noted
from assistant.models import Call
from assistant.questions import Question
from assistant.tests.makers import make_call
from ide.tests.makers import make_user
from sandbox.languages import LANGUAGES

pytestmark = pytest.mark.django_db(transaction=True)


def days_ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


async def exported(user: User) -> dict[str, dict[str, Any]]:
    client = AsyncClient()
    await client.aforce_login(user)
    answer: Any = await client.get("/accounts/export/")
    content = b"".join([piece async for piece in answer.streaming_content])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.startswith("assistant/")]
        return {name: json.loads(archive.read(name)) for name in names}


def test_export_has_every_question_of_the_user() -> None:
    user = make_user()
    asked = json.dumps({"sources": {"main.py": "print('ä')"}})
    make_call(user, at=days_ago(1), asked=asked, answered="Because.", verdict="verified")
    make_call(user, outcome="failed", provider="", failures="Groq did not answer in time")
    make_call(make_user("stranger"), answered="of a stranger")
    make_call(answered="of a guest")
    with_text, without = async_to_sync(exported)(user).values()
    assert with_text["asked"] == {"sources": {"main.py": "print('ä')"}}
    assert with_text["answered"] == "Because."
    assert (with_text["provider"], with_text["model"]) == ("groq", "llama")
    assert (with_text["prompt_tokens"], with_text["answer_tokens"]) == (70, 30)
    assert (with_text["outcome"], with_text["verdict"]) == ("answered", "verified")
    assert (without["outcome"], without["failures"]) == ("failed", "Groq did not answer in time")
    assert without["asked"] is without["answered"] is None


def test_questions_go_with_the_account() -> None:
    user, stranger = make_user(), make_user("stranger")
    make_call(user)
    kept = make_call(stranger)
    user.delete()
    assert list(Call.objects.all()) == [kept]


def test_question_that_outlives_its_account_leaves_nothing() -> None:
    user = make_user()

    async def answer() -> AsyncGenerator[Piece, None]:
        await User.objects.filter(pk=user.pk).adelete()
        yield "Because."

    async def pieces() -> list[Piece]:
        question = Question("explain_error", LANGUAGES["python"], error="No.")
        asker = Asker(user.pk, f"user:{user.pk}")
        return [piece async for piece in noted(question, asker, answer())]

    assert async_to_sync(pieces)() == ["Because."]
    assert Call.objects.count() == 0


def test_questions_of_guests_go_when_their_session_has_ended() -> None:
    user = make_user()
    kept = [make_call(user, at=days_ago(1000)), make_call(at=days_ago(13))]
    make_call(at=days_ago(15))
    call_command("clean_up", verbosity=0)
    assert set(Call.objects.all()) == set(kept)
