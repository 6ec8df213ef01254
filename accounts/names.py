"""What names may hold that others read, and the usernames that nobody can take by themselves."""

from unicodedata import category

from django.core.exceptions import ValidationError

# Of the site, and of mail that is not a person's.
RESERVED_USERNAMES = frozenset(
    """
    abuse admin administrator cloudrun hostmaster no_reply noreply postmaster root support sysadmin
    system webmaster
    """.split()
)
HIDDEN_CHARACTERS = "Must not hold characters that cannot be seen or that reorder the text."

# Controls, formats (those of the direction among them), and separators of lines and paragraphs.
_HIDDEN = {"Cc", "Cf", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"  # scripts and emoji are written with them
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"  # letters and symbols by their category


def validate_visible(name: str) -> None:
    if name != without_hidden(name):
        raise ValidationError(HIDDEN_CHARACTERS)


def without_hidden(name: str) -> str:
    """What can be seen of it."""
    seen = "".join(letter for letter in name if letter in _JOINERS or not _is_hidden(letter))
    return seen if seen.strip(f"{_JOINERS} ") else seen.strip(_JOINERS)


def _is_hidden(letter: str) -> bool:
    return letter in _BLANKS or category(letter) in _HIDDEN


def validate_not_reserved(username: str) -> None:
    if username.lower() in RESERVED_USERNAMES:
        raise ValidationError("This username is reserved. Choose another one.")
