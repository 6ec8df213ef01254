"""What names may hold that others read, and the usernames that nobody can take by themselves."""

from unicodedata import category

from django.core.exceptions import ValidationError

# Of the site, of its operators, and of mail that is not a person's.
RESERVED_USERNAMES = frozenset(
    """
    abuse admin administrator cloudrun guest hostmaster instructor moderator no_reply noreply
    operator postmaster root security staff superuser support sysadmin system teacher webmaster
    """.split()
)
HIDDEN_CHARACTERS = "Must not hold characters that cannot be seen or that reorder the text."

# Controls, formats (those of the direction among them), and separators of lines and paragraphs.
_HIDDEN = {"Cc", "Cf", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"  # scripts and emoji are written with them


def validate_visible(name: str) -> None:
    hidden = {letter for letter in name if category(letter) in _HIDDEN}
    if hidden - set(_JOINERS) or (hidden and not name.strip(f"{_JOINERS} ")):
        raise ValidationError(HIDDEN_CHARACTERS)


def validate_not_reserved(username: str) -> None:
    if username.lower() in RESERVED_USERNAMES:
        raise ValidationError("This username is reserved. Choose another one.")
