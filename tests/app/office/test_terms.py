"""The office's terms: the table, editing a row, and the page that explains every value."""

import re
from enum import StrEnum
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.reasons import About, reasons
from app.sessions import ENGINE
from database.audit import AuditEntry
from loans.errors import Refused
from loans.models.terms import Terms
from loans.rules.codes import DayReason, Refusal, RenewalRefusal, values_behind
from loans.rules.terms import UNLIMITED, VALUE_NAMES
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.make import Make
from tests.statements import counted

pytestmark = pytest.mark.lending("2.2", "2.3")

EXPLAIN = "/office/terms/explain"


@pytest.fixture
def head(as_role: AsRole, make: Make) -> FlaskClient:
    """The browser of the head of the first centre."""
    make.the_centre()
    return as_role(Role.CENTRE_ADMIN)


def general_row(session: Session, make: Make) -> int:
    """The one row the first centre has: 14 days, 2 renewals of 7 days, bookable 365 days ahead."""
    centre_id = make.the_centre().id
    found = session.scalars(select(Terms.id).where(Terms.centre_id == centre_id)).one()
    session.rollback()
    return found


def saved(session: Session, **values: object) -> int:
    row = Terms(**values)
    session.add(row)
    session.commit()
    return row.id


def fields_of(page: str) -> dict[str, str]:
    """Return what the first form of a page that posts would send as it stands."""
    form = page[page.index('method="post"') :]
    found = {
        name: unescape(value)
        for name, value in re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', form)
    }
    for name, options in re.findall(
        r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        chosen = re.search(r'<option selected value="(\w*)"', options)
        found[name] = chosen.group(1) if chosen else ""
    return found


def row_of(page: str, name: str) -> str:
    """Return the words of one value's line on the page that explains."""
    line = re.search(rf'<tr id="{name}">(.*?)</tr>', page, re.DOTALL)
    assert line is not None, name
    words = " ".join(re.sub(r"<[^>]+>", " ", unescape(line.group(1))).split())
    return words.replace(" : ", ": ")


def test_the_table_shows_what_each_row_sets(
    head: FlaskClient, session: Session, make: Make
) -> None:
    row_id = general_row(session, make)
    everywhere = saved(session, customer_class="other", limit_open_loans=UNLIMITED)
    page = head.get("/office/terms").text
    assert "<dt>Leihfrist</dt><dd>14 Tage</dd>" in page
    assert "<dt>Offene Ausleihen einer Person</dt><dd>unbegrenzt</dd>" in page
    assert f'href="/office/terms/{row_id}"' in page
    assert f'href="/office/terms/{everywhere}"' not in page
    assert 'href="/office/terms"' in head.get("/office").text


def test_an_edited_row_is_saved_with_its_reason(
    head: FlaskClient, session: Session, make: Make
) -> None:
    address = f"/office/terms/{general_row(session, make)}"
    form = fields_of(head.get(address).text)
    assert (form["loan_period"], form["needs_approval"]) == ("14", "")
    form |= {
        "loan_period": "21",
        "renewals": "",
        "limit_open_loans": "Unbegrenzt",
        "needs_approval": "no",
        "fee_cents": "0,50",
        "basis": "open_days",
        "reason": "Beschluss",
    }
    assert head.post(address, data=form).status_code == 303
    session.rollback()
    row = session.scalars(select(Terms)).one()
    assert (row.loan_period, row.renewals, row.limit_open_loans) == (21, None, UNLIMITED)
    assert (row.needs_approval, row.fee_cents, row.basis) == (False, 50, "open_days")
    assert session.scalars(select(AuditEntry.reason)).all() == ["Beschluss"]


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("loan_period", "367", "Geben Sie eine ganze Zahl von 0 bis 366 ein."),
        ("loan_period", "unbegrenzt", "Geben Sie eine ganze Zahl von 0 bis 366 ein."),
        ("renewals", "-1", "Geben Sie eine ganze Zahl von 0 bis 99 ein oder „unbegrenzt“."),
        ("block_level", "0", "Geben Sie eine ganze Zahl von 1 bis 3 ein oder „nie“."),
        ("fee_cents", "drei", "Geben Sie einen Betrag von 0,00 bis 100,00 Euro ein."),
        ("basis", "moon_days", "Keine gültige Auswahl."),
    ],
)
def test_what_cannot_be_stored_is_told_at_its_field(
    head: FlaskClient, make: Make, name: str, typed: str, sentence: str
) -> None:
    address = f"/office/terms/{general_row(make.session, make)}"
    form = fields_of(head.get(address).text) | {name: typed}
    answer = head.post(address, data=form)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_reminders_out_of_order_are_refused(
    head: FlaskClient, session: Session, make: Make
) -> None:
    address = f"/office/terms/{general_row(session, make)}"
    form = fields_of(head.get(address).text)
    own = head.post(address, data=form | {"reminder_level_1": "5", "reminder_level_2": "5"})
    assert own.status_code == 409
    assert "Jede Mahnung muss später kommen als die vorige." in own.text
    inherited = head.post(address, data=form | {"idem": "2", "reminder_level_1": "10"})
    assert inherited.status_code == 409
    assert "Zusammen mit dem Geerbten" in inherited.text


def test_the_second_editor_sees_both_versions(
    head: FlaskClient, session: Session, make: Make
) -> None:
    address = f"/office/terms/{general_row(session, make)}"
    first, second = (fields_of(head.get(address).text) for _ in range(2))
    assert head.post(address, data=first | {"limit_open_loans": "nie"}).status_code == 303
    late = head.post(address, data=second | {"loan_period": "7"})
    assert late.status_code == 409
    assert "<td>unbegrenzt</td><td>–</td>" in late.text
    assert "<td>14</td><td>7</td>" in late.text
    again = fields_of(late.text)
    assert head.post(address, data=again).status_code == 303
    session.rollback()
    row = session.scalars(select(Terms)).one()
    assert (row.loan_period, row.limit_open_loans) == (7, None)


def test_a_row_is_added_once_however_often_it_is_sent(
    head: FlaskClient, session: Session, make: Make
) -> None:
    general_row(session, make)
    address = "/office/terms/new?customer_class=school&media_category=equipment"
    form = fields_of(head.get(address).text)
    assert (form["customer_class"], form["media_category"]) == ("school", "equipment")
    form |= {"loan_period": "3"}
    assert [head.post("/office/terms/new", data=form).status_code for _ in range(2)] == [303, 303]
    session.rollback()
    assert len(session.scalars(select(Terms)).all()) == 2
    taken = head.post("/office/terms/new", data=form | {"idem": "another"})
    assert taken.status_code == 409
    assert "Genau dafür gibt es schon eine Zeile." in taken.text


def test_a_row_without_values_is_refused(head: FlaskClient, session: Session, make: Make) -> None:
    general_row(session, make)
    form = fields_of(head.get("/office/terms/new?customer_class=other").text)
    answer = head.post("/office/terms/new", data=form)
    assert answer.status_code == 409
    assert "Setzen Sie mindestens einen Wert" in answer.text


def test_a_row_is_a_pattern_for_another(head: FlaskClient, session: Session, make: Make) -> None:
    row_id = general_row(session, make)
    form = fields_of(head.get(f"/office/terms/new?like={row_id}").text)
    assert (form["loan_period"], form["renewals"]) == ("14", "2")


def test_a_removed_row_is_gone_and_what_it_said_is_inherited(
    head: FlaskClient, session: Session, make: Make
) -> None:
    row_id = general_row(session, make)
    form = fields_of(head.get(f"/office/terms/{row_id}").text)
    stale = {"edition": "0" * 16, "why": ""}
    assert head.post(f"/office/terms/{row_id}/remove", data=stale).status_code == 409
    wished = {"edition": form["edition"], "why": "Aufgeräumt"}
    assert head.post(f"/office/terms/{row_id}/remove", data=wished).status_code == 303
    assert head.get(f"/office/terms/{row_id}").status_code == 404
    assert "Nichts wird verliehen" in head.get(EXPLAIN).text


def test_a_row_is_removed_once_however_often_it_is_sent(
    head: FlaskClient, session: Session, make: Make
) -> None:
    row_id = general_row(session, make)
    form = fields_of(head.get(f"/office/terms/{row_id}").text)
    wished = {"edition": form["edition"], "why": "", "idem": "twice"}
    answers = [head.post(f"/office/terms/{row_id}/remove", data=wished) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location


def test_rows_of_the_installation_belong_to_the_system_administration(
    head: FlaskClient, as_role: AsRole, session: Session
) -> None:
    everywhere = saved(session, renewals=1)
    assert head.get(f"/office/terms/{everywhere}").status_code == 403
    assert head.post(f"/office/terms/{everywhere}", data={}).status_code == 403
    assert head.post(f"/office/terms/{everywhere}/remove", data={}).status_code == 403
    form = {"centre": "all", "loan_period": "5"}
    own = fields_of(head.get("/office/terms/new").text)
    assert head.post("/office/terms/new", data=own | form).status_code == 422
    system = as_role(Role.SYSTEM_ADMIN)
    kept = fields_of(system.get(f"/office/terms/{everywhere}").text)
    assert system.post(f"/office/terms/{everywhere}", data=kept).status_code == 303
    empty = fields_of(system.get("/office/terms/new").text)
    added = empty | form | {"customer_class": "other"}
    assert system.post("/office/terms/new", data=added).status_code == 303


def test_staff_read_and_explain_but_edit_nothing(
    as_role: AsRole, session: Session, make: Make
) -> None:
    row_id = general_row(session, make)
    staff = as_role(Role.STAFF)
    page = staff.get("/office/terms").text
    assert "14 Tage" in page
    assert f"/office/terms/{row_id}" not in page
    assert "/office/terms/new" not in page + staff.get(EXPLAIN).text
    assert staff.get(f"/office/terms/{row_id}").status_code == 403


def test_every_value_is_explained_by_its_row_or_as_built_in(
    head: FlaskClient, session: Session, make: Make
) -> None:
    centre = make.the_centre()
    name, centre_id = centre.name, centre.id
    saved(session, limit_open_loans=5, loan_period=30)
    saved(session, centre_id=centre_id, media_category="equipment", loan_period=3)
    page = head.get(f"{EXPLAIN}?customer_class=school&media_category=equipment").text
    assert len(re.findall(r'<tr id="(\w+)">', page)) == len(VALUE_NAMES)
    period = row_of(page, "loan_period")
    assert f"3 Tage {name} · alle Kunden · Geräte" in period
    assert period.endswith(
        f"{name} · alle Kunden · alle Medien: 14 Tage "
        "Ganze Installation · alle Kunden · alle Medien: 30 Tage"
    )
    assert row_of(page, "limit_open_loans") == (
        "Offene Ausleihen einer Person 5 zählt alle Medien, in jedem Medienzentrum "
        "Ganze Installation · alle Kunden · alle Medien"
    )
    assert row_of(page, "reminder_level_3") == "Dritte Mahnung nach 17 Tagen eingebauter Wert"


def test_a_value_is_explained_in_english_too(head: FlaskClient) -> None:
    head.post("/language", data={"language": "en"})
    page = head.get(EXPLAIN).text
    assert row_of(page, "reminder_level_3") == "Third reminder after 17 days built-in default"


def test_a_school_and_a_copy_lead_to_their_class_and_category(
    head: FlaskClient, make: Make
) -> None:
    school = make.school("Waldschule", number="123456", customer_class="private_school")
    copy = make.copy(make.holding(make.title("Kamera", media_type="camera")))
    asked = f"institution={school.id}&copy={copy.id}&why=loan_period"
    barcode = copy.barcode
    make.session.rollback()
    page = head.get(f"{EXPLAIN}?{asked}").text
    assert "Ersatzschule · Geräte" in unescape(page)
    assert "Waldschule" in page
    assert "Kamera" in page
    assert "gefragt" in row_of(page, "loan_period")
    typed = head.get(f"{EXPLAIN}?what={barcode}").text
    assert "Kamera" in typed


def test_words_that_mean_several_things_are_asked_about(head: FlaskClient, make: Make) -> None:
    for name in ("Vulkane", "Vulkane der Erde"):
        make.holding(make.title(name))
    make.session.rollback()
    page = head.get(f"{EXPLAIN}?what=vulk").text
    assert "Was ist gemeint?" in page
    assert page.count("holding=") == 2
    assert 'id="loan_period"' not in page
    assert "So heißt hier kein Medium." in head.get(f"{EXPLAIN}?what=Xyzzy").text
    assert "So heißt hier niemand." in head.get(f"{EXPLAIN}?who=Xyzzy").text


def test_a_person_leads_to_their_school(head: FlaskClient, make: Make) -> None:
    school = make.school("Bergschule", customer_class="other")
    person = make.person(school, family_name="Adler")
    card = person.card
    make.session.rollback()
    for typed in (card, "Adler"):
        page = head.get(f"{EXPLAIN}?who={typed}").text
        assert "Bergschule" in page
        assert "Sonstige · Medien" in unescape(page)


def test_what_is_out_of_reach_is_not_explained(head: FlaskClient, make: Make) -> None:
    foreign = make.centre()
    school, holding = make.school(centre=foreign), make.holding(centre=foreign)
    asked = [f"institution={school.id}", f"holding={holding.id}", "copy=999", "institution=999"]
    make.session.rollback()
    assert [head.get(f"{EXPLAIN}?{each}").status_code for each in asked] == [404] * 4


def test_without_a_loan_period_the_page_says_what_to_do(
    head: FlaskClient, session: Session, make: Make
) -> None:
    row_id = general_row(session, make)
    session.delete(session.get_one(Terms, row_id))
    session.commit()
    page = unescape(head.get(f"{EXPLAIN}?media_category=box&why=loan_period").text)
    assert "NO_TERMS" in page
    assert "/office/terms/new?centre=" in page
    online = head.get(f"{EXPLAIN}?media_category=online").text
    assert "Online-Medien werden geöffnet" in online
    assert "NO_TERMS" not in online


def test_pages_take_the_same_statements_however_many_rows(
    app: Flask, head: FlaskClient, session: Session, make: Make
) -> None:
    centre_id = make.the_centre().id
    session.rollback()

    def statements() -> list[int]:
        found = []
        for address in ("/office/terms", EXPLAIN):
            with counted(app.extensions[ENGINE]) as sent:
                head.get(address)
            found.append(sent.count)
        return found

    statements()
    few = statements()
    for customer_class in ("school", "private_school", "education", "other"):
        for category in ("", "media", "box", "equipment"):
            facts = {"customer_class": customer_class, "media_category": category}
            session.add_all([Terms(centre_id=at, renewals=1, **facts) for at in (centre_id, None)])
    session.commit()
    assert statements() == few


@pytest.mark.lending("2.3", "8.3")
@pytest.mark.parametrize(
    "code",
    [code for codes in (Refusal, DayReason, RenewalRefusal) for code in codes],
    ids=lambda code: f"{type(code).__name__}.{code}",
)
def test_the_link_beside_a_refusal_leads_to_the_rows_behind_it(
    app: Flask, head: FlaskClient, make: Make, code: StrEnum
) -> None:
    """Every value is there with its row, and those the refusal comes from are marked."""
    school, holding = make.the_school(), make.holding()
    with app.test_request_context():
        (reason,) = reasons([Refused(code)], About(school.id, holding.id))
    make.session.rollback()
    behind = values_behind(code)
    assert bool(reason.address) is bool(behind)
    if behind:
        page = head.get(reason.address.partition("#")[0]).text
        marked = [name for name in VALUE_NAMES if "gefragt" in row_of(page, name)]
        assert marked == [name for name in VALUE_NAMES if name in behind]
        assert reason.address.endswith(f"#{behind[0]}")
