"""What waits at a branch over HTTP: set aside, under way, to be looked over."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.sessions import ENGINE
from catalogue.rules.copy_states import CopyState
from loans.models.hold import Hold, HoldState
from loans.models.loan import Loan
from loans.models.transit import Transit
from schools.models.media_centre import Branch
from schools.rules.roles import Role
from tests.loans.operations.desks import counter
from tests.make import MONDAY, Make
from tests.statements import counted

AsRole = Callable[[Role], FlaskClient]
JSON = {"Accept": "application/json"}
DAY = timedelta(days=1)


@pytest.fixture
def staff(make: Make, as_role: AsRole) -> FlaskClient:
    make.centre()
    return as_role(Role.STAFF)


@pytest.fixture
def other(make: Make, staff: FlaskClient) -> Branch:
    return make.other_branch()


def page_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def sent_off(make: Make, other: Branch, name: str) -> Loan:
    """Let a copy come back that somebody waits for at the other branch."""
    loan = make.loan(make.copy(make.holding(make.title(name))))
    make.hold(loan.holding, place_id=make.place_at(other).id)
    counter(make).take_back(loan.copy)
    return loan


def transit_of(session: Session, loan: Loan) -> Transit:
    return session.scalars(select(Transit).where(Transit.copy_id == loan.copy_id)).one()


@pytest.mark.lending("7.2")
def test_what_is_fetched_at_a_branch_stands_there_and_not_at_the_other(
    make: Make, staff: FlaskClient, other: Branch
) -> None:
    here = make.loan(make.copy(make.holding(make.title("Hiesiges"))))
    make.hold(here.holding, make.person(family_name="Brinkmann"))
    counter(make).take_back(here.copy)
    sent_off(make, other, "Dortiges")
    page = page_of(staff, f"/desk/holds?branch={make.branch().id}")
    shelf, queues = page.split("Was vorgemerkt ist")
    assert "Hiesiges" in shelf
    assert "Brinkmann" in shelf
    assert "Dortiges" not in shelf
    assert "Dortiges" in queues
    page = page_of(staff, f"/desk/holds?branch={other.id}")
    assert "Dortiges" in page.split("Was vorgemerkt ist")[0]


@pytest.mark.lending("8.5")
def test_what_is_under_way_stands_at_both_ends_and_aborted_at_none(
    make: Make, staff: FlaskClient, other: Branch, session: Session
) -> None:
    loan = sent_off(make, other, "Kamera 3")
    transit = transit_of(session, loan)
    for branch in (make.branch(), other):
        page = page_of(staff, f"/desk/transits?branch={branch.id}")
        assert "Kamera 3" in page
        assert f"/desk/transits/{transit.id}/abort" in page
    data = {"idem": uuid4().hex, "branch": other.id}
    answer = staff.post(f"/desk/transits/{transit.id}/abort", data=data)
    assert (answer.status_code, answer.location) == (303, f"/desk/transits?branch={other.id}")
    assert "Kamera 3" not in page_of(staff, answer.location)
    session.rollback()
    hold = session.scalars(select(Hold)).one()
    assert (loan.copy.state, hold.state) == (CopyState.AVAILABLE, HoldState.WAITING)


@pytest.mark.lending("1.4")
def test_an_abort_is_answered_once_and_refused_when_it_is_over(
    make: Make, staff: FlaskClient, other: Branch, session: Session
) -> None:
    transit = transit_of(session, sent_off(make, other, "Kamera 3"))
    path, data = f"/desk/transits/{transit.id}/abort", {"idem": "same"}
    first = staff.post(path, data=data, headers=JSON)
    assert first.get_json()["state"] == "available"
    assert staff.post(path, data=data, headers=JSON).get_json() == first.get_json()
    late = staff.post(path, data={"idem": "other"}, headers=JSON)
    assert late.status_code == 409
    assert late.get_json()["refusals"][0]["code"] == "NOT_UNDER_WAY"
    page = staff.post(path, data={"idem": "third"}, follow_redirects=True)
    assert "nicht mehr unterwegs" in page.get_data(as_text=True)


@pytest.mark.lending("12.1")
def test_ways_and_branches_of_other_centres_are_not_there(
    make: Make, staff: FlaskClient, session: Session
) -> None:
    foreign = make.branch(make.centre())
    for page in ("holds", "transits", "received"):
        assert staff.get(f"/desk/{page}?branch={foreign.id}").status_code == 404
        assert staff.get(f"/desk/{page}?branch=999999").status_code == 404
    assert staff.post("/desk/transits/999999/abort").status_code == 404


@pytest.mark.lending("8.4")
def test_what_was_received_waits_where_it_stands_with_who_is_liable(
    make: Make, staff: FlaskClient, other: Branch, session: Session
) -> None:
    make.choices(checks_returns=True)
    school = make.school("Gymnasium Lindenberg")
    loan = make.loan(make.copy(make.holding(make.title("Kamera 3"))), person=make.person(school))
    counter(make).take_back(loan.copy, branch_id=other.id)
    assert "Kamera 3" not in page_of(staff, f"/desk/received?branch={make.branch().id}")
    page = page_of(staff, f"/desk/received?branch={other.id}")
    assert "Kamera 3" in page
    assert "Gymnasium Lindenberg" in page
    answer = staff.post(
        "/desk/scan",
        data={"code": loan.copy.barcode, "mode": "check", "idem": "a", "branch": other.id},
    )
    assert answer.status_code == 303
    session.rollback()
    assert (loan.returned_on, loan.branch_id) == (MONDAY, make.branch().id)


def test_long_lists_page_and_take_as_many_statements_as_short_ones(
    make: Make, staff: FlaskClient, other: Branch
) -> None:
    make.choices(checks_returns=True)
    desk = counter(make)
    paths = [f"/desk/{page}?branch={make.branch().id}" for page in ("transits", "received")]

    def statements() -> list[int]:
        found = []
        for path in paths:
            with counted(staff.application.extensions[ENGINE]) as sent:
                page_of(staff, path)
            found.append(sent.count)
        return found

    def some(number: int) -> None:
        for _ in range(number):
            desk.take_back(make.loan().copy)
            copy = make.copy(state=CopyState.IN_TRANSIT, branch_id=None)
            make.session.add(
                Transit(
                    copy_id=copy.id,
                    from_branch_id=make.branch().id,
                    to_branch_id=other.id,
                    sent_at=desk.now,
                )
            )
            make.session.commit()

    some(2)
    statements()
    few = statements()
    some(8)
    assert statements() == few


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999"])
def test_pages_that_are_none_show_something_all_the_same(staff: FlaskClient, page: str) -> None:
    for path in ("holds", "transits", "received", "placements"):
        assert staff.get(f"/desk/{path}?page={page}").status_code in {200, 404}


def test_teachers_see_nothing_of_the_desk(as_role: AsRole, make: Make) -> None:
    make.centre()
    teacher = as_role(Role.TEACHER)
    for path in ("holds", "transits", "received", "placements", "placements/new"):
        answer: Any = teacher.get(f"/desk/{path}")
        assert answer.status_code == 403
