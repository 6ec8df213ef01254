from django.apps import AppConfig


class CloudrunConfig(AppConfig):
    name = "cloudrun"

    def ready(self) -> None:
        from cloudrun import checks  # noqa: F401, PLC0415  registers the system checks
