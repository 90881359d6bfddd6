"""The one place that looks at the clock for a day or an instant."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.settings import current_settings

HOUSE_TIME = ZoneInfo("Europe/Berlin")
TEN, HALF_A_DAY = time(10), timedelta(hours=12)


def today() -> date:
    """Return the day at the centre, or the fixed day if one is set."""
    return current_settings().today or datetime.now(HOUSE_TIME).date()


def now() -> datetime:
    """Return the instant in UTC; with a fixed day, one between 10 and 22 o'clock of that day.

    Twice a day the clock of a fixed day begins anew, so that the house has been open for a while
    at whatever hour somebody looks.
    """
    present = datetime.now(HOUSE_TIME)
    fixed = current_settings().today
    if fixed is not None:
        ten = datetime.combine(fixed, TEN, tzinfo=HOUSE_TIME)
        since_midnight = present - datetime.combine(present, time(), tzinfo=HOUSE_TIME)
        present = ten + since_midnight % HALF_A_DAY
    return present.astimezone(UTC)


def midnight(day: date) -> datetime:
    """Return the instant at which a day begins at the centre, in UTC."""
    return datetime.combine(day, time(), tzinfo=HOUSE_TIME).astimezone(UTC)


def hour_of_day() -> int:
    """Return the hour at the centre, 0 to 23, for a greeting."""
    return datetime.now(HOUSE_TIME).hour
