"""What is counted for Prometheus where no app has to be known; served at `/metrics`.

A label has as many values as the code or the configuration names: nothing that a stranger sends
becomes one.
"""

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

from cloudrun import __version__

disable_created_metrics()  # type: ignore[no-untyped-call]

_REQUEST_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_CALL_BUCKETS_S = (0.25, 0.5, 1, 2, 5, 10, 20, 40, 80, 160)

_requests = Counter("cloudrun_http_requests", "HTTP requests answered.", ["status_class"])
_request_time = Histogram(
    "cloudrun_http_request_duration_seconds",
    "From a request to the head of its answer.",
    ["status_class"],
    buckets=_REQUEST_BUCKETS_S,
)
_login_failures = Counter("cloudrun_login_failures", "Passwords that were refused.")
_ai_calls = Counter("cloudrun_ai_calls", "Questions to the assistant.", ["provider", "outcome"])
_ai_time = Histogram(
    "cloudrun_ai_call_duration_seconds",
    "From a question to the end of its answer.",
    ["provider"],
    buckets=_CALL_BUCKETS_S,
)
_info = Gauge("cloudrun_build_info", "Always 1; says which version runs.", ["version"])
_info.labels(__version__).set(1)


def note_request(status: int, duration_s: float) -> None:
    status_class = f"{status // 100}xx"
    _requests.labels(status_class).inc()
    _request_time.labels(status_class).observe(duration_s)


def note_login_failure() -> None:
    _login_failures.inc()


def note_ai_call(provider: str, outcome: str, duration_s: float) -> None:
    """`provider` is its id in AI_PROVIDERS; empty where none of them began to answer."""
    _ai_calls.labels(provider or "none", outcome).inc()
    _ai_time.labels(provider or "none").observe(duration_s)
