"""Finding runs by what is in their code and in their output.

PostgreSQL has them in a column with an index (`sandbox.migrations.0007`), of which the model does
not know. SQLite looks at each row.
"""

import re

from django.db import connection
from django.db.models import BooleanField, Q, QuerySet, Value
from django.db.models.expressions import RawSQL

from sandbox.models import Run, is_run_id

_MOST_WORDS = 12
_LONGEST_QUERY = 400
_FEW = 5000
_QUOTED_OR_WORD = re.compile(r'"([^"]*)"|(\S+)')
_WORD = re.compile(r"\w+")


def runs_matching(runs: QuerySet[Run], query: str) -> QuerySet[Run]:
    """Those with every word of the query in code or output, and every "quoted phrase"; of a run's
    id, that run. None where the query holds no word."""
    query = query[:_LONGEST_QUERY].strip()
    if is_run_id(query):
        return runs.filter(pk=query)
    terms = [match[1] or match[2] or "" for match in _QUOTED_OR_WORD.finditer(query)]
    phrases = [_WORD.findall(term) for term in terms][:_MOST_WORDS]
    phrases = [words for words in phrases if words]
    if not phrases:
        return runs.none()
    if connection.vendor == "postgresql":
        return runs.filter(_matches(phrases, by_index=not _are_few(runs)))
    texts = [term.replace("\x00", "") for term in terms if _WORD.search(term)][:_MOST_WORDS]
    return runs.filter(*(Q(search_text__icontains=text) for text in texts))


def _are_few(runs: QuerySet[Run]) -> bool:
    """Whether looking at each is quick, whatever else may be in the table."""
    if not runs.query.where:
        return False
    return len(runs.order_by().values_list(Value(1))[: _FEW + 1]) <= _FEW


def _matches(phrases: list[list[str]], *, by_index: bool) -> RawSQL:
    """The last word may go on: it is being typed.

    PostgreSQL takes words for rarer together than they are. So it goes for them first if it may.
    """
    *whole, last = [" <-> ".join(words) for words in phrases]
    tsquery = " & ".join([*(f"({phrase})" for phrase in whole), f"({last}:*)"])
    return RawSQL(  # noqa: S611  words hold nothing but letters, digits and _
        f"(search_words @@ to_tsquery('simple', %s)){'' if by_index else ' IS TRUE'}",
        [tsquery],
        output_field=BooleanField(),
    )
