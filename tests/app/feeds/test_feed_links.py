"""The secret link of a calendar: who makes one of what, and what kills it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models.feed import Feed, FeedKind
from schools.models.account import Account, AccountState
from schools.rules.roles import Role
from tests.app.conftest import SignIn
from tests.app.feeds.reading import courier, link_on, make_feed
from tests.make import MONDAY, Make


def test_its_owner_sees_when_it_was_last_read(
    visitor: FlaskClient, browser: FlaskClient, own_link: str
) -> None:
    assert "noch nicht gelesen" in browser.get("/feeds").text
    visitor.get(own_link)
    assert "zuletzt gelesen am 23.11.2026" in browser.get("/feeds").text


def test_a_second_click_makes_no_second_feed(
    browser: FlaskClient, own_link: str, teacher: Account, session: Session
) -> None:
    page = make_feed(browser, FeedKind.PERSON, teacher.person_id)
    session.rollback()
    assert link_on(browser, page) == own_link
    assert len(session.scalars(select(Feed)).all()) == 1


Deed = Callable[[FlaskClient, Session], object]


def renew(browser: FlaskClient, session: Session) -> None:
    feed_id = session.scalars(select(Feed.id)).one()
    session.rollback()
    assert browser.post(f"/feeds/{feed_id}/renew").status_code == 303


def end(browser: FlaskClient, session: Session) -> None:
    feed_id = session.scalars(select(Feed.id)).one()
    session.rollback()
    assert browser.post(f"/feeds/{feed_id}/end").status_code == 303
    assert browser.get(f"/feeds/{feed_id}").status_code == 404
    assert browser.post(f"/feeds/{feed_id}/renew").status_code == 404


def disable(_browser: FlaskClient, session: Session) -> None:
    account = session.scalars(select(Account)).one()
    account.state = AccountState.DISABLED
    session.commit()


def withdraw_role(_browser: FlaskClient, session: Session) -> None:
    account = session.scalars(select(Account)).one()
    account.grants[0].last = MONDAY - timedelta(days=1)
    session.commit()


@pytest.mark.parametrize("deed", [renew, end, disable, withdraw_role])
def test_a_link_dies_at_once(
    visitor: FlaskClient, browser: FlaskClient, own_link: str, session: Session, deed: Deed
) -> None:
    assert visitor.get(own_link).status_code == 200
    deed(browser, session)
    assert visitor.get(own_link).status_code == 404


def test_a_new_link_shows_the_same_days(
    visitor: FlaskClient, browser: FlaskClient, own_link: str, session: Session
) -> None:
    renew(browser, session)
    feed_id = session.scalars(select(Feed.id)).one()
    session.rollback()
    new = link_on(browser, f"/feeds/{feed_id}")
    assert new != own_link
    assert visitor.get(new).status_code == 200


def test_a_guessed_link_opens_nothing(visitor: FlaskClient, own_link: str) -> None:
    token = own_link.removeprefix("/feeds/").removesuffix(".ics")
    number, nonce, signature = token.split("-")
    guessed = [
        f"{number}-{nonce}-{'0' * 32}",
        f"{number}-{'0' * 32}-{signature}",
        f"{int(number) + 1}-{nonce}-{signature}",
        f"0{token}",
        token.upper(),
        f"{token}-",
        number,
        "x",
        "9" * 40 + token[1:],
    ]
    assert [each for each in guessed if visitor.get(f"/feeds/{each}.ics").status_code != 404] == []


def test_the_link_of_a_list_opens_no_feed(visitor: FlaskClient, own_link: str) -> None:
    """The same key and nonce signed for another purpose is another signature."""
    token = own_link.removeprefix("/feeds/").removesuffix(".ics")
    assert visitor.get(f"/lists/shared/{token}").status_code == 404


@pytest.mark.parametrize(
    ("role", "kind", "whose"),
    [
        (Role.TEACHER, FeedKind.SCHOOL, "school"),
        (Role.TEACHER, FeedKind.DESK, "branch"),
        (Role.STAFF, FeedKind.PERSON, "self"),
        (Role.STAFF, FeedKind.DESK, "foreign branch"),
        (Role.STAFF, FeedKind.ROUTE, "foreign route"),
        (Role.SCHOOL_ADMIN, FeedKind.SCHOOL, "foreign school"),
        (Role.SCHOOL_ADMIN, FeedKind.PERSON, "another person"),
        (Role.ADVISER, FeedKind.PERSON, "self"),
    ],
)
def test_nobody_makes_a_feed_of_what_they_may_not_see(
    make: Make, sign_in: SignIn, session: Session, role: Role, *, kind: FeedKind, whose: str
) -> None:
    account = make.account(role)
    centre = make.centre()
    route = courier(make)
    route.centre_id = centre.id
    keys = {
        "school": make.the_school().id,
        "branch": make.branch().id,
        "self": account.person_id,
        "foreign branch": make.branch(centre).id,
        "foreign route": route.id,
        "foreign school": make.school(centre=centre).id,
        "another person": make.person().id,
    }
    make.session.commit()
    browser = sign_in(account)
    answer = browser.post("/feeds", data={"kind": kind.value, "key": str(keys[whose])})
    assert answer.status_code == 404
    session.rollback()
    assert session.scalars(select(Feed)).all() == []


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 422),
        ({"kind": "nonsense", "key": "1"}, 422),
        ({"kind": "person", "key": ""}, 422),
        ({"kind": "person", "key": "-1"}, 422),
        ({"kind": "person", "key": "١"}, 422),
        ({"kind": "person", "key": "9" * 30}, 404),
    ],
)
def test_nonsense_makes_no_feed(browser: FlaskClient, fields: dict[str, str], status: int) -> None:
    assert browser.post("/feeds", data=fields).status_code == status


def test_the_feed_of_another_account_is_not_there(
    own_link: str, make: Make, sign_in: SignIn, session: Session
) -> None:
    feed_id = session.scalars(select(Feed.id)).one()
    other = sign_in(make.account())
    assert other.get(f"/feeds/{feed_id}").status_code == 404
    for act in ("renew", "end"):
        assert other.post(f"/feeds/{feed_id}/{act}").status_code == 404


def test_no_log_holds_the_secret_of_a_link(
    visitor: FlaskClient,
    own_link: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token = own_link.removeprefix("/feeds/").removesuffix(".ics")

    def fail(*_anything: object) -> None:
        raise ZeroDivisionError

    with caplog.at_level("DEBUG"):
        visitor.get(own_link)
        visitor.get(own_link[:-8])
        monkeypatch.setattr("app.feeds.views.events_of", fail)
        assert visitor.get(own_link).status_code == 500
    said = " ".join(f"{each.getMessage()} {each.__dict__.get('facts')}" for each in caplog.records)
    assert "unforeseen error at /feeds/<token>.ics" in said
    for part in token.split("-")[1:]:
        assert part not in said
