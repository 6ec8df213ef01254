"""Why pip or npm failed, in a sentence, by what it printed."""

import re
from typing import Final

_KILLED: Final = 137  # by the sandbox, which has a bound for what an installation may take

_UNREACHABLE: Final = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|SSLError"
    r"|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT"
)
_FULL: Final = re.compile(r"No space left on device|ENOSPC")
_UNKNOWN: Final = {
    "pip": re.compile(r"No matching distribution found for ([A-Za-z0-9._-]+)"),
    "npm": re.compile(r"\b404\b[^\n]*'(@?[^'@\s]+)@"),
}


def why_failed(installer: str, exit_code: int, said: str) -> str:
    """`said` is what the installer printed last."""
    # An index that cannot be reached has no package either, as pip sees it.
    if _UNREACHABLE.search(said):
        return f"{installer} could not reach its package index. Try again later."
    if exit_code == _KILLED or _FULL.search(said):
        return f"{installer} needed more space than an installation may take here."
    if unknown := _UNKNOWN[installer].search(said):
        return (
            f"{installer} found no package {unknown[1]} that can be installed here."
            " Check how it is spelt."
        )
    return f"{installer} could not install them (exit code {exit_code}); its output says why."
