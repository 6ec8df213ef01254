"""The tiles of a class, kept up to date by a few small queries at a time."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Max, QuerySet, Window
from django.db.models.functions import RowNumber
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import Membership, name_words
from accounts.visibility import is_student
from ide.models import Workspace
from sandbox.models import ALIVE, Run
from staff.class_view.students import Need, RunFacts, Tile, tile_of

ACTIVE_FOR = timedelta(hours=2)
_MOST_RUNS = 50  # of a student: a longer streak is no worse
# Rows may be there later than their time says, and another server's clock may be behind.
_OVERLAP = timedelta(seconds=5)


@dataclass(frozen=True)
class Shown:
    """A class at a moment: its tiles in the order of who needs help, and as HTML by user id."""

    summary: str = ""
    tiles: tuple[Tile, ...] = ()
    drawn: dict[int, SafeString] = field(default_factory=dict)

    @property
    def in_order(self) -> list[SafeString]:
        return [self.drawn[tile.user_id] for tile in self.tiles]


@dataclass
class Board:
    """What is known of a class from one look to the next."""

    classroom_id: int
    _shown: Shown = Shown()
    _runs: dict[int, dict[str, RunFacts]] = field(default_factory=lambda: defaultdict(dict))
    _changed_at: dict[int, datetime] = field(default_factory=dict)
    _looked_at: datetime | None = None

    def look(self) -> Shown:
        """Read what has changed since the last look; after a `DatabaseError` the next one does."""
        now = timezone.now()
        since = self._looked_at - _OVERLAP if self._looked_at else now - ACTIVE_FOR
        names = _names(self.classroom_id)
        runs = [*self._latest(since), *self._still_alive()]
        changes = self._changes(since)
        self._looked_at = now
        for run in runs:
            self._runs[run.user_id][run.id] = run
        for user_id, changed_at in changes:
            self._changed_at[user_id] = changed_at
        tiles = tuple(sorted(self._tiles_of(names, now), key=lambda tile: tile.rank))
        self._shown = Shown(_summary(tiles, len(names)), tiles, self._drawn(tiles))
        return self._shown

    def _latest(self, since: datetime) -> Iterable[RunFacts]:
        """The runs that began since then, for each student the latest few."""
        rows = Run.objects.filter(user__in=self._students(), created_at__gte=since)
        nth = Window(
            RowNumber(), partition_by=F("user"), order_by=[F("created_at").desc(), F("pk").desc()]
        )
        return _facts(rows.annotate(nth=nth).filter(nth__lte=_MOST_RUNS))

    def _still_alive(self) -> Iterable[RunFacts]:
        """What has become of the runs that had not ended at the last look."""
        alive = [
            run.id for runs in self._runs.values() for run in runs.values() if run.status in ALIVE
        ]
        return _facts(Run.objects.filter(pk__in=alive)) if alive else ()

    def _changes(self, since: datetime) -> list[tuple[int, datetime]]:
        """Who has changed a file since then, and when last."""
        changed = Workspace.objects.filter(user__in=self._students(), changed_at__gte=since)
        changed_by = changed.order_by().values("user")
        return list(changed_by.annotate(at=Max("changed_at")).values_list("user", "at"))

    def _students(self) -> QuerySet[Any]:
        """Their ids, for queries to look in."""
        return _memberships(self.classroom_id).order_by().values("user")

    def _tiles_of(self, names: dict[int, str], now: datetime) -> Iterable[Tile]:
        """Of those who were active; what is too old is forgotten."""
        for user_id in {*self._runs, *self._changed_at} - set(names):
            self._forget(user_id)
        for user_id, name in names.items():
            runs = _newest(self._runs.get(user_id, {}).values())
            changed_at = self._changed_at.get(user_id)
            if not runs and not changed_at:
                continue
            self._runs[user_id] = {run.id: run for run in runs}
            tile = tile_of(user_id, name, runs, changed_at, now)
            if now - tile.active_at < ACTIVE_FOR:
                yield tile
            else:
                self._forget(user_id)

    def _forget(self, user_id: int) -> None:
        self._runs.pop(user_id, None)
        self._changed_at.pop(user_id, None)

    def _drawn(self, tiles: Iterable[Tile]) -> dict[int, SafeString]:
        """Only what is not as it was is drawn anew."""
        before = {tile.user_id: tile for tile in self._shown.tiles}
        return {
            tile.user_id: self._shown.drawn[tile.user_id]
            if before.get(tile.user_id) == tile
            else render_to_string("admin/accounts/classroom/_tile.html", {"tile": tile})
            for tile in tiles
        }


def _summary(tiles: Sequence[Tile], student_count: int) -> str:
    """In words, how it stands with all of them."""
    hours = ACTIVE_FOR // timedelta(hours=1)
    active = f"{len(tiles)} of {student_count} students were active in the last {hours} hours"
    counts = Counter(tile.need for tile in tiles)
    needs = [f"{counts[need]} {need.label.lower()}" for need in Need if counts[need]]
    return f"{active}: {', '.join(needs)}." if needs else f"{active}."


def _memberships(classroom_id: int) -> QuerySet[Membership]:
    return Membership.objects.filter(is_student("user"), classroom=classroom_id)


def _names(classroom_id: int) -> dict[int, str]:
    rows = _memberships(classroom_id).values_list("user", "user__username", "user__display_name")
    return {pk: name_words(*names) for pk, *names in rows}


def _facts(runs: QuerySet[Run]) -> list[RunFacts]:
    rows = runs.order_by().values_list(*RunFacts._fields)
    return [RunFacts(*row) for row in rows]


def _newest(runs: Iterable[RunFacts]) -> list[RunFacts]:
    return sorted(runs, key=lambda run: (run.created_at, run.id), reverse=True)[:_MOST_RUNS]
