"""What is free of an offer, as words, badge and strip."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from flask import get_template_attribute
from flask_babel import gettext as _
from markupsafe import Markup

from app.dates import day as day_words
from app.dates import language
from app.free_days import STRIP_DAYS, FreeDay, Mark, drawing
from loans.rules.availability import Availability, Wish, check_wish
from loans.rules.codes import Refusal
from loans.rules.free_periods import next_free
from schools.rules.periods import ONE_DAY, Period

DRAWN_STRIPS = 4096
"""So many strips are kept drawn; most offers of a day look alike."""

TONES = {Mark.FREE: "ok", Mark.SCARCE: "warn", Mark.FULL: "bad", Mark.CLOSED: ""}


@dataclass(frozen=True, slots=True)
class Outlook:
    """What somebody can have of an offer.

    Attributes:
        period: the wished days; without a wish the next that could be had, or None.
        free: copies free on every day of it, at least 0.
        capacity: lendable copies.
        wanted: how many are wished for.
        wished: whether a period was asked for.
        possible: nothing stands against it.
        enough: as many are free as wished for, be the days open or not.
        instead: the next period as long that could be had, if the wished one could not.
    """

    period: Period | None
    free: int
    capacity: int
    wanted: int
    wished: bool
    possible: bool
    enough: bool
    instead: Period | None


@dataclass(frozen=True, slots=True)
class Badge:
    """A status with the mark that goes with it; `tone` is ok, warn, bad, info or empty."""

    tone: str
    words: str


def outlook(found: Availability, wish: Wish, *, wished: bool) -> Outlook:
    """Return what can be had.

    Args:
        found: availability over the wish and at least a year.
        wish: period and quantity; today's where nobody asked for a period.
        wished: whether somebody did.
    """
    if not wished:
        period = next_free(found, wish)
        free = 0 if period is None else max(0, found.free_for(period))
        has_some = period is not None
        return Outlook(
            period,
            free,
            found.capacity,
            wish.quantity,
            wished=False,
            possible=has_some,
            enough=has_some,
            instead=None,
        )
    refused = {each.code for each in check_wish(found, wish)}
    return Outlook(
        wish.period,
        max(0, found.free_for(wish.period)),
        found.capacity,
        wish.quantity,
        wished=True,
        possible=not refused,
        enough=Refusal.NOT_FREE not in refused,
        instead=next_free(found, wish) if refused else None,
    )


def badge(seen: Outlook) -> Badge:
    """Return what can be had in a few words."""
    if seen.capacity == 0:
        return Badge("", _("No copy to lend at present"))
    if seen.period is None:
        return Badge("bad", _("Fully booked"))
    when = when_words(seen.period)
    if seen.possible:
        mark = FreeDay(seen.period.first, seen.free, seen.capacity).mark(seen.wanted)
        words = _(
            "%(day)s free: %(free)s of %(capacity)s",
            day=when,
            free=seen.free,
            capacity=seen.capacity,
        )
        return Badge(TONES[mark], words)
    said = _refusal_words(seen, when)
    if seen.instead is not None:
        later = day_words(seen.instead.first, "short")
        said = _("%(refusal)s, free from %(day)s", refusal=said, day=later)
    return Badge("" if seen.enough else "bad", said)


def online_badge(*, open_now: bool) -> Badge:
    """Return what holds for a medium that is opened, not lent; its licence may not hold today."""
    if open_now:
        return Badge("info", _("Online at any time"))
    return Badge("", _("Cannot be opened at present"))


def when_words(period: Period) -> str:
    """Return a day or a period as badges say it: “3.12.”, “3.12.–7.12.”."""
    first = day_words(period.first, "short")
    if period.first == period.last:
        return first
    return f"{first}–{day_words(period.last, 'short')}"


def marks(found: Availability, first: date, wanted: int) -> tuple[Mark, ...]:
    """Return what each day of the strip shows; `found` covers them all."""
    shown = []
    for place in range(STRIP_DAYS):
        day = first + place * ONE_DAY
        shown.append(free_day(found, day).mark(wanted))
    return tuple(shown)


def free_day(found: Availability, day: date, *, for_staff: bool = False) -> FreeDay:
    """Return one day of an offer for calendars: shut where nothing can start and nothing end.

    Staff are told how many are lacking where it is overbooked; to borrowers it is 0 free.
    """
    shut = bool(found.days.start_reasons(day)) and bool(found.days.end_reasons(day))
    free = max(0, found.free_on(day))
    lacking = found.lacking_on(day) if for_staff else 0
    return FreeDay(day, free, found.capacity, open=not shut, lacking=lacking)


def strip_markup(found: Availability, first: date, wish: Period | None, wanted: int) -> Markup:
    """Return the strip of four weeks, drawn."""
    return _drawn(first, marks(found, first, wanted), wish, language())


@lru_cache(DRAWN_STRIPS)
def _drawn(first: date, shown: Sequence[Mark], wish: Period | None, _language: str) -> Markup:
    macro = get_template_attribute("macros/availability.html", "strip")
    return Markup(macro(drawing(first, shown, wish)).strip())  # noqa: S704  # our own drawing


def _refusal_words(seen: Outlook, when: str) -> str:
    if seen.enough:
        return str(_("%(day)s not possible", day=when))
    if seen.free == 0:
        return str(_("%(day)s fully booked", day=when))
    words = _(
        "%(day)s only %(free)s of %(capacity)s",
        day=when,
        free=seen.free,
        capacity=seen.capacity,
    )
    return str(words)
