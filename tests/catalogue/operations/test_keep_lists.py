"""Lists of titles: whose they are, what fits on them, and when their links die."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.errors import ActRefusedError, DuplicateError, NotFoundError
from catalogue.models.title_list import ListEntry, TitleList
from catalogue.operations import keep_lists
from catalogue.operations.keep_lists import (
    ListFacts,
    describe_list,
    drop_list,
    make_list,
    put_on_latest_list,
    put_on_list,
    share_list,
    take_off_list,
    unshare_list,
)
from catalogue.queries.title_lists import entries_of, list_choices, lists_of, shared_list
from catalogue.rules.title_lists import KeepingRefusal
from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from schools.models.account import Account, AccountState
from schools.rules.roles import Actor
from tests.make import NOW, Make

pytestmark = pytest.mark.both_stores

LATER = NOW + timedelta(minutes=5)


def new_list(session: Session, who: Actor, name: str = "Vulkane") -> int:
    with unit_of_work(session):
        return make_list(session, ListFacts(name, "für die 7b"), who, NOW).id


def names_on(session: Session, list_id: int) -> list[str]:
    session.rollback()
    return [entry.name for entry in entries_of(session, list_id)]


def test_a_title_stands_on_a_list_once_in_the_order_it_came(session: Session, make: Make) -> None:
    who, first, second = make.actor(), make.title("Ätna"), make.title("Vesuv")
    list_id = new_list(session, who)
    for title in (second, first, second):
        with unit_of_work(session):
            put_on_list(session, list_id, title.id, who, NOW)
    assert names_on(session, list_id) == ["Vesuv", "Ätna"]


def test_the_first_title_makes_the_first_list(session: Session, make: Make) -> None:
    who, title = make.actor(), make.title("Ätna")
    for _ in range(2):
        with unit_of_work(session):
            put_on_latest_list(session, "Merkliste", title.id, who, NOW)
    assert [(each.name, each.titles) for each in lists_of(session, who)] == [("Merkliste", 1)]


def test_a_title_goes_to_the_list_that_changed_last(session: Session, make: Make) -> None:
    who, title = make.actor(), make.title("Ätna")
    older, newer = new_list(session, who, "Vulkane"), new_list(session, who, "Erdbeben")
    with unit_of_work(session):
        describe_list(session, older, ListFacts("Vulkane"), who, LATER)
    with unit_of_work(session):
        put_on_latest_list(session, "Merkliste", title.id, who, LATER)
    assert (names_on(session, older), names_on(session, newer)) == (["Ätna"], [])


def test_what_is_taken_off_is_gone_and_may_come_back(session: Session, make: Make) -> None:
    who, title = make.actor(), make.title("Ätna")
    list_id = new_list(session, who)
    with unit_of_work(session):
        put_on_list(session, list_id, title.id, who, NOW)
    for _ in range(2):
        with unit_of_work(session):
            take_off_list(session, list_id, title.id, who, NOW)
    assert names_on(session, list_id) == []
    with unit_of_work(session):
        put_on_list(session, list_id, title.id, who, NOW)
    assert names_on(session, list_id) == ["Ätna"]


def test_a_title_knows_the_lists_it_is_on(session: Session, make: Make) -> None:
    who, title = make.actor(), make.title("Ätna")
    with_it, without = new_list(session, who, "A"), new_list(session, who, "B")
    with unit_of_work(session):
        put_on_list(session, with_it, title.id, who, LATER)
    choices = {each.id: each.holds for each in list_choices(session, who, title.id)}
    assert choices == {with_it: True, without: False}


def test_two_lists_of_one_owner_share_no_name(session: Session, make: Make) -> None:
    who, colleague = make.actor(), make.actor()
    new_list(session, who)
    new_list(session, colleague)
    with pytest.raises(DuplicateError):
        new_list(session, who)
    other = new_list(session, who, "Erdbeben")
    with pytest.raises(DuplicateError), unit_of_work(session):
        describe_list(session, other, ListFacts("Vulkane"), who, NOW)


def test_nobody_touches_the_list_of_another(session: Session, make: Make) -> None:
    who, colleague, title = make.actor(), make.actor(), make.title()
    list_id = new_list(session, who)
    acts = (
        lambda: describe_list(session, list_id, ListFacts("X"), colleague, NOW),
        lambda: put_on_list(session, list_id, title.id, colleague, NOW),
        lambda: take_off_list(session, list_id, title.id, colleague, NOW),
        lambda: share_list(session, list_id, colleague, NOW),
        lambda: unshare_list(session, list_id, colleague, NOW),
        lambda: drop_list(session, list_id, colleague, NOW),
    )
    for act in acts:
        with pytest.raises(NotFoundError), unit_of_work(session):
            act()
    assert [each.name for each in lists_of(session, who)] == ["Vulkane"]


def test_there_is_an_end_to_lists_and_to_what_is_on_them(
    session: Session, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep_lists, "MOST_LISTS", 1)
    monkeypatch.setattr(keep_lists, "MOST_TITLES_ON_A_LIST", 1)
    who, first, second = make.actor(), make.title("Ätna"), make.title("Vesuv")
    list_id = new_list(session, who)
    with pytest.raises(ActRefusedError) as too_many:
        new_list(session, who, "Erdbeben")
    with unit_of_work(session):
        put_on_list(session, list_id, first.id, who, NOW)
    with pytest.raises(ActRefusedError) as full, unit_of_work(session):
        put_on_list(session, list_id, second.id, who, NOW)
    assert too_many.value.reasons == (KeepingRefusal.TOO_MANY_LISTS,)
    assert full.value.reasons == (KeepingRefusal.LIST_FULL,)


def test_a_dropped_list_takes_its_entries_along(session: Session, make: Make) -> None:
    who, title = make.actor(), make.title()
    list_id = new_list(session, who)
    with unit_of_work(session):
        put_on_list(session, list_id, title.id, who, NOW)
    with unit_of_work(session):
        assert drop_list(session, list_id, who, NOW) == "Vulkane"
    assert session.scalars(select(ListEntry)).all() == []
    assert session.scalars(select(AuditEntry.act)).all() == ["drop_list"]


def test_each_new_link_differs_and_the_old_one_dies(session: Session, make: Make) -> None:
    who = make.actor()
    list_id = new_list(session, who)
    nonces = []
    for _ in range(2):
        with unit_of_work(session):
            nonces.append(share_list(session, list_id, who, NOW).share_nonce)
    assert None not in nonces
    assert len({*nonces}) == 2
    assert session.get_one(TitleList, list_id).share_nonce == nonces[1]
    with unit_of_work(session):
        unshare_list(session, list_id, who, NOW)
    assert shared_list(session, list_id) is None
    acts = session.scalars(select(AuditEntry.act)).all()
    assert acts == ["share_list"] * 3


def test_the_list_of_a_disabled_account_is_shared_no_more(session: Session, make: Make) -> None:
    who = make.actor()
    list_id = new_list(session, who)
    with unit_of_work(session):
        share_list(session, list_id, who, NOW)
    assert shared_list(session, list_id) is not None
    session.get_one(Account, who.account_id).state = AccountState.DISABLED
    session.commit()
    assert shared_list(session, list_id) is None
