"""What a browser is called, for people who look where they are signed in."""

import re

from flask_babel import gettext as _

BROWSERS = (
    (re.compile(r"Edg"), "Edge"),
    (re.compile(r"OPR/"), "Opera"),
    (re.compile(r"Firefox/|FxiOS"), "Firefox"),
    (re.compile(r"Chrome/|CriOS"), "Chrome"),
    (re.compile(r"Safari/"), "Safari"),
)
SYSTEMS = (
    (re.compile(r"iPhone"), "iPhone"),
    (re.compile(r"iPad"), "iPad"),
    (re.compile(r"Android"), "Android"),
    (re.compile(r"Windows"), "Windows"),
    (re.compile(r"Mac OS X|Macintosh"), "macOS"),
    (re.compile(r"CrOS"), "ChromeOS"),
    (re.compile(r"Linux"), "Linux"),
)
"""In this order: later ones are named by earlier ones too."""


def browser_words(user_agent: str) -> str:
    """Return browser and system in words, as ``Firefox, Windows``."""
    found = [
        next((name for pattern, name in names if pattern.search(user_agent)), "")
        for names in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, found)) or str(_("unknown browser"))
