"""The picture of shared code that other sites show beside its link: 1200 by 630, and dark.

Drawn once, then kept with the copy. The colours are those of `static/css/tokens.css`.
"""

from functools import cache
from io import BytesIO
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFont

from ide.history.highlighting import code_lines
from ide.history.snapshots import Snapshot, snapshot_of
from ide.models import Share

_SIZE = (1200, 630)
_MARGIN = 56
_CODE_TOP, _LINE_HEIGHT, _LINES = 150, 33, 14
_COLUMN_WIDTH, _COLUMNS, _GUTTER = 14.5, 70, 58
# More of the code cannot be on it.
_CHARACTERS = 8_000
_GROUND, _SURFACE, _RULE, _TEXT, _SOFT = "#0f1217", "#151a21", "#262e39", "#e4e9f0", "#9aa6b5"
_INKS = {
    "keyword": "#d0a2ff",
    "string": "#8ce0a6",
    "number": "#ffb679",
    "comment": "#8591a1",
    "function": "#8db4ff",
}
_TONES = {"good": "#69db8f", "warn": "#f5c451", "bad": "#ff8a8f"}
Font: TypeAlias = ImageFont.FreeTypeFont | ImageFont.ImageFont


def share_picture(share: Share) -> bytes:
    """A PNG."""
    if share.picture is None:
        share.picture = _drawn(share.title, snapshot_of(share, share.ran_at))
        share.save(update_fields=["picture"])
    return bytes(share.picture)


def _drawn(title: str, snapshot: Snapshot) -> bytes:
    image = Image.new("RGB", _SIZE, _GROUND)
    draw = ImageDraw.Draw(image)
    _draw_head(draw, title, snapshot)
    draw.rectangle((0, _CODE_TOP - 22, *_SIZE), fill=_SURFACE)
    draw.line((0, _CODE_TOP - 22, _SIZE[0], _CODE_TOP - 22), fill=_RULE)
    lines = code_lines(snapshot.source["code"][:_CHARACTERS], snapshot.entry)
    for number, line in enumerate(lines[:_LINES], 1):
        _draw_line(draw, number, line)
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _draw_head(draw: ImageDraw.ImageDraw, title: str, snapshot: Snapshot) -> None:
    font = _font(36)
    while len(title) > 1 and draw.textlength(title, font) > _SIZE[0] - 2 * _MARGIN:
        title = f"{title[:-2]}…"
    draw.text((_MARGIN, 28), title, _TEXT, font)
    about = f"{snapshot.language_name} · "
    draw.text((_MARGIN, 82), about, _SOFT, _font(24))
    place = (_MARGIN + draw.textlength(about, _font(24)), 82)
    outcome = snapshot.outcome
    draw.text(place, outcome.text, _TONES.get(outcome.tone, _SOFT), _font(24))
    draw.text((_SIZE[0] - _MARGIN, 82), "CloudRun", _SOFT, _font(24), anchor="ra")


def _draw_line(draw: ImageDraw.ImageDraw, number: int, line: list[tuple[str, str]]) -> None:
    """Each character in its column: the machine may have no font of one width."""
    top = _CODE_TOP + (number - 1) * _LINE_HEIGHT
    font = _font(24)
    draw.text((_MARGIN + _GUTTER - 24, top), str(number), _SOFT, font, anchor="ra")
    characters = [(kind, one) for kind, text in line for one in text.expandtabs(4)]
    for column, (kind, one) in enumerate(characters[:_COLUMNS]):
        if not one.isspace():
            place = (_MARGIN + _GUTTER + column * _COLUMN_WIDTH, top)
            draw.text(place, one, _INKS.get(kind, _TEXT), font)


@cache
def _font(size: int) -> Font:
    try:
        return ImageFont.truetype("DejaVuSansMono.ttf", size)
    except OSError:  # the machine has none; Pillow brings one along
        return ImageFont.load_default(size)
