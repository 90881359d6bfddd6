"""What is overbooked: days with too little, and what keeps copies on them."""

from collections.abc import Iterator

from loans.rules.availability import Availability, Stock
from loans.rules.commitments import Commitment, occupied
from schools.rules.periods import ONE_DAY, Period


def short_stretches(found: Availability) -> tuple[Period, ...]:
    """Return the stretches of days on which too little is there.

    Source:
        docs/rules.md, Lending 4.4.
    """
    stretches: list[Period] = []
    for day in found.period:
        if not found.lacking_on(day):
            continue
        if stretches and stretches[-1].last + ONE_DAY == day:
            stretches[-1] = Period(stretches[-1].first, day)
        else:
            stretches.append(Period(day, day))
    return tuple(stretches)


def keeping(stock: Stock, found: Availability) -> Iterator[Commitment]:
    """Go through what keeps copies on days on which they are lacking.

    Of a holding that is booked by number only what keeps a copy that lacks itself.

    Args:
        stock: of a holding.
        found: what is free of it.

    Source:
        docs/rules.md, Lending 3.3 and 4.4.
    """
    if found.copies:
        for part, of_part in zip(stock.copies, found.copies, strict=True):
            yield from keeping(part, of_part)
        return
    calendar, today = found.days.place.days.calendar, found.days.today
    short = short_stretches(found)
    for commitment in stock.commitments:
        away = occupied(commitment, calendar, today)
        if away is not None and any(away.overlaps(each) for each in short):
            yield commitment
