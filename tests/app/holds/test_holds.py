"""A hold over HTTP: what its owner and staff see and do, and its place in the queue."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.sessions import ENGINE
from catalogue.models.holding import BookedBy, Holding
from catalogue.rules.copy_states import CopyState
from loans.models.booking import Booking
from loans.models.hold import Hold, HoldState
from loans.rules.booking_states import BookingState
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.app.holds.conftest import codes, send, text
from tests.loans.operations.desks import counter
from tests.make import MONDAY, Make
from tests.statements import counted

AHEAD = Period(MONDAY + timedelta(days=21), MONDAY + timedelta(days=25))
NEXT_WEEK = MONDAY + timedelta(days=7)


@pytest.fixture
def hold(make: Make, lent: Holding, person: Person) -> Hold:
    """The person's, behind another's."""
    make.hold(lent)
    return make.hold(lent, person)


def seen(session: Session, hold: Hold) -> Hold:
    session.rollback()
    return session.get_one(Hold, hold.id)


def serve(make: Make, lent: Holding) -> None:
    """Let the only copy come back."""
    counter(make).take_back(lent.copies[0])


@pytest.mark.lending("7.1")
def test_what_one_waits_for_stands_with_the_place_in_line(
    make: Make, teacher: FlaskClient, hold: Hold
) -> None:
    make.hold(make.holding(make.title("Fremdes")))
    for path in ("/holds", "/mine", f"/holds/{hold.id}"):
        page = text(teacher.get(path))
        assert "Mendel im Klostergarten" in page
        assert "Platz 2 von 2" in page
        assert "Fremdes" not in page


@pytest.mark.lending("7.2")
def test_what_is_ready_says_until_when_and_where(
    make: Make, lent: Holding, teacher: FlaskClient, person: Person
) -> None:
    hold = make.hold(lent, person)
    serve(make, lent)
    for path in ("/holds", "/mine", f"/holds/{hold.id}"):
        page = text(teacher.get(path))
        assert "Zurückgelegt" in page
        assert "abzuholen bis Di, 1.12." in page


@pytest.mark.lending("7.1")
def test_a_pause_keeps_the_place_and_ends_by_a_button(
    teacher: FlaskClient, hold: Hold, session: Session
) -> None:
    answer = send(teacher, f"/holds/{hold.id}/pause", until=NEXT_WEEK)
    assert answer.get_json() == {"hold": hold.id, "state": "waiting", "rank": 2}
    page = text(teacher.get(f"/holds/{hold.id}"))
    assert "Pausiert bis Montag, 30. November 2026" in page
    assert seen(session, hold).suspended_until == NEXT_WEEK
    assert teacher.post(f"/holds/{hold.id}/resume").status_code == 303
    assert seen(session, hold).suspended_until is None


def test_a_pause_without_or_with_a_past_day_says_so_at_its_field(
    teacher: FlaskClient, hold: Hold, session: Session
) -> None:
    page = text(teacher.post(f"/holds/{hold.id}/pause", data={"until": ""}), 422)
    assert 'aria-describedby="until-' in page
    yesterday = MONDAY - timedelta(days=1)
    page = text(teacher.post(f"/holds/{hold.id}/pause", data={"until": yesterday}), 409)
    assert 'aria-describedby="until-' in page
    assert seen(session, hold).suspended_until is None


@pytest.mark.lending("7.1")
def test_how_long_it_is_needed_is_said_and_taken_back(
    teacher: FlaskClient, hold: Hold, session: Session
) -> None:
    assert send(teacher, f"/holds/{hold.id}/limit", not_after=NEXT_WEEK).status_code == 200
    assert seen(session, hold).not_after == NEXT_WEEK
    assert send(teacher, f"/holds/{hold.id}/limit", not_after="").status_code == 200
    assert seen(session, hold).not_after is None
    past = MONDAY - timedelta(days=1)
    assert send(teacher, f"/holds/{hold.id}/limit", not_after=past).status_code == 409


@pytest.mark.lending("7.1")
def test_the_owner_cancels_once_and_is_told_when_it_is_over(
    make: Make, teacher: FlaskClient, hold: Hold, session: Session
) -> None:
    behind = make.hold(hold.holding)
    assert teacher.post(f"/holds/{hold.id}/cancel").status_code == 303
    assert seen(session, hold).state is HoldState.CANCELLED
    assert seen(session, behind).rank == 2
    assert codes(send(teacher, f"/holds/{hold.id}/cancel")) == ["HOLD_OVER"]
    page = text(teacher.post(f"/holds/{hold.id}/cancel"), 409)
    assert "Es wurde nichts geändert" in page
    assert "Vormerkung stornieren" not in page
    assert "Platz" not in text(teacher.get("/mine")).split("Vormerkungen")[0]


@pytest.mark.lending("7.1")
def test_staff_cancel_with_a_reason_that_whoever_waited_reads(
    staff: FlaskClient, hold: Hold, session: Session
) -> None:
    send(staff, f"/holds/{hold.id}/cancel", reason="Titel wird ausgesondert")
    assert seen(session, hold).state is HoldState.CANCELLED
    (letter,) = session.scalars(select(OwedLetter))
    assert letter.kind is LetterKind.HOLD_EXPIRED
    assert letter.to_address == hold.person.email
    assert "Titel wird ausgesondert" in str(letter.facts)


@pytest.mark.lending("12.1")
def test_others_see_and_change_nothing(
    make: Make, as_role: AsRole, hold: Hold, session: Session
) -> None:
    other = as_role(Role.TEACHER)
    assert other.get(f"/holds/{hold.id}").status_code == 404
    assert other.post(f"/holds/{hold.id}/cancel").status_code == 404
    for path in ("move", "put-back"):
        assert other.post(f"/holds/{hold.id}/{path}").status_code == 403
    assert other.get(f"/holds/queue/{hold.holding_id}").status_code == 403
    assert seen(session, hold).state is HoldState.WAITING


@pytest.mark.lending("5.2", "7.1")
def test_the_days_of_a_hold_are_reserved_as_soon_as_they_are_free(
    make: Make, lent: Holding, teacher: FlaskClient, person: Person, session: Session
) -> None:
    taken = make.booking(lent, AHEAD)
    hold = make.hold(lent, person, first=AHEAD.first, last=AHEAD.last)
    path = f"/holds/{hold.id}/days"
    assert "Diese Tage reservieren" in text(teacher.get(f"/holds/{hold.id}"))
    assert send(teacher, path).status_code == 422
    assert codes(send(teacher, path, purpose="reason:preview")) == ["NOT_FREE"]
    page = text(teacher.post(path, data={"purpose": "reason:preview"}), 409)
    assert "Verbindlich reservieren" in page
    taken.state = BookingState.CANCELLED
    session.commit()
    answer = teacher.post(path, data={"purpose": "reason:preview", "class_name": "7b"})
    assert answer.status_code == 303
    assert seen(session, hold).state is HoldState.FULFILLED
    booking = session.scalars(select(Booking).order_by(Booking.id.desc())).first()
    assert booking is not None
    assert answer.location == f"/bookings/{booking.number}?made=1"
    assert (booking.first, booking.last, booking.class_name) == (AHEAD.first, AHEAD.last, "7b")


@pytest.mark.lending("7.1")
def test_staff_move_a_hold_to_the_top_of_its_queue(
    staff: FlaskClient, hold: Hold, session: Session
) -> None:
    queue = f"/holds/queue/{hold.holding_id}"
    page = text(staff.get(queue))
    assert page.index(hold.person.family_name) > page.index("als Nächstes")
    answer = staff.post(f"/holds/{hold.id}/move", data={"move": "top"})
    assert (answer.status_code, answer.location) == (303, queue)
    assert seen(session, hold).rank == 1
    page = text(staff.get(queue))
    assert page.index(hold.person.family_name) < page.index("als Nächstes")


@pytest.mark.parametrize("move", ["", "sideways"])
def test_a_move_to_nowhere_changes_nothing_and_says_so(
    staff: FlaskClient, hold: Hold, session: Session, move: str
) -> None:
    answer = staff.post(f"/holds/{hold.id}/move", data={"move": move})
    assert answer.status_code == 303
    assert "Wählen Sie, wohin" in text(staff.get(answer.location))
    assert seen(session, hold).rank == 2


@pytest.mark.lending("7.2")
def test_who_is_passed_over_stands_in_the_queue_with_the_reason(
    make: Make, lent: Holding, staff: FlaskClient, session: Session
) -> None:
    make.hold(lent, make.person(blocked=True))
    make.hold(lent, suspended_until=NEXT_WEEK)
    make.hold(lent, make.person(family_name="Bereit"))
    page = text(staff.get(f"/holds/queue/{lent.id}"))
    assert page.count("übergangen") == 2
    assert page.index("übergangen") < page.index("Bereit") < page.index("als Nächstes")


@pytest.mark.lending("7.2")
def test_put_back_waits_at_the_old_place_and_the_copy_is_free_again(
    make: Make, lent: Holding, staff: FlaskClient, hold: Hold, session: Session
) -> None:
    first = session.scalars(select(Hold).where(Hold.rank == 1)).one()
    serve(make, lent)
    assert seen(session, first).state is HoldState.SET_ASIDE
    queue = f"/holds/queue/{lent.id}"
    assert f"/holds/{first.id}/put-back" in text(staff.get(queue))
    asked = text(staff.post(f"/holds/{first.id}/put-back"), 422)
    assert 'id="put-back-reason"' in asked
    assert "Sagen Sie, warum zurückgestellt wird" in asked
    assert "reason" in send(staff, f"/holds/{first.id}/put-back").get_json()["errors"]
    assert seen(session, first).state.value == "set_aside"
    answer = staff.post(f"/holds/{first.id}/put-back", data={"reason": "braucht es heute"})
    assert (answer.status_code, answer.location) == (303, queue)
    again = seen(session, first)
    assert (again.state, again.rank, again.copy_id) == (HoldState.WAITING, 1, None)
    assert lent.copies[0].state is CopyState.AVAILABLE
    assert codes(send(staff, f"/holds/{first.id}/put-back", reason="noch einmal")) == ["NOT_KEPT"]


@pytest.mark.lending("3.3", "7.2")
def test_a_queue_says_that_a_numbered_copy_can_be_kept(make: Make, staff: FlaskClient) -> None:
    holding = make.holding(booked_by=BookedBy.NUMBER)
    for state in (CopyState.ON_LOAN, CopyState.AVAILABLE):
        make.copy(holding, numbered=True, state=state)
    make.hold(holding)
    assert "Heute kann nichts zurückgelegt werden" not in text(
        staff.get(f"/holds/queue/{holding.id}")
    )


@pytest.mark.lending("12.1")
def test_queues_of_other_centres_are_not_there(make: Make, staff: FlaskClient) -> None:
    foreign = make.holding(centre=make.centre())
    hold = make.hold(foreign, make.person(make.school(centre=make.centre())))
    assert staff.get(f"/holds/queue/{foreign.id}").status_code == 404
    assert staff.get("/holds/queue/999999").status_code == 404
    assert staff.get(f"/holds/{hold.id}").status_code == 404
    assert staff.post(f"/holds/{hold.id}/move", data={"move": "top"}).status_code == 404


def test_pages_take_as_many_statements_for_many_holds_as_for_few(
    make: Make, lent: Holding, teacher: FlaskClient, staff: FlaskClient, person: Person
) -> None:
    pages = [
        (teacher, "/holds"),
        (teacher, "/mine"),
        (staff, f"/holds/queue/{lent.id}"),
        (staff, "/desk/holds"),
    ]

    def statements() -> list[int]:
        found = []
        for browser, path in pages:
            with counted(browser.application.extensions[ENGINE]) as sent:
                text(browser.get(path))
            found.append(sent.count)
        return found

    def more(number: int) -> None:
        for _ in range(number):
            make.hold(lent)
            make.hold(make.loan(make.copy(make.holding())).holding, person)

    more(2)
    statements()
    few = statements()
    more(8)
    assert statements() == few
