"""Days and instants of the demo."""

from datetime import UTC, date, datetime, time, timedelta

from app.today import HOUSE_TIME
from schools.rules.school_year import SchoolYear, school_year_of

ONE_DAY = timedelta(days=1)
DAYS_OF_HISTORY = 730
EARLIEST_NEWS = 45
"""Days after 1 August before schools have a school year's papers and devices in order."""


def instant(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a time of day at the centre, in UTC."""
    return datetime.combine(day, time(hour, minute), HOUSE_TIME).astimezone(UTC)


def settled_school_year(today: date) -> SchoolYear:
    """Return the school year that is well under way: in August and September the last one."""
    return school_year_of(today - timedelta(days=EARLIEST_NEWS))
