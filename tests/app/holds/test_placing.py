"""Waiting for a title over HTTP: by form and by program, for oneself and for a caller."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.sessions import ENGINE
from catalogue.models.holding import Holding
from loans.models.hold import Hold
from loans.models.refused_wish import RefusedWish
from schools.models.media_centre import Branch
from schools.models.person import Person
from schools.rules.periods import Period
from tests.app.holds.conftest import codes, send, text
from tests.make import MONDAY, Make
from tests.statements import counted

AHEAD = Period(MONDAY + timedelta(days=21), MONDAY + timedelta(days=25))


def holds(session: Session) -> list[Hold]:
    session.rollback()
    return list(session.scalars(select(Hold).order_by(Hold.id)))


@pytest.mark.lending("7.1")
def test_a_program_places_a_hold_and_is_told_the_rank(
    make: Make, lent: Holding, teacher: FlaskClient, person: Person, session: Session
) -> None:
    make.hold(lent)
    answer = send(teacher, "/holds", holding=lent.id, not_after="2026-12-18")
    assert answer.status_code == 201
    _, hold = holds(session)
    assert answer.get_json() == {"hold": hold.id, "rank": 2, "url": f"/holds/{hold.id}"}
    assert (hold.person_id, hold.not_after) == (person.id, date(2026, 12, 18))


@pytest.mark.lending("7.1")
def test_a_form_leads_to_the_hold_with_the_place_in_line(
    make: Make, lent: Holding, teacher: FlaskClient
) -> None:
    make.hold(lent)
    form = text(teacher.get(f"/holds/new?holding={lent.id}&back=/search?words=Mendel"))
    assert "Mendel im Klostergarten" in form
    answer = teacher.post(
        "/holds", data={"holding": lent.id, "back": "/search?words=Mendel", "idem": "a"}
    )
    assert answer.status_code == 303
    page = text(teacher.get(answer.location))
    assert "auf Platz 2" in page
    assert 'href="/search?words=Mendel"' in page


def test_a_way_back_to_another_site_is_left_out(lent: Holding, teacher: FlaskClient) -> None:
    form = text(teacher.get(f"/holds/new?holding={lent.id}&back=//evil.example/"))
    assert 'href="//evil' not in form
    assert 'name="back" type="hidden" value="//evil' not in form
    answer = teacher.post("/holds", data={"holding": lent.id, "back": "//evil.example/"})
    assert "evil" not in answer.location


@pytest.mark.lending("1.4")
def test_sent_twice_it_is_placed_once_and_answered_the_same(
    lent: Holding, teacher: FlaskClient, session: Session
) -> None:
    key = uuid4().hex
    first = send(teacher, "/holds", holding=lent.id, idem=key)
    assert send(teacher, "/holds", holding=lent.id, idem=key).get_json() == first.get_json()
    assert len(holds(session)) == 1
    other = send(teacher, "/holds", holding=lent.id, idem=key, not_after="2026-12-18")
    assert other.status_code == 422


@pytest.mark.lending("7.1")
def test_what_is_free_is_refused_with_the_way_to_reserve_it(
    make: Make, teacher: FlaskClient, session: Session
) -> None:
    free = make.holding(copies=1)
    assert codes(send(teacher, "/holds", holding=free.id)) == ["FREE_NOW"]
    page = text(teacher.post("/holds", data={"holding": free.id, "idem": "a"}), 409)
    assert "Warten ist nicht nötig" in page
    assert f'href="/bookings/new?holding={free.id}"' in page
    days = {"from": AHEAD.first, "until": AHEAD.last}
    page = text(teacher.post("/holds", data={"holding": free.id, "idem": "b", **days}), 409)
    assert f"holding={free.id}&amp;from={AHEAD.first}&amp;until={AHEAD.last}" in page
    assert holds(session) == []


@pytest.mark.lending("7.1")
def test_who_has_it_is_told_to_renew(
    make: Make, teacher: FlaskClient, person: Person, session: Session
) -> None:
    loan = make.loan(make.copy(make.holding()), person=person)
    page = text(teacher.post("/holds", data={"holding": loan.holding_id, "idem": "a"}), 409)
    assert "verlängern" in page.lower()
    assert holds(session) == []


@pytest.mark.lending("7.1")
def test_days_that_cannot_be_are_said_at_their_fields(
    make: Make, lent: Holding, teacher: FlaskClient
) -> None:
    sunday = MONDAY + timedelta(days=20)
    make.booking(lent, AHEAD)
    wrong = {"from": sunday.isoformat(), "until": AHEAD.last.isoformat()}
    assert codes(send(teacher, "/holds", holding=lent.id, **wrong)) == ["CLOSED"]
    page = text(teacher.post("/holds", data={"holding": lent.id, **wrong}), 409)
    assert page.index('aria-describedby="from-error"') < page.index('name="until"')


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"from": "2026-12-14"}, "from"),
        ({"until": "2026-12-14"}, "until"),
        ({"from": "2026-12-16", "until": "2026-12-14"}, "until"),
        ({"from": "gestern", "until": "2026-12-14"}, "from"),
        ({"not_after": "31.02.2026"}, "not_after"),
        ({"quantity": "0"}, "quantity"),
        ({"place": "99999999999"}, "place"),
        ({"person": "-1"}, "person"),
        ({"holding": "99999999999"}, "holding"),
        ({"holding": ""}, "holding"),
    ],
)
def test_what_is_no_wish_is_422_with_its_field(
    lent: Holding, teacher: FlaskClient, fields: dict[str, str], field: str
) -> None:
    answer = send(teacher, "/holds", **{"holding": lent.id} | fields)
    assert answer.status_code == 422
    assert field in answer.get_json()["errors"]


def test_a_faulty_form_comes_back_with_what_was_typed(lent: Holding, teacher: FlaskClient) -> None:
    page = text(teacher.post("/holds", data={"holding": lent.id, "from": "2026-12-14"}), 422)
    assert 'value="2026-12-14"' in page
    assert "beide Tage" in page


@pytest.mark.parametrize("query", ["", "?holding=", "?holding=x", "?holding=0", "?holding=999999"])
def test_a_form_for_nothing_is_not_there(teacher: FlaskClient, query: str) -> None:
    assert teacher.get(f"/holds/new{query}").status_code == 404


@pytest.mark.lending("7.1")
def test_the_days_that_were_looked_for_stand_in_the_form(
    lent: Holding, teacher: FlaskClient
) -> None:
    page = text(teacher.get(f"/holds/new?holding={lent.id}&from={AHEAD.first}&until={AHEAD.last}"))
    assert f'value="{AHEAD.first}"' in page
    assert f'value="{AHEAD.last}"' in page
    now = text(teacher.get(f"/holds/new?holding={lent.id}&from={MONDAY}&until={MONDAY}"))
    assert f'value="{MONDAY}"' not in now


@pytest.mark.lending("7.1")
def test_the_counter_where_it_is_fetched_is_chosen(
    make: Make, lent: Holding, teacher: FlaskClient, session: Session
) -> None:
    other: Branch = make.other_branch()
    place = make.place_at(other)
    assert other.name in text(teacher.get(f"/holds/new?holding={lent.id}"))
    assert send(teacher, "/holds", holding=lent.id, place=place.id).status_code == 201
    (hold,) = holds(session)
    assert hold.place_id == place.id


@pytest.mark.lending("5.8", "7.1")
def test_staff_choose_the_caller_by_name_and_let_her_wait(
    make: Make, lent: Holding, person: Person, staff: FlaskClient, session: Session
) -> None:
    asked = f"/holds/new?holding={lent.id}"
    assert "Für wen?" in text(staff.get(asked))
    assert f"person={person.id}" in text(staff.get(f"{asked}&who=brink"))
    assert "Niemand" in text(staff.get(f"{asked}&who=xyz"))
    assert "Brinkmann" in text(staff.get(f"{asked}&person={person.id}"))
    answer = send(staff, "/holds", holding=lent.id, person=person.id)
    assert answer.status_code == 201
    (hold,) = holds(session)
    assert (hold.person_id, hold.institution_id) == (
        person.id,
        person.memberships[0].institution_id,
    )


@pytest.mark.lending("12.1")
def test_a_teacher_lets_nobody_else_wait(
    make: Make, lent: Holding, teacher: FlaskClient, session: Session
) -> None:
    other = make.person(family_name="Brinkmeier")
    page = text(teacher.get(f"/holds/new?holding={lent.id}&who=brink"))
    assert "Brinkmeier" not in page
    assert send(teacher, "/holds", holding=lent.id, person=other.id).status_code == 404
    assert holds(session) == []


@pytest.mark.lending("5.9")
def test_a_wish_to_wait_counts_as_one_that_could_not_be_had(
    lent: Holding, teacher: FlaskClient, session: Session
) -> None:
    send(teacher, "/holds", holding=lent.id, quantity=3)
    session.rollback()
    (wish,) = session.scalars(select(RefusedWish))
    assert (wish.holding_id, wish.quantity, wish.codes) == (lent.id, 3, ["WAITING"])


@pytest.mark.lending("5.9")
def test_who_waits_for_days_that_were_refused_counts_once(
    make: Make, lent: Holding, teacher: FlaskClient, session: Session
) -> None:
    days = Period(MONDAY + timedelta(days=7), MONDAY + timedelta(days=9))
    asked = {"holding": lent.id, "from": days.first, "until": days.last}
    refused = send(teacher, "/bookings", purpose="reason:test", quantity=1, **asked)
    assert refused.status_code == 409
    assert send(teacher, "/holds", **asked).status_code == 201
    session.rollback()
    (wish,) = session.scalars(select(RefusedWish))
    assert wish.codes == ["NOT_FREE", "WAITING"]


@pytest.mark.lending("12.1")
def test_titles_of_other_centres_are_not_there(make: Make, teacher: FlaskClient) -> None:
    foreign = make.loan(make.copy(make.holding(centre=make.centre()))).holding
    assert teacher.get(f"/holds/new?holding={foreign.id}").status_code == 404
    assert send(teacher, "/holds", holding=foreign.id).status_code == 404


def test_the_form_takes_as_many_statements_with_many_who_wait(
    make: Make, lent: Holding, teacher: FlaskClient
) -> None:
    def statements() -> int:
        with counted(teacher.application.extensions[ENGINE]) as found:
            text(teacher.get(f"/holds/new?holding={lent.id}"))
        return found.count

    make.hold(lent)
    statements()
    few = statements()
    for _ in range(8):
        make.hold(lent)
    assert statements() == few


def test_the_title_page_leads_to_the_waiting_list_when_nothing_is_free(
    make: Make, lent: Holding, teacher: FlaskClient, session: Session
) -> None:
    address = f"/holds/new?holding={lent.id}"
    assert address.replace("&", "&amp;") in text(
        teacher.get(f"/bookings/new?holding={lent.id}")
    ).replace("&amp;quantity=1", "")
    assert session.scalar(select(func.count(Hold.id))) == 0
