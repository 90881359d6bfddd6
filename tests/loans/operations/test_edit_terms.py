"""Rows of terms are added, changed and removed; what runs already stays as it was agreed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalogue.errors import ChangedMeanwhileError, InvalidError
from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError
from loans.models.booking import Booking
from loans.models.loan import Loan
from loans.models.terms import Terms
from loans.operations.edit_terms import (
    NewTerms,
    TermsEdit,
    add_terms,
    change_terms,
    remove_terms,
    terms_edition,
)
from loans.queries.terms import effective_terms, row_of, terms_rows
from loans.rules.terms import TermsKey, TermsValues
from loans.rules.terms_faults import TermsFault
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.make import MONDAY, NOW, Make

pytestmark = [pytest.mark.lending("2.1", "2.2"), pytest.mark.both_stores]


def general_row(session: Session, centre_id: int) -> tuple[int, TermsValues]:
    """Return the row every centre of the tests has, as it was opened for editing."""
    row = session.scalars(select(Terms).where(Terms.centre_id == centre_id)).one()
    found = row.id, row_of(row).values
    session.rollback()
    return found


def edit_of(opened: TermsValues, **changed: Any) -> TermsEdit:
    return TermsEdit(replace(opened, **changed), terms_edition(opened))


def test_a_row_is_added_and_holds_at_once(session: Session, make: Make) -> None:
    centre_id = make.the_centre().id
    head = make.actor(Role.CENTRE_ADMIN)
    wish = NewTerms(
        TermsKey(centre_id, "school", "equipment"), TermsValues(loan_period=3), "Zu wenig Geräte"
    )
    with unit_of_work(session):
        row_id = add_terms(session, wish, head, NOW).id
    found = effective_terms(terms_rows(session, {centre_id}), centre_id, "school", "camera")
    assert found.terms is not None
    assert (found.terms.loan_period, found.row_id("loan_period")) == (3, row_id)
    assert found.terms.renewals == 2
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.centre_id, entry.reason) == ("add_terms", centre_id, wish.reason)
    assert entry.after == {
        "customer_class": "school",
        "media_category": "equipment",
        "loan_period": 3,
    }


def test_a_change_is_recorded_from_what_to_what(session: Session, make: Make) -> None:
    centre_id = make.the_centre().id
    head = make.actor(Role.CENTRE_ADMIN)
    row_id, opened = general_row(session, centre_id)
    with unit_of_work(session):
        change_terms(session, row_id, edit_of(opened, loan_period=21, renewals=None), head, NOW)
    entry = session.scalars(select(AuditEntry)).one()
    assert entry.before == {"loan_period": 14, "renewals": 2}
    assert entry.after == {"loan_period": 21, "renewals": None}


def test_saving_what_is_stored_records_nothing(session: Session, make: Make) -> None:
    head = make.actor(Role.CENTRE_ADMIN)
    row_id, opened = general_row(session, make.the_centre().id)
    with unit_of_work(session):
        change_terms(session, row_id, edit_of(opened), head, NOW)
    assert session.scalars(select(AuditEntry)).all() == []


def test_due_dates_and_bookings_that_exist_stay(session: Session, make: Make) -> None:
    """Nothing is retroactive: a shorter period and no bookings at all, and yet both stay."""
    days = Period(MONDAY + timedelta(days=7), MONDAY + timedelta(days=14))
    holding = make.holding(copies=2)
    booking_id = make.booking(holding, days).id
    loan_id = make.loan(make.copy(holding)).id
    due_on = session.get_one(Loan, loan_id).due_on
    head = make.actor(Role.CENTRE_ADMIN)
    row_id, opened = general_row(session, make.the_centre().id)
    shorter = edit_of(opened, loan_period=1, limit_open_bookings=0, booking_horizon=0)
    with unit_of_work(session):
        change_terms(session, row_id, shorter, head, NOW)
    session.expire_all()
    booking = session.get_one(Booking, booking_id)
    assert session.get_one(Loan, loan_id).due_on == due_on
    assert (booking.first, booking.last) == (days.first, days.last)


def test_the_second_editor_is_told_what_was_saved(session: Session, make: Make) -> None:
    head = make.actor(Role.CENTRE_ADMIN)
    row_id, opened = general_row(session, make.the_centre().id)
    with unit_of_work(session):
        change_terms(session, row_id, edit_of(opened, loan_period=21), head, NOW)
    with pytest.raises(ChangedMeanwhileError) as told, unit_of_work(session):
        change_terms(session, row_id, edit_of(opened, loan_period=7), head, NOW)
    assert told.value.current == {"loan_period": 21}
    assert told.value.changed_by
    with pytest.raises(ChangedMeanwhileError), unit_of_work(session):
        remove_terms(session, row_id, (terms_edition(opened), ""), head, NOW)


def test_a_removed_row_is_inherited_over(session: Session, make: Make) -> None:
    centre_id = make.the_centre().id
    head = make.actor(Role.CENTRE_ADMIN)
    row_id, opened = general_row(session, centre_id)
    with unit_of_work(session):
        remove_terms(session, row_id, (terms_edition(opened), "Umstellung"), head, NOW)
    rows = terms_rows(session, {centre_id})
    assert effective_terms(rows, centre_id, "school", "film").terms is None
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.before["loan_period"]) == ("remove_terms", 14)


def test_there_is_one_row_for_each_key(session: Session, make: Make) -> None:
    centre_id = make.the_centre().id
    head, system = make.actor(Role.CENTRE_ADMIN), make.actor(Role.SYSTEM_ADMIN)
    twice = NewTerms(TermsKey(centre_id), TermsValues(renewals=1))
    with pytest.raises(InvalidError) as refused, unit_of_work(session):
        add_terms(session, twice, head, NOW)
    assert refused.value.faults == {"": TermsFault.KEY_TAKEN}
    everywhere = NewTerms(TermsKey(), TermsValues(renewals=1))
    with unit_of_work(session):
        add_terms(session, everywhere, system, NOW)
    with pytest.raises(InvalidError), unit_of_work(session):
        add_terms(session, everywhere, system, NOW)


def test_the_store_itself_keeps_one_row_everywhere(session: Session) -> None:
    session.add_all([Terms(renewals=1), Terms(renewals=2)])
    with pytest.raises(IntegrityError):
        session.commit()


def test_reminders_may_not_get_out_of_order_anywhere(session: Session, make: Make) -> None:
    """A row that is right by itself, and crosses what another centre's row says."""
    centre = make.the_centre()
    session.add(Terms(centre_id=centre.id, media_category="box", reminder_level_2=6))
    session.commit()
    system = make.actor(Role.SYSTEM_ADMIN)
    wish = NewTerms(TermsKey(), TermsValues(reminder_level_1=7))
    with pytest.raises(InvalidError) as refused, unit_of_work(session):
        add_terms(session, wish, system, NOW)
    assert refused.value.faults == {"": TermsFault.LEVELS_CROSS_INHERITED}


def test_removing_a_row_may_not_put_reminders_out_of_order(session: Session, make: Make) -> None:
    centre_id = make.the_centre().id
    head = make.actor(Role.CENTRE_ADMIN)
    everywhere = Terms(reminder_level_1=5, reminder_level_2=20, reminder_level_3=30)
    boxes = Terms(centre_id=centre_id, media_category="box", reminder_level_1=12)
    session.add_all([everywhere, boxes])
    session.commit()
    levels = Terms(centre_id=centre_id, customer_class="other", reminder_level_2=25)
    session.add(levels)
    session.commit()
    with unit_of_work(session):
        opened = row_of(session.get_one(Terms, levels.id)).values
        remove_terms(session, levels.id, (terms_edition(opened), ""), head, NOW)
    system = make.actor(Role.SYSTEM_ADMIN)
    opened = row_of(session.get_one(Terms, everywhere.id)).values
    session.rollback()
    with pytest.raises(InvalidError), unit_of_work(session):
        remove_terms(session, everywhere.id, (terms_edition(opened), ""), system, NOW)


@pytest.mark.parametrize(
    "role", [Role.STAFF, Role.TEACHER, Role.SCHOOL_ADMIN, Role.ADVISER, Role.PLANNER]
)
def test_only_the_head_edits_terms(session: Session, make: Make, role: Role) -> None:
    row_id, opened = general_row(session, make.the_centre().id)
    by = make.actor(role)
    with pytest.raises(NotFoundError), unit_of_work(session):
        change_terms(session, row_id, edit_of(opened, renewals=9), by, NOW)


def test_a_head_edits_neither_anothers_rows_nor_those_of_all(session: Session, make: Make) -> None:
    foreign = make.centre()
    row_id, opened = general_row(session, foreign.id)
    head = make.actor(Role.CENTRE_ADMIN, centre=make.centre())
    with pytest.raises(NotFoundError), unit_of_work(session):
        change_terms(session, row_id, edit_of(opened, renewals=9), head, NOW)
    with pytest.raises(NotFoundError), unit_of_work(session):
        remove_terms(session, row_id, (terms_edition(opened), ""), head, NOW)
    for key in (TermsKey(foreign.id, "other"), TermsKey(None, "other")):
        with pytest.raises(NotFoundError), unit_of_work(session):
            add_terms(session, NewTerms(key, TermsValues(renewals=9)), head, NOW)
