"""The bodies of the assistant API."""

from dataclasses import dataclass
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from assistant.actions import ACTIONS, REQUIRED
from assistant.providers.base import Message
from assistant.questions import STEPS, Question
from cloudrun.fields import StrictBooleanField, StrictCharField, StrictIntegerField
from sandbox.languages import LANGUAGES
from sandbox.package_names import MAX_LENGTH, MAX_PACKAGES
from sandbox.requests import SourceFile
from sandbox.serializers import validated
from sandbox.serializers.requests import FileSerializer, LanguageField

_MAX_ARGS = 100
_MAX_QUESTION = 2_000  # characters, as the page has it
_MAX_TURN = 20_000  # characters
_MAX_TURNS = 20


def _text(help_text: str, **limits: int) -> StrictCharField:
    return StrictCharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        allow_nul=True,
        help_text=help_text,
        **limits,
    )


@extend_schema_field({"type": "string", "enum": list(ACTIONS)})
class ActionField(StrictCharField):
    """One of `ACTIONS`; its refusal names them."""

    def to_internal_value(self, data: Any) -> str:
        action = super().to_internal_value(data)
        if action not in ACTIONS:
            raise serializers.ValidationError(f"Must be one of {', '.join(ACTIONS)}.")
        return action


class TurnSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(["user", "assistant"])
    content = StrictCharField(max_length=_MAX_TURN, allow_nul=True)


class AssistSerializer(serializers.Serializer[Any]):
    """`{action, language, code?, error?, ...}`, where the action says which of the two it needs."""

    action = ActionField()
    language = LanguageField(help_text="An id from `/api/languages`.")
    code = _text("The source.")
    error = _text("What the program or its compiler printed.")
    stdin = _text("What the program was given to read; a proposal is tried with it.")
    args = serializers.ListField(
        child=StrictCharField(allow_blank=True), default=list, max_length=_MAX_ARGS
    )
    files = FileSerializer(many=True, default=list, help_text="What stands beside the code.")
    install_packages = serializers.ListField(
        child=StrictCharField(max_length=MAX_LENGTH), default=list, max_length=MAX_PACKAGES
    )
    line = StrictIntegerField(
        required=False, allow_null=True, min_value=1, help_text="Where the error points."
    )
    step = serializers.ChoiceField(
        STEPS,
        default="show",
        help_text="How much to give away: a hint, an explanation, or all.",
    )
    question = _text(
        "More to ask, in one's own words, after what `turns` said.", max_length=_MAX_QUESTION
    )
    turns = serializers.ListField(
        child=TurnSerializer(),
        default=list,
        max_length=_MAX_TURNS,
        help_text="The conversation before; of a long one, the assistant is shown the end.",
    )
    html = StrictBooleanField(
        default=False,
        help_text="Whether a stream has the answer as HTML, too, which can do nothing in a page.",
    )
    verify = StrictBooleanField(
        default=True, help_text="Whether what is proposed is run before it is answered."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        action = attrs["action"]
        missing = [name for name in REQUIRED[action] if not (attrs.get(name) or "").strip()]
        if missing:
            raise serializers.ValidationError(
                {name: [f"The action {action} needs it."] for name in missing}
            )
        return attrs


@dataclass(frozen=True)
class Wishes:
    """How a question is to be answered."""

    verify: bool
    html: bool


def question_of(data: Any) -> tuple[Question, Wishes]:
    """The question in a body.

    Raises `InvalidRequestError` and `PayloadTooLargeError`.
    """
    given = validated(AssistSerializer(data=data))
    return Question(
        action=given["action"],
        language=LANGUAGES[given["language"]],
        code=given.get("code") or "",
        error=given.get("error") or "",
        stdin=given.get("stdin") or "",
        args=tuple(given["args"]),
        files=tuple(SourceFile(**file) for file in given["files"]),
        install_packages=tuple(given["install_packages"]),
        line=given.get("line"),
        step=given["step"],
        turns=tuple(Message(**turn) for turn in given["turns"]),
        text=given.get("question") or "",
    ), Wishes(given["verify"], given["html"])


class FiguresSerializer(serializers.Serializer[Any]):
    duration_ms = serializers.IntegerField(allow_null=True)
    cpu_ms = serializers.IntegerField(allow_null=True)
    memory_bytes = serializers.IntegerField(allow_null=True)


class VerdictSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(
        ["verified", "unclear", "failed", "not_tried"],
        help_text="`unclear`: it ran, but something speaks against it.",
    )
    message = serializers.CharField(help_text="Why, for a person.")
    execution_id = serializers.CharField(allow_null=True, help_text="The run of the proposal.")
    before = FiguresSerializer(allow_null=True)
    after = FiguresSerializer(allow_null=True)


class ProposedFileSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    content = serializers.CharField()


class AssistAnswerSerializer(serializers.Serializer[Any]):
    success = serializers.BooleanField()
    action = serializers.CharField()
    response = serializers.CharField(help_text="Markdown.")
    provider = serializers.CharField()
    model = serializers.CharField()
    code = serializers.CharField(
        allow_null=True, help_text="The new source where the action makes one."
    )
    files = ProposedFileSerializer(many=True, help_text="All files that are proposed anew.")
    verdict = VerdictSerializer(allow_null=True, help_text="How it went when it was run.")
    notes = serializers.ListField(
        child=serializers.CharField(), help_text="What to know about how the answer came about."
    )
    step = serializers.ChoiceField(STEPS, help_text="How much it gives away.")
    next_step = serializers.ChoiceField(
        STEPS,
        allow_null=True,
        help_text="In teaching mode, what may be asked for then; null where nothing is held back.",
    )


class ProviderSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    model = serializers.CharField()


class AssistantStatusSerializer(serializers.Serializer[Any]):
    enabled = serializers.BooleanField()
    provider = serializers.CharField(allow_null=True, help_text="The one asked first.")
    providers = ProviderSerializer(many=True)
    teaching = serializers.BooleanField(help_text="Whether hints come first for the caller.")
