"""Edits of bookings: what is wished, and what availability says to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from catalogue.rules.editions import edition_of
from loans.models.booking import Booking
from loans.models.purpose import OtherReason
from loans.queries.asking import asked_of
from loans.queries.preview import WishAnswer, answers_of
from loans.queries.wishes import Aside, BookingWish, LineWish, Stored, Wishes, merged
from loans.rules.booking_edits import Reshaping, Shape, outstanding
from loans.rules.claims import StockKey
from loans.rules.commitments import of_booking
from schools.rules.periods import Period
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingEdit:
    """What a booking shall be; every value is the whole truth, changed or not.

    Attributes:
        number: of the booking.
        edition: of the booking that was opened, as `booking_edition` gives it.
        period: the borrower's own days.
        place_id: a pick-up place of the centre.
        lines: how many of each line, or which numbered copy, by the line's id; those left out go.
        unit_id: a teaching unit of the institution as the purpose, or
        reason: another purpose.
        class_name: free text without names of pupils.
        remark: for staff.
        overruling: why staff change it against the rules; empty to obey them.
    """

    number: str
    edition: str
    period: Period
    place_id: int
    lines: Mapping[int, LineWish] = field(default_factory=dict)
    unit_id: int | None = None
    reason: OtherReason | None = None
    class_name: str = ""
    remark: str = ""
    overruling: str = ""

    def wish(self, booking: Booking) -> BookingWish:
        """Return what the edited booking still asks for as a wish of its own.

        What is collected already is left out: those copies are out, or have come back.
        """
        collected = {line.id: line.handed_out for line in booking.lines}
        return BookingWish(
            lines=tuple(
                replace(line, quantity=left)
                for line_id, line in self.lines.items()
                if (left := outstanding(line.quantity, collected.get(line_id, 0)))
            ),
            person_id=booking.person_id or 0,
            period=self.period,
            institution_id=booking.institution_id,
            unit_id=self.unit_id,
            reason=self.reason,
            place_id=self.place_id,
            class_name=self.class_name,
            remark=self.remark,
            overruling=self.overruling,
        )


def booking_edition(booking: Booking) -> str:
    """Return what tells a booking as it stands from any other state of it."""
    lines = [(each.id, each.quantity, each.handed_out, each.copy_id) for each in booking.lines]
    return edition_of(
        {
            "state": booking.state.value,
            "period": (booking.first, booking.last),
            "place": booking.place_id,
            "purpose": (booking.unit_id, booking.reason),
            "words": (booking.class_name, booking.remark),
            "lines": lines,
        }
    )


def unchanged(booking: Booking) -> BookingEdit:
    """Return the edit that leaves a booking as it is."""
    return BookingEdit(
        number=booking.number,
        edition=booking_edition(booking),
        period=Period(booking.first, booking.last),
        place_id=booking.place_id,
        lines={
            each.id: LineWish(each.holding_id, each.quantity, each.copy_id)
            for each in booking.lines
        },
        unit_id=booking.unit_id,
        reason=booking.reason,
        class_name=booking.class_name,
        remark=booking.remark,
    )


def stored_of(booking: Booking) -> Stored:
    """Return what a booking names: it lives on with that, whatever became of it."""
    return Stored(
        holding_ids=frozenset(line.holding_id for line in booking.lines),
        copy_ids=frozenset(line.copy_id for line in booking.lines if line.copy_id is not None),
        unit_ids=frozenset(() if booking.unit_id is None else (booking.unit_id,)),
        is_kept=True,
    )


def reshaping_of(booking: Booking, edit: BookingEdit, today: date) -> Reshaping:
    """Return an edit as availability sees it."""
    return Reshaping(_shape(unchanged(booking)), _shape(edit), today)


def answer_to(
    session: Session,
    booking: Booking,
    wish: BookingWish,
    aside: Aside,
    asking: tuple[Actor, date, datetime],
) -> WishAnswer:
    """Say whether a booking that is there could be as wished, with everything against it.

    Args:
        session: within a unit of work, after the booking's locks, it decides.
        booking: it makes way for itself.
        wish: what it shall be.
        aside: what else is left out of account; `ignoring` is set here.
        asking: whoever asks, on which day, at which instant.

    Source:
        docs/rules.md, Lending 5.3: editing does not collide with itself.
    """
    by, today, now = asking
    wishes = Wishes(every=(wish,), editing=booking.id, stored=stored_of(booking))
    asked = asked_of(session, wishes, by, today, now)
    own = Aside(
        ignoring=of_booking(booking.id),
        keeps_first=aside.keeps_first,
        keeps_last=aside.keeps_last,
        is_counted=aside.is_counted,
    )
    (answer,) = answers_of(session, asked, own, alternatives=True)
    return answer


def _shape(edit: BookingEdit) -> Shape:
    return Shape(edit.period, edit.place_id, _amounts(edit.lines.values()))


def _amounts(lines: Iterable[LineWish]) -> dict[StockKey, int]:
    return {line.stock: line.quantity for line in merged(lines)}
