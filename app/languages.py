"""Which language and which look a request is answered in."""

from flask import has_request_context, request, session

from app.visitor import visitor
from schools.models.account import Theme

LANGUAGES = {"de": "Deutsch", "en": "English"}
LOCALES = {"de": "de", "en": "en_GB"}
"""English pages write days the British way; `en` alone would write them the American way."""

LANGUAGE = "language"
THEME = "theme"


def choose_locale() -> str:
    """Return the locale: this browser's choice, the profile's, the browser's wish, German.

    Commands speak English; letters say themselves what they speak.
    """
    if not has_request_context():
        return LOCALES["en"]
    chosen = session.get(LANGUAGE)
    if chosen not in LOCALES:
        found = visitor()
        chosen = None if found is None else found.locale
    if chosen not in LOCALES:
        chosen = request.accept_languages.best_match(list(LOCALES), default="de")
    return LOCALES[chosen]


def choose_theme() -> Theme:
    """Return the look: this browser's choice, the profile's, or that of the device."""
    chosen = session.get(THEME)
    if chosen in set(Theme):
        return Theme(chosen)
    found = visitor()
    return Theme.DEVICE if found is None else found.theme
