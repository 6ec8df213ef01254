"""How many connections somebody has open to this server.

Each server counts its own, whatever database it shares: it is its own memory and descriptors that
they take, and a count in the database would outlive a server that crashed.
"""

from collections import Counter

from django.conf import settings

from cloudrun.errors import RateLimitedError

_RETRY_S = 10

_open: Counter[str] = Counter()


def socket_check(subject: str) -> None:
    """`RateLimitedError` where there are `MAX_SOCKETS_PER_USER` already."""
    if _open[subject] >= settings.MAX_SOCKETS_PER_USER:
        raise RateLimitedError(
            f"At most {settings.MAX_SOCKETS_PER_USER} connections of one user or address can be"
            " open at once.",
            retry_after=_RETRY_S,
        )


def socket_take(subject: str) -> None:
    """Count a connection; raises as `socket_check`."""
    socket_check(subject)
    _open[subject] += 1


def sockets_open() -> int:
    """Of everybody."""
    return _open.total()


def socket_give_back(subject: str) -> None:
    _open[subject] -= 1
    if not _open[subject]:
        del _open[subject]
