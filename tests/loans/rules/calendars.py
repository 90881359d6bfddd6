"""Calendars the worked cases stand on."""

from datetime import date

from loans.rules.calendar import NamedDay, OpeningCalendar

EVERY_DAY = OpeningCalendar(weekdays=frozenset(range(7)))
"""Open seven days a week."""

NEVER = OpeningCalendar(weekdays=frozenset())
"""No open day at all."""

SPRING_2027 = OpeningCalendar(
    public_holidays=(
        NamedDay(date(2027, 3, 26), "Good Friday"),
        NamedDay(date(2027, 3, 29), "Easter Monday"),
        NamedDay(date(2027, 5, 6), "Ascension Day"),
        NamedDay(date(2027, 5, 17), "Whit Monday"),
        NamedDay(date(2027, 5, 27), "Corpus Christi"),
    )
)
"""Open Monday to Friday but for the holidays of North Rhine-Westphalia in spring 2027."""
