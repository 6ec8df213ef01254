"""The fair queue: its order, its bounds, the places it tells; at the end over the wire."""

import asyncio
import json
import random
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from conftest import require
from e2e.server import started
from sandbox import admission as admission_module
from sandbox.admission import WAITING_WEIGHT, Admission, Ticket
from sandbox.errors import QueueFullError
from sandbox.tests.client import Frame, converse, socket_url

_SOON_S = 0.01

Limit = Callable[..., None]


@pytest.fixture
def limit(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Limit:
    """Sets the bounds, and places told at once instead of once a second."""

    def set_limits(runs: int, per_user: int = 1000, queue: int = 1000) -> None:
        settings.MAX_RUNS = runs
        settings.MAX_RUNS_PER_USER = per_user
        settings.MAX_QUEUE = queue

    monkeypatch.setattr(admission_module, "_TELL_INTERVAL_S", _SOON_S)
    return set_limits


@dataclass
class Visitors:
    """Runs at the admission under test, in the order in which they came and started."""

    admission: Admission = field(default_factory=Admission)
    heard: dict[Ticket, list[int]] = field(default_factory=dict)
    waiting: list[Ticket] = field(default_factory=list)
    active: list[Ticket] = field(default_factory=list)
    starts: list[Ticket] = field(default_factory=list)

    def enter(self, owner: str) -> Ticket:
        places: list[int] = []
        ticket = self.admission.enter(owner, places.append)
        self.heard[ticket] = places
        self.waiting.append(ticket)
        self._note_starts()
        return ticket

    def leave(self, ticket: Ticket) -> None:
        (self.active if ticket in self.active else self.waiting).remove(ticket)
        self.admission.leave(ticket)
        self._note_starts()

    def start_all(self) -> list[str]:
        """End what runs, one by one, until nobody waits; the owners in the order of the starts."""
        before = len(self.starts)
        while self.waiting:
            self.leave(self.active[0])
        return [ticket.owner_key for ticket in self.starts[before:]]

    def last_heard(self) -> list[int]:
        return [self.heard[ticket][-1] for ticket in self.waiting]

    def _note_starts(self) -> None:
        for ticket in [ticket for ticket in self.waiting if ticket.admitted.done()]:
            self.waiting.remove(ticket)
            self.active.append(ticket)
            self.starts.append(ticket)


async def test_a_hundred_runs_of_one_delay_the_first_of_another_by_one(limit: Limit) -> None:
    limit(runs=1)
    visitors = Visitors()
    for _ in range(101):
        visitors.enter("a")
    visitors.enter("b")
    assert visitors.admission.waiting == 101
    assert visitors.start_all().index("b") <= 1


async def test_a_free_place_is_given_at_once_and_nobody_hears_of_a_queue(limit: Limit) -> None:
    limit(runs=2)
    visitors = Visitors()
    tickets = [visitors.enter("a"), visitors.enter("a")]
    assert all(ticket.admitted.done() for ticket in tickets)
    assert [visitors.heard[ticket] for ticket in tickets] == [[], []]


async def test_an_owner_at_their_bound_waits_and_others_pass(limit: Limit) -> None:
    limit(runs=3, per_user=2)
    visitors = Visitors()
    first, _, third = (visitors.enter("a") for _ in range(3))
    assert not third.admitted.done()
    assert visitors.enter("b").admitted.done()
    waiting = visitors.enter("c")
    visitors.leave(first)
    assert waiting.admitted.done()
    assert not third.admitted.done()
    visitors.leave(waiting)
    assert third.admitted.done()


async def test_one_who_leaves_the_queue_moves_the_others_up(limit: Limit) -> None:
    limit(runs=1)
    visitors = Visitors()
    _, second, third, fourth = (visitors.enter("a") for _ in range(4))
    await asyncio.sleep(2 * _SOON_S)
    visitors.leave(second)
    visitors.admission.leave(second)  # again is no error
    await asyncio.sleep(2 * _SOON_S)
    assert not second.admitted.done()
    assert (visitors.heard[third], visitors.heard[fourth]) == ([2, 1], [3, 2])
    assert (visitors.admission.active, visitors.admission.waiting) == (1, 2)


async def test_a_new_owner_moves_the_later_runs_of_another_down(limit: Limit) -> None:
    limit(runs=1)
    visitors = Visitors()
    _, second, third = (visitors.enter("a") for _ in range(3))
    await asyncio.sleep(2 * _SOON_S)
    newcomer = visitors.enter("b")
    await asyncio.sleep(2 * _SOON_S)
    assert [visitors.heard[ticket] for ticket in (second, newcomer, third)] == [[1], [2], [2, 3]]


async def test_owners_at_their_bound_share_a_place(limit: Limit) -> None:
    limit(runs=10, per_user=1)
    visitors = Visitors()
    for owner in "aaabbb":
        visitors.enter(owner)
    await asyncio.sleep(2 * _SOON_S)
    assert visitors.last_heard() == [1, 3, 1, 3]


async def test_nothing_is_kept_of_owners_who_are_gone(limit: Limit) -> None:
    limit(runs=2, per_user=1)
    visitors = Visitors()
    for number in range(20):
        visitors.enter(f"owner {number % 7}")
    visitors.start_all()
    for ticket in list(visitors.active):
        visitors.leave(ticket)
    admission = visitors.admission
    assert (admission.active, admission.waiting) == (0, 0)
    assert not any((admission._active, admission._in_turn, admission._at_bound))


async def test_a_full_queue_says_when_to_try_again(limit: Limit) -> None:
    limit(runs=1, queue=6)
    visitors = Visitors()
    for owner in "aabbccd":
        visitors.enter(owner)
    with pytest.raises(QueueFullError, match="6 runs are waiting") as refusal:
        visitors.enter("e")
    assert refusal.value.retry_after
    visitors.leave(visitors.waiting[-1])
    visitors.enter("e")


async def test_one_owner_fills_half_of_the_queue_at_most(limit: Limit) -> None:
    limit(runs=1, queue=6)
    visitors = Visitors()
    for _ in range(4):
        visitors.enter("a")
    with pytest.raises(QueueFullError, match="3 of your runs") as refusal:
        visitors.enter("a")
    assert refusal.value.retry_after
    visitors.enter("b")
    assert visitors.admission.waiting == 4


@pytest.mark.parametrize("seed", range(20))
async def test_a_place_is_the_number_of_the_start(limit: Limit, seed: int) -> None:
    limit(runs=1)
    dice = random.Random(seed)
    visitors = Visitors()
    for _ in range(60):
        visitors.enter(f"owner {dice.randrange(6)}")
        if dice.random() < 0.2:
            visitors.leave(dice.choice(visitors.waiting + visitors.active))
    visitors.enter("the last, so that somebody waits")
    await asyncio.sleep(2 * _SOON_S)
    expected = dict(zip(visitors.waiting, visitors.last_heard(), strict=True))
    before = len(visitors.starts)
    visitors.start_all()
    actual = {ticket: n for n, ticket in enumerate(visitors.starts[before:], 1)}
    assert actual == expected


@pytest.mark.parametrize("seed", range(20))
async def test_ten_owners_of_unequal_load_get_equal_turns(limit: Limit, seed: int) -> None:
    limit(runs=1)
    dice = random.Random(seed)
    load = {f"owner {number}": dice.randint(1, 40) for number in range(10)}
    visitors = Visitors()
    visitors.enter("somebody before them")
    for owner in dice.sample(list(load), counts=list(load.values()), k=sum(load.values())):
        visitors.enter(owner)
    order = visitors.start_all()
    assert Counter(order) == load
    for owner, runs in load.items():
        last = len(order) - 1 - order[::-1].index(owner)
        assert last + 1 <= sum(min(runs, other) for other in load.values())


@pytest.mark.parametrize("seed", range(20))
async def test_what_holds_in_any_history(limit: Limit, seed: int) -> None:
    """Bounds, no idle place, one turn each while somebody waits, and a countdown that ends at 1."""
    dice = random.Random(seed)
    runs, per_user = dice.randint(1, 8), dice.randint(1, 4)
    limit(runs, per_user)
    visitors = Visitors()
    owners = [f"owner {number}" for number in range(10)]
    weights = [dice.random() ** 3 for _ in owners]
    passed: dict[str, Counter[str]] = {}  # by those who wait in turn: who started meanwhile
    for _ in range(500):
        known = len(visitors.starts)
        match dice.choices(["enter", "end", "withdraw", "pass"], [5, 3, 1, 1])[0]:
            case "enter":
                visitors.enter(*dice.choices(owners, weights))
            case "end" if visitors.active:
                visitors.leave(dice.choice(visitors.active))
            case "withdraw" if visitors.waiting:
                visitors.leave(dice.choice(visitors.waiting))
            case "pass" if dice.random() < 0.2:
                await asyncio.sleep(_SOON_S)
        active = Counter(ticket.owner_key for ticket in visitors.active)
        waiting = {ticket.owner_key for ticket in visitors.waiting}
        in_turn = {owner for owner in waiting if active[owner] < per_user}
        assert active.total() == visitors.admission.active <= runs
        assert len(visitors.waiting) == visitors.admission.waiting
        assert max(active.values(), default=0) <= per_user
        assert not in_turn or active.total() == runs
        started_now = Counter(ticket.owner_key for ticket in visitors.starts[known:])
        passed = {
            owner: Counter() if owner in started_now else passed.get(owner, Counter()) + started_now
            for owner in in_turn
        }
        assert all(max(by.values(), default=0) <= 1 for by in passed.values())
    queued = [places for ticket in visitors.starts if (places := visitors.heard[ticket])]
    assert queued
    assert all(places[-1] == 1 and min(places) == 1 for places in queued)
    assert all(a != b for places in queued for a, b in pairwise(places))


async def test_many_changes_are_told_once_a_second(settings: Any) -> None:
    settings.MAX_RUNS, settings.MAX_RUNS_PER_USER, settings.MAX_QUEUE = 1, 1, 1000
    visitors = Visitors()
    for number in range(200):
        visitors.enter(f"owner {number}")
    for _ in range(100):
        visitors.leave(visitors.active[0])
        await asyncio.sleep(0)
    waiting = visitors.waiting[:]
    assert [visitors.heard[ticket] for ticket in waiting] == [[n] for n in range(101, 200)]
    await asyncio.sleep(1.1)
    assert visitors.last_heard() == list(range(1, 100))
    assert {len(visitors.heard[ticket]) for ticket in waiting} == {2}


# Over the wire


def account(url: str, name: str) -> dict[str, str]:
    """A new user's header."""
    body = {"username": name, "email": f"{name}@example.org", "password": "correct horse 7"}
    request = urllib.request.Request(
        f"{url}/api/auth/register",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return {"Authorization": f"Bearer {json.load(answer)['token']}"}


def queue_length(url: str) -> int:
    with urllib.request.urlopen(f"{url}/api/status", timeout=10) as answer:
        length: int = json.load(answer)["queue_length"]
        return length


async def queue_up(url: str, headers: dict[str, str]) -> "asyncio.Task[list[Frame]]":
    """A short run that is in the queue now."""
    is_queued = asyncio.Event()

    async def note(socket: ClientConnection, frame: Frame) -> None:
        if frame.get("state") == "queued":
            is_queued.set()

    request = {"language": "python", "code": "import time\ntime.sleep(0.2)"}
    task = asyncio.create_task(converse(url, request, note, headers))
    async with asyncio.timeout(10):
        await is_queued.wait()
    return task


def places(frames: list[Frame]) -> list[int]:
    return [frame["position"] for frame in frames if frame.get("state") == "queued"]


def started_at(frames: list[Frame]) -> str:
    return str(next(frame["timestamp"] for frame in frames if frame.get("state") == "running"))


async def test_users_take_turns_on_a_server_with_one_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require("bubblewrap")
    monkeypatch.setenv("MAX_RUNS", "1")
    monkeypatch.setenv("MAX_QUEUE", "6")
    with started("bubblewrap", tmp_path) as server:
        ada, bob = account(server.url, "ada"), account(server.url, "bob")
        async with connect(socket_url(server.url), additional_headers=ada) as holder:
            await holder.send(json.dumps({"language": "python", "code": "while True: pass"}))
            while json.loads(await holder.recv()).get("state") != "running":
                pass
            of_ada = [await queue_up(server.url, ada) for _ in range(3)]
            refused = await converse(server.url, {"language": "python", "code": "1"}, headers=ada)
            of_bob = await queue_up(server.url, bob)
            assert queue_length(server.url) == 4
            await asyncio.sleep(1.2)  # so that all have heard of the newcomer
            await holder.send(json.dumps({"type": "stop"}))
            first, second, third = await asyncio.gather(*of_ada)
            other = await of_bob
        assert (refused[0]["code"], refused[0]["type"]) == ("queue_full", "error")
        assert refused[0]["retry_after"] > 0
        assert [places(first), places(second)[:2], places(third)[:2]] == [[1], [2, 3], [3, 4]]
        assert places(other) == [2, 1]
        assert places(second)[-1] == places(third)[-1] == 1
        runs = [first, other, second, third]
        assert [frames[-1]["status"] for frames in runs] == ["completed"] * 4
        assert [started_at(frames) for frames in runs] == sorted(map(started_at, runs))
        assert queue_length(server.url) == 0


async def test_two_who_wait_for_input_share_a_place(limit: Limit) -> None:
    limit(runs=1)
    admission = Admission()
    tickets = [admission.enter(f"user:{n}", lambda place: None, WAITING_WEIGHT) for n in range(3)]
    assert [ticket.admitted.done() for ticket in tickets] == [True, True, False]
    admission.leave(tickets[0])
    assert tickets[2].admitted.done()
