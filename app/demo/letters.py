"""Writes the letters that bookings gave rise to; without a mail server all letters stay."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.demo.days import instant
from app.demo.scene import Scene
from loans.models.booking import Booking
from loans.operations.tell import tell_about_booking
from loans.rules.booking_states import COLLECTABLE
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter

RECENT = timedelta(days=10)


def write_letters(session: Session, scene: Scene) -> None:
    """Owe the letters of the last days as the acts do, then put them aside as the worker does.

    Nothing is left to send: the addresses are invented.
    """
    _confirm(session, scene)
    session.execute(
        update(OwedLetter)
        .values(state=LetterState.KEPT)
        .execution_options(synchronize_session=False)
    )


def _confirm(session: Session, scene: Scene) -> None:
    query = (
        select(Booking)
        .where(Booking.state.in_(COLLECTABLE))
        .where(Booking.created_at >= instant(scene.today - RECENT, 0))
        .order_by(Booking.id)
    )
    for booking in session.scalars(query).all():
        tell_about_booking(session, booking, LetterKind.BOOKING_CONFIRMED, booking.created_at)
