"""Where providers are, as operators write it."""

import re
from urllib.parse import urlsplit

_ENDPOINT = re.compile(r"/+(?:chat/completions/*)?\Z")
_GEMINI_VERSION = re.compile(r"/+v\d\w*\Z")


def openai_base(url: str, path: str) -> str:
    """What `/chat/completions` comes behind; `path` is the usual one, for a URL that has none."""
    base = _ENDPOINT.sub("", url)
    return base if urlsplit(base).path else base + path


def gemini_base(url: str) -> str:
    """Without the version of the API, which Google's library adds."""
    return _GEMINI_VERSION.sub("", url.rstrip("/"))


def address_problem(url: str) -> str | None:
    """Why that is no provider's address, in words that complete "It ..."; None where it is one."""
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return "is no URL."
    if parts.scheme not in {"http", "https"}:
        return "does not begin with http:// or https://."
    if not has_host or re.search(r"[\s\x00-\x1f]", url):
        return "is no URL."
    if parts.username is not None or parts.password is not None:
        return "holds a user name or a password."
    if parts.query or parts.fragment:
        return "has more behind its path."
    return None
