"""Give new copies their barcodes."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.rules.barcodes import COPY_PREFIX, barcode_number, next_barcodes
from schools.models.media_centre import MediaCentre

LOOKED_AT = 50
"""Of the longest and highest labels, how many are looked at for one of our own form."""


def next_free_barcodes(session: Session, centre_id: int, count: int) -> tuple[str, ...]:
    """Return the next barcodes of a centre, in ascending order.

    Locks the centre's row, after any holdings, so that two people never get the same numbers.

    Raises:
        catalogue.rules.barcodes.NumbersUsedUpError: fewer than `count` numbers are left.
    """
    if count < 1:
        return ()
    lock = select(MediaCentre.id).where(MediaCentre.id == centre_id)
    session.execute(lock.with_for_update(key_share=True))
    return next_barcodes(_highest(session, centre_id), count)


def _highest(session: Session, centre_id: int) -> int:
    query = (
        select(Copy.barcode)
        .where(Copy.centre_id == centre_id, Copy.barcode.startswith(COPY_PREFIX))
        .order_by(func.length(Copy.barcode).desc(), Copy.barcode.desc())
        .limit(LOOKED_AT)
    )
    numbers = (barcode_number(barcode) for barcode in session.scalars(query))
    return max((number for number in numbers if number is not None), default=0)
