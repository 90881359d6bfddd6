"""Until when this customer's things are lent, chosen at the desk's page."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models.loan import Loan
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.app.desk.scanning import JSON, HttpDesk
from tests.make import MONDAY, Make

THURSDAY = MONDAY + timedelta(days=3)
LATE = MONDAY + timedelta(days=40)

pytestmark = pytest.mark.lending("1.6", "8.2")


def due(session: Session) -> dict[int, object]:
    """Until when each copy was lent."""
    session.rollback()
    return {loan.copy_id: loan.due_on for loan in session.scalars(select(Loan))}


def test_the_day_is_chosen_shown_and_taken_back(
    make: Make, counter: HttpDesk, session: Session
) -> None:
    person, first, second = make.person(), make.copy(), make.copy()
    keys, codes = (first.id, second.id), (first.barcode, second.barcode)
    assert "/desk/due" not in counter.page()
    counter.scan(person.card)
    assert "Bis zu einem anderen Tag ausleihen" in counter.page()
    counter.send("/desk/due", due_on=THURSDAY)
    page = counter.page()
    assert "Ausgeliehen bis Do, 26.11." in page
    assert f'value="{THURSDAY}"' in page
    counter.scan(codes[0])
    counter.send("/desk/due", due_on="")
    counter.scan(codes[1])
    assert due(session) == {keys[0]: THURSDAY, keys[1]: MONDAY + timedelta(days=14)}


def test_a_longer_day_is_refused_with_the_last_one_and_stays_chosen(
    make: Make, counter: HttpDesk
) -> None:
    person, copy = make.person(), make.copy()
    card, code = person.card, copy.barcode
    counter.scan(card)
    counter.send("/desk/due", due_on=LATE)
    answer = counter.asked(code)
    assert [each["code"] for each in answer["refusals"]] == ["TOO_LONG"]
    page = counter.page()
    assert "Das ist zu lang; erlaubt ist es bis zum 7.12.2026." in page
    assert f'value="{LATE}"' in page


def test_who_may_overrule_lends_as_long_as_chosen(
    make: Make, as_role: AsRole, session: Session
) -> None:
    make.centre()
    head = HttpDesk(make, as_role(Role.CENTRE_ADMIN))
    person, copy = make.person(), make.copy()
    key, card, code = copy.id, person.card, copy.barcode
    head.scan(card)
    head.send("/desk/due", due_on=LATE)
    line = head.asked(code)["line"]
    head.send("/desk/override", line=line, reason="Projekt bis Januar")
    assert due(session) == {key: LATE}


@pytest.mark.parametrize("day", [MONDAY - timedelta(days=1), "morgen", "9999-12-31"])
def test_a_day_that_cannot_be_is_told(counter: HttpDesk, make: Make, day: object) -> None:
    counter.scan(make.person().card)
    answer = counter.send("/desk/due", headers=JSON, due_on=day)
    assert answer.status_code == 422
    assert "due_on" in answer.get_json()["errors"]
    assert "say-no" in counter.send("/desk/due", due_on=day).get_data(as_text=True)


def test_without_a_customer_no_day_is_offered(counter: HttpDesk) -> None:
    counter.scan("CMD-AUSLEIHE")
    assert "/desk/due" not in counter.page()


def test_a_counter_of_another_centre_is_not_there(make: Make, counter: HttpDesk) -> None:
    foreign = make.branch(make.centre()).id
    assert counter.send("/desk/due", due_on=THURSDAY, branch=foreign).status_code == 404
