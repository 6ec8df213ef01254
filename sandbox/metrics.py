"""What is counted of runs and of the pool, for `/metrics`."""

from prometheus_client import Counter, Gauge, Histogram

from sandbox.languages import LANGUAGES

_FIRST_OUTPUT_BUCKETS_S = (0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 15, 60)
_DURATION_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)

_runs = Counter("cloudrun_runs", "Runs that have ended.", ["language", "outcome"])
_first_output = Histogram(
    "cloudrun_run_first_output_seconds",
    "From the acceptance of a run to its program's first output.",
    ["language"],
    buckets=_FIRST_OUTPUT_BUCKETS_S,
)
_duration = Histogram(
    "cloudrun_run_duration_seconds",
    "How long programs ran.",
    ["language"],
    buckets=_DURATION_BUCKETS_S,
)
_taken = Counter(
    "cloudrun_pool_taken",
    "Runs that asked the pool for a sandbox: hit where one was ready.",
    ["language", "result"],
)
pool_waiting = Gauge("cloudrun_pool_waiting", "Sandboxes ready for a run.", ["language"])
runs_active = Gauge("cloudrun_runs_active", "Runs accepted that have not ended.")
queue_length = Gauge("cloudrun_queue_length", "Runs that wait for a free place.")
sockets_open = Gauge("cloudrun_sockets_open", "WebSockets and event streams open.")
loop_lag_seconds = Gauge(
    "cloudrun_event_loop_lag_seconds", "By how much the event loop was late, worst of 15 s."
)


def note_run(
    language: str, outcome: str, first_output_ms: int | None, duration_ms: int | None
) -> None:
    """Count a run that has ended; `outcome` is one of `RunStatus`'s ends."""
    language = _bounded(language)
    _runs.labels(language, outcome).inc()
    if duration_ms is not None:
        _duration.labels(language).observe(duration_ms / 1000)
    if first_output_ms is not None:
        _first_output.labels(language).observe(first_output_ms / 1000)


def note_taken(language: str, *, hit: bool) -> None:
    _taken.labels(_bounded(language), "hit" if hit else "miss").inc()


def _bounded(language: str) -> str:
    return language if language in LANGUAGES else "other"
