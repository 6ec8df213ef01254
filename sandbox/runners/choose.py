"""Which runner this machine gets, and why."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.errors import NoSandboxError, SandboxError
from sandbox.runners.base import Runner

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Choice:
    """`runner` is None where nothing works; `why` is a sentence for the operator either way.

    `rather` names those that would have been taken before it, and did not work.
    """

    runner: Runner | None
    why: str
    rather: tuple[str, ...] = ()


async def choose(wanted: str, make: Mapping[str, Callable[[], Runner]]) -> Choice:
    """The first of `make` (or the one `wanted` by name) that works when tried.

    `wanted` is `auto` or a key of `make`; anything else is nothing that works.
    """
    if wanted != "auto" and wanted not in make:
        known = ", ".join(["auto", *make])
        return Choice(None, f"SANDBOX_RUNNER is {wanted!r}; it can be one of: {known}.")
    names = list(make) if wanted == "auto" else [wanted]
    failures: list[str] = []
    for place, name in enumerate(names):
        runner = make[name]()
        try:
            await runner.probe()
        except (NoSandboxError, SandboxError) as error:
            failures.append(error.detail)
            await runner.close()
            continue
        because = f"SANDBOX_RUNNER is {wanted}" if wanted != "auto" else "it works here"
        why = " ".join([*failures, f"Using {name}: {because}.", runner.caution]).rstrip()
        return Choice(runner, why, rather=tuple(names[:place]))
    return Choice(None, " ".join(failures))
