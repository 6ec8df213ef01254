"""Which names of packages are taken: nothing that an installer reads as an option, path or address.

pip: a name with extras and versions (`requests[socks]>=2,<3`). npm: a name with a scope and a
version or tag (`@types/node@20`). Sources: the PyPA's name and version specifiers, npm's
package-name guidelines and npm-package-arg, which takes `name@x.tgz` and `name@..` for files.
"""

import re

MAX_PACKAGES = 10
MAX_LENGTH = 214  # npm's, the longer of the two

_PIP = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
    r"(?:\[[A-Za-z0-9][A-Za-z0-9._,-]*\])?"
    r"(?:(?:[=!~]=|<=?|>=?)[0-9][A-Za-z0-9.*+]*(?:,(?:[=!~]=|<=?|>=?)[0-9][A-Za-z0-9.*+]*)*)?"
)
_NPM = re.compile(
    r"(?:@[a-z0-9][a-z0-9._-]*/)?[A-Za-z0-9][A-Za-z0-9._-]*"
    r"(?:@(?:[~^]?[0-9][A-Za-z0-9.+-]*|[a-z][a-z0-9-]*))?"
)
_FILE = re.compile(r"\.(?:tgz|tar|tar\.\w+|whl|zip|egg)$", re.IGNORECASE)
_PATTERNS = {"pip": (_PIP,), "npm": (_NPM,), None: (_PIP, _NPM)}


def is_package_name(name: str, installer: str | None) -> bool:
    """`installer` is pip, npm, or None for a language that has neither: then either's will do."""
    if ".." in name or _FILE.search(name):
        return False
    return any(pattern.fullmatch(name) for pattern in _PATTERNS[installer])
