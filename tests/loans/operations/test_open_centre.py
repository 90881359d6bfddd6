"""Opening a centre and its branches, so that they can lend at once."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError
from loans.operations.open_centre import CentreFault, NewCentre, open_branch, open_centre
from loans.queries.availability import availability
from loans.queries.viewpoint import Where, viewpoint_of
from schools.errors import RefusedError
from schools.models.institution import Institution
from schools.models.media_centre import Branch, MediaCentre
from schools.rules.periods import Period
from schools.rules.roles import SYSTEM, Role, Scope
from tests.make import MONDAY, NOW, Make

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("1.2")]

BOCHUM = "05911"
CENTRE = NewCentre("MZ-BO", "Medienzentrum Bochum", "Hauptstelle", BOCHUM)


def opened(session: Session, wish: NewCentre = CENTRE) -> MediaCentre:
    with unit_of_work(session):
        return open_centre(session, wish, SYSTEM, NOW)


def refused(session: Session, wish: NewCentre) -> tuple[str, ...]:
    with pytest.raises(RefusedError) as told:
        opened(session, wish)
    return told.value.reasons


def test_a_new_centre_has_a_counter_and_open_days(session: Session, make: Make) -> None:
    centre = opened(session)
    holding = make.holding(centre=centre, copies=2)
    where = Where(centre.id)
    view = viewpoint_of(session, Scope(everything=True), where, MONDAY, NOW)
    found = availability(session, view, {holding.id}, Period(MONDAY, MONDAY))[holding.id]
    (day,) = found.views()
    assert (view.place.name, day.free, day.start_reasons) == ("Theke", 2, ())


def test_the_schools_of_its_district_that_have_no_centre_are_its(
    session: Session, make: Make
) -> None:
    served = make.school()
    alone = make.school()
    district_id = opened(session, NewCentre("MZ-0", "Nebenan", "Haus", BOCHUM)).district_id
    alone.centre_id, alone.district_id, served.district_id = None, district_id, district_id
    session.commit()
    before = served.centre_id
    centre = opened(session)
    session.expire_all()
    assert [each.centre_id for each in session.scalars(select(Institution))] == [
        before,
        centre.id,
    ]


def test_every_fault_is_told_at_once(session: Session) -> None:
    opened(session)
    assert refused(session, NewCentre("MZ-BO", "", "", "99999")) == (
        CentreFault.CODE_TAKEN,
        CentreFault.NO_NAME,
        CentreFault.NO_DISTRICT,
        CentreFault.NO_BRANCH,
    )
    assert refused(session, NewCentre("", "Haus", "Haus")) == (CentreFault.NO_CODE,)


def test_branches_are_called_differently(session: Session) -> None:
    centre = opened(session)
    with unit_of_work(session):
        open_branch(session, centre.id, "Nord", SYSTEM, NOW)
    with pytest.raises(RefusedError), unit_of_work(session):
        open_branch(session, centre.id, "Nord", SYSTEM, NOW)
    names = session.scalars(select(Branch.name).order_by(Branch.id))
    assert list(names) == ["Hauptstelle", "Nord"]


def test_only_who_keeps_the_installation_opens_centres(session: Session, make: Make) -> None:
    head = make.actor(Role.CENTRE_ADMIN)
    with pytest.raises(NotFoundError) as refused, unit_of_work(session):
        open_centre(session, CENTRE, head, NOW)
    assert refused.value.key == CENTRE.code
    elsewhere = make.centre().id
    with pytest.raises(NotFoundError), unit_of_work(session):
        open_branch(session, elsewhere, "Nord", head, NOW)
