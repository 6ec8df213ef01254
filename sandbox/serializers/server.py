"""What the server says about itself; only described, never used to parse."""

from typing import Any

from rest_framework import serializers


class HealthSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(["healthy", "unhealthy"])
    version = serializers.CharField()


class ServiceSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(["ok", "error"])
    info = serializers.CharField(allow_null=True)


class AssistantServiceSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(["ok", "disabled"])
    provider = serializers.CharField(allow_null=True)


class ServicesSerializer(serializers.Serializer[Any]):
    docker = ServiceSerializer()
    ai_assistant = AssistantServiceSerializer()
    database = ServiceSerializer()


class EventLoopSerializer(serializers.Serializer[Any]):
    worst_lag_ms = serializers.IntegerField(help_text="in the last 15 seconds")


class RunnerSerializer(serializers.Serializer[Any]):
    """With figures of its own beside these."""

    name = serializers.ChoiceField(["docker", "bubblewrap"], allow_null=True)
    detail = serializers.CharField()
    problem = serializers.CharField(allow_null=True)


class StatusSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(["running"])
    version = serializers.CharField()
    services = ServicesSerializer()
    languages = serializers.ListField(child=serializers.CharField())
    active_executions = serializers.IntegerField()
    queue_length = serializers.IntegerField()
    event_loop = EventLoopSerializer()
    runner = RunnerSerializer()


class LanguageSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    version = serializers.CharField()
    image = serializers.CharField(allow_null=True)
    file = serializers.CharField()
    network = serializers.BooleanField()
    available = serializers.BooleanField()
    reason = serializers.CharField(allow_null=True, help_text="why it is not available")


class LanguagesSerializer(serializers.Serializer[Any]):
    languages = serializers.ListField(child=serializers.CharField())
    count = serializers.IntegerField()
    details = LanguageSerializer(many=True)


class TemplatesSerializer(serializers.Serializer[Any]):
    templates = serializers.DictField(child=serializers.CharField())


class TemplateSerializer(serializers.Serializer[Any]):
    language = serializers.CharField()
    template = serializers.CharField()
