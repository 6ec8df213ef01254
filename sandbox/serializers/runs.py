"""Runs, their results and their events, as they go out."""

from typing import Any

from rest_framework import serializers

from accounts.schema import ProblemSerializer
from sandbox.models import ALIVE, Run, RunStatus
from sandbox.requests import BASE64, UTF8

_ENDS = [status.value for status in RunStatus if status not in ALIVE]


class DependencySerializer(serializers.Serializer[Any]):
    """What a program failed for want of."""

    package_manager = serializers.ChoiceField(["pip", "npm"])
    package_name = serializers.CharField(help_text="the name to install: PyYAML for `yaml`")
    module = serializers.CharField()
    install_command = serializers.CharField()


class ArtifactSerializer(serializers.Serializer[Any]):
    """A file that a program has made."""

    name = serializers.CharField(help_text="its path in the program's folder")
    size = serializers.IntegerField(help_text="bytes")
    content_type = serializers.CharField(help_text="by its name; the content may be anything")
    url = serializers.CharField()
    preview_url = serializers.CharField(
        required=False, help_text="of a page, to be shown in a frame"
    )


class ArtifactsSerializer(serializers.Serializer[Any]):
    execution_id = serializers.CharField()
    artifacts = ArtifactSerializer(many=True, help_text="by name")


class ErrorInFileSerializer(serializers.Serializer[Any]):
    """An error in one of the sent files."""

    file = serializers.CharField()
    line = serializers.IntegerField(allow_null=True)
    column = serializers.IntegerField(allow_null=True)
    message = serializers.CharField(help_text="in the words of the compiler or the runtime")


class ResultSerializer(serializers.Serializer[Any]):
    """How a run ended, and what its program wrote."""

    execution_id = serializers.CharField()
    status = serializers.ChoiceField(_ENDS)
    message = serializers.CharField()
    stdout = serializers.CharField()
    stderr = serializers.CharField()
    exit_code = serializers.IntegerField(allow_null=True)
    signal = serializers.IntegerField(allow_null=True)
    execution_time = serializers.FloatField(help_text="seconds")
    duration_ms = serializers.IntegerField(allow_null=True)
    cpu_ms = serializers.IntegerField(allow_null=True)
    memory_bytes = serializers.IntegerField(allow_null=True, help_text="peak")
    truncated = serializers.BooleanField(help_text="The program wrote more than is kept.")
    reason = serializers.CharField(help_text="a stable word for a program")
    explanation = serializers.CharField(help_text="a sentence for a beginner")
    file = serializers.CharField(allow_null=True, help_text="where the error is, if it is known")
    line = serializers.IntegerField(allow_null=True)
    column = serializers.IntegerField(allow_null=True)
    problems = ErrorInFileSerializer(many=True, help_text="every error that is known")
    dependency = DependencySerializer(allow_null=True)
    artifacts = ArtifactSerializer(many=True, help_text="where the run was asked for with it")
    code = serializers.CharField(allow_null=True, help_text="where the platform failed")
    retry_after = serializers.IntegerField(allow_null=True, help_text="seconds")


class AcceptedSerializer(serializers.Serializer[Any]):
    """A run that goes on by itself."""

    execution_id = serializers.CharField()
    status = serializers.ChoiceField(RunStatus.choices)


class BatchItemSerializer(serializers.Serializer[Any]):
    """One of the two is null."""

    result = ResultSerializer(allow_null=True)
    problem = ProblemSerializer(allow_null=True)


class BatchSerializer(serializers.Serializer[Any]):
    runs = BatchItemSerializer(many=True, help_text="in the order of the request")


class StoppedSerializer(serializers.Serializer[Any]):
    execution_id = serializers.CharField()
    status = serializers.ChoiceField([RunStatus.STOPPED.value])
    message = serializers.CharField()


class CallbackKeySerializer(serializers.Serializer[Any]):
    key = serializers.CharField()


class RunSummarySerializer(serializers.ModelSerializer[Run]):
    execution_id = serializers.CharField(source="pk", read_only=True)
    reason = serializers.CharField(read_only=True, help_text="empty until the end")

    class Meta:
        model = Run
        fields: tuple[str, ...] = (
            "execution_id",
            "language",
            "status",
            "reason",
            "exit_code",
            "created_at",
            "started_at",
            "ended_at",
            "duration_ms",
            "cpu_ms",
            "memory_bytes",
            "truncated",
        )
        read_only_fields = fields


class RunListSerializer(serializers.Serializer[Any]):
    runs = RunSummarySerializer(many=True, help_text="newest first")
    next_cursor = serializers.CharField(allow_null=True, help_text="null on the last page")


class SourceFileSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    content = serializers.CharField()
    encoding = serializers.ChoiceField([UTF8, BASE64], required=False)


class RunSerializer(RunSummarySerializer):
    """A run with all that it was asked for; `result` once it has ended."""

    code = serializers.CharField()
    stdin = serializers.CharField()
    args = serializers.ListField(child=serializers.CharField())
    files = SourceFileSerializer(many=True)
    result = ResultSerializer(allow_null=True)

    class Meta(RunSummarySerializer.Meta):
        fields = (*RunSummarySerializer.Meta.fields, "code", "stdin", "args", "files", "result")


class FrameSerializer(serializers.Serializer[Any]):
    """A frame as on the WebSocket; which further fields it has follows from its type."""

    type = serializers.CharField()
    content = serializers.CharField()
    timestamp = serializers.DateTimeField()
    execution_id = serializers.CharField()
    seq = serializers.IntegerField(
        required=False, help_text="not for a run that was lost with its server"
    )


class EventsSerializer(serializers.Serializer[Any]):
    execution_id = serializers.CharField()
    status = serializers.ChoiceField(RunStatus.choices)
    events = FrameSerializer(many=True)
