"""What the calendar's pages say: what a day is, why, and what is wrong with a calendar."""

from datetime import date

from babel.dates import get_day_names
from flask_babel import get_locale
from flask_babel import gettext as translated

from app.dates import day as day_words
from app.dates import language
from app.labels import label
from app.office.hours import hours_text
from loans.rules.calendar import Day, DayKind
from loans.rules.calendar_faults import CalendarFault, Fault
from schools.vocabularies.holidays import HolidayKind, holidays


def gettext(text: str, **values: object) -> str:
    """Return a text in the reader's language; Flask-Babel's own has no type."""
    return str(translated(text, **values))


def fault_words(fault: Fault) -> str:
    """Return a calendar's fault as a sentence, with the names of what is at fault."""
    names = fault.names
    match fault.kind:
        case CalendarFault.CLOSURES_OVERLAP:
            return gettext(
                "“%(one)s” and “%(other)s” share days. Two closures of one kind, single or "
                "yearly, must not overlap: change the days, or change the other closure.",
                one=names[0],
                other=names[1],
            )
        case CalendarFault.OPENINGS_OVERLAP:
            day = day_words(date.fromisoformat(names[0]))
            return gettext(
                "There is an exceptional opening on %(day)s already. Change that one.", day=day
            )
        case CalendarFault.HOURS_REVERSED | CalendarFault.HOURS_OVERLAP:
            return f"{_of_day(names[0])}: {label(fault.kind)}"
    return label(fault.kind)


def weekday_name(weekday: int) -> str:
    """Return the name of a weekday, Monday 0, in the reader's language."""
    return str(get_day_names("wide", locale=get_locale() or "de")[weekday])


def holiday_name(kind: HolidayKind, day: date) -> str:
    """Return what the state calls its holiday on a day, in the reader's language; or nothing."""
    for holiday in holidays():
        if holiday.kind is kind and holiday.period.contains(day):
            return holiday.name(language())
    return ""


def first_words(layer: Day, day: date) -> str:
    """Return what holds on a day, beside its weekday and whether it is open."""
    if layer.kind is DayKind.OPEN:
        return hours_text(layer.hours)
    if layer.kind is DayKind.CLOSED_WEEKLY:
        return gettext("orders are processed") if layer.is_processed else ""
    return layer_words(layer, day)


def layer_words(layer: Day, day: date) -> str:
    """Return one thing that the calendar says of a day, as words."""
    said = f"{_heading(layer, day)}: {_saying(layer, day)}"
    if layer.is_processed and not layer.is_open:
        said += f" ({gettext('orders are processed')})"
    return said


def _heading(layer: Day, day: date) -> str:
    if layer.kind in {DayKind.OPEN, DayKind.CLOSED_WEEKLY}:
        return weekday_name(day.weekday())
    return label(layer.kind)


def _saying(layer: Day, day: date) -> str:
    if layer.kind is DayKind.PUBLIC_HOLIDAY:
        return holiday_name(HolidayKind.PUBLIC, day) or layer.name
    if layer.kind is DayKind.CLOSURE:
        return layer.name
    if not layer.is_open:
        return gettext("closed")
    hours = hours_text(layer.hours) or gettext("open")
    return f"{layer.name}, {hours}" if layer.name else hours


def _of_day(name: str) -> str:
    """Return a weekday by its digit, or a day by its ISO text, in words."""
    if name.isdigit():
        return weekday_name(int(name))
    return day_words(date.fromisoformat(name))
