"""Days, periods and instants in the reader's language; for pages and letters alike."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date, get_day_names
from flask_babel import format_datetime, get_locale
from flask_babel import gettext as _

YEARS = range(1900, 2200)
"""Of days that people name here; whoever counts on from one of them never leaves the calendar."""

PATTERNS = {
    "de": {
        "short": "d.M.",
        "weekday": "ccc, d.M.",
        "full": "d.M.y",
        "long": "EEEE, d. MMMM y",
        "day_month": "d. MMMM",
        "month": "MMMM y",
        "number": "d.",
        "weekday_name": "ccc",
        "month_name": "MMM",
        "instant": "d.M.y, HH:mm",
        "clock": "HH:mm",
    },
    "en": {
        "short": "d MMM",
        "weekday": "EEE d MMM",
        "full": "d MMM y",
        "long": "EEEE, d MMMM y",
        "day_month": "d MMMM",
        "month": "MMMM y",
        "number": "d",
        "weekday_name": "EEE",
        "month_name": "MMM",
        "instant": "d MMM y, HH:mm",
        "clock": "HH:mm",
    },
}


def language() -> str:
    """Return the two letters of the language this request is answered in."""
    locale = get_locale()
    return "de" if locale is None else str(locale.language)


def day(value: date, form: str = "full") -> str:
    """Return a day: ``short`` 3.12., ``weekday`` Do, 3.12., ``full``, ``long``, ``month``."""
    spoken = language()
    return _formatted(value, PATTERNS.get(spoken, PATTERNS["en"])[form], spoken)


def weekday_names(weekdays: Iterable[int]) -> str:
    """Return weekdays, Monday 0, by their short names in their order."""
    names = get_day_names("abbreviated", locale=language())
    return ", ".join(str(names[day]).rstrip(".") for day in sorted(weekdays))


def instant(value: datetime) -> str:
    """Return an aware instant as day and time at the centre."""
    return str(format_datetime(value, _pattern("instant")))


def clock(value: datetime) -> str:
    """Return an aware instant as the time of day at the centre."""
    return str(format_datetime(value, _pattern("clock")))


def span(first: date, last: date) -> str:
    """Return a period with both ends; one day stands alone, a year only if it matters."""
    if first == last:
        return day(first)
    form = "short" if first.year == last.year else "full"
    return str(_("%(first)s to %(last)s", first=day(first, form), last=day(last)))


@lru_cache(maxsize=10_000)
def _formatted(value: date, pattern: str, spoken: str) -> str:
    """Format once: pages show the same days again and again, and Babel takes its time."""
    return format_date(value, pattern, locale=spoken)


def _pattern(form: str) -> str:
    return PATTERNS.get(language(), PATTERNS["en"])[form]
