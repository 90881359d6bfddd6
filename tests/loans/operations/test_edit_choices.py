"""A centre's choices are stored once, for its own centre, by its head."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.errors import ChangedMeanwhileError
from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError
from loans.models.lending_settings import LendingSettings
from loans.operations.edit_choices import ChoicesEdit, choices_edition, edit_choices
from loans.queries.choices import choices_of
from loans.rules.choices import DEFAULTS, CentreChoices
from schools.rules.roles import Actor, Role
from tests.make import NOW, Make

pytestmark = pytest.mark.both_stores

NEVER_MAILED = replace(DEFAULTS, mails_receipts=False)


def edit(
    session: Session, by: Actor, centre_id: int, choices: CentreChoices, opened: CentreChoices
) -> None:
    session.rollback()
    wish = ChoicesEdit(centre_id, choices, choices_edition(opened))
    with unit_of_work(session):
        edit_choices(session, wish, by, NOW)


def test_choices_are_stored_changed_and_logged(session: Session, make: Make) -> None:
    head, centre_id = make.actor(Role.CENTRE_ADMIN), make.the_centre().id
    edit(session, head, centre_id, NEVER_MAILED, DEFAULTS)
    checked = replace(NEVER_MAILED, checks_returns=True)
    edit(session, head, centre_id, checked, NEVER_MAILED)
    assert choices_of(session, centre_id) == checked
    said = [(each.before, each.after) for each in session.scalars(select(AuditEntry))]
    assert said == [
        ({"mails_receipts": True}, {"mails_receipts": False}),
        ({"checks_returns": False}, {"checks_returns": True}),
    ]
    assert len(session.scalars(select(LendingSettings)).all()) == 1


def test_the_second_editor_is_told(session: Session, make: Make) -> None:
    head, centre_id = make.actor(Role.CENTRE_ADMIN), make.the_centre().id
    edit(session, head, centre_id, NEVER_MAILED, DEFAULTS)
    with pytest.raises(ChangedMeanwhileError) as told:
        edit(session, head, centre_id, replace(DEFAULTS, person_days=10), DEFAULTS)
    assert told.value.current == {"mails_receipts": False, "person_days": 90}
    edit(session, head, centre_id, NEVER_MAILED, DEFAULTS)


@pytest.mark.parametrize(
    "role", [Role.STAFF, Role.TEACHER, Role.SCHOOL_ADMIN, Role.ADVISER, Role.PLANNER]
)
def test_only_the_head_chooses(session: Session, make: Make, role: Role) -> None:
    by, centre_id = make.actor(role), make.the_centre().id
    with pytest.raises(NotFoundError):
        edit(session, by, centre_id, NEVER_MAILED, DEFAULTS)


def test_a_head_chooses_for_no_other_centre(session: Session, make: Make) -> None:
    head, foreign = make.actor(Role.CENTRE_ADMIN), make.centre().id
    for centre_id in (foreign, 99_999):
        with pytest.raises(NotFoundError):
            edit(session, head, centre_id, NEVER_MAILED, DEFAULTS)
