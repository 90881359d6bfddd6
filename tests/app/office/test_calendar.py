"""The office's calendar: a year and a month, closures with a preview, openings, the week."""

import re
from datetime import date, time
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.sessions import ENGINE
from app.store import prepare_store
from database.audit import AuditEntry
from loans.models.closure import Closure, ExceptionalOpening, Holiday, OpeningHours
from loans.models.loan import Loan
from schools.models.media_centre import Branch
from schools.models.owed_letter import OwedLetter
from schools.rules.periods import Period
from schools.rules.roles import Role
from schools.vocabularies.holidays import holidays
from tests.app.conftest import AsRole
from tests.app.office.test_terms import fields_of as every_field_of
from tests.make import Make
from tests.statements import counted

CALENDAR = "/office/calendar"
THURSDAY, FRIDAY = date(2026, 12, 3), date(2026, 12, 4)
AFTER = date(2026, 12, 7)
MOVE = {"name": "Umzug", "first": "2026-12-03", "last": "2026-12-04", "branch": ""}


@pytest.fixture
def head(as_role: AsRole, make: Make) -> FlaskClient:
    """The browser of the head of the first centre."""
    make.the_centre()
    return as_role(Role.CENTRE_ADMIN)


@pytest.fixture
def closures(make: Make) -> str:
    """Where the first centre's closures are added."""
    address = f"{CALENDAR}/{make.the_centre().id}/closures/new"
    make.session.rollback()
    return address


def fields_of(page: str) -> dict[str, str]:
    """Return what the form would send; boxes only if they are ticked."""
    boxes = re.findall(r'<input[^>]*name="(\w+)"[^>]*type="checkbox"', page)
    ticked = re.findall(r'<input[^>]* checked [^>]*name="(\w+)"', page)
    found = every_field_of(page)
    return {name: value for name, value in found.items() if name not in {*boxes} - {*ticked}}


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def carried(page: str) -> dict[str, str]:
    """Return what the preview's form would send when it is confirmed."""
    form = page[page.index('class="sheet sheet-now') :]
    form = form[: form.index("</form>")]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found} | {"step": "confirm"}


def confirmed(head: FlaskClient, address: str, entered: dict[str, str]) -> str:
    """Send a form, look, and confirm; return where that leads."""
    look = head.post(address, data=fields_of(head.get(address).text) | entered)
    assert look.status_code == 200, words(look.text)
    answer = head.post(address, data=carried(look.text))
    assert answer.status_code == 303, words(answer.text)
    return answer.location


def stored(session: Session, model: type[Any]) -> list[Any]:
    session.rollback()
    return list(session.scalars(select(model)))


# Seeing


@pytest.mark.lending("1.2")
def test_a_month_says_what_holds_and_why_strongest_first(
    head: FlaskClient, session: Session, make: Make
) -> None:
    centre = make.the_centre().id
    christmas = date(2026, 12, 25)
    session.add_all(
        [
            Closure(centre_id=centre, name="Zwischen den Jahren", first=christmas, last=christmas),
            Holiday(kind="public", name="1. Weihnachtsfeiertag", first=christmas, last=christmas),
            Holiday(
                kind="school",
                name="Weihnachtsferien",
                first=date(2026, 12, 23),
                last=date(2027, 1, 6),
            ),
            ExceptionalOpening(
                centre_id=centre,
                day=date(2026, 12, 5),
                opens=time(9),
                closes=time(12),
                name="Markt",
            ),
        ]
    )
    session.commit()
    page = words(head.get(f"{CALENDAR}?month=2026-12").text)
    month = page[page.rindex("Was gilt und warum") :]
    assert (
        "Fr, 25.12. geschlossen Schließzeit: Zwischen den Jahren "
        "Feiertag: 1. Weihnachtsfeiertag Freitag: 8:00–16:00 "
        "Schulferien: Weihnachtsferien (schließt nichts)" in month
    )
    assert "Sa, 5.12. offen Sonderöffnung: Markt, 9:00–12:00 Samstag: geschlossen" in month
    assert "Mo, 7.12. offen 8:00–16:00" in month


def test_what_the_address_asks_for_is_shown_or_else_the_present_month(head: FlaskClient) -> None:
    def heading(query: str) -> str:
        found = re.search(r'id="h-month">([^<]+)<', head.get(f"{CALENDAR}?{query}").text)
        assert found is not None
        return found.group(1)

    assert heading("month=2027-05") == "Mai 2027"
    assert heading("year=2031") == "Januar 2031"
    assert heading("year=2026") == "November 2026"
    for nonsense in ("month=2027-13", "month=morgen", "year=0", "year=99999", "month=1999-01"):
        assert heading(nonsense) == "November 2026"
    assert head.get(f"{CALENDAR}?year=2000").status_code == 200
    assert head.get(f"{CALENDAR}?year=2100").status_code == 200


def test_the_holidays_of_the_state_are_shown_with_their_source(
    app: Flask, head: FlaskClient
) -> None:
    with app.app_context():
        prepare_store()
    page = head.get(f"{CALENDAR}?month=2027-05").text
    assert 'href="https://www.openholidaysapi.org"' in page
    said = words(page)
    assert "6.5.2027 Christi Himmelfahrt" in said
    assert "22.3. bis 3.4.2027 Osterferien" in said
    assert "ODbL 1.0" in said
    head.post("/language", data={"language": "en"})
    assert "6 May 2027 Ascension Day" in words(head.get(f"{CALENDAR}?month=2027-05").text)
    assert "known from 2024 to 2030 only" in words(head.get(f"{CALENDAR}?year=2031").text)


def test_a_store_that_lacks_holidays_gets_them_at_the_start(app: Flask, session: Session) -> None:
    with app.app_context():
        prepare_store()
        prepare_store()
    assert len(stored(session, Holiday)) == len(holidays())


def test_each_branch_has_its_own_calendar(head: FlaskClient, session: Session, make: Make) -> None:
    centre = make.the_centre()
    south = Branch(centre_id=centre.id, name="Zweigstelle Süd")
    session.add(south)
    session.flush()
    session.add(OpeningHours(branch_id=south.id, weekday=5, opens=time(10), closes=time(13)))
    session.add(
        Closure(
            centre_id=centre.id, branch_id=south.id, name="Maler", first=THURSDAY, last=THURSDAY
        )
    )
    session.commit()
    south_id = south.id
    session.rollback()
    first, second = (
        words(head.get(f"{CALENDAR}?month=2026-12{more}").text)
        for more in ("", f"&branch={south_id}")
    )
    assert "Maler" not in first
    assert "Maler" in second
    assert "Sa, 5.12. offen 10:00–13:00" in second
    foreign = make.branch(make.centre()).id
    session.rollback()
    for wrong in (foreign, 99_999, "x", "9" * 40):
        assert head.get(f"{CALENDAR}?branch={wrong}").status_code == 404


def test_the_page_takes_the_same_statements_however_much_is_closed(
    app: Flask, head: FlaskClient, session: Session, make: Make
) -> None:
    centre = make.the_centre().id
    session.rollback()

    def statements() -> int:
        with counted(app.extensions[ENGINE]) as sent:
            head.get(f"{CALENDAR}?month=2026-12")
        return sent.count

    statements()
    few = statements()
    for day in range(1, 20):
        when = date(2026, 12, day)
        session.add(Closure(centre_id=centre, name=f"Zu {day}", first=when, last=when))
        session.add(ExceptionalOpening(centre_id=centre, day=when, opens=time(9), closes=time(10)))
    session.commit()
    assert statements() == few


# Closures


@pytest.mark.lending("1.7")
def test_a_closure_is_looked_at_first_and_confirmed_then(
    head: FlaskClient, session: Session, make: Make, closures: str
) -> None:
    person = make.person(family_name="Amsel")
    loan = make.loan(
        make.copy(make.holding(make.title("Der Dachs"))), person=person, due_on=THURSDAY
    )
    holding = make.holding(copies=1)
    booking = make.booking(holding, Period(FRIDAY, AFTER)).number
    loan_id = loan.id
    session.rollback()
    look = head.post(closures, data=fields_of(head.get(closures).text) | MOVE)
    assert look.status_code == 200
    said = words(look.text)
    for told in (
        "Termine, die sich verschieben 1 1 Person bekommt einen Brief",
        "Do, 3.12. Mo, 7.12. Rückgabetermin 1",
        "Der Dachs",
        "Amsel",
        f"{booking} 4.12. bis 7.12.2026",
    ):
        assert told in said
    assert stored(session, Closure) == []
    assert session.get_one(Loan, loan_id).due_on == THURSDAY
    session.rollback()
    answer = head.post(closures, data=carried(look.text))
    page = head.get(answer.location).text
    assert "Gespeichert. 1 Termin wurde verschoben. 1 Person bekommt einen Brief." in page
    assert "Dezember 2026" in page
    (closure,) = stored(session, Closure)
    assert (closure.name, closure.first, closure.last) == ("Umzug", THURSDAY, FRIDAY)
    assert session.get_one(Loan, loan_id).due_on == AFTER
    assert len(stored(session, OwedLetter)) == 1


def test_a_closure_is_added_once_however_often_it_is_confirmed(
    head: FlaskClient, session: Session, make: Make, closures: str
) -> None:
    make.loan(due_on=THURSDAY)
    session.rollback()
    look = head.post(closures, data=fields_of(head.get(closures).text) | MOVE)
    form = carried(look.text)
    answers = [head.post(closures, data=form) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert len(stored(session, Closure)) == 1
    assert len(stored(session, OwedLetter)) == 1


def test_the_way_back_from_the_preview_keeps_what_was_typed(
    head: FlaskClient, session: Session, closures: str
) -> None:
    entered = MOVE | {"yearly": "y", "processed": "y"}
    look = head.post(closures, data=fields_of(head.get(closures).text) | entered)
    back = head.post(closures, data=carried(look.text) | {"step": "back"})
    assert back.status_code == 200
    form = fields_of(back.text)
    assert (form["name"], form["first"], form["last"]) == ("Umzug", "2026-12-03", "2026-12-04")
    assert back.text.count("checked") == 2
    assert stored(session, Closure) == []


@pytest.mark.parametrize(
    ("entered", "sentence"),
    [
        ({"name": " "}, "Geben Sie einen Namen ein, den Besucherinnen und Besucher verstehen."),
        ({"first": ""}, "Wählen Sie den ersten geschlossenen Tag."),
        ({"first": "gestern"}, "Geben Sie einen Tag ein, zum Beispiel 2026-12-03."),
        ({"last": "2026-12-01"}, "Der letzte Tag darf nicht vor dem ersten liegen."),
        ({"first": "0202-12-03"}, "Wählen Sie einen Tag zwischen 1900 und 2199."),
        ({"first": "1999-12-03"}, "Geben Sie einen Tag zwischen 2000 und 2100 ein."),
        (
            {"yearly": "y", "last": "2027-12-03"},
            "Eine jährliche Schließzeit muss kürzer als ein Jahr sein.",
        ),
        ({"branch": "99999"}, "Keine gültige Auswahl."),
        ({"name": "<b>Umzug</b>"}, "Verwenden Sie eine Zeile, ohne < und >."),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_nothing_is_lost(
    head: FlaskClient, session: Session, closures: str, entered: dict[str, str], sentence: str
) -> None:
    form = fields_of(head.get(closures).text) | MOVE | entered
    for step in ("look", "confirm"):
        answer = head.post(closures, data=form | {"step": step})
        assert answer.status_code == 422
        assert sentence in unescape(answer.text)
        kept = fields_of(answer.text)
        assert kept["name"] == form["name"].strip()
    assert stored(session, Closure) == []


@pytest.mark.lending("1.3")
@pytest.mark.parametrize("step", ["look", "confirm"])
def test_an_overlap_is_refused_with_both_names(
    head: FlaskClient, session: Session, closures: str, step: str
) -> None:
    confirmed(head, closures, MOVE)
    other = {"name": "Inventur", "first": "2026-12-04", "last": "2026-12-08", "step": step}
    answer = head.post(closures, data=fields_of(head.get(closures).text) | other)
    assert answer.status_code == 409
    assert "„Umzug“ und „Inventur“ haben gemeinsame Tage." in answer.text
    assert fields_of(answer.text)["name"] == "Inventur"
    assert len(stored(session, Closure)) == 1


def test_a_closure_is_changed_and_the_second_editor_sees_both_versions(
    head: FlaskClient, session: Session, closures: str
) -> None:
    confirmed(head, closures, MOVE)
    address = f"{CALENDAR}/closures/{stored(session, Closure)[0].id}"
    session.rollback()
    mine, theirs = (fields_of(head.get(address).text) for _ in range(2))
    look = head.post(address, data=mine | {"last": "2026-12-05"})
    assert head.post(address, data=carried(look.text)).status_code == 303
    bigger = theirs | {"name": "Großer Umzug"}
    looked, late = (
        head.post(address, data=bigger | {"step": each}) for each in ("look", "confirm")
    )
    for told in (looked, late):
        assert told.status_code == 409
        assert "<td>Umzug</td><td>Großer Umzug</td>" in told.text
        assert "<td>5.12.2026</td><td>4.12.2026</td>" in told.text
    again = head.post(address, data=fields_of(late.text))
    assert head.post(address, data=carried(again.text)).status_code == 303
    (closure,) = stored(session, Closure)
    assert (closure.name, closure.last) == ("Großer Umzug", FRIDAY)


@pytest.mark.lending("1.7")
def test_a_removed_closure_shortens_nothing_however_often_it_is_removed(
    head: FlaskClient, session: Session, make: Make, closures: str
) -> None:
    loan_id = make.loan(due_on=THURSDAY).id
    session.rollback()
    confirmed(head, closures, MOVE)
    closure_id = stored(session, Closure)[0].id
    page = head.get(f"{CALENDAR}/closures/{closure_id}").text
    edition = re.search(r'name="edition" value="(\w{16})"', page)
    assert edition is not None
    address = f"{CALENDAR}/closures/{closure_id}/remove"
    stale = head.post(address, data={"edition": "0" * 16, "idem": "stale"})
    assert stale.status_code == 409
    wished = {"edition": edition.group(1), "idem": "twice"}
    assert [head.post(address, data=wished).status_code for _ in range(2)] == [303, 303]
    assert stored(session, Closure) == []
    assert session.get_one(Loan, loan_id).due_on == AFTER


# Openings and the week


def test_an_opening_is_added_changed_and_removed(
    head: FlaskClient, session: Session, make: Make
) -> None:
    address = f"{CALENDAR}/{make.the_centre().id}/openings/new"
    session.rollback()
    form = fields_of(head.get(address).text) | {"branch": ""}
    wrong = head.post(address, data=form | {"day": "2026-12-05", "hours": ""})
    assert wrong.status_code == 422
    assert "Geben Sie Zeiten ein wie 8:00–12:00, 14:00–17:00." in unescape(wrong.text)
    market = {"day": "2026-12-05", "hours": "9-12, 13-15", "name": "Markt"}
    assert head.post(address, data=form | market).status_code == 303
    twice = head.post(address, data=form | market | {"idem": "another"})
    assert twice.status_code == 409
    assert "Am 5.12.2026 gibt es schon eine Sonderöffnung." in twice.text
    opening_id = min(row.id for row in stored(session, ExceptionalOpening))
    own = f"{CALENDAR}/openings/{opening_id}"
    edit = fields_of(head.get(own).text)
    assert edit["hours"] == "9:00–12:00, 13:00–15:00"
    assert head.post(own, data=edit | {"hours": "10-11"}).status_code == 303
    (row,) = stored(session, ExceptionalOpening)
    assert (row.opens, row.closes) == (time(10), time(11))
    late = head.post(own, data=edit | {"name": "Fest", "idem": "late"})
    assert late.status_code == 409
    assert "<td>10:00–11:00</td><td>9:00–12:00, 13:00–15:00</td>" in late.text


@pytest.mark.lending("1.7")
def test_an_opening_whose_day_moves_something_is_looked_at_before_it_goes(
    head: FlaskClient, session: Session, make: Make
) -> None:
    centre_id = make.the_centre().id
    saturday = date(2026, 12, 5)
    row = ExceptionalOpening(
        centre_id=centre_id, day=saturday, opens=time(9), closes=time(12), name="Markt"
    )
    session.add(row)
    session.commit()
    loan_id = make.loan(due_on=saturday).id
    own = f"{CALENDAR}/openings/{row.id}"
    session.rollback()
    edition = re.search(r'name="edition" value="(\w{16})"', head.get(own).text)
    assert edition is not None
    look = head.post(f"{own}/remove", data={"edition": edition.group(1), "idem": "one"})
    assert look.status_code == 200
    assert "Sa, 5.12. Mo, 7.12. Rückgabetermin 1" in words(look.text)
    assert len(stored(session, ExceptionalOpening)) == 1
    form = carried(look.text)
    answers = [head.post(f"{own}/remove", data=form) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    assert stored(session, ExceptionalOpening) == []
    assert session.get_one(Loan, loan_id).due_on == AFTER


@pytest.mark.lending("1.2", "4.5")
def test_a_branch_says_how_many_may_come_a_day(
    head: FlaskClient, session: Session, make: Make
) -> None:
    address = f"{CALENDAR}/weeks/{make.branch().id}"
    session.rollback()
    form = fields_of(head.get(address).text)
    assert head.post(address, data=form | {"visits_a_day": "12"}).status_code == 303
    assert stored(session, Branch)[0].visits_a_day == 12
    assert "Abholungen und Rückgaben je Tag höchstens 12" in words(head.get(CALENDAR).text)
    form = fields_of(head.get(address).text)
    assert form["visits_a_day"] == "12"
    wrong = head.post(address, data=form | {"visits_a_day": "0"})
    assert wrong.status_code == 422
    assert "ganze Zahl von 1 bis 999" in wrong.text
    assert head.post(address, data=form | {"visits_a_day": ""}).status_code == 303
    assert stored(session, Branch)[0].visits_a_day is None


@pytest.mark.lending("1.2", "1.7")
def test_the_week_is_saved_at_once_unless_a_day_that_closes_moves_something(
    head: FlaskClient, session: Session, make: Make
) -> None:
    address = f"{CALENDAR}/weeks/{make.branch().id}"
    loan_id = make.loan(due_on=FRIDAY).id
    session.rollback()
    form = fields_of(head.get(address).text)
    assert form["hours_0"] == "8:00–16:00"
    more = {"hours_0": "8-12, 14-17", "processed_5": "y", "processed_0": "y"}
    assert head.post(address, data=form | more).status_code == 303
    branch = stored(session, Branch)[0]
    assert branch.processed_weekdays == "5"
    assert len(stored(session, OpeningHours)) == 6
    form = fields_of(head.get(address).text)
    look = head.post(address, data=form | {"hours_4": ""})
    assert look.status_code == 200
    assert "Fr, 4.12. Mo, 7.12. Rückgabetermin 1" in words(look.text)
    assert head.post(address, data=carried(look.text)).status_code == 303
    session.rollback()
    assert session.get_one(Loan, loan_id).due_on == AFTER


@pytest.mark.lending("1.3")
@pytest.mark.parametrize(
    ("entered", "sentence"),
    [
        ({"hours_0": "8-12, 11-13"}, "Montag: Zeiten eines Tages dürfen sich berühren"),
        ({"hours_1": "12-8"}, "Dienstag: Zeiten müssen später enden, als sie beginnen."),
        (
            {f"hours_{day}": "" for day in range(7)},
            "Mindestens ein Wochentag muss geöffnet sein.",
        ),
    ],
)
def test_an_impossible_week_is_refused_with_a_sentence(
    head: FlaskClient,
    session: Session,
    make: Make,
    entered: dict[str, str],
    sentence: str,
) -> None:
    address = f"{CALENDAR}/weeks/{make.branch().id}"
    session.rollback()
    answer = head.post(address, data=fields_of(head.get(address).text) | entered)
    assert answer.status_code == 409
    assert sentence in unescape(answer.text)
    assert fields_of(answer.text)["hours_2"] == entered.get("hours_2", "8:00–16:00")
    assert stored(session, AuditEntry) == []


def test_the_second_editor_of_the_week_sees_both_versions(
    head: FlaskClient, session: Session, make: Make
) -> None:
    address = f"{CALENDAR}/weeks/{make.branch().id}"
    session.rollback()
    mine, theirs = (fields_of(head.get(address).text) for _ in range(2))
    assert head.post(address, data=mine | {"hours_0": "9-12"}).status_code == 303
    late = head.post(address, data=theirs | {"processed_6": "y"})
    assert late.status_code == 409
    assert "<td>9:00–12:00</td><td>8:00–16:00</td>" in late.text
    assert "<td>nein</td><td>ja</td>" in late.text


@pytest.mark.parametrize("role", [Role.STAFF, Role.TEACHER, Role.SCHOOL_ADMIN])
def test_only_heads_edit_the_calendar(as_role: AsRole, closures: str, role: Role) -> None:
    browser = as_role(role)
    assert browser.get(CALENDAR).status_code == 403
    assert browser.post(closures, data=MOVE).status_code == 403
