from django.apps import AppConfig


class AssistantConfig(AppConfig):
    name = "assistant"

    def ready(self) -> None:
        from assistant import checks  # noqa: F401, PLC0415  registers the system checks
