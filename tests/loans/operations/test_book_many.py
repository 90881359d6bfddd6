"""Booking several bookings in one go: all or the free ones, each seeing those before it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import BookedBy, Holding
from catalogue.rules.copy_states import CopyState
from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError, RefusedError
from loans.models.booking import Booking
from loans.models.purpose import OtherReason
from loans.models.refused_wish import RefusedWish
from loans.models.terms import Terms
from loans.operations.book import Made, book, book_many
from loans.operations.record_refused_wish import record_refused_answers
from loans.queries.wishes import BookingWish, LineWish, Wishes, one_line
from loans.rules.codes import DayReason, Refusal
from schools.models.media_centre import Branch
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Actor, Role
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = pytest.mark.both_stores

DAYS = Period(MONDAY + timedelta(days=8), MONDAY + timedelta(days=10))
LATER = Period(MONDAY + timedelta(days=15), MONDAY + timedelta(days=17))

WishFor = Callable[..., BookingWish]
BookMany = Callable[..., tuple[Made, ...]]


@pytest.fixture
def teacher(make: Make) -> Actor:
    return make.actor(Role.TEACHER)


@pytest.fixture
def wish(teacher: Actor) -> WishFor:
    """What the teacher wants, for a preview unless the test says otherwise."""

    def wish(*lines: LineWish, period: Period = DAYS, **facts: Any) -> BookingWish:
        values = {"person_id": teacher.person_id, "reason": OtherReason.PREVIEW} | facts
        return BookingWish(lines=lines, period=period, **values)

    return wish


@pytest.fixture
def books(session: Session, teacher: Actor) -> BookMany:
    def books(*every: BookingWish, by: Actor = teacher, **how: Any) -> tuple[Made, ...]:
        with unit_of_work(session):
            return book_many(session, Wishes(every=every, **how), by, MONDAY, NOW)

    return books


def stored(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count(Booking.id))) or 0


@pytest.mark.lending("5.1")
def test_one_booking_has_several_lines(make: Make, books: BookMany, wish: WishFor) -> None:
    films, boxes = make.holding(copies=2), make.holding(copies=1)
    (made,) = books(wish(LineWish(films.id, 2), LineWish(boxes.id)))
    assert made.booking is not None
    lines = [(line.holding_id, line.quantity) for line in made.booking.lines]
    assert lines == [(films.id, 2), (boxes.id, 1)]


def test_two_lines_of_the_same_thing_are_added_up(
    make: Make, books: BookMany, wish: WishFor
) -> None:
    holding = make.holding(copies=3)
    (made,) = books(wish(LineWish(holding.id, 2), LineWish(holding.id)))
    assert made.booking is not None
    assert [line.quantity for line in made.booking.lines] == [3]
    (made,) = books(wish(LineWish(holding.id, 2), LineWish(holding.id, 2), period=LATER))
    assert made.booking is None
    assert made.refusals[0].facts["wanted"] == 4


@pytest.mark.lending("5.2", "5.5")
def test_a_refusal_says_which_line_and_how_many_are_free(
    session: Session, make: Make, books: BookMany, wish: WishFor
) -> None:
    films, boxes = make.holding(copies=1), make.holding(copies=4)
    make.booking(boxes, DAYS, 3)
    (made,) = books(wish(LineWish(films.id), LineWish(boxes.id, 2)))
    (refused,) = made.refusals
    assert (refused.code, refused.facts["holding_id"]) == (Refusal.NOT_FREE, boxes.id)
    assert [(line.free, bool(line.refusals)) for line in made.answer.lines] == [
        (1, False),
        (1, True),
    ]
    assert made.answer.next_free == Period(MONDAY + timedelta(days=14), MONDAY + timedelta(16))
    assert stored(session) == 1


@pytest.mark.lending("5.4", "6.2")
def test_all_or_none_writes_nothing_where_one_cannot_be_had(
    session: Session, make: Make, books: BookMany, wish: WishFor
) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, LATER)
    made = books(
        wish(*one_line(holding.id)),
        wish(*one_line(holding.id), period=LATER),
    )
    assert [each.booking for each in made] == [None, None]
    assert [each.answer.granted for each in made] == [True, False]
    assert stored(session) == 1
    assert session.scalars(select(OwedLetter)).all() == []


@pytest.mark.lending("5.4", "6.2")
def test_only_the_free_ones_are_booked_with_a_common_key_and_one_letter(
    session: Session, make: Make, books: BookMany, wish: WishFor
) -> None:
    holding, other = make.holding(copies=1), make.holding(copies=1)
    make.booking(holding, LATER)
    made = books(
        wish(*one_line(holding.id)),
        wish(*one_line(holding.id), period=LATER),
        wish(*one_line(other.id), period=LATER),
        only_free=True,
    )
    bookings = [each.booking for each in made]
    assert [each is None for each in bookings] == [False, True, False]
    keys = {each.group_key for each in bookings if each is not None}
    assert len(keys) == 1
    assert keys != {None}
    letter = session.scalars(select(OwedLetter)).one()
    assert letter.kind is LetterKind.BOOKINGS_CONFIRMED
    assert [each["number"] for each in letter.facts["bookings"]] == [
        each.number for each in bookings if each is not None
    ]
    assert len(session.scalars(select(AuditEntry)).all()) == 2


@pytest.mark.lending("5.4")
def test_wishes_of_one_go_compete_with_each_other(
    make: Make, books: BookMany, wish: WishFor
) -> None:
    holding = make.holding(copies=3)
    made = books(
        wish(LineWish(holding.id, 2)),
        wish(LineWish(holding.id, 2)),
        wish(LineWish(holding.id, 1)),
        only_free=True,
    )
    assert [each.booking is not None for each in made] == [True, False, True]
    (refused,) = made[1].refusals
    assert (refused.code, refused.facts["free"]) == (Refusal.NOT_FREE, 1)


def test_limits_count_the_bookings_of_the_same_go(
    session: Session, make: Make, books: BookMany, wish: WishFor
) -> None:
    holding = make.holding(copies=5)
    session.scalars(select(Terms)).one().limit_open_bookings = 2
    session.commit()
    every = [wish(*one_line(holding.id)) for _ in range(3)]
    made = books(*every, only_free=True)
    assert [each.booking is not None for each in made] == [True, True, False]
    (refused,) = made[2].refusals
    assert (refused.code, refused.facts["count"]) == (Refusal.LIMIT_PERSON, 2)


@pytest.mark.lending("2.4", "4.3")
def test_what_is_over_uncollected_counts_in_no_limit(
    session: Session, make: Make, books: BookMany, wish: WishFor, teacher: Actor
) -> None:
    holding = make.holding(copies=5)
    session.scalars(select(Terms)).one().limit_open_bookings = 1
    make.choices(lapses_uncollected=False)
    person = session.get_one(Person, teacher.person_id)
    yesterday = MONDAY - timedelta(days=1)
    make.booking(holding, Period(yesterday - timedelta(days=3), yesterday), person=person)
    (made,) = books(wish(*one_line(holding.id)))
    assert made.booking is not None
    (refused,) = books(wish(*one_line(holding.id), period=LATER))
    assert refused.answer.codes == {Refusal.LIMIT_PERSON}


def test_a_limit_of_a_category_counts_its_media_only(
    session: Session, make: Make, books: BookMany, wish: WishFor
) -> None:
    film = make.holding(copies=5)
    box = make.holding(make.title(media_type="media_box"), copies=5)
    session.add(Terms(centre_id=film.centre_id, media_category="media", limit_open_bookings=1))
    session.commit()
    made = books(
        wish(*one_line(box.id)),
        wish(*one_line(film.id)),
        wish(LineWish(box.id), LineWish(film.id)),
        wish(*one_line(box.id)),
        only_free=True,
    )
    assert [each.booking is not None for each in made] == [True, True, False, True]
    (refused,) = made[2].refusals
    assert (refused.code, refused.facts["holding_id"]) == (Refusal.LIMIT_CATEGORY, film.id)


@pytest.mark.lending("4.5")
def test_each_booking_of_the_same_go_is_a_visit(
    session: Session, make: Make, books: BookMany, wish: WishFor
) -> None:
    holding = make.holding(copies=5)
    session.scalars(select(Branch)).one().visits_a_day = 1
    session.commit()
    made = books(*[wish(*one_line(holding.id)) for _ in range(2)], only_free=True)
    assert [each.booking is not None for each in made] == [True, False]
    assert set(made[1].answer.codes) == {DayReason.VISITS_FULL}


@pytest.mark.lending("4.5")
def test_what_the_courier_brings_is_no_visit_for_the_next_of_the_same_go(
    session: Session, make: Make, books: BookMany, wish: WishFor
) -> None:
    holding, stop = make.holding(copies=5), make.courier_stop()
    session.scalars(select(Branch)).one().visits_a_day = 1
    session.commit()
    made = books(
        wish(*one_line(holding.id), place_id=stop.id),
        wish(*one_line(holding.id)),
        wish(*one_line(holding.id)),
        only_free=True,
    )
    assert [each.booking is not None for each in made] == [True, True, False]


def test_things_of_two_centres_are_not_one_booking(
    make: Make, books: BookMany, wish: WishFor
) -> None:
    here, elsewhere = make.holding(copies=1), make.holding(centre=make.centre(), copies=1)
    with pytest.raises(NotFoundError):
        books(wish(LineWish(here.id), LineWish(elsewhere.id)))


def test_one_go_may_concern_several_people(
    session: Session, make: Make, books: BookMany, wish: WishFor
) -> None:
    holding = make.holding(copies=2)
    people = [make.person(), make.person()]
    made = books(
        *(wish(*one_line(holding.id), person_id=person.id) for person in people),
        by=make.actor(Role.STAFF),
    )
    assert [each.booking and each.booking.person_id for each in made] == [
        person.id for person in people
    ]
    letters = session.scalars(select(OwedLetter)).all()
    assert {letter.kind for letter in letters} == {LetterKind.BOOKING_CONFIRMED}
    assert {letter.person_id for letter in letters} == {person.id for person in people}


@pytest.mark.lending("3.3")
def test_a_numbered_copy_is_booked_by_itself(make: Make, books: BookMany, wish: WishFor) -> None:
    holding = make.holding(copies=1)
    named, other = (make.copy(holding, numbered=True) for _ in range(2))
    made = books(
        wish(*one_line(holding.id, copy_id=named.id)),
        wish(*one_line(holding.id, copy_id=named.id)),
        wish(*one_line(holding.id, copy_id=other.id)),
        wish(*one_line(holding.id)),
        wish(*one_line(holding.id)),
        only_free=True,
    )
    assert [each.booking is not None for each in made] == [True, False, True, True, False]
    assert made[0].booking is not None
    assert made[0].booking.lines[0].copy_id == named.id
    (later,) = books(wish(*one_line(holding.id, copy_id=named.id), period=LATER))
    assert later.booking is not None
    (again,) = books(wish(*one_line(holding.id, copy_id=named.id), period=LATER))
    assert again.refusals[0].code is Refusal.NOT_FREE


@pytest.mark.lending("3.3")
def test_only_a_copy_that_is_booked_by_number_can_be_named(
    make: Make, books: BookMany, wish: WishFor
) -> None:
    holding = make.holding(copies=1)
    pooled = make.copy(holding)
    foreign = make.copy(make.holding(), numbered=True)
    gone = make.copy(holding, numbered=True, state="withdrawn")
    for copy in (pooled, foreign, gone):
        with pytest.raises(NotFoundError):
            books(wish(*one_line(holding.id, copy_id=copy.id)))


@pytest.mark.lending("3.3", "4.2")
def test_a_numbered_copy_in_repair_is_not_free(make: Make, books: BookMany, wish: WishFor) -> None:
    holding = make.holding()
    copy = make.copy(holding, numbered=True, state="in_repair")
    (made,) = books(wish(*one_line(holding.id, copy_id=copy.id)))
    assert made.refusals[0].facts["free"] == 0


def by_number(make: Make, copies: int) -> Holding:
    """A holding whose copies are booked each by itself."""
    holding = make.holding(booked_by=BookedBy.NUMBER)
    for _ in range(copies):
        make.copy(holding, numbered=True)
    return holding


def name(booking: Booking, copy: Copy, session: Session) -> None:
    booking.lines[0].copy_id = copy.id
    session.commit()


@pytest.mark.lending("3.3", "5.2")
def test_where_no_numbered_copy_is_free_the_next_days_are_of_any_of_them(
    session: Session, make: Make, books: BookMany, wish: WishFor
) -> None:
    holding = by_number(make, copies=2)
    first, second = holding.copies
    long, short = Period(DAYS.first, LATER.last), Period(DAYS.first, DAYS.first)
    name(make.booking(holding, long), first, session)
    name(make.booking(holding, short), second, session)
    (made,) = books(wish(*one_line(holding.id)))
    assert made.booking is None
    (refused,) = made.refusals
    assert refused.code is Refusal.NOT_FREE
    assert refused.facts["from_day"] == DAYS.first + timedelta(days=1)


@pytest.mark.lending("3.3", "4.4")
def test_a_refusal_counts_the_numbered_copies_that_are_free(
    session: Session, make: Make, books: BookMany, wish: WishFor
) -> None:
    holding = by_number(make, copies=4)
    name(make.booking(holding, DAYS), holding.copies[0], session)
    chosen = holding.copies[1].id
    (made,) = books(wish(LineWish(holding.id, 3), LineWish(holding.id, 1, chosen)))
    assert [
        (each.code, each.facts["free"], each.facts["wanted"], each.facts["from_day"])
        for each in made.refusals
    ] == [(Refusal.NOT_FREE, 2, 3, DAYS.last + timedelta(days=4))]
    assert [(each.line.quantity, each.free) for each in made.answer.lines] == [(3, 2), (1, 1)]
    (five,) = books(wish(LineWish(holding.id, 5), period=LATER))
    assert [(each.facts["free"], each.facts["wanted"]) for each in five.refusals] == [(4, 5)]


@pytest.mark.lending("3.3", "4.4")
def test_staff_overbook_the_numbered_copy_that_is_there_and_promised_least(
    session: Session, make: Make, books: BookMany, wish: WishFor
) -> None:
    holding = by_number(make, copies=3)
    lost, twice, once = holding.copies
    lost.state = CopyState.LOST
    for copy in (twice, twice, once):
        name(make.booking(holding, DAYS), copy, session)
    asked = wish(*one_line(holding.id), overruling="Der Landrat kommt.")
    (made,) = books(asked, by=make.actor(Role.CENTRE_ADMIN))
    assert made.booking is not None
    assert made.booking.lines[0].copy_id == once.id


@pytest.mark.lending("4.4")
def test_staff_overbook_with_a_right_and_a_reason(
    session: Session, make: Make, books: BookMany, wish: WishFor
) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, DAYS)
    asked = wish(*one_line(holding.id), overruling=" Der Landrat kommt. ")
    (made,) = books(asked, by=make.actor(Role.STAFF))
    assert made.booking is None
    (made,) = books(asked, by=make.actor(Role.CENTRE_ADMIN))
    assert made.booking is not None
    assert made.booking.overbooked_reason == "Der Landrat kommt."
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.reason, entry.after["overruled"]) == ("Der Landrat kommt.", ["NOT_FREE"])


@pytest.mark.lending("4.4", "8.3")
def test_a_reason_overrules_only_what_may_be_overruled(
    session: Session, make: Make, books: BookMany, wish: WishFor
) -> None:
    title = make.title()
    make.licence(title, scope="school", area=["000000"])
    holding = make.holding(title, copies=1)
    head = make.actor(Role.CENTRE_ADMIN)
    (made,) = books(wish(*one_line(holding.id), overruling="doch"), by=head)
    assert made.booking is None
    free = make.holding(copies=1)
    (made,) = books(wish(*one_line(free.id), reason=None, overruling="doch"), by=head)
    assert set(made.answer.codes) == {Refusal.NO_PURPOSE}
    too_long = Period(DAYS.first, DAYS.first + timedelta(days=92))
    (made,) = books(wish(*one_line(free.id), period=too_long, overruling="doch"), by=head)
    assert made.booking is None
    saturday = Period(DAYS.first, MONDAY + timedelta(days=12))
    (made,) = books(wish(*one_line(free.id), period=saturday, overruling="doch"), by=head)
    assert made.booking is not None
    assert made.booking.overbooked_reason == ""


@pytest.mark.lending("5.9")
def test_what_could_not_be_had_is_remembered_line_by_line(
    session: Session, make: Make, books: BookMany, wish: WishFor
) -> None:
    films, boxes = make.holding(copies=1), make.holding(copies=1)
    make.booking(boxes, DAYS)
    made = books(
        wish(LineWish(films.id), LineWish(boxes.id)), wish(LineWish(films.id), period=LATER)
    )
    for _ in range(2):
        with unit_of_work(session):
            record_refused_answers(session, [each.answer for each in made], "key", MONDAY)
    missed = session.scalars(select(RefusedWish)).one()
    assert (missed.holding_id, missed.first, missed.codes) == (
        boxes.id,
        DAYS.first,
        ["NOT_FREE"],
    )


@pytest.mark.lending("3.3", "5.9")
def test_of_copies_named_by_number_as_many_are_remembered_as_were_not_free(
    session: Session, make: Make, books: BookMany, wish: WishFor
) -> None:
    holding = make.holding(booked_by=BookedBy.NUMBER)
    copies = [make.copy(holding, numbered=True) for _ in range(3)]
    for copy in copies[:2]:
        make.booking(holding, DAYS).lines[0].copy_id = copy.id
    session.commit()
    (made,) = books(wish(*(LineWish(holding.id, copy_id=copy.id) for copy in copies)))
    with unit_of_work(session):
        record_refused_answers(session, [made.answer], "key", MONDAY)
    missed = session.scalars(select(RefusedWish)).one()
    assert (missed.quantity, missed.codes) == (2, ["NOT_FREE"])


def test_the_statements_of_one_go_do_not_depend_on_its_size(
    engine: Engine, session: Session, make: Make, books: BookMany, wish: WishFor
) -> None:
    holdings = [make.holding(copies=2) for _ in range(6)]

    def statements(number: int, day: int) -> int:
        period = Period(MONDAY + timedelta(days=day), MONDAY + timedelta(days=day))
        every = [wish(*one_line(each.id), period=period) for each in holdings[:number]]
        with counted(engine) as sent:
            books(*every)
        return sum(not each.startswith(("INSERT", "UPDATE")) for each in sent.sent)

    assert statements(2, 8) == statements(6, 15)


def test_a_single_booking_refused_carries_the_reasons(
    session: Session, make: Make, wish: WishFor, teacher: Actor
) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, DAYS)
    with pytest.raises(RefusedError) as refused, unit_of_work(session):
        book(session, wish(*one_line(holding.id)), teacher, MONDAY, NOW)
    assert refused.value.codes == (Refusal.NOT_FREE,)
