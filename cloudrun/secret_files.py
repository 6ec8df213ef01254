"""Secrets that the server makes for itself, one file each in `DATA_DIR`, readable by it alone."""

import os
import secrets
from pathlib import Path


def generated_secret(path: Path) -> str:
    """The secret in `path`, made at the first call; two processes starting at once agree on one."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
    try:
        # A link either puts the whole secret in place or finds another process's there.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text().strip()
