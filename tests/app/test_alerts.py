"""Letters about new titles: who gets one, what it names, and that nothing is told twice."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import alerts
from app.alerts import owe_alerts
from app.index_work import catch_up, enlist_host, make_anew
from catalogue.models.change import TitleChange
from catalogue.models.title_list import SavedSearch
from schools.models.account import Account, AccountState
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.roles import Role
from tests.app.finder.conftest import Reindex, Shelf, reindex, shelf
from tests.make import NOW, Make

__all__ = ["reindex", "shelf"]

TWO_DAYS = timedelta(days=2)
YESTERDAY = NOW - timedelta(days=1)


@pytest.fixture
def teacher(make: Make) -> Account:
    return make.account(Role.TEACHER)


def keep(session: Session, owner: Account, words: str, **more: object) -> SavedSearch:
    values = {"name": words, "alert": True, "looked_at": NOW - TWO_DAYS} | more
    parameters = {"words": [words]} | dict(values.pop("parameters", {}))  # type: ignore[call-overload]  # a test's own
    kept = SavedSearch(account_id=owner.id, parameters=parameters, created_at=NOW, **values)
    session.add(kept)
    session.commit()
    return kept


def night(app: Flask) -> dict[str, object]:
    with app.app_context():
        return owe_alerts()


def letters(session: Session) -> list[OwedLetter]:
    session.rollback()
    kind = OwedLetter.kind == LetterKind.SEARCH_ALERT
    return list(session.scalars(select(OwedLetter).where(kind).order_by(OwedLetter.id)))


def told(session: Session) -> list[tuple[str, int, list[str]]]:
    """Search, number and names of every letter."""
    return [
        (each["name"], each["found"], [title["name"] for title in each["titles"]])
        for letter in letters(session)
        for each in letter.facts["searches"]
    ]


def test_one_letter_tells_what_all_searches_newly_find(
    app: Flask, shelf: Shelf, reindex: Reindex, session: Session, teacher: Account
) -> None:
    shelf.film("Vulkane der Erde", created_at=YESTERDAY)
    shelf.film("Vulkane von gestern", created_at=NOW - timedelta(days=9))
    shelf.film("Wale", created_at=YESTERDAY)
    shelf.film("Fotosynthese", created_at=YESTERDAY)
    reindex()
    keep(session, teacher, "Vulkane")
    keep(session, teacher, "Wale")
    keep(session, teacher, "Nichts dergleichen")
    keep(session, teacher, "Fotosynthese", alert=False)
    assert night(app) == {"letters": 1}
    assert told(session) == [("Vulkane", 1, ["Vulkane der Erde"]), ("Wale", 1, ["Wale"])]
    [letter] = letters(session)
    assert letter.to_address == teacher.person.email
    assert letter.facts["searches"][0]["path"] == "/search?words=Vulkane&sort=newest"


def test_a_title_that_two_searches_find_counts_once_in_the_subject(
    app: Flask, shelf: Shelf, reindex: Reindex, session: Session, teacher: Account
) -> None:
    shelf.film("Vulkane der Erde", created_at=YESTERDAY)
    reindex()
    keep(session, teacher, "Vulkane")
    keep(session, teacher, "Erde")
    night(app)
    [letter] = letters(session)
    assert letter.facts["different"] == 1


def test_nothing_is_told_twice(
    app: Flask, shelf: Shelf, reindex: Reindex, session: Session, teacher: Account
) -> None:
    shelf.film("Vulkane", created_at=YESTERDAY)
    reindex()
    kept = keep(session, teacher, "Vulkane")
    assert [night(app)["letters"] for _ in range(3)] == [1, 0, 0]
    assert len(letters(session)) == 1
    assert kept.looked_at > YESTERDAY


def test_a_second_find_of_the_same_day_waits_for_the_next_letter(
    app: Flask, shelf: Shelf, reindex: Reindex, session: Session, teacher: Account
) -> None:
    shelf.film("Vulkane", created_at=YESTERDAY)
    reindex()
    kept = keep(session, teacher, "Vulkane")
    night(app)
    kept.looked_at = NOW - TWO_DAYS
    session.commit()
    night(app)
    session.rollback()
    assert (len(letters(session)), kept.looked_at) == (1, NOW - TWO_DAYS)


def test_without_an_index_the_next_night_looks_as_far_back(
    app: Flask, shelf: Shelf, reindex: Reindex, session: Session, teacher: Account
) -> None:
    shelf.film("Vulkane", created_at=YESTERDAY)
    kept = keep(session, teacher, "Vulkane")
    fault = night(app)
    session.rollback()
    assert fault["letters"] == 0
    assert fault["fault"]
    assert kept.looked_at == NOW - TWO_DAYS
    reindex()
    assert night(app) == {"letters": 1}


def test_an_index_that_is_behind_makes_the_next_night_look_as_far_back(
    app: Flask, shelf: Shelf, session: Session, teacher: Account
) -> None:
    shelf.film("Wale", created_at=YESTERDAY)
    with app.app_context():
        host_id = enlist_host()
        make_anew(host_id)
    shelf.film("Vulkane", created_at=YESTERDAY)
    keep(session, teacher, "Vulkane")
    session.execute(update(TitleChange).values(noted_at=YESTERDAY))
    session.commit()
    assert night(app) == {"letters": 0, "fault": alerts.BEHIND}
    with app.app_context():
        catch_up(host_id)
    assert night(app) == {"letters": 1}


def test_titles_with_only_some_of_the_words_are_not_told(
    app: Flask, shelf: Shelf, reindex: Reindex, session: Session, teacher: Account
) -> None:
    shelf.film("Vulkane auf Island", created_at=YESTERDAY)
    shelf.film("Vulkane", created_at=YESTERDAY)
    shelf.film("Island", created_at=YESTERDAY)
    reindex()
    keep(session, teacher, "Vulkane Island")
    night(app)
    assert told(session) == [("Vulkane Island", 1, ["Vulkane auf Island"])]


def test_filters_hold_and_the_period_does_not_matter(
    app: Flask, shelf: Shelf, reindex: Reindex, session: Session, teacher: Account
) -> None:
    shelf.film("Vulkane A", subject="EK", created_at=YESTERDAY)
    shelf.film("Vulkane B", subject="BI", created_at=YESTERDAY)
    reindex()
    wished = {"subject": ["EK"], "from": ["2020-01-01"], "free": ["1"]}
    keep(session, teacher, "Vulkane", parameters=wished)
    night(app)
    assert told(session) == [("Vulkane", 1, ["Vulkane A"])]


def test_only_ones_own_catalogue_is_told(
    app: Flask,
    shelf: Shelf,
    reindex: Reindex,
    session: Session,
    teacher: Account,
) -> None:
    elsewhere = shelf.title("Vulkane", created_at=YESTERDAY)
    shelf.make.holding(elsewhere, centre=shelf.make.centre())
    reindex()
    keep(session, teacher, "Vulkane")
    assert night(app) == {"letters": 0}


def test_a_letter_names_twenty_and_counts_the_rest(
    app: Flask, shelf: Shelf, reindex: Reindex, session: Session, teacher: Account
) -> None:
    for number in range(23):
        shelf.film(f"Vulkane {number:02}", copies=0, created_at=YESTERDAY)
    reindex()
    keep(session, teacher, "Vulkane")
    night(app)
    [(_, number, named)] = told(session)
    assert (number, len(named)) == (23, alerts.MOST_TITLES_TOLD)


def test_what_is_younger_than_the_index_may_be_waits(
    app: Flask, shelf: Shelf, reindex: Reindex, session: Session, teacher: Account
) -> None:
    shelf.film("Vulkane", created_at=NOW + timedelta(days=3650))
    reindex()
    keep(session, teacher, "Vulkane")
    assert night(app) == {"letters": 0}


def test_who_may_not_sign_in_or_has_no_address_gets_no_letter(
    app: Flask,
    shelf: Shelf,
    reindex: Reindex,
    session: Session,
    teacher: Account,
) -> None:
    shelf.film("Vulkane", created_at=YESTERDAY)
    reindex()
    keep(session, teacher, "Vulkane")
    teacher.state = AccountState.DISABLED
    without = shelf.make.account(Role.TEACHER)
    without.person.email = None
    keep(session, without, "Vulkane")
    assert night(app) == {"letters": 0}
