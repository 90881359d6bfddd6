"""What a loan is for: missing on one's page, named with one click, or by staff."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.title import Title
from loans.models.loan import Loan
from loans.models.purpose import OtherReason
from schools.models.curriculum import Scheme
from schools.models.person import Person
from schools.rules.roles import Role
from tests.app.bookings.conftest import JSON
from tests.app.conftest import SignIn
from tests.make import Make
from tests.statements import counted


def for_biology(session: Session, make: Make) -> Title:
    title = make.title(grade_from=5, grade_to=8)
    session.add(CurriculumLink(title_id=title.id, scheme=Scheme.SUBJECT, code="BI"))
    session.commit()
    return title


def test_the_unit_that_fits_is_named_with_one_click(
    teacher: FlaskClient, make: Make, person: Person, session: Session
) -> None:
    make.unit(subject="MU", number="UV 1", name="Rhythmus")
    unit = make.unit()
    loan = make.loan(make.copy(make.holding(for_biology(session, make))), person=person)
    page = teacher.get("/mine").get_data(as_text=True)
    assert "Zweck fehlt" in page
    assert f'name="purpose" value="unit:{unit.id}"' in page
    answer = teacher.post(f"/loans/{loan.id}/purpose", data={"purpose": f"unit:{unit.id}"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/mine")
    session.rollback()
    assert session.get_one(Loan, loan.id).unit_id == unit.id
    assert "Zweck fehlt" not in teacher.get("/mine").get_data(as_text=True)


def test_where_no_unit_fits_a_page_asks(
    teacher: FlaskClient, make: Make, person: Person, session: Session
) -> None:
    loan = make.loan(person=person)
    page = teacher.get("/mine").get_data(as_text=True)
    assert f'href="/loans/{loan.id}/purpose"' in page
    assert f'action="/loans/{loan.id}/purpose"' not in page
    asked = teacher.get(f"/loans/{loan.id}/purpose").get_data(as_text=True)
    assert '<option value="reason:school_event">' in asked
    posted = {"purpose": "reason:school_event", "idem": "a"}
    first = teacher.post(f"/loans/{loan.id}/purpose", data=posted, headers=JSON)
    again = teacher.post(f"/loans/{loan.id}/purpose", data=posted, headers=JSON)
    assert first.json == again.json
    session.rollback()
    assert session.get_one(Loan, loan.id).reason is OtherReason.SCHOOL_EVENT


def test_staff_name_it_and_get_back_to_the_desk(
    staff: FlaskClient, make: Make, session: Session
) -> None:
    loan = make.loan()
    page = staff.get(f"/loans/{loan.id}/purpose?back=/desk").get_data(as_text=True)
    assert 'name="back" type="hidden" value="/desk"' in page
    posted = {"purpose": "reason:test", "back": "/desk"}
    answer = staff.post(f"/loans/{loan.id}/purpose", data=posted)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk")
    session.rollback()
    assert session.get_one(Loan, loan.id).reason is OtherReason.TEST


def test_bad_purposes_and_foreign_loans(
    teacher: FlaskClient, make: Make, person: Person, sign_in: SignIn
) -> None:
    loan = make.loan(person=person)
    foreign = make.unit(make.school())
    for purpose, status in (
        ("", 422),
        ("unit:", 409),
        ("nonsense", 409),
        (f"unit:{foreign.id}", 404),
        ("unit:99999999999999999999", 409),
    ):
        answer = teacher.post(f"/loans/{loan.id}/purpose", data={"purpose": purpose})
        assert answer.status_code == status, purpose
    stranger = sign_in(make.account(Role.STAFF, centre=make.centre()))
    assert stranger.get(f"/loans/{loan.id}/purpose").status_code == 404
    assert (
        stranger.post(f"/loans/{loan.id}/purpose", data={"purpose": "reason:test"}).status_code
        == 404
    )


def test_many_loans_without_a_purpose_take_no_more_statements(
    teacher: FlaskClient, make: Make, person: Person, session: Session
) -> None:
    make.unit()

    def more(number: int) -> None:
        for _ in range(number):
            make.loan(make.copy(make.holding(for_biology(session, make))), person=person)

    bound = teacher.application.extensions["medienbruecke_engine"]
    more(1)
    sent = []
    for _ in range(2):
        with counted(bound) as statements:
            assert teacher.get("/mine").status_code == 200
        sent.append(statements.count)
        more(20)
    assert sent[0] == sent[1]
