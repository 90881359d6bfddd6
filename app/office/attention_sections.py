"""The sections of «Needs attention», in the order of their urgency; one line each in SECTIONS."""

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from app.attention import Link, Matter, Section
from app.dates import day, span
from app.office.calendar_words import layer_words
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from loans.errors import NotFoundError
from loans.queries.closed_bookings import ClosedBooking, closed_bookings
from loans.queries.overbooked import Overbooked, Promise, overbooked
from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from schools.rules.roles import Right

MOST_DAYS = 5
MOST_PROMISES = 20


def overbooked_matters(centre_id: int) -> Sequence[Matter]:
    """Return the holdings of which more is promised than there is.

    Source:
        docs/rules.md, Lending 4.4: it is shown red everywhere until solved.
    """
    view = _view(centre_id)
    if view is None:
        return ()
    return [_overbooked(each) for each in overbooked(session(), view)]


def closed_booking_matters(centre_id: int) -> Sequence[Matter]:
    """Return the bookings that begin or end on a closed day.

    Source:
        docs/rules.md, Lending 1.7.
    """
    view = _view(centre_id)
    if view is None:
        return ()
    return [_closed(each) for each in closed_bookings(session(), view)]


SECTIONS: tuple[Section, ...] = (
    Section(
        "overbooked",
        lazy_gettext("Overbooked"),
        lazy_gettext(
            "More is promised on these days than there is. Move or shorten a booking, ask for a "
            "copy earlier, or get another one."
        ),
        lazy_gettext("Everything that is promised can be kept."),
        overbooked_matters,
    ),
    Section(
        "closed",
        lazy_gettext("Bookings on closed days"),
        lazy_gettext(
            "A closure came after these bookings. They keep their days; agree others with the "
            "borrowers."
        ),
        lazy_gettext("Every booking begins and ends on an open day."),
        closed_booking_matters,
    ),
)


def _view(centre_id: int) -> Viewpoint | None:
    """Return the visitor's view of a centre; None where it hands out nowhere."""
    scope = actor().scope(Right.RESERVE_FOR_OTHERS)
    try:
        return viewpoint_of(session(), scope, Where(centre_id), today(), now())
    except NotFoundError:
        return None


def _overbooked(each: Overbooked) -> Matter:
    days = [span(period.first, period.last) for period in each.days[:MOST_DAYS]]
    if len(each.days) > MOST_DAYS:
        days.append("…")
    copies = ngettext("%(num)s copy", "%(num)s copies", each.capacity)
    where = f"{copies}, {each.shelf_mark}" if each.shelf_mark else copies
    return Matter(
        title=each.title,
        badge=_("%(free)s free", free=str(each.free).replace("-", "−")),
        tone="bad",
        address=f"/titles/{each.title_id}",
        details=(", ".join(days), where, *_reasons(each.promises)),
        links=tuple(_promise_link(promise) for promise in each.promises[:MOST_PROMISES]),
    )


def _reasons(promises: Sequence[Promise]) -> Iterator[str]:
    for each in promises:
        if each.reason:
            yield _("%(number)s overbooked: %(reason)s", number=each.number, reason=each.reason)


def _promise_link(promise: Promise) -> Link:
    when = span(promise.period.first, promise.period.last)
    amount = f"{promise.quantity} × " if promise.quantity > 1 else ""
    if promise.number and not promise.code:
        words = _("%(amount)sbooking %(number)s", amount=amount, number=promise.number)
        address = f"/bookings/{promise.number}"
    else:
        words = _("loan of %(code)s", code=promise.code)
        address = f"/bookings/{promise.number}" if promise.number else ""
    return Link(f"{words}, {when}, {promise.institution}", address)


def _closed(each: ClosedBooking) -> Matter:
    details = [f"{span(each.period.first, each.period.last)} · {each.institution}"]
    if each.first is not None:
        first = day(each.period.first, "weekday")
        why = layer_words(each.first, each.period.first)
        details.append(_("First day %(day)s: %(why)s", day=first, why=why))
    if each.last is not None:
        last = day(each.period.last, "weekday")
        why = layer_words(each.last, each.period.last)
        details.append(_("Last day %(day)s: %(why)s", day=last, why=why))
    return Matter(
        title=each.number,
        badge=_("first day closed") if each.first is not None else _("last day closed"),
        tone="bad" if each.first is not None else "warn",
        address=f"/bookings/{each.number}",
        details=details,
    )
