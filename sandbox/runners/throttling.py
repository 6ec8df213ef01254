"""Lets what was killed die, where its CPU quota would have it wait for that.

Under a quota that is used up, a killed process ends no sooner than it is its turn again. That
takes seconds where its siblings wait for the memory that it holds: they use up each new share of
the quota by trying (seen on Linux 6.18; of eight children that fill a memory too small for them,
every third time).
"""

import asyncio
import contextlib

from sandbox.limits import Limits
from sandbox.runners.cgroup import Cgroup

_INTERVAL_S = 0.25
_MOMENT_S = 0.1
# Who has itself killed again and again gains no more of the machine than this.
_MOMENTS = 3


async def relieve(cgroup: Cgroup, limits: Limits) -> None:
    """While a program runs: no quota for a moment after the kernel has killed for memory."""
    seen = moments = 0
    while moments < _MOMENTS:
        await asyncio.sleep(_INTERVAL_S)
        if cgroup.oom_kills == seen:
            continue
        seen = cgroup.oom_kills
        moments += 1
        lift(cgroup)
        await asyncio.sleep(_MOMENT_S)
        restore(cgroup, limits)


def lift(cgroup: Cgroup) -> None:
    """Nothing happens where this process may not change the quota."""
    with contextlib.suppress(OSError):
        cgroup.lift_cpu_quota()


def restore(cgroup: Cgroup, limits: Limits) -> None:
    with contextlib.suppress(OSError):
        cgroup.set_cpu_quota(limits.cpu_quota_us, limits.cpu_period_us)
