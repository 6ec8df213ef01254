"""The bars that the assistant has to clear, and whether it does."""

from benchmarks.assistant.results import Report
from benchmarks.bars import Bar, at_most
from benchmarks.results import quantile

_FIRST_TOKEN_MS = 150
_TIMES_ALONE = 1.5


def bars(report: Report) -> list[Bar]:
    first_token_s = quantile(report.first_token.all_alone_s, 0.95)
    return [
        at_most("first token after the provider's, p95, ms", 1000 * first_token_s, _FIRST_TOKEN_MS),
        *(
            at_most(
                f"{it.what} beside {report.streams} answers, p95, times alone",
                it.p95_ratio,
                _TIMES_ALONE,
            )
            for it in report.runs
        ),
    ]
