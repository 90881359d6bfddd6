"""Days, letters and refusals of the edits that are tested here."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.errors import (
    RefusedError,
)
from loans.models.booking import Booking
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.periods import Period
from tests.make import MONDAY


def days(first: int, last: int) -> Period:
    """Days from the Monday on that is today."""
    return Period(MONDAY + timedelta(days=first), MONDAY + timedelta(days=last))


DAYS = days(8, 10)

Edits = Callable[..., Booking]


def letters(session: Session) -> list[LetterKind]:
    return [each.kind for each in session.scalars(select(OwedLetter).order_by(OwedLetter.id))]


def codes(refused: pytest.ExceptionInfo[RefusedError]) -> list[str]:
    return [str(code) for code in refused.value.codes]
