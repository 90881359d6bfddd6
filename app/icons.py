"""Icons drawn into the page, so that they follow the text's colour and need no request."""

import re
from functools import cache, lru_cache
from pathlib import Path

from markupsafe import Markup, escape

STATIC = Path(__file__).with_name("static")
SYMBOL = re.compile(r'<symbol id="([a-z0-9-]+)" viewBox="0 0 24 24">(.*?)</symbol>', re.DOTALL)


KIND_ICONS = {
    "film": "film",
    "online": "online",
    "device": "camera",
    "box": "box",
    "print": "book",
    "audio": "audio",
}


@lru_cache(maxsize=1000)
def icon(name: str, label: str | None = None) -> Markup:
    """Return the drawing called `name` of static/icons.svg as inline SVG.

    Args:
        name: id of the symbol.
        label: what it says to those who cannot see it; without one it is decoration.

    Raises:
        KeyError: there is no such drawing.
    """
    meaning = (
        Markup('aria-hidden="true"')
        if label is None
        else Markup('role="img" aria-label="{}"').format(escape(label))
    )
    return Markup('<svg class="icon" viewBox="0 0 24 24" {}>{}</svg>').format(
        meaning, _drawings()[name]
    )


def kind_icon(kind: str) -> str:
    """Return the name of the drawing for a kind of medium."""
    return KIND_ICONS[kind]


def mark() -> Markup:
    """Return the sign of the house as inline SVG."""
    return _mark()


@cache
def _drawings() -> dict[str, Markup]:
    sheet = (STATIC / "icons.svg").read_text("utf-8")
    return {name: Markup(drawing) for name, drawing in SYMBOL.findall(sheet)}  # noqa: S704  # ours


@cache
def _mark() -> Markup:
    drawing = (STATIC / "mark.svg").read_text("utf-8")
    hidden = drawing.replace(' xmlns="http://www.w3.org/2000/svg"', ' aria-hidden="true"', 1)
    return Markup(hidden)  # noqa: S704  # our own file
