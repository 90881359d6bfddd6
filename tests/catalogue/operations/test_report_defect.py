"""A defect is written down with its letter; staff handle it, and the reporter hears of it."""

from collections.abc import Callable
from typing import TypeVar

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.errors import ActRefusedError, ChangedMeanwhileError, NotFoundError
from catalogue.models.copy import Copy
from catalogue.models.defect import Defect, DefectKind
from catalogue.operations.handle_defect import DefectDecision, handle_defect
from catalogue.operations.report_defect import DefectReport, Photo, report_defect
from catalogue.queries.defects import (
    DefectFilter,
    defect_within,
    defects_within,
    photo_within,
)
from catalogue.rules.copy_states import CopyState
from catalogue.rules.defect_states import FOLLOWING, STILL_OPEN, DefectState, next_state
from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.roles import Actor, Right, Role, Scope
from tests.make import NOW, Make

pytestmark = pytest.mark.both_stores

PHOTO = Photo("a1b2.jpg", "image/jpeg", 40, 20, 1234)
Row = TypeVar("Row")


def done(session: Session, act: Callable[[], Row]) -> Row:
    with unit_of_work(session):
        return act()


def reported(make: Make, by: Actor, copy: Copy | None = None, **facts: object) -> Defect:
    copy = copy or make.copy()
    values = {"institution_id": make.the_school().id, "text": "Klappt nicht"} | facts
    report = DefectReport(copy.id, DefectKind.BROKEN, **values)  # type: ignore[arg-type]  # facts
    return done(make.session, lambda: report_defect(make.session, report, by, NOW))


def decided(make: Make, defect: Defect, by: Actor, state: DefectState, answer: str = "") -> Defect:
    decision = DefectDecision(defect.id, defect.version, state, answer)
    return done(make.session, lambda: handle_defect(make.session, decision, by, NOW))


def letters(session: Session, kind: LetterKind) -> list[OwedLetter]:
    query = select(OwedLetter).where(OwedLetter.kind == kind).order_by(OwedLetter.id)
    return list(session.scalars(query))


def test_a_report_is_kept_for_school_and_centre_with_a_letter(make: Make) -> None:
    by = make.actor()
    defect = reported(make, by, photo=PHOTO)
    assert (defect.state, defect.person_id) == (DefectState.REPORTED, by.person_id)
    assert defect.photo is not None
    assert defect.photo.institution_id == make.the_school().id
    (letter,) = letters(make.session, LetterKind.DEFECT_REPORTED)
    assert letter.to_address == "mz@example.org"
    assert letter.facts["number"] == f"S-{defect.id}"
    assert letter.facts["school"] == make.the_school().name
    entry = make.session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.subject_id) == ("report_defect", defect.id)


def test_a_copy_out_of_reach_cannot_be_reported(make: Make) -> None:
    by = make.actor()
    foreign = make.copy(make.holding(make.title("Fern"), centre=make.centre()))
    with pytest.raises(NotFoundError):
        reported(make, by, foreign, institution_id=None)
    with pytest.raises(NotFoundError):
        reported(make, by, foreign, institution_id=make.school(centre=make.centre()).id)
    assert make.session.scalars(select(Defect)).all() == []


def test_what_was_withdrawn_cannot_be_reported(make: Make) -> None:
    with pytest.raises(NotFoundError):
        reported(make, make.actor(Role.STAFF), make.copy(state=CopyState.WITHDRAWN))


def test_a_part_of_another_box_is_refused(make: Make) -> None:
    box, other = make.part(), make.part()
    defect = reported(make, make.actor(Role.STAFF), box.copy, part_id=box.id)
    assert defect.part_id == box.id
    with pytest.raises(NotFoundError):
        reported(make, make.actor(Role.STAFF), box.copy, part_id=other.id)


def test_staff_take_it_up_answer_and_close_it_and_the_reporter_hears_each_time(
    make: Make,
) -> None:
    by, staff = make.actor(), make.actor(Role.STAFF)
    defect = reported(make, by)
    decided(make, defect, staff, DefectState.IN_WORK)
    decided(make, defect, staff, DefectState.DONE, "Ersatz liegt bereit.")
    told = letters(make.session, LetterKind.DEFECT_STATE)
    assert [letter.facts["state"] for letter in told] == ["in_work", "done"]
    assert told[1].facts["remark"] == "Ersatz liegt bereit."
    assert {letter.person_id for letter in told} == {by.person_id}


def test_saying_the_same_again_owes_nothing(make: Make) -> None:
    defect = reported(make, make.actor())
    decided(make, defect, make.actor(Role.STAFF), DefectState.REPORTED)
    assert letters(make.session, LetterKind.DEFECT_STATE) == []


def test_a_second_editor_is_told_what_the_first_saved(make: Make) -> None:
    defect = reported(make, make.actor())
    staff = make.actor(Role.STAFF)
    version = defect.version
    decided(make, defect, staff, DefectState.IN_WORK, "Ist bestellt.")
    late = DefectDecision(defect.id, version, DefectState.DECLINED, "")
    with pytest.raises(ChangedMeanwhileError) as raised:
        done(make.session, lambda: handle_defect(make.session, late, staff, NOW))
    assert raised.value.current == {"state": DefectState.IN_WORK, "answer": "Ist bestellt."}
    assert defect.state is DefectState.IN_WORK


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SCHOOL_ADMIN, Role.ADVISER])
def test_only_staff_handle_defects(make: Make, role: Role) -> None:
    defect = reported(make, make.actor())
    with pytest.raises(NotFoundError):
        decided(make, defect, make.actor(role), DefectState.DONE)


def test_staff_of_another_centre_see_nothing_of_it(make: Make) -> None:
    defect = reported(make, make.actor())
    stranger = make.actor(Role.STAFF, centre=make.centre())
    with pytest.raises(NotFoundError):
        decided(make, defect, stranger, DefectState.DONE)
    assert defect_within(make.session, stranger.scope(Right.HANDLE_DEFECTS), defect.id) is None


def test_a_settled_defect_is_not_declined_afterwards_but_can_be_taken_up_again(
    make: Make,
) -> None:
    staff = make.actor(Role.STAFF)
    defect = reported(make, make.actor())
    decided(make, defect, staff, DefectState.DONE)
    with pytest.raises(ActRefusedError):
        decided(make, defect, staff, DefectState.DECLINED)
    assert decided(make, defect, staff, DefectState.IN_WORK).state is DefectState.IN_WORK


def test_lists_hold_what_the_reader_may_see_the_latest_first(make: Make) -> None:
    by = make.actor()
    mine, other = reported(make, by), reported(make, make.actor())
    all_of_school = Scope(institution_ids=frozenset({make.the_school().id}))
    own = Scope(person_id=by.person_id)
    found = {
        name: [each.id for each in defects_within(make.session, scope, DefectFilter(), 1, 9)[0]]
        for name, scope in {"school": all_of_school, "own": own, "none": Scope()}.items()
    }
    assert found == {"school": [other.id, mine.id], "own": [mine.id], "none": []}


def test_a_list_is_narrowed_by_state_and_cut_into_pages(make: Make) -> None:
    staff = make.actor(Role.STAFF)
    defects = [reported(make, make.actor()) for _ in range(3)]
    decided(make, defects[0], staff, DefectState.DONE)
    scope = staff.scope(Right.HANDLE_DEFECTS)
    wanted = DefectFilter(STILL_OPEN)
    found, total = defects_within(make.session, scope, wanted, 2, 1)
    assert ([each.id for each in found], total) == ([defects[1].id], 2)


def test_a_photo_is_seen_by_those_who_see_the_defect(make: Make) -> None:
    by = make.actor()
    reported(make, by, photo=PHOTO)
    seen = photo_within(make.session, Scope(person_id=by.person_id), PHOTO.stored_name)
    assert seen is not None
    assert seen.media_type == "image/jpeg"
    assert photo_within(make.session, Scope(), PHOTO.stored_name) is None


@pytest.mark.parametrize("state", list(DefectState))
def test_no_state_leads_nowhere(state: DefectState) -> None:
    assert FOLLOWING[state]
    assert next_state(state, state) is state
