"""A loan as staff see it, over HTTP: days, exchange, claims with photos, placements."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.sessions import ENGINE
from app.settings import Settings
from catalogue.rules.copy_states import CopyState
from database.audit import AuditEntry
from loans.models.claim import ClaimKind, LoanClaim
from loans.models.loan import Loan
from schools.models.account import Account
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.loans.operations.desks import counter
from tests.make import MONDAY, Make
from tests.statements import counted

AsRole = Callable[[Role], FlaskClient]
SignIn = Callable[[Account], FlaskClient]
JSON = {"Accept": "application/json"}
DAY = timedelta(days=1)
A_YEAR_ON = MONDAY + timedelta(days=365)


@pytest.fixture
def staff(make: Make, as_role: AsRole) -> FlaskClient:
    make.centre()
    return as_role(Role.STAFF)


@pytest.fixture
def head(make: Make, as_role: AsRole, staff: FlaskClient) -> FlaskClient:
    return as_role(Role.CENTRE_ADMIN)


@pytest.fixture
def loan(make: Make, staff: FlaskClient) -> Loan:
    return make.loan(make.copy(make.holding(make.title("Kamera 3"))), lent_on=MONDAY - 7 * DAY)


def send(client: FlaskClient, path: str, **fields: Any) -> TestResponse:
    return client.post(path, data={"idem": uuid4().hex, **fields}, headers=JSON)


def page_of(client: FlaskClient, loan: Loan) -> str:
    answer = client.get(f"/desk/loans/{loan.id}")
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def codes(answer: TestResponse) -> list[str]:
    assert answer.status_code == 409, answer.status
    return [each["code"] for each in (answer.get_json() or {})["refusals"]]


def picture() -> tuple[BytesIO, str]:
    written = BytesIO()
    Image.new("RGB", (60, 30), (10, 120, 90)).save(written, "PNG")
    return BytesIO(written.getvalue()), "bild.png"


# Days


@pytest.mark.lending("8.8")
def test_days_are_corrected_with_a_reason_that_stands_in_the_log(
    staff: FlaskClient, loan: Loan, session: Session
) -> None:
    lent_on, due_on = MONDAY - 9 * DAY, MONDAY + 20 * DAY
    fields = {"lent_on": lent_on, "due_on": due_on, "reason": "Vertippt"}
    answer = staff.post(f"/desk/loans/{loan.id}/dates", data=fields)
    assert (answer.status_code, answer.location) == (303, f"/desk/loans/{loan.id}")
    assert "Die Tage sind berichtigt" in page_of(staff, loan)
    session.rollback()
    assert (loan.lent_on, loan.due_on) == (lent_on, due_on)
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert entry.reason == "Vertippt"


@pytest.mark.lending("8.8")
def test_days_that_cannot_be_are_told_and_kept_in_the_form(
    staff: FlaskClient, loan: Loan, session: Session
) -> None:
    before = (loan.lent_on, loan.due_on)
    path, later = f"/desk/loans/{loan.id}/dates", MONDAY + DAY
    fields: dict[str, Any] = {"lent_on": later, "due_on": MONDAY, "reason": "x"}
    assert codes(send(staff, path, **fields)) == ["START_IN_FUTURE", "END_BEFORE_START"]
    answer = staff.post(path, data=fields)
    assert answer.status_code == 409
    assert f'value="{later}"' in answer.get_data(as_text=True)
    wrong = send(staff, path, lent_on="", due_on="", reason="")
    assert set(wrong.get_json()["errors"]) == {"lent_on", "reason"}
    session.rollback()
    assert (loan.lent_on, loan.due_on) == before


@pytest.mark.lending("8.8")
def test_a_later_due_date_names_the_booking_it_leaves_short(
    make: Make, staff: FlaskClient, loan: Loan
) -> None:
    days = Period(MONDAY + 14 * DAY, MONDAY + 15 * DAY)
    booking = make.booking(loan.holding, days)
    fields = {"lent_on": loan.lent_on, "due_on": MONDAY + 20 * DAY, "reason": "x"}
    answer = send(staff, f"/desk/loans/{loan.id}/dates", **fields)
    assert booking.number in answer.get_json()["said"]


# Exchange


@pytest.mark.lending("8.8")
def test_the_head_exchanges_the_copy_that_was_confused(
    make: Make, head: FlaskClient, loan: Loan, session: Session
) -> None:
    wrong, right = loan.copy, make.copy(loan.holding)
    assert "Exemplar tauschen" in page_of(head, loan)
    fields = {"barcode": right.barcode, "reason": "Etiketten vertauscht"}
    answer = send(head, f"/desk/loans/{loan.id}/exchange", **fields)
    assert answer.status_code == 200
    session.rollback()
    assert loan.copy_id == right.id
    assert (wrong.state, right.state) == (CopyState.AVAILABLE, CopyState.ON_LOAN)
    assert right.barcode in page_of(head, loan)


@pytest.mark.lending("8.8")
def test_an_unknown_number_is_told_at_its_field_and_the_same_copy_refused(
    make: Make, head: FlaskClient, loan: Loan
) -> None:
    path = f"/desk/loans/{loan.id}/exchange"
    unknown = send(head, path, barcode="MZ-0", reason="x")
    assert (unknown.status_code, set(unknown.get_json()["errors"])) == (422, {"barcode"})
    foreign = make.copy(make.holding(centre=make.centre()))
    assert send(head, path, barcode=foreign.barcode, reason="x").status_code == 422
    assert codes(send(head, path, barcode=loan.copy.barcode, reason="x")) == ["SAME_COPY"]
    other = make.copy(make.holding(make.title("Anderes")))
    assert codes(send(head, path, barcode=other.barcode, reason="x")) == ["OTHER_TITLE"]


@pytest.mark.lending("8.8")
def test_staff_without_the_right_exchange_nothing(
    make: Make, staff: FlaskClient, loan: Loan
) -> None:
    assert "Exemplar tauschen" not in page_of(staff, loan)
    path = f"/desk/loans/{loan.id}/exchange"
    assert staff.post(path, data={"barcode": "x", "reason": "x"}).status_code == 403


# Claims


@pytest.mark.lending("10.4")
def test_a_claim_with_a_photo_stands_at_the_loan_and_with_whoever_has_it(
    make: Make, staff: FlaskClient, loan: Loan, sign_in: SignIn, session: Session
) -> None:
    fields = {"kind": "returned", "note": "Lag am Freitag im Kasten"}
    answer = staff.post(
        f"/desk/loans/{loan.id}/claims", data={**fields, "photo": picture(), "idem": "a"}
    )
    assert answer.status_code == 303
    page = page_of(staff, loan)
    assert "Lag am Freitag im Kasten" in page
    session.rollback()
    (claim,) = session.scalars(select(LoanClaim))
    assert claim.photo is not None
    photo = f"/desk/photos/{claim.photo.stored_name}"
    assert photo in page
    with staff.get(photo) as shown:
        assert shown.mimetype == "image/jpeg"
    teacher = sign_in(make.account(Role.TEACHER, person=loan.person))
    assert teacher.get(photo).status_code == 403
    assert "vermerkt" in teacher.get("/mine").get_data(as_text=True)


@pytest.mark.lending("10.4")
def test_photos_of_other_centres_are_not_there(
    make: Make, staff: FlaskClient, loan: Loan, sign_in: SignIn, session: Session
) -> None:
    stranger = sign_in(make.account(Role.STAFF, centre=make.centre()))
    send(staff, f"/desk/loans/{loan.id}/claims", kind="damaged", photo=picture())
    session.rollback()
    (claim,) = session.scalars(select(LoanClaim))
    assert claim.photo is not None
    assert stranger.get(f"/desk/photos/{claim.photo.stored_name}").status_code == 404
    assert stranger.get(f"/desk/loans/{loan.id}").status_code == 404
    assert stranger.post(f"/desk/claims/{claim.id}/settle").status_code == 404
    assert stranger.post(f"/desk/claims/{claim.id}/withdraw").status_code == 404
    assert staff.get("/desk/photos/nichts.jpg").status_code == 404


@pytest.mark.lending("10.4")
def test_what_is_lost_is_settled_with_what_was_agreed(
    staff: FlaskClient, loan: Loan, session: Session
) -> None:
    assert send(staff, f"/desk/loans/{loan.id}/claims", kind="lost").status_code == 200
    session.rollback()
    assert (loan.copy.state, loan.returned_on) == (CopyState.LOST, None)
    (claim,) = session.scalars(select(LoanClaim))
    path = f"/desk/claims/{claim.id}/settle"
    assert "billed" in send(staff, path, billed="viel").get_json()["errors"]
    assert staff.post(path, data={"billed": "viel"}).status_code == 422
    assert send(staff, path, note="Schule zahlt", billed="49,9").status_code == 200
    session.rollback()
    assert (claim.billed_cents, claim.settled_note) == (4990, "Schule zahlt")
    assert loan.returned_on == MONDAY
    assert "49,90" in page_of(staff, loan)
    assert codes(send(staff, path)) == ["CLAIM_SETTLED"]


@pytest.mark.lending("10.4", "8.4")
def test_what_was_received_cannot_be_said_to_be_lost(
    make: Make, staff: FlaskClient, loan: Loan
) -> None:
    make.choices(checks_returns=True)
    assert 'value="lost"' in page_of(staff, loan)
    counter(make).take_back(loan.copy)
    page = page_of(staff, loan)
    assert 'value="damaged"' in page
    assert 'value="lost"' not in page
    assert codes(send(staff, f"/desk/loans/{loan.id}/claims", kind="lost")) == ["BACK"]


@pytest.mark.lending("10.4")
def test_a_claim_that_was_a_mistake_is_withdrawn(
    staff: FlaskClient, loan: Loan, session: Session
) -> None:
    send(staff, f"/desk/loans/{loan.id}/claims", kind="lost")
    assert codes(send(staff, f"/desk/loans/{loan.id}/claims", kind="lost")) == ["CLAIMED_ALREADY"]
    session.rollback()
    (claim,) = session.scalars(select(LoanClaim))
    assert staff.post(f"/desk/claims/{claim.id}/withdraw", data={"idem": "a"}).status_code == 303
    session.rollback()
    assert loan.copy.state is CopyState.ON_LOAN


def test_a_claim_without_kind_or_with_no_picture_is_422_and_keeps_nothing(
    staff: FlaskClient, loan: Loan, session: Session, settings: Settings
) -> None:
    path = f"/desk/loans/{loan.id}/claims"
    assert "kind" in send(staff, path, photo=picture()).get_json()["errors"]
    broken = (BytesIO(b"no picture"), "bild.png")
    assert "photo" in send(staff, path, kind="lost", photo=broken).get_json()["errors"]
    assert (
        send(staff, "/desk/loans/999999/claims", kind="lost", photo=picture()).status_code == 404
    )
    session.rollback()
    assert session.scalars(select(LoanClaim)).all() == []
    assert [each for each in settings.data.glob("uploads/**/*") if each.is_file()] == []


@pytest.mark.lending("1.4")
def test_an_act_sent_twice_is_done_once(staff: FlaskClient, loan: Loan, session: Session) -> None:
    data = {"kind": "lost", "idem": "same"}
    path = f"/desk/loans/{loan.id}/claims"
    first = staff.post(path, data=data, headers=JSON)
    again = staff.post(path, data=data, headers=JSON)
    assert first.get_json() == again.get_json()
    session.rollback()
    assert len(session.scalars(select(LoanClaim)).all()) == 1


def test_a_loan_takes_as_many_statements_with_many_claims(
    make: Make, staff: FlaskClient, loan: Loan, session: Session
) -> None:
    def statements() -> int:
        with counted(staff.application.extensions[ENGINE]) as found:
            page_of(staff, loan)
        return found.count

    def claim(kind: ClaimKind) -> None:
        session.add(LoanClaim(loan_id=loan.id, kind=kind, made_at=loan.lent_at))
        session.commit()

    claim(ClaimKind.LOST)
    statements()
    few = statements()
    claim(ClaimKind.DAMAGED)
    claim(ClaimKind.RETURNED)
    assert statements() == few


# Placements


@pytest.mark.lending("3.5")
def test_a_copy_is_placed_at_a_school_looked_at_again_and_taken_back(
    make: Make, staff: FlaskClient, session: Session
) -> None:
    school = make.school("Gymnasium Lindenberg")
    copy = make.copy(make.holding(make.title("Tablet-Koffer")))
    fields: dict[str, Any] = {
        "barcode": copy.barcode,
        "institution": school.id,
        "review_on": A_YEAR_ON,
        "room": "Raum 12",
    }
    answer = staff.post("/desk/placements", data={**fields, "idem": "a"})
    assert answer.status_code == 303
    session.rollback()
    loan = session.scalars(select(Loan)).one()
    assert answer.location == f"/desk/loans/{loan.id}"
    assert (loan.placed, loan.review_on, loan.due_on) == (True, A_YEAR_ON, None)
    assert copy.holding.lendable == 0
    listed = staff.get("/desk/placements?words=Lindenberg").get_data(as_text=True)
    assert "Tablet-Koffer" in listed
    assert "Tablet-Koffer" not in staff.get("/desk/placements?words=Nirgends").get_data(
        as_text=True
    )
    later = A_YEAR_ON + 365 * DAY
    assert send(staff, f"/desk/loans/{loan.id}/review", review_on=later).status_code == 200
    past = send(staff, f"/desk/loans/{loan.id}/review", review_on=MONDAY - DAY)
    assert codes(past) == ["REVIEW_IN_PAST"]
    assert send(staff, "/desk/scan", code=copy.barcode, mode="return").status_code == 200
    session.rollback()
    assert (loan.review_on, loan.returned_on) == (later, MONDAY)
    assert copy.holding.lendable == 1


@pytest.mark.lending("3.5")
def test_what_is_out_or_unknown_is_not_placed(
    make: Make, staff: FlaskClient, loan: Loan, session: Session
) -> None:
    def place(**fields: Any) -> TestResponse:
        values = {
            "barcode": loan.copy.barcode,
            "institution": make.the_school().id,
            "review_on": A_YEAR_ON,
        }
        return send(staff, "/desk/placements", **values | fields)

    assert codes(place()) == ["ON_LOAN"]
    assert set(place(barcode="MZ-0").get_json()["errors"]) == {"barcode"}
    foreign = make.school(centre=make.centre())
    free = make.copy()
    assert set(place(barcode=free.barcode, institution=foreign.id).get_json()["errors"]) == {
        "institution"
    }
    assert set(place(review_on="", institution="").get_json()["errors"]) == {
        "institution",
        "review_on",
    }
    assert codes(place(barcode=free.barcode, review_on=MONDAY - DAY)) == ["REVIEW_IN_PAST"]
    assert len(session.scalars(select(Loan)).all()) == 1


def test_the_list_of_placements_takes_as_many_statements_for_many(
    make: Make, staff: FlaskClient
) -> None:
    def statements() -> int:
        with counted(staff.application.extensions[ENGINE]) as found:
            assert staff.get("/desk/placements").status_code == 200
        return found.count

    def some(number: int) -> None:
        for _ in range(number):
            make.loan(placed=True, due_on=None, review_on=A_YEAR_ON)

    some(2)
    statements()
    few = statements()
    some(8)
    assert statements() == few


def test_who_took_it_back_is_told(make: Make, staff: FlaskClient, loan: Loan) -> None:
    taker = make.account(Role.STAFF)
    loan.returned_on, loan.returned_by = MONDAY - DAY, taker.id
    name = taker.person.name
    make.session.commit()
    assert f"angenommen von {name}" in page_of(staff, loan)
