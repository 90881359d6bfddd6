"""The overdue run: the list by school, tonight's letters, sending them now."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from database.job_runs import JobRun, JobState
from loans.models.loan import Reminder
from schools.models.account import Account
from schools.models.letter_choice import LetterText
from schools.models.owed_letter import LetterKind, OwedLetter
from tests.app.overdue.conftest import JSON, Work, overdue, page_of
from tests.make import MONDAY, NOW, Make
from tests.statements import counted


def ran() -> JobRun:
    """The run of this night, which has ended."""
    return JobRun(
        kind="night_overdue",
        occasion=f"night_overdue:{MONDAY.isoformat()}",
        state=JobState.DONE,
        queued_at=NOW,
    )


def test_what_is_overdue_stands_by_school_with_what_comes_tonight(
    staff: FlaskClient, make: Make
) -> None:
    first, second = make.school("Adlerschule"), make.school("Biberschule")
    overdue(make, 6, person=make.person(second, family_name="Zweig"))
    overdue(make, 1, person=make.person(first, family_name="Ast"))
    page = page_of(staff, "/overdue")
    assert page.index("Adlerschule</h2>") < page.index("Biberschule</h2>")
    assert "überfällig seit 6 Tagen" in page
    assert "überfällig seit 1 Tag<" in page
    assert page.count("Erste Mahnung</span>") == 2  # a tile, and the row's badge


def test_nothing_overdue_is_said(staff: FlaskClient) -> None:
    assert "Nichts ist überfällig" in page_of(staff, "/overdue")


def test_the_list_is_narrowed(staff: FlaskClient, make: Make) -> None:
    first, second = make.school("Adlerschule"), make.school("Biberschule")
    overdue(make, 3, person=make.person(first), copy=make.copy(make.holding(make.title("Wale"))))
    paused = MONDAY + timedelta(days=2)
    late = {"snoozed_until": paused, "snooze_reason": "Wasserschaden"}
    overdue(make, 3, person=make.person(second), **late)
    school = f"/overdue?school={second.id}"
    for query, shown in (
        ("/overdue?words=wale", "Adlerschule"),
        (school, "Biberschule"),
        ("/overdue?level=1", "Adlerschule"),
        ("/overdue?level=tonight", "Adlerschule"),
        ("/overdue?level=paused", "Biberschule"),
    ):
        page = page_of(staff, query)
        assert f"{shown}</h2>" in page, query
        assert page.count("</h2>") == 1, query
    assert "ausgesetzt: Wasserschaden" in page_of(staff, school)
    assert "Keine überfällige Ausleihe passt" in page_of(staff, "/overdue?words=xyzzyqu")
    for bad in ("?school=-1", "?level=99", "?page=0", "?centre=", "?run=x"):
        assert page_of(staff, f"/overdue{bad}")


def test_the_preview_shows_every_letter_and_sending_does_what_the_night_does(
    staff: FlaskClient, make: Make, work: Work, session: Session, account: Account
) -> None:
    loan = overdue(make, 3)
    preview = page_of(staff, "/overdue/preview")
    assert loan.holding.title.name in preview
    assert loan.person is not None
    assert f"An {loan.person.email}" in " ".join(preview.split())
    assert "Jetzt senden" in preview
    answer = staff.post("/overdue/send", data={"idem": "a"})
    again = staff.post("/overdue/send", data={"idem": "a"})
    assert answer.status_code == again.status_code == 303
    assert answer.headers["Location"] == again.headers["Location"]
    waiting = page_of(staff, answer.headers["Location"])
    assert "Das wird gerade erledigt" in waiting
    run = work()
    assert (run.account_id, run.centre_id) == (account.id, loan.centre_id)
    done = page_of(staff, answer.headers["Location"])
    assert "Erste Mahnungen: 1" in done
    assert "morgen" not in done
    session.rollback()
    assert session.scalar(select(func.count(Reminder.loan_id))) == 1
    assert session.scalar(select(func.count(OwedLetter.id))) == 1
    session.rollback()
    assert "Niemand ist zu erinnern" in page_of(staff, "/overdue/preview")


def test_once_the_night_was_here_the_next_one_is_looked_at(
    staff: FlaskClient, make: Make, session: Session
) -> None:
    """What the next night writes is shown a day before, and not sent a day too early."""
    overdue(make, 2, person=make.person(family_name="Ast"))
    session.add(ran())
    session.commit()
    page = page_of(staff, "/overdue")
    assert "überfällig seit 2 Tagen" in page
    assert page.count("Erste Mahnung</span>") == 2
    preview = page_of(staff, "/overdue/preview")
    assert "1 Person wird erinnert" in preview
    assert "/overdue/send" not in preview


def test_what_became_due_since_the_night_can_be_sent_now(
    staff: FlaskClient, make: Make, work: Work, session: Session
) -> None:
    overdue(make, 2)
    overdue(make, 3)
    session.add(ran())
    session.commit()
    preview = page_of(staff, "/overdue/preview")
    assert "2 Personen werden erinnert" in preview
    assert "Jetzt senden: für 1 Person ist es heute fällig" in preview
    staff.post("/overdue/send", data={"idem": "a"})
    assert work().state is JobState.DONE
    session.rollback()
    assert session.scalar(select(func.count(Reminder.loan_id))) == 1
    session.rollback()
    preview = page_of(staff, "/overdue/preview")
    assert "1 Person wird erinnert" in preview
    assert "/overdue/send" not in preview


def test_only_one_school_can_be_sent_to(
    staff: FlaskClient, make: Make, work: Work, session: Session
) -> None:
    first, second = make.school("Adlerschule"), make.school("Biberschule")
    for school in (first, second):
        overdue(make, 3, person=make.person(school))
    preview = page_of(staff, f"/overdue/preview?school={first.id}")
    assert "Biberschule" not in preview
    staff.post("/overdue/send", data={"school": first.id}, headers=JSON)
    work()
    session.rollback()
    assert list(session.scalars(select(OwedLetter.institution_id))) == [first.id]


def test_another_centres_loans_are_nobodys_here(
    staff: FlaskClient, make: Make, work: Work, session: Session
) -> None:
    centre = make.centre("Fremdes Zentrum")
    school = make.school("Fremdschule", centre)
    overdue(make, 3, copy=make.copy(make.holding(centre=centre)), person=make.person(school))
    assert "Fremdschule" not in page_of(staff, "/overdue")
    assert page_of(staff, f"/overdue?centre={centre.id}", 404)
    assert staff.post("/overdue/send", data={"centre": centre.id}).status_code == 404
    staff.post("/overdue/send", data={"school": school.id})
    work()
    session.rollback()
    assert session.scalar(select(func.count(OwedLetter.id))) == 0


def test_the_table_holds_what_the_page_shows(staff: FlaskClient, make: Make) -> None:
    loan = overdue(make, 6)
    answer = staff.get("/overdue.csv")
    assert answer.mimetype == "text/csv"
    text = answer.get_data(as_text=True)
    assert loan.copy.barcode in text
    assert '"6"' in text
    narrowed = staff.get("/overdue.csv?words=xyzzyqu").get_data(as_text=True)
    assert loan.copy.barcode not in narrowed


def test_a_long_list_has_pages(staff: FlaskClient, make: Make) -> None:
    person = make.person()
    holding = make.holding(copies=101)
    for copy in holding.copies:
        overdue(make, 1, copy=copy, person=person)
    assert page_of(staff, "/overdue").count('<th scope="row">') == 100
    assert page_of(staff, "/overdue?page=2").count('<th scope="row">') == 1


def test_the_list_and_the_preview_take_the_same_statements_for_one_and_for_twenty(
    staff: FlaskClient, make: Make
) -> None:
    bound = staff.application.extensions["medienbruecke_engine"]
    overdue(make, 3)
    sent = []
    for _ in range(2):
        with counted(bound) as statements:
            page_of(staff, "/overdue")
            page_of(staff, "/overdue.csv")
        sent.append(statements.count)
        for _ in range(19):
            overdue(make, 3)
    assert sent[0] == sent[1]


@pytest.mark.lending("10.1")
def test_the_preview_shows_the_centres_own_words(
    staff: FlaskClient, make: Make, session: Session
) -> None:
    person = make.person(locale="en")
    for lent_to in (person, make.person()):
        overdue(make, 3, person=lent_to)
    values = {"centre_id": make.the_centre().id, "kind": LetterKind.OVERDUE, "changed_at": NOW}
    session.add(
        LetterText(locale="de", subject="Bitte zurück", text="Uns fehlt: {lines}", **values)
    )
    session.commit()
    preview = page_of(staff, "/overdue/preview")
    assert preview.count("<b>Bitte zurück</b>") == preview.count("Uns fehlt: ") == 1
    assert "Reminder: 1 item" in preview
