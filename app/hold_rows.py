"""Rows of holds as lists show them; shared by the areas."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from app.dates import day, span
from app.labels import label
from app.today import today
from loans.models.hold import HoldState
from loans.queries.holds import HoldFacts
from schools.vocabularies.media_types import media_type

TONES: Mapping[HoldState, str] = {
    HoldState.WAITING: "info",
    HoldState.SET_ASIDE: "ok",
    HoldState.IN_TRANSIT: "info",
    HoldState.CANCELLED: "",
    HoldState.EXPIRED: "warn",
    HoldState.FULFILLED: "",
}


@dataclass(frozen=True, slots=True)
class HoldRow:
    """One line of a list of holds.

    Attributes:
        kind: of the medium, for its tile.
        what: the title.
        address: of the hold's page.
        notes: what about it, in short.
        mark: words of the badge.
        tone: of the badge.
    """

    kind: str
    what: str
    address: str
    notes: tuple[str, ...]
    mark: str
    tone: str


def hold_rows(holds: Iterable[HoldFacts]) -> list[HoldRow]:
    """Return a row for each hold, in the order given."""
    return [
        HoldRow(
            kind=media_type(hold.type_code).kind.value,
            what=hold.title,
            address=f"/holds/{hold.id}",
            notes=tuple(_notes(hold)),
            mark=mark(hold),
            tone="" if hold.is_suspended(today()) else TONES[hold.state],
        )
        for hold in holds
    ]


def mark(hold: HoldFacts) -> str:
    """Return the words of a hold's badge: its place in line, or where it stands."""
    if hold.waits and hold.is_suspended(today()):
        return str(_("Paused"))
    if hold.waits:
        return str(_("Place %(place)s of %(all)s", place=hold.in_line, all=hold.waiting))
    return label(hold.state)


def ready_words(hold: HoldFacts) -> str:
    """Say until when and where a copy is fetched."""
    where = f"{hold.place}, {hold.branch}"
    if hold.pickup_deadline is None:
        return str(_("to be fetched at %(place)s", place=where))
    until = day(hold.pickup_deadline, "weekday")
    return str(_("to be fetched until %(day)s at %(place)s", day=until, place=where))


def _notes(hold: HoldFacts) -> Iterable[str]:
    if hold.state is HoldState.SET_ASIDE:
        yield ready_words(hold)
    elif hold.state is HoldState.IN_TRANSIT:
        yield _("on its way to %(branch)s", branch=hold.branch)
    elif hold.ended_why is not None:
        yield label(hold.ended_why)
    if hold.period is not None:
        yield _("for %(period)s", period=span(hold.period.first, hold.period.last))
    if hold.suspended_until is not None and hold.is_suspended(today()):
        yield _("paused until %(day)s", day=_short(hold.suspended_until))
    if hold.waits and hold.not_after is not None:
        yield _("needed until %(day)s", day=_short(hold.not_after))


def _short(when: date) -> str:
    return day(when, "weekday")
