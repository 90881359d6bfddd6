"""The audit log's page: what was done in words, narrowed, page by page, and as a table."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.office.audit import ROWS
from database.audit import AuditEntry
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.app.conftest import AsRole, SignIn
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = pytest.mark.lending("12.2")

DAY = timedelta(days=1)


@pytest.fixture
def office(as_role: AsRole) -> FlaskClient:
    return as_role(Role.CENTRE_ADMIN)


def entry(make: Make, **facts: Any) -> AuditEntry:
    values = {
        "at": NOW,
        "act": "renew",
        "subject_kind": "loan",
        "subject_id": 1,
        "centre_id": make.the_centre().id,
    } | facts
    row = AuditEntry(**values)
    make.session.add(row)
    make.session.commit()
    return row


def page_of(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"/office/audit{query}")
    assert answer.status_code == 200
    return " ".join(answer.get_data(as_text=True).split())


def rows_of(page: str) -> int:
    return page.count('<th scope="row">')


def test_an_entry_is_told_in_words(office: FlaskClient, make: Make) -> None:
    loan = make.loan(make.copy(make.holding(make.title("Wale"))))
    assert loan.person is not None
    account = make.account(Role.STAFF, person=make.person(given_name="Ida", family_name="Ast"))
    before = {"due_on": MONDAY.isoformat(), "person_id": loan.person_id}
    after = {
        "due_on": (MONDAY + DAY).isoformat(),
        "overruled": ["RENEWAL_LIMIT"],
        "value_cents": 1250,
        "lendable": False,
    }
    entry(
        make,
        subject_id=loan.id,
        account_id=account.id,
        before=before,
        after=after,
        reason="Prüfung verschoben",
    )
    page = page_of(office)
    for words in (
        "Verlängert",
        f'<a href="/loans/{loan.id}">Wale ({loan.copy.barcode})</a>',
        "Ida Ast",
        "23.11.2026",
        "</span> 24.11.2026",
        loan.person.name,
        "12,50",
        "nein",
        "Prüfung verschoben",
    ):
        assert words in page, words
    assert "RENEWAL_LIMIT" not in page
    assert "due_on" not in page


def test_what_is_gone_and_what_nobody_did_keeps_its_line(office: FlaskClient, make: Make) -> None:
    entry(make, subject_kind="copy", subject_id=4711, act="repair")
    entry(make, act="lapse", subject_kind="booking", subject_id=4712)
    entry(make, account_id=4713)
    page = page_of(office)
    assert "4711" in page
    assert "4712" in page
    assert "Konto 4713" in page
    assert "/bookings/47" not in page


def test_another_centres_entries_are_nobodys_here(
    office: FlaskClient, as_role: AsRole, make: Make
) -> None:
    make.the_centre()
    other = make.centre("Fremdes Zentrum")
    entry(make, centre_id=other.id, reason="xyzzyfremd")
    entry(make, centre_id=None, reason="xyzzysystem")
    for query in ("", "?words=xyzzy", "?before=99999"):
        page = page_of(office, query)
        assert "xyzzyfremd" not in page
        assert "xyzzysystem" not in page
    assert "xyzzy" not in office.get("/office/audit/table.csv").get_data(as_text=True)
    assert rows_of(page_of(as_role(Role.SYSTEM_ADMIN))) == 2


@pytest.mark.parametrize("role", [Role.STAFF, Role.TEACHER, Role.SCHOOL_ADMIN])
def test_only_an_office_reads_the_log(as_role: AsRole, role: Role) -> None:
    client = as_role(role)
    assert client.get("/office/audit").status_code in {403, 404}
    assert client.get("/office/audit/table.csv").status_code in {403, 404}


def test_the_log_is_narrowed(office: FlaskClient, make: Make) -> None:
    person = make.person(given_name="Özlem", family_name="Ähre")
    copy = make.copy()
    booking = make.booking(make.holding(), Period(MONDAY, MONDAY))
    entry(make, account_id=make.account(Role.STAFF, person=person).id, reason="eins")
    entry(make, act="repair", subject_kind="copy", subject_id=copy.id, reason="zwei")
    entry(make, at=NOW - 10 * DAY, reason="drei", after={"name": "Müllerstraße"})
    entry(make, act="cancel", subject_kind="booking", subject_id=booking.id, reason="vier")
    narrowed = {
        "?who=özlem": "eins",
        "?who=%C3%84hre": "eins",
        "?act=repair": "zwei",
        "?kind=copy": "zwei",
        f"?number={copy.barcode.lower()}": "zwei",
        f"?number={booking.number.lower()}": "vier",
        "?until=2026-11-14": "drei",
        "?words=m%C3%BCllerstra%C3%9Fe": "drei",
        "?words=VIER": "vier",
    }
    for query, reason in narrowed.items():
        page = page_of(office, query)
        assert rows_of(page) == 1, query
        assert f"</span> {reason}" in page, query
    assert rows_of(page_of(office, "?since=2026-11-23")) == 3
    assert "Kein Eintrag passt" in page_of(office, "?words=xyzzy")


def test_a_day_is_the_houses_day(office: FlaskClient, make: Make) -> None:
    """Half past midnight in winter is still yesterday by the clock of the store."""
    entry(make, at=datetime(2026, 11, 22, 23, 30, tzinfo=UTC), reason="nachts")
    assert rows_of(page_of(office, "?since=2026-11-23")) == 1
    assert rows_of(page_of(office, "?until=2026-11-22")) == 0


@pytest.mark.parametrize(
    "query",
    [
        "?since=x&until=2026-02-30",
        "?act=xyz&kind=%00",
        f"?number={'9' * 60}",
        "?before=-1",
        "?before=" + "9" * 30,
        f"?words={'%25' * 60}&who=%5C",
    ],
)
def test_faults_in_the_address_narrow_nothing_and_break_nothing(
    office: FlaskClient, query: str
) -> None:
    assert page_of(office, query)
    assert office.get(f"/office/audit/table.csv{query}").status_code == 200


def test_pages_begin_behind_a_key_so_that_none_is_read_twice(
    office: FlaskClient, make: Make
) -> None:
    for number in range(ROWS + 2):
        entry(make, reason=f"nr{number:03}")
    first = page_of(office)
    assert rows_of(first) == ROWS
    address = first.split('rel="next" href="/office/audit')[1].split('"')[0]
    entry(make, reason="später")
    second = page_of(office, address)
    assert rows_of(second) == 2
    assert "nr001" in second
    assert "später" not in second
    assert 'rel="next"' not in second


def test_the_next_page_stays_narrowed(office: FlaskClient, make: Make) -> None:
    for _ in range(ROWS + 1):
        entry(make, reason="Kiste")
    page = page_of(office, "?words=kiste&act=renew")
    address = page.split('rel="next" href="/office/audit')[1].split('"')[0]
    assert "words=kiste" in address
    assert "act=renew" in address


def test_the_table_holds_what_the_page_shows(office: FlaskClient, make: Make) -> None:
    entry(make, before={"due_on": "2026-11-23"}, after={"due_on": "2026-12-01"}, reason="=1+1")
    entry(make, act="repair", subject_kind="copy")
    text = office.get("/office/audit/table.csv?act=renew").get_data(as_text=True)
    assert "Rückgabe bis: 23.11.2026" in text
    assert "Rückgabe bis: 1.12.2026" in text
    assert '"=1+1"' not in text  # no spreadsheet takes it for a formula
    assert len(text.strip().splitlines()) == 2


def test_a_page_takes_the_same_statements_for_one_entry_and_for_fifty(
    office: FlaskClient, make: Make, session: Session, sign_in: SignIn
) -> None:
    bound = office.application.extensions["medienbruecke_engine"]

    def some() -> None:
        loan = make.loan()
        facts = {"person_id": loan.person_id, "copy_id": loan.copy_id}
        by = make.account(Role.STAFF).id
        entry(make, subject_id=loan.id, account_id=by, after=facts)
        booking = make.booking(loan.holding, Period(MONDAY, MONDAY))
        entry(make, subject_kind="booking", subject_id=booking.id, act="book")

    some()
    sent = []
    for _ in range(2):
        session.rollback()
        with counted(bound) as statements:
            page_of(office)
        sent.append(statements.count)
        for _ in range(20):
            some()
    assert sent[0] == sent[1]


@pytest.mark.parametrize(
    ("subject_kind", "after", "words"),
    [
        ("loan", {"kind": "lost"}, "Verloren"),
        ("defect", {"kind": "broken"}, "Kaputt"),
        ("holding", {"booked_by": "number"}, "ein bestimmtes Exemplar, nach Nummer"),
        ("hold", {"state": "set_aside"}, "Zurückgelegt"),
        ("pickup_place", {"kind": "courier"}, "Kurier"),
    ],
)
def test_a_choice_among_several_is_said_in_words(
    make: Make, office: FlaskClient, subject_kind: str, after: dict[str, str], words: str
) -> None:
    entry(make, subject_kind=subject_kind, after=after)
    assert words in page_of(office)
