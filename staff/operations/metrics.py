"""`/metrics`, in the text format of Prometheus, for operators and for who has METRICS_TOKEN."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from accounts.visibility import sees_everybody
from sandbox import metrics
from sandbox.selectors import counts, runner_status
from sandbox.sockets import sockets_open


def is_operator(user: Any) -> bool:
    """Staff who may see everybody; superusers are."""
    return bool(user.is_active and user.is_staff and sees_everybody(user))


@never_cache
@require_safe
def metrics_view(request: HttpRequest) -> HttpResponse:
    """Nobody else learns that there is such an address."""
    if not _has_token(request) and not is_operator(request.user):
        raise Http404
    _look()
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not settings.METRICS_TOKEN or scheme.lower() != "bearer":
        return False
    return constant_time_compare(token, settings.METRICS_TOKEN)


def _look() -> None:
    """Read what is no count, but is so or so now."""
    now = counts()
    metrics.runs_active.set(now["active"])
    metrics.queue_length.set(now["waiting"])
    metrics.loop_lag_seconds.set(now["lag_s"])
    metrics.sockets_open.set(sockets_open())
    metrics.pool_waiting.clear()
    pool = runner_status().get("pool", {})
    for language, waiting in pool.get("waiting", {}).items():
        metrics.pool_waiting.labels(language).set(waiting)
