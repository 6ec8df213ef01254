"""What a run is counted by, as expressions for the database."""

from math import log

from django.db.models import CharField, F, IntegerField, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Floor, Ln

from staff.models import Kind

# Eight buckets for each doubling: a time read from one is at most 4.5% off.
_PER_DOUBLING = 8
_FACTOR = _PER_DOUBLING / log(2)

_BUCKET = Cast(
    Cast(Floor(Ln(F("first_output_ms") + Value(1.0)) * Value(_FACTOR)), IntegerField()),
    CharField(),
)
NAMES: dict[Kind, Combinable] = {
    Kind.RUNS: Value(""),
    Kind.LANGUAGE: F("language"),
    Kind.STATUS: F("status"),
    Kind.ERROR: F("error"),
    Kind.FIRST_OUTPUT: _BUCKET,
}
# The runs that have such a name at all.
HAVING = {
    Kind.ERROR: ~Q(error=""),
    Kind.FIRST_OUTPUT: Q(first_output_ms__gte=0),
}


def middle_ms(bucket: int) -> int:
    """The time in the (geometric) middle of a bucket."""
    return max(0, round(2 ** ((bucket + 0.5) / _PER_DOUBLING) - 1))


def quantile_ms(buckets: dict[int, int], percent: int) -> int | None:
    """The time that so many of each hundred runs do not exceed; None without runs."""
    rank = -(-sum(buckets.values()) * percent // 100)
    for bucket in sorted(buckets):
        rank -= buckets[bucket]
        if rank <= 0:
            return middle_ms(bucket)
    return None
