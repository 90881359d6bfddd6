"""The office's choices: each is shown, saved, logged, and the second editor is told."""

from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import AuditEntry
from loans.models.lending_settings import LendingSettings
from loans.queries.choices import choices_of
from loans.rules.choices import DEFAULTS, CentreChoices
from loans.rules.holds import PickupTime
from loans.rules.renewals import OverduePolicy
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.app.office.test_calendar import fields_of
from tests.make import Make

PAGE = "/office/choices"


@pytest.fixture
def head(as_role: AsRole, make: Make) -> FlaskClient:
    make.the_centre()
    return as_role(Role.CENTRE_ADMIN)


@pytest.fixture
def address(make: Make) -> str:
    found = f"{PAGE}/{make.the_centre().id}"
    make.session.rollback()
    return found


def form_of(head: FlaskClient) -> dict[str, str]:
    """Return the form as it stands, with what its round buttons say."""
    page = head.get(PAGE).text
    found = fields_of(page) | {"pickup_in_open_days": "calendar", "overdue_policy": "ignore"}
    for name, values in {
        "pickup_in_open_days": ("open", "calendar"),
        "overdue_policy": ("ignore", "only_that", "all"),
    }.items():
        for value in values:
            start = page.index(f'name="{name}" type="radio" value="{value}"')
            if "checked" in page[page.rindex("<input", 0, start) : page.index(">", start)]:
                found[name] = value
    return found


def chosen(session: Session, make: Make) -> CentreChoices:
    session.rollback()
    return choices_of(session, make.the_centre().id)


def test_a_centre_that_chose_nothing_sees_the_defaults_and_saving_them_writes_nothing(
    head: FlaskClient, session: Session, make: Make, address: str
) -> None:
    form = form_of(head)
    assert (form["pickup_days"], form["person_days"]) == ("6", "90")
    assert (form["pickup_in_open_days"], form["overdue_policy"]) == ("open", "only_that")
    assert {"lapses_uncollected", "mails_receipts"} <= form.keys()
    assert not {"checks_returns", "renews_automatically"} & form.keys()
    assert head.post(address, data=form).status_code == 303
    assert chosen(session, make) == DEFAULTS
    assert session.scalars(select(LendingSettings)).all() == []
    assert session.scalars(select(AuditEntry)).all() == []


@pytest.mark.lending("7.2", "8.4", "9.1", "12.1", "12.2")
def test_every_choice_is_saved_and_logged(
    head: FlaskClient, session: Session, make: Make, address: str
) -> None:
    form = form_of(head) | {
        "pickup_days": "3",
        "pickup_in_open_days": "calendar",
        "overdue_policy": "all",
        "person_days": "0",
        "checks_returns": "y",
        "renews_automatically": "y",
    }
    del form["lapses_uncollected"], form["mails_receipts"]
    assert head.post(address, data=form).status_code == 303
    assert chosen(session, make) == CentreChoices(
        pickup=PickupTime(3, in_open_days=False),
        lapses_uncollected=False,
        checks_returns=True,
        overdue_policy=OverduePolicy.ALL,
        renews_automatically=True,
        mails_receipts=False,
        person_days=0,
    )
    (entry,) = session.scalars(select(AuditEntry))
    assert (entry.act, entry.subject_kind) == ("edit_choices", "lending_settings")
    assert (entry.before["pickup_days"], entry.after["pickup_days"]) == (6, 3)
    assert len(entry.after) == 8
    again = form_of(head)
    assert (again["overdue_policy"], again["pickup_in_open_days"]) == ("all", "calendar")


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("pickup_days", "0", "Geben Sie eine ganze Zahl von 1 bis 60 ein."),
        ("pickup_days", "", "Geben Sie eine ganze Zahl von 1 bis 60 ein."),
        ("pickup_days", "sechs", "Geben Sie eine ganze Zahl von 1 bis 60 ein."),
        ("person_days", "366", "Geben Sie eine ganze Zahl von 0 bis 365 ein."),
        ("overdue_policy", "never", "Keine gültige Auswahl."),
    ],
)
def test_what_cannot_be_chosen_is_told(
    head: FlaskClient, address: str, name: str, typed: str, sentence: str
) -> None:
    answer = head.post(address, data=form_of(head) | {name: typed, "checks_returns": "y"})
    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    assert "checks_returns" not in form_of(head)


def test_the_second_editor_sees_both_versions(
    head: FlaskClient, session: Session, make: Make, address: str
) -> None:
    mine, theirs = form_of(head), form_of(head)
    assert head.post(address, data=mine | {"pickup_days": "3"}).status_code == 303
    late = head.post(address, data=theirs | {"overdue_policy": "all"})
    assert late.status_code == 409
    assert "<td>3</td><td>6</td>" in late.text
    told = unescape(late.text)
    assert (
        "<td>nur das Überfällige selbst wird nicht verlängert</td>"
        "<td>nichts von dieser Person wird verlängert, bis es zurück ist</td>" in told
    )
    again = theirs | {"edition": fields_of(late.text)["edition"], "idem": "again"}
    assert head.post(address, data=again).status_code == 303
    assert chosen(session, make) == DEFAULTS


def test_choices_belong_to_the_heads_of_their_centre(
    as_role: AsRole, head: FlaskClient, make: Make, address: str
) -> None:
    foreign = make.centre().id
    make.session.rollback()
    assert head.post(f"{PAGE}/{foreign}", data={}).status_code == 404
    assert head.get(f"{PAGE}?centre={foreign}").status_code == 404
    assert head.get(f"{PAGE}?centre=x").status_code == 404
    assert as_role(Role.STAFF).post(address, data={}).status_code == 403
