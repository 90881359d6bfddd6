"""Opening a medium or a list to a class: one living code a thing, taken back for good."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.errors import ActRefusedError, NotFoundError
from catalogue.models.class_code import ClassCode
from catalogue.operations.keep_lists import ListFacts, drop_list, make_list
from catalogue.operations.open_to_class import Opened, close_to_class, open_to_class
from catalogue.queries.class_codes import codes_of, living_code, thing_of_card, thing_of_code
from catalogue.rules import class_codes as rules
from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from schools.models.account import Account, AccountState
from schools.rules.roles import Actor, Role
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores

LAST_DAY = date(2027, 7, 31)

Opens = Callable[..., ClassCode]


@pytest.fixture
def teacher(make: Make) -> Actor:
    return make.actor(Role.TEACHER)


@pytest.fixture
def opens(session: Session, teacher: Actor) -> Opens:
    def opens(thing: Opened, by: Actor = teacher, today: date = MONDAY) -> ClassCode:
        with unit_of_work(session):
            return open_to_class(session, thing, by, today, NOW)

    return opens


def closes(session: Session, code_id: int, by: Actor) -> None:
    with unit_of_work(session):
        close_to_class(session, code_id, by, NOW)


@pytest.mark.lending("3.6")
def test_a_code_opens_its_title_until_the_school_year_ends(
    session: Session, make: Make, opens: Opens
) -> None:
    title = make.title(online_url="https://example.org/film")
    made = opens(Opened(title_id=title.id))
    for day, found in (
        (MONDAY, True),
        (LAST_DAY, True),
        (LAST_DAY + timedelta(days=1), False),
    ):
        thing = thing_of_code(session, made.code, day)
        assert (thing is not None) is found
        assert (thing_of_card(session, made.id, day) is not None) is found
        if thing is not None:
            assert (thing.title_id, thing.list_id) == (title.id, None)


def test_asked_again_the_same_code_is_given_so_that_printed_cards_stay_right(
    session: Session, make: Make, opens: Opens, teacher: Actor
) -> None:
    title = make.title()
    first, again = opens(Opened(title_id=title.id)), opens(Opened(title_id=title.id))
    assert first.code == again.code
    other = opens(Opened(title_id=title.id), by=make.actor(Role.TEACHER))
    assert other.code != first.code
    closes(session, first.id, teacher)
    assert opens(Opened(title_id=title.id)).code != first.code
    next_year = opens(Opened(title_id=title.id), today=LAST_DAY + timedelta(days=1))
    assert next_year.ends_on == date(2028, 7, 31)


def test_a_code_taken_back_opens_nothing_and_is_noted_once(
    session: Session, make: Make, opens: Opens, teacher: Actor
) -> None:
    made = opens(Opened(title_id=make.title().id))
    for _ in range(2):
        closes(session, made.id, teacher)
    assert thing_of_code(session, made.code, MONDAY) is None
    assert thing_of_card(session, made.id, MONDAY) is None
    assert codes_of(session, teacher, MONDAY) == []
    acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts == ["open_to_class", "close_to_class"]


def test_nobody_opens_anothers_list_or_takes_back_anothers_code(
    session: Session, make: Make, opens: Opens, teacher: Actor
) -> None:
    with unit_of_work(session):
        own = make_list(session, ListFacts("Wald"), teacher, NOW).id
    made = opens(Opened(list_id=own))
    colleague = make.actor(Role.TEACHER)
    with pytest.raises(NotFoundError):
        opens(Opened(list_id=own), by=colleague)
    with pytest.raises(NotFoundError):
        closes(session, made.id, colleague)
    assert living_code(session, colleague, made.id, MONDAY) is None
    assert living_code(session, teacher, made.id, MONDAY) is not None


def test_with_its_list_a_code_is_gone(session: Session, opens: Opens, teacher: Actor) -> None:
    with unit_of_work(session):
        own = make_list(session, ListFacts("Wald"), teacher, NOW).id
    code = opens(Opened(list_id=own)).code
    with unit_of_work(session):
        drop_list(session, own, teacher, NOW)
    assert thing_of_code(session, code, MONDAY) is None
    assert session.scalars(select(ClassCode)).all() == []


def test_codes_of_an_account_that_is_shut_open_nothing(
    session: Session, make: Make, opens: Opens, teacher: Actor
) -> None:
    code = opens(Opened(title_id=make.title().id)).code
    with unit_of_work(session):
        session.get_one(Account, teacher.account_id).state = AccountState.DISABLED
    assert thing_of_code(session, code, MONDAY) is None


def test_there_are_only_so_many_living_codes(
    session: Session,
    make: Make,
    opens: Opens,
    teacher: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("catalogue.operations.open_to_class.MOST_CODES", 2)
    first = opens(Opened(title_id=make.title().id))
    opens(Opened(title_id=make.title().id))
    with pytest.raises(ActRefusedError):
        opens(Opened(title_id=make.title().id))
    closes(session, first.id, teacher)
    opens(Opened(title_id=make.title().id))


def test_a_code_that_is_there_is_not_given_twice(
    make: Make, opens: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([7, 7, 8])
    monkeypatch.setattr("catalogue.operations.open_to_class.randbelow", lambda _: next(drawn))
    codes = [opens(Opened(title_id=make.title().id)).code for _ in range(2)]
    assert codes == [rules.class_code(7), rules.class_code(8)]
