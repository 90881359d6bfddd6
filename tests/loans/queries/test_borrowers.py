"""People are found within a scope only; units are proposed as they fit."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.title import Title
from loans.queries.borrowers import memberships_of, people_like
from loans.queries.units import units_for
from schools.models.curriculum import CurriculumTerm, Scheme
from schools.rules.periods import Period
from schools.rules.roles import Right, Role, Scope
from tests.make import MONDAY, Make

pytestmark = pytest.mark.both_stores


def staff_scope(make: Make) -> Scope:
    return Scope(centre_ids=frozenset({make.the_centre().id}))


@pytest.mark.parametrize("letters", ["cur", "Cur", "mar cur", "curie marie", "MARIE"])
def test_staff_find_people_by_three_letters(session: Session, make: Make, letters: str) -> None:
    make.person(given_name="Marie", family_name="Curie")
    make.person(given_name="Lise", family_name="Meitner")
    (found,) = people_like(session, staff_scope(make), letters, MONDAY)
    assert found.name == "Marie Curie"
    assert found.institution == make.the_school().name


def test_capital_umlauts_are_found_too(session: Session, make: Make) -> None:
    make.person(family_name="Özdemir")
    assert people_like(session, staff_scope(make), "özd", MONDAY)


@pytest.mark.parametrize(
    "letters", ["von der Heide", "Heide", "Heide, Anna", "lena hei", "Anna-Lena", "östl"]
)
def test_every_word_of_a_name_can_be_begun(session: Session, make: Make, letters: str) -> None:
    make.person(given_name="Anna-Lena", family_name="von der Heide-Östlich")
    make.person(given_name="Leni", family_name="Scheidemann-Köstlin")
    (found,) = people_like(session, staff_scope(make), letters, MONDAY)
    assert found.name == "Anna-Lena von der Heide-Östlich"


@pytest.mark.parametrize("letters", ["cu", " ", "%%%", "cur%"])
def test_too_few_letters_and_wildcards_find_nobody(
    session: Session, make: Make, letters: str
) -> None:
    make.person(given_name="Eva Marie", family_name="Curie")
    assert people_like(session, staff_scope(make), letters, MONDAY) == ()


def test_people_of_other_centres_and_leavers_are_not_found(session: Session, make: Make) -> None:
    make.the_centre()
    make.person(make.school(centre=make.centre()), family_name="Curie")
    left = make.person(family_name="Curie", until=MONDAY - timedelta(days=1))
    scope = staff_scope(make)
    assert people_like(session, scope, "curie", MONDAY) == ()
    assert memberships_of(session, scope, left.id, MONDAY) == ()


def test_a_teacher_sees_only_their_own_memberships(session: Session, make: Make) -> None:
    person, colleague = make.person(), make.person()
    scope = make.actor(Role.TEACHER, person=person).scope(Right.BOOK)
    assert len(memberships_of(session, scope, person.id, MONDAY)) == 1
    assert memberships_of(session, scope, colleague.id, MONDAY) == ()


def biology(session: Session, make: Make) -> Title:
    """A title for biology in grades 5 to 8."""
    title = make.title(grade_from=5, grade_to=8)
    if session.get(CurriculumTerm, (Scheme.SUBJECT, "BI")) is None:
        session.add(
            CurriculumTerm(scheme=Scheme.SUBJECT, code="BI", name_de="Biologie", name_en="Biology")
        )
        session.flush()
    session.add(CurriculumLink(title_id=title.id, scheme=Scheme.SUBJECT, code="BI"))
    session.commit()
    return title


def test_units_that_fit_come_first_and_the_last_used_before_them(
    session: Session, make: Make
) -> None:
    title, school = biology(session, make), make.the_school()
    music = make.unit(subject="MU", number="1")
    early = make.unit(number="7.1")
    used = make.unit(number="7.2")
    too_old = make.unit(number="9.1", grade=9)
    make.unit(number="0", retired_on=MONDAY)
    holding = make.holding(copies=1)
    make.booking(holding, Period(MONDAY, MONDAY), unit_id=used.id, reason=None)
    scope = Scope(institution_ids=frozenset({school.id}))
    found = units_for(session, scope, school.id, title.id)
    assert [each.id for each in found[:2]] == [used.id, early.id]
    assert [each.fits for each in found] == [True, True, False, False]
    assert {each.id for each in found[2:]} == {music.id, too_old.id}


def test_units_of_a_foreign_school_are_not_shown(session: Session, make: Make) -> None:
    title, ours, foreign = biology(session, make), make.school(), make.school()
    make.unit(foreign)
    scope = Scope(institution_ids=frozenset({ours.id}))
    assert units_for(session, scope, foreign.id, title.id) == ()
