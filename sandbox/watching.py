"""Who watches a live run besides whose it is. The run's own log says so, for its owner to see."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from cloudrun.errors import RateLimitedError
from sandbox.live import LiveRun, Watcher

_EVENT = "watched"
# The log is kept: whoever connects again and again must not fill it.
_MOST_TOLD = 500
_RETRY_S = 60


@contextmanager
def watching(live: LiveRun, watcher: Watcher) -> Iterator[None]:
    """`watcher` watches until the block ends; the log tells when it begins and when it is over.

    Nobody is told of somebody who watches in two tabs twice, or of the owner themselves.
    `RateLimitedError` where there was too much of it: nobody watches unseen.
    """
    if watcher.user_id == live.owner.user_id:
        yield
        return
    if live.watched_events >= _MOST_TOLD:
        raise RateLimitedError("This run has been watched too often.", retry_after=_RETRY_S)
    _change(live, [*live.watchers, watcher])
    try:
        yield
    finally:
        others = list(live.watchers)
        others.remove(watcher)
        _change(live, others)


def _change(live: LiveRun, watchers: Sequence[Watcher]) -> None:
    before, names = _names(live.watchers), _names(watchers)
    live.watchers = tuple(watchers)
    # The last frame is the last: what comes behind it is no news.
    if names != before and not live.log.has_last and not live.log.is_closed:
        live.watched_events += 1
        live.log.append(_EVENT, _words(names), watchers=names)


def _names(watchers: Sequence[Watcher]) -> list[str]:
    return list({watcher.user_id: watcher.name for watcher in watchers}.values())


def _words(names: Sequence[str]) -> str:
    if not names:
        return "Nobody is watching this run any more."
    who = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return f"{who} {'is' if len(names) == 1 else 'are'} watching this run."
