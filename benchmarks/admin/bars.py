"""The bars that the pages have to clear, and whether they do."""

from benchmarks.admin.results import Looked, Report
from benchmarks.bars import Bar, at_most

_PAGE_MS = 300
_QUERIES = 40


def bars(report: Report) -> list[Bar]:
    """Of each kind of pages the slowest one's, and the most queries of all."""
    by_subject: dict[str, list[Looked]] = {}
    for looked in report.looked:
        by_subject.setdefault(looked.page.subject, []).append(looked)
    return [
        *(
            at_most(f"{subject}, slowest page, p95, ms", 1000 * _slowest_s(of_it), _PAGE_MS)
            for subject, of_it in by_subject.items()
        ),
        at_most("queries of a page", max(it.queries for it in report.looked), _QUERIES),
    ]


def _slowest_s(looked: list[Looked]) -> float:
    return max(it.p95_s for it in looked)
