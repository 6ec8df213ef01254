"""Text in which nothing hides: what cannot be seen, or reorders what is read, is written out."""

_PICTURES = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"}
# https://trojansource.codes: these make code read otherwise than it runs.
_REORDERING = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)
_NAMED = {code: f"⟨U+{code:04X}⟩" for code in (*range(0x7F, 0xA0), *_REORDERING)}
_TABLE: dict[int, int | str] = {**_PICTURES, **_NAMED}


def visible(text: str) -> str:
    """`text` with lines that end in LF."""
    return text.replace("\r\n", "\n").translate(_TABLE)
