"""Where a thing is and when it is back, in one line."""

from flask_babel import gettext

from app.dates import day, span
from app.labels import label
from app.today import today
from catalogue.rules.copy_states import CopyState
from loans.queries.who import CopyNow, Out, Reserved
from loans.queries.who_titles import TitleNow

BETWEEN = " · "


def _(text: str, **values: object) -> str:
    """Return a text in the reader's language; Flask-Babel's own has no type."""
    return str(gettext(text, **values))


def copy_words(copy: CopyNow) -> str:
    """Say where a copy is, who has it until when, and who gets it next."""
    pieces = [_state(copy), *_out(copy.out), *_next(copy.reserved[:1])]
    return BETWEEN.join(filter(None, pieces))


def title_words(title: TitleNow) -> str:
    """Say how many copies are there, when the first is back, and who gets one next."""
    there = _("%(there)s of %(copies)s here", there=title.there, copies=title.copies)
    reserved = () if title.reserved is None else (title.reserved,)
    return BETWEEN.join([there, *_first_back(title.out), *_next(reserved)])


def number(phone: str) -> str:
    """Return a telephone number as a link dials it."""
    return "".join(sign for sign in phone if sign.isdigit() or sign == "+")


def _state(copy: CopyNow) -> str:
    if copy.out is not None:
        return label(copy.state)
    if not copy.lendable and copy.not_lendable_reason:
        return copy.not_lendable_reason
    if copy.state is CopyState.AVAILABLE and copy.shelf_mark:
        return _("in the house, shelf %(shelf)s", shelf=copy.shelf_mark)
    if copy.state is CopyState.AVAILABLE:
        return _("in the house")
    return label(copy.state)


def _out(out: Out | None) -> list[str]:
    if out is None:
        return []
    whose = f"{out.institution}, {out.person}" if out.person else out.institution
    if out.due_on is None:
        return [whose, _("placed there")]
    if out.received_on is not None:
        return [whose, _("is back, to be looked over")]
    if out.due_on < today():
        late = (today() - out.due_on).days
        return [whose, _("due %(day)s, %(late)s days late", day=day(out.due_on), late=late)]
    return [whose, _("back by %(day)s", day=day(out.due_on, "weekday"))]


def _first_back(out: Out | None) -> list[str]:
    if out is None or out.due_on is None:
        return []
    words = _("first back: %(day)s, %(school)s", day=day(out.due_on), school=out.institution)
    return [words]


def _next(reserved: tuple[Reserved, ...]) -> list[str]:
    return [
        _(
            "next: %(number)s, %(period)s, %(school)s",
            number=each.number,
            period=span(each.period.first, each.period.last),
            school=each.institution,
        )
        for each in reserved
    ]
