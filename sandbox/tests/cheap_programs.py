"""A hook of schemathesis: the programs that it makes up start in milliseconds."""

from typing import Any

import schemathesis

_SLOW = {"java", "cpp", "nodejs", "ubuntu"}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Valid requests for compilers and shells become pages, and no packages are installed."""
    if case.operation.path == "/api/execute":
        _make_cheap(case.body)
    elif case.operation.path == "/api/runs/batch" and isinstance(case.body, dict):
        runs = case.body.get("runs")
        for run in runs if isinstance(runs, list) else []:
            _make_cheap(run)


def _make_cheap(run: Any) -> None:
    if not isinstance(run, dict):
        return
    language = run.get("language")
    if isinstance(language, str) and language in _SLOW:
        run["language"] = "html"
