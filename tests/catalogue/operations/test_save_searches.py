"""Saved searches: whose they are, how many, and from when on titles are new to them."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.errors import ActRefusedError, DuplicateError, NotFoundError
from catalogue.models.title_list import SavedSearch
from catalogue.operations import save_searches
from catalogue.operations.save_searches import (
    News,
    SearchFacts,
    change_search,
    drop_search,
    save_search,
    tell_findings,
)
from catalogue.queries.title_lists import accounts_with_alerts, searches_of
from catalogue.rules.title_lists import KeepingRefusal
from database.unit_of_work import unit_of_work
from schools.models.letter_choice import LetterChoice, LetterMode, LetterTopic
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.operations.owe import Addressee, Letter
from schools.rules.roles import Actor
from tests.make import NOW, Make

pytestmark = pytest.mark.both_stores

LATER = NOW + timedelta(hours=5)
VOLCANOES = {"words": ["Vulkane"], "subject": ["EK", "PH"]}
TO = Addressee("ada@example.org", "Ada")


def new_search(
    session: Session, who: Actor, name: str = "Vulkane", *, alert: bool = True
) -> SavedSearch:
    with unit_of_work(session):
        return save_search(session, SearchFacts(name, alert=alert), VOLCANOES, who, NOW)


def letter(day: str) -> Letter:
    return Letter(LetterKind.SEARCH_ALERT, f"search_alert:1:{day}", {"searches": []})


def test_a_search_is_kept_as_its_address_says_it(session: Session, make: Make) -> None:
    who = make.actor()
    new_search(session, who)
    session.expire_all()
    [kept] = searches_of(session, who)
    assert (kept.parameters, kept.looked_at) == (VOLCANOES, NOW)


def test_letters_asked_for_anew_tell_only_what_comes_then(session: Session, make: Make) -> None:
    who = make.actor()
    kept = new_search(session, who, alert=False)
    with unit_of_work(session):
        change_search(session, kept.id, SearchFacts("Berge", alert=True), who, LATER)
    assert (kept.name, kept.alert, kept.looked_at) == ("Berge", True, LATER)
    with unit_of_work(session):
        again = LATER + timedelta(days=1)
        change_search(session, kept.id, SearchFacts("Vulkane", alert=True), who, again)
    assert kept.looked_at == LATER


def test_names_are_told_apart_and_there_is_an_end(
    session: Session, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = make.actor()
    new_search(session, who)
    other = new_search(session, who, "Berge")
    with pytest.raises(DuplicateError):
        new_search(session, who)
    with pytest.raises(DuplicateError), unit_of_work(session):
        change_search(session, other.id, SearchFacts("Vulkane"), who, NOW)
    monkeypatch.setattr(save_searches, "MOST_SAVED_SEARCHES", 2)
    with pytest.raises(ActRefusedError) as refused:
        new_search(session, who, "Täler")
    assert refused.value.reasons == (KeepingRefusal.TOO_MANY_SEARCHES,)


def test_nobody_touches_the_search_of_another(session: Session, make: Make) -> None:
    who, colleague = make.actor(), make.actor()
    kept = new_search(session, who)
    with pytest.raises(NotFoundError), unit_of_work(session):
        change_search(session, kept.id, SearchFacts("X"), colleague, NOW)
    with pytest.raises(NotFoundError), unit_of_work(session):
        drop_search(session, kept.id, colleague)
    assert searches_of(session, colleague) == []
    with unit_of_work(session):
        assert drop_search(session, kept.id, who) == "Vulkane"
    assert searches_of(session, who) == []


def test_only_who_asked_for_letters_is_told(session: Session, make: Make) -> None:
    asking, silent = make.actor(), make.actor()
    new_search(session, asking)
    new_search(session, silent, alert=False)
    assert accounts_with_alerts(session) == (asking.account_id,)


def test_findings_are_told_once_a_day_and_what_came_later_waits(
    session: Session, make: Make
) -> None:
    kept = new_search(session, make.actor())
    first = News((kept.id,), NOW + timedelta(hours=1), TO, letter("2026-11-23"))
    again = News((kept.id,), LATER, TO, letter("2026-11-23"))
    for news, told in ((first, True), (again, False)):
        with unit_of_work(session):
            assert tell_findings(session, news, LATER) is told
    assert len(session.scalars(select(OwedLetter)).all()) == 1
    assert kept.looked_at == first.until
    with unit_of_work(session):
        next_day = News((kept.id,), LATER, TO, letter("2026-11-24"))
        assert tell_findings(session, next_day, LATER)
    assert kept.looked_at == LATER


def test_nothing_found_owes_nothing_and_moves_on(session: Session, make: Make) -> None:
    kept = new_search(session, make.actor())
    with unit_of_work(session):
        assert not tell_findings(session, News((kept.id,), LATER, TO), LATER)
    assert session.scalars(select(OwedLetter)).all() == []
    assert kept.looked_at == LATER


def test_who_wants_no_letters_about_searches_is_told_nothing_and_moves_on(
    session: Session, make: Make
) -> None:
    asking = make.actor()
    kept = new_search(session, asking)
    to = Addressee("ada@example.org", "Ada", person_id=asking.person_id)
    mode = LetterChoice(
        person_id=asking.person_id, topic=LetterTopic.SEARCHES, mode=LetterMode.OFF
    )
    session.add(mode)
    session.commit()
    with unit_of_work(session):
        assert not tell_findings(session, News((kept.id,), LATER, to, letter("x")), LATER)
    assert session.scalars(select(OwedLetter)).all() == []
    assert kept.looked_at == LATER
