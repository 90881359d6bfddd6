"""Wishes for purchase: made by teachers, answered by staff, told by letter."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import ChangedMeanwhileError, ImpossibleStepError, NotFoundError
from loans.models.purchase_wish import PurchaseWish
from loans.operations.answer_wish import PurchaseAnswer, answer_wish
from loans.operations.wish_for_purchase import (
    PurchaseAsked,
    take_back_wish,
    wish_for_purchase,
)
from loans.queries.purchases import wish_within, wishes_of, wishes_of_centre
from loans.rules.purchases import PurchaseState
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.roles import Actor, Right, Role
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores

Wishes = Callable[..., PurchaseWish]


@pytest.fixture
def teacher(make: Make) -> Actor:
    return make.actor(Role.TEACHER)


@pytest.fixture
def staff(make: Make) -> Actor:
    return make.actor(Role.STAFF)


@pytest.fixture
def wishes(session: Session, teacher: Actor) -> Wishes:
    def wishes(what: str = "Ein Mikroskop", by: Actor = teacher, **asked: Any) -> PurchaseWish:
        with unit_of_work(session):
            return wish_for_purchase(session, PurchaseAsked(what=what, **asked), by, MONDAY, NOW)

    return wishes


def answers(
    session: Session, wish: PurchaseWish, by: Actor, state: PurchaseState, **facts: Any
) -> PurchaseWish:
    values: dict[str, Any] = {"version": wish.version, "sentence": "Kommt im Februar."}
    values |= facts
    with unit_of_work(session):
        return answer_wish(session, PurchaseAnswer(wish.id, state=state, **values), by, NOW)


def test_a_wish_goes_to_the_centre_of_the_school_with_its_unit(
    session: Session, make: Make, wishes: Wishes, teacher: Actor
) -> None:
    unit = make.unit()
    wish = wishes(" Ein Mikroskop ", unit_id=unit.id, why="Für sechs Gruppen")
    assert (wish.what, wish.state) == ("Ein Mikroskop", PurchaseState.OPEN)
    assert (wish.centre_id, wish.institution_id) == (make.the_centre().id, unit.institution_id)
    (own,) = wishes_of(session, teacher)
    assert (own.unit, own.person) == ("UV 7.2 Energie des Lebens", "")
    assert session.scalars(select(AuditEntry.act)).all() == ["wish_for_purchase"]


def test_more_copies_of_one_title_are_wished_for_once(
    make: Make, wishes: Wishes, session: Session, staff: Actor
) -> None:
    title = make.title()
    first, again = wishes(title_id=title.id), wishes(title_id=title.id)
    assert first.id == again.id
    assert wishes(title_id=title.id, by=make.actor(Role.TEACHER)).id != first.id
    answers(session, first, staff, PurchaseState.DECLINED)
    assert wishes(title_id=title.id).id != first.id


def test_the_answer_is_told_by_one_letter_that_leads_to_the_title(
    session: Session, make: Make, wishes: Wishes, staff: Actor
) -> None:
    title = make.title("Mikroskopierkoffer")
    wish = wishes()
    done = answers(session, wish, staff, PurchaseState.FULFILLED, title_id=title.id)
    letter = session.scalars(select(OwedLetter)).one()
    assert letter.kind is LetterKind.PURCHASE_ANSWERED
    assert letter.facts == {
        "what": "Ein Mikroskop",
        "state": "fulfilled",
        "answer": "Kommt im Februar.",
        "title": "Mikroskopierkoffer",
        "path": f"/titles/{title.id}",
    }
    same = answers(session, done, staff, PurchaseState.FULFILLED, title_id=title.id)
    assert same.version == done.version
    assert len(session.scalars(select(OwedLetter)).all()) == 1


def test_two_answers_at_once_do_not_overwrite_each_other(
    session: Session, wishes: Wishes, staff: Actor
) -> None:
    wish = wishes()
    version = wish.version
    answers(session, wish, staff, PurchaseState.ORDERED)
    with pytest.raises(ChangedMeanwhileError):
        answers(session, wish, staff, PurchaseState.DECLINED, version=version)
    session.rollback()
    assert session.scalars(select(PurchaseWish.state)).all() == [PurchaseState.ORDERED]


def test_what_was_bought_is_not_declined_afterwards(
    session: Session, wishes: Wishes, staff: Actor
) -> None:
    wish = answers(session, wishes(), staff, PurchaseState.FULFILLED)
    with pytest.raises(ImpossibleStepError):
        answers(session, wish, staff, PurchaseState.DECLINED)


def test_a_wish_is_taken_back_only_by_whoever_wished_and_before_the_answer(
    session: Session, make: Make, wishes: Wishes, teacher: Actor, staff: Actor
) -> None:
    wish, answered = wishes(), wishes("Ein Globus")
    answers(session, answered, staff, PurchaseState.ORDERED)
    for by, wish_id, error in (
        (make.actor(Role.TEACHER), wish.id, NotFoundError),
        (teacher, answered.id, ImpossibleStepError),
        (teacher, 999999, NotFoundError),
    ):
        with pytest.raises(error), unit_of_work(session):
            take_back_wish(session, wish_id, by, NOW)
    with unit_of_work(session):
        take_back_wish(session, wish.id, teacher, NOW)
    assert [each.what for each in wishes_of(session, teacher)] == ["Ein Globus"]


def test_foreign_things_are_not_found(session: Session, make: Make, wishes: Wishes) -> None:
    elsewhere = make.centre()
    foreign_unit = make.unit(make.school(centre=elsewhere))
    for asked in (
        {"unit_id": foreign_unit.id},
        {"institution_id": foreign_unit.institution_id},
        {"title_id": 999999},
    ):
        with pytest.raises(NotFoundError):
            wishes(**asked)
    wish = wishes()
    strangers = make.actor(Role.STAFF, centre=elsewhere)
    with pytest.raises(NotFoundError):
        answers(session, wish, strangers, PurchaseState.ORDERED)
    scope = strangers.scope(Right.CATALOGUE)
    assert wish_within(session, scope, wish.id) is None
    assert wishes_of_centre(session, scope, None, 1).wishes == ()


def test_a_letter_is_owed_to_nobody_once_the_person_is_cut(
    session: Session, wishes: Wishes, staff: Actor
) -> None:
    wish = wishes()
    with unit_of_work(session):
        session.get_one(PurchaseWish, wish.id).person_id = None
    session.refresh(wish)
    answers(session, wish, staff, PurchaseState.ORDERED)
    assert session.scalars(select(OwedLetter)).all() == []
