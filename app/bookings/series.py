"""Series: the same again and again, with a preview that says of each date whether it is free."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from werkzeug.exceptions import NotFound

from app.answers import accepted, earlier_answer, keep_answer, refused, wants_json
from app.bookings.forms import number_in_address, period_in_address
from app.bookings.series_form import SeriesForm
from app.line_refusals import line_reasons
from app.refusals import coded
from app.reserving import members_at
from app.reserving_choices import (
    PurposeGroup,
    default_purpose,
    offer_schools,
    own_first,
    purposes_of,
    school_named,
    units_of,
)
from app.reserving_form import MOST_PIECES, number_in
from app.reserving_thing import Thing, thing_of
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.operations.book import Made, book_many
from loans.operations.record_refused_wish import record_refused_answers
from loans.queries.borrowers import Borrower, acting
from loans.queries.preview import WishAnswer, preview
from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from loans.queries.wishes import BookingWish, LineWish, Wishes
from loans.rules.codes import Refusal
from loans.rules.series import SeriesDates, dates_of
from schools.rules.periods import Period
from schools.rules.roles import Right

series = Blueprint("series", __name__)

ASKED = ("holding", "from", "until", "quantity")
"""What the address says that the reserve page takes over while the person is open."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a series is about.

    Attributes:
        thing: what is booked.
        borrower: for whom; of several schools that of the unit, or the one named.
        members: the schools to choose from.
        view: for the borrower's institution.
        purposes: choices of the purpose, in groups.
        purpose: the one to begin with.
    """

    thing: Thing
    borrower: Borrower
    members: Sequence[Borrower]
    view: Viewpoint
    purposes: tuple[PurposeGroup, ...]
    purpose: str


@dataclass(frozen=True, slots=True)
class ShownDate:
    """A date of the series.

    Attributes:
        period: its days.
        is_free: it can be had.
        reasons: why not.
        later: the next days it could be had instead.
        skipped: left out for school holidays.
    """

    period: Period
    is_free: bool
    reasons: tuple[str, ...] = ()
    later: Period | None = None
    skipped: bool = False


@series.get("/bookings/series")
@requires(Right.BOOK)
def series_page() -> ResponseReturnValue:
    """Show how a series is described, and its dates as they would be."""
    setting = _setting(number_in_address("holding"), number_in_address("person"))
    if setting is None:
        asked = {name: request.args[name] for name in ASKED if name in request.args}
        return redirect(f"{url_for('reserve.reserve_page')}?{urlencode(asked)}", 303)
    period = period_in_address() or Period(today(), today())
    quantity = min(MOST_PIECES, max(1, number_in_address("quantity") or 1))
    form = SeriesForm(
        formdata=None,
        holding=setting.thing.holding_id,
        person=number_in_address("person"),
        quantity=quantity,
        purpose=setting.purpose,
        institution=str(setting.borrower.institution_id),
    )
    _offer(setting, form)
    form.show(period)
    return _page(setting, form, _previewed(setting, form))


@series.post("/bookings/series")
@requires(Right.BOOK)
def book_series() -> ResponseReturnValue:
    """Show the dates, or book all of them or only those that are free."""
    form = SeriesForm()
    setting = _setting(
        number_in(request.form.get("holding")), number_in(request.form.get("person")), form
    )
    if setting is None:
        raise NotFound
    _offer(setting, form)
    if not form.validate():
        return _page(setting, form, None, 422)
    form.show(form.period())
    if form.act.data not in {"all", "free"}:
        return _page(setting, form, _previewed(setting, form))
    return _booked(setting, form)


def _booked(setting: Setting, form: SeriesForm) -> ResponseReturnValue:
    dates, wishes = _wishes(setting, form)
    made: tuple[Made, ...] = ()
    with unit_of_work(session()):
        kept = earlier_answer()
        if kept is None and wishes.every:
            made = book_many(session(), wishes, actor(), today(), now())
            _remember(form, made)
            booked = [each.booking for each in made if each.booking is not None]
            kept = {"numbers": [booking.number for booking in booked]}
            kept["group"] = booked[0].group_key if booked else None
            keep_answer(kept)
    if kept is None or not kept["numbers"]:
        return _refused(setting, form, dates, [each.answer for each in made])
    if wants_json():
        return accepted(kept, made=True)
    number = len(kept["numbers"])
    flash(ngettext("%(num)s date is reserved.", "%(num)s dates are reserved.", number), "success")
    if kept["group"] is None:
        return redirect(url_for("bookings.booking_page", number=kept["numbers"][0], made=1), 303)
    return redirect(url_for("together.together_page", group_key=kept["group"]), 303)


def _remember(form: SeriesForm, made: Sequence[Made]) -> None:
    occasion = f"series:{actor().account_id}:{form.idem.data}"
    record_refused_answers(session(), [each.answer for each in made], occasion[:90], today())


def _refused(
    setting: Setting, form: SeriesForm, dates: SeriesDates, answers: Sequence[WishAnswer]
) -> ResponseReturnValue:
    every = tuple(dict.fromkeys(each for answer in answers for each in answer.refusals))
    if wants_json():
        return refused(coded(every))
    form.renew_key()
    form.form_errors.extend(line_reasons(every, {}))
    if not answers:
        answers = _previewed(setting, form)[1]
    return _page(setting, form, (dates, answers), 409)


def _offer(setting: Setting, form: SeriesForm) -> None:
    """Give the form the places and schools that can be chosen."""
    form.offer(setting.view)
    offer_schools(form.institution, setting.members)


def _setting(
    holding_id: int | None, person_id: int | None, form: SeriesForm | None = None
) -> Setting | None:
    """Return what the series is about; None while it is open for whom."""
    if holding_id is None:
        raise NotFound
    thing = thing_of(holding_id)
    members = members_at(thing.centre_id, person_id)
    if not members:
        return None
    units = units_of(members, thing.title_id)
    first = form.first.data if form is not None else None
    period = period_in_address() or Period(first or today(), first or today())
    borrower = acting(members, number_in_address("institution"), period)
    purpose = default_purpose(borrower, own_first(units, borrower)).value
    school = school_named(purpose, borrower.institution_id, units)
    if form is not None:
        school = school_named(form.purpose.data, number_in(form.institution.data), units)
    borrower = acting(members, school, period)
    where = Where(thing.centre_id, institution_id=borrower.institution_id)
    return Setting(
        thing=thing,
        borrower=borrower,
        members=members,
        view=viewpoint_of(session(), actor().scope(Right.BOOK), where, today(), now()),
        purposes=purposes_of(members, units),
        purpose=purpose,
    )


def _wishes(setting: Setting, form: SeriesForm) -> tuple[SeriesDates, Wishes]:
    days = setting.view.calendars.days(setting.view.place.branch_id)
    dates = dates_of(form.series(), days)
    line = LineWish(setting.thing.holding_id, form.quantity.data)
    every = tuple(_wish(setting, form, line, period) for period in dates.periods)
    return dates, Wishes(every=every, only_free=form.act.data == "free")


def _wish(setting: Setting, form: SeriesForm, line: LineWish, period: Period) -> BookingWish:
    """Return one date; the unit decides for whom, where the person acts for several schools."""
    unit_id, reason = form.named()
    return BookingWish(
        lines=(line,),
        person_id=setting.borrower.person_id,
        period=period,
        institution_id=setting.borrower.institution_id if unit_id is None else None,
        unit_id=unit_id,
        reason=reason,
        place_id=form.place.data or None,
        class_name=form.class_name.data or "",
        remark=form.remark.data or "",
    )


def _previewed(setting: Setting, form: SeriesForm) -> tuple[SeriesDates, Sequence[WishAnswer]]:
    dates, wishes = _wishes(setting, form)
    if not wishes.every:
        return dates, ()
    return dates, preview(session(), wishes, actor(), today(), now())


def _page(
    setting: Setting,
    form: SeriesForm,
    previewed: tuple[SeriesDates, Sequence[WishAnswer]] | None,
    status: int = 200,
) -> ResponseReturnValue:
    shown = [] if previewed is None else _shown(*previewed)
    bookable = [each for each in shown if not each.skipped]
    words: dict[str, Any] = {
        "missing": 0 if previewed is None else previewed[0].missing,
        "free": sum(each.is_free for each in bookable),
        "all": len(bookable),
    }
    page = render_template(
        "bookings/series.html",
        setting=setting,
        form=form,
        dates=shown,
        for_caller=setting.borrower.person_id != actor().person_id,
        **words,
    )
    return page, status


def _shown(dates: SeriesDates, answers: Sequence[WishAnswer]) -> list[ShownDate]:
    """Return all dates in order, those left out among them."""
    rows = [
        _shown_date(period, answer) for period, answer in zip(dates.periods, answers, strict=True)
    ]
    rows += [ShownDate(period, is_free=False, skipped=True) for period in dates.skipped]
    return sorted(rows, key=lambda row: row.period.first)


def _shown_date(period: Period, answer: WishAnswer) -> ShownDate:
    """Return a date; a purpose may still be named, so it stands against none."""
    against = [each for each in answer.refusals if each.code is not Refusal.NO_PURPOSE]
    return ShownDate(
        period=period,
        is_free=not against,
        reasons=tuple(line_reasons(against, {})),
        later=answer.next_free if against else None,
    )
