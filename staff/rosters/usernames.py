"""Usernames for accounts that somebody else makes."""

import re
import unicodedata
from collections.abc import Iterable

from django.db.models import Q

from accounts.models import USERNAME_MAX_LENGTH, User
from accounts.names import RESERVED_USERNAMES

_DIGITS = 6
_BATCH = 100


def free_usernames(addresses: Iterable[str]) -> dict[str, str]:
    """A username for each address, by what stands before its @; none of them is taken."""
    stems = {address: _stem(address) for address in addresses}
    taken = _taken(set(stems.values()))
    found = {}
    for address, stem in stems.items():
        number, name = 1, stem
        while name in taken:
            number += 1
            name = f"{stem}{number}"
        taken.add(name)
        found[address] = name
    return found


def _stem(address: str) -> str:
    local = address.partition("@")[0].partition("+")[0]
    plain = unicodedata.normalize("NFKD", local).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[: USERNAME_MAX_LENGTH - _DIGITS].strip("_")
    is_own = len(stem) > 2 and stem not in RESERVED_USERNAMES
    return stem if is_own else f"student_{stem}".strip("_")


def _taken(stems: set[str]) -> set[str]:
    """The usernames that begin with one of these."""
    found: set[str] = set()
    ordered = sorted(stems)
    for begin in range(0, len(ordered), _BATCH):
        any_of = Q()
        for stem in ordered[begin : begin + _BATCH]:
            any_of |= Q(username__startswith=stem)
        found.update(User.objects.filter(any_of).values_list("username", flat=True))
    return found
