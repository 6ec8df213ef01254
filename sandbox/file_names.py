"""What the files of a program may be called."""

FILE_NAME_MAX_LENGTH = 255


def file_name_problem(name: str) -> str | None:
    """Why a program's file cannot be called that; None for a relative path that can."""
    parts = name.split("/")
    if not name.strip() or any(ord(character) < 32 for character in name):
        return "Must not be empty or hold control characters."
    if name.startswith("/") or "\\" in name or ":" in parts[0]:
        return "Must be a relative path with forward slashes."
    if any(part in {"", ".", ".."} for part in parts):
        return "Must not hold '..', '.' or an empty part."
    if any(len(part.encode()) > FILE_NAME_MAX_LENGTH for part in parts):
        return f"Each part must be at most {FILE_NAME_MAX_LENGTH} bytes."
    return None
