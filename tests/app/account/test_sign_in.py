"""Signing in and out: who comes in, who is told what, and what ends it."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from schools.models.account import Account, AccountState, SignInAttempt, SignInSession
from schools.rules.roles import Role
from tests.app.conftest import SignIn
from tests.make import Make

LetPass = Callable[[timedelta], None]

PASSWORD = "drei-kleine-wolken"
WRONG = "drei-grosse-wolken"


@pytest.fixture
def teacher(make: Make, password_hash: str) -> Account:
    return make.account(password_hash=password_hash)


@pytest.fixture
def name(teacher: Account, session: Session) -> str:
    name = teacher.name
    session.rollback()
    return name


@pytest.fixture
def let_pass(monkeypatch: pytest.MonkeyPatch) -> LetPass:
    """Lets so much time pass since the start of the test, for the cookie only."""
    start = time.time()

    def let_pass(since_start: timedelta) -> None:
        monkeypatch.setattr("app.idle.time", lambda: start + since_start.total_seconds())

    return let_pass


def knock(visitor: FlaskClient, name: str, password: str = PASSWORD, **more: str) -> TestResponse:
    return visitor.post("/login", data={"name": name, "password": password, **more})


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/profile").status_code == 200


def test_the_form_is_plain(visitor: FlaskClient) -> None:
    page = visitor.get("/login").text
    assert 'name="name"' in page
    assert 'name="password"' in page


def test_the_right_password_opens(visitor: FlaskClient, name: str) -> None:
    assert knock(visitor, name).status_code == 303
    assert is_in(visitor)


def test_capitals_and_blanks_around_the_name_do_not_matter(
    visitor: FlaskClient, name: str
) -> None:
    assert knock(visitor, f"  {name.upper()} ").status_code == 303


def test_a_wrong_password_stays_outside(visitor: FlaskClient, name: str) -> None:
    assert knock(visitor, name, WRONG).status_code == 422
    assert not is_in(visitor)


@pytest.mark.parametrize("state", [AccountState.DISABLED, AccountState.INVITED])
def test_only_active_accounts_come_in(
    visitor: FlaskClient, teacher: Account, session: Session, state: AccountState
) -> None:
    teacher.state = state
    name = teacher.name
    session.commit()
    assert knock(visitor, name).status_code == 422


def test_an_unknown_name_is_answered_like_a_wrong_password(
    visitor: FlaskClient, app: Flask, name: str
) -> None:
    wrong = knock(visitor, name, WRONG)
    unknown = knock(app.test_client(), "nobody@example.org", WRONG)
    assert (wrong.status_code, _without_form_values(wrong, name)) == (
        unknown.status_code,
        _without_form_values(unknown, "nobody@example.org"),
    )


def test_each_sign_in_has_a_token_of_its_own(
    visitor: FlaskClient, name: str, session: Session
) -> None:
    with visitor.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    knock(visitor, name)
    with visitor.session_transaction() as cookie:
        first = cookie["_user_id"]
        assert "planted" not in cookie
    knock(visitor, name)
    with visitor.session_transaction() as cookie:
        assert cookie["_user_id"] != first
    hashes = session.scalars(select(SignInSession.token_hash)).all()
    assert first not in hashes


def test_a_second_sign_in_of_a_browser_ends_the_first(
    visitor: FlaskClient, app: Flask, name: str
) -> None:
    knock(visitor, name)
    stolen = copy_of(visitor, app)
    knock(visitor, name)
    assert is_in(visitor)
    assert not is_in(stolen)


@pytest.mark.both_stores
def test_signing_out_ends_it_on_the_server_too(
    visitor: FlaskClient, app: Flask, name: str
) -> None:
    knock(visitor, name)
    stolen = copy_of(visitor, app)
    answer = visitor.post("/logout")
    assert '"cookies"' in answer.headers["Clear-Site-Data"]
    assert not is_in(stolen)


def test_an_idle_browser_is_signed_out(visitor: FlaskClient, name: str, let_pass: LetPass) -> None:
    knock(visitor, name)
    let_pass(timedelta(hours=7))
    assert is_in(visitor)
    let_pass(timedelta(hours=14))
    assert is_in(visitor)
    let_pass(timedelta(hours=23))
    assert not is_in(visitor)
    assert not is_in(visitor)


def test_staff_are_signed_out_sooner(
    visitor: FlaskClient,
    make: Make,
    session: Session,
    password_hash: str,
    let_pass: LetPass,
) -> None:
    name = make.account(Role.STAFF, password_hash=password_hash).name
    session.rollback()
    knock(visitor, name)
    let_pass(timedelta(minutes=29))
    assert is_in(visitor)
    let_pass(timedelta(minutes=60))
    assert not is_in(visitor)


def test_no_sign_in_lasts_longer_than_twelve_hours(
    visitor: FlaskClient, name: str, session: Session
) -> None:
    knock(visitor, name)
    row = session.scalars(select(SignInSession)).one()
    assert row.expires_at - row.created_at == timedelta(hours=12)


@pytest.mark.parametrize(
    "hostile",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "https://evil.example",
        "https:evil.example",
        "HTTPS:/evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        "/%0d%0aLocation:%20https://evil.example\r\n",
        " //evil.example",
        "data:text/html,x",
        "@evil.example",
        "evil.example",
        "http://[::1",
    ],
)
def test_nobody_is_led_to_another_site(visitor: FlaskClient, name: str, hostile: str) -> None:
    answer = knock(visitor, name, next=hostile)
    assert answer.status_code == 303
    assert "evil" not in answer.headers["Location"]
    assert answer.headers["Location"].startswith("/")


def test_a_page_of_ours_is_come_back_to(visitor: FlaskClient, name: str) -> None:
    answer = knock(visitor, name, next="/bookings?page=2")
    assert answer.headers["Location"] == "/bookings?page=2"


# Throttle


@pytest.mark.both_stores
def test_the_eleventh_failure_must_wait(visitor: FlaskClient, name: str) -> None:
    answers = [knock(visitor, name, WRONG).status_code for _ in range(12)]
    assert answers == [422] * 10 + [429] * 2
    waiting = knock(visitor, name)
    assert waiting.status_code == 429
    assert 1 <= int(waiting.headers["Retry-After"]) <= 30


def test_an_unknown_name_must_wait_as_well(visitor: FlaskClient) -> None:
    answers = [knock(visitor, "nobody@example.org", WRONG).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_refused_attempts_do_not_lengthen_the_wait(
    visitor: FlaskClient, name: str, session: Session
) -> None:
    for _ in range(15):
        knock(visitor, name, WRONG)
    assert session.scalar(select(func.count(SignInAttempt.id))) == 10


def test_after_the_wait_the_right_password_opens(
    visitor: FlaskClient, name: str, session: Session
) -> None:
    for _ in range(10):
        knock(visitor, name, WRONG)
    for attempt in session.scalars(select(SignInAttempt)):
        attempt.at -= timedelta(seconds=31)
    session.commit()
    assert knock(visitor, name).status_code == 303
    assert session.scalar(select(func.count(SignInAttempt.id))) == 0


def test_failing_with_one_name_hinders_no_other(
    visitor: FlaskClient, name: str, make: Make, session: Session, password_hash: str
) -> None:
    other = make.account(password_hash=password_hash).name
    session.rollback()
    for _ in range(11):
        knock(visitor, name, WRONG)
    assert knock(visitor, other).status_code == 303


def test_a_school_of_eighty_comes_in_through_one_address(
    app: Flask, make: Make, session: Session, password_hash: str
) -> None:
    names = [make.account(password_hash=password_hash).name for _ in range(80)]
    session.rollback()
    clumsy = [knock(app.test_client(), name, WRONG).status_code for name in names[:40]]
    answers = [knock(app.test_client(), name).status_code for name in names]
    assert set(clumsy) == {422}
    assert answers == [303] * 80


def test_a_hundred_failures_from_one_address_make_it_wait(
    app: Flask, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.account.entrance.is_password", lambda *_: False)
    browser = app.test_client()
    answers = [knock(browser, f"nobody{i % 20}@example.org").status_code for i in range(101)]
    assert answers == [422] * 100 + [429]
    elsewhere = app.test_client()
    there = elsewhere.post(
        "/login",
        data={"name": name, "password": WRONG},
        environ_base={"REMOTE_ADDR": "192.0.2.7"},
    )
    assert there.status_code == 422


def test_the_store_holds_no_address(visitor: FlaskClient, name: str, session: Session) -> None:
    knock(visitor, name, WRONG)
    row = session.scalars(select(SignInAttempt)).one()
    assert "127.0.0.1" not in row.address_hash
    assert name not in row.name_hash


# The profile


def test_ending_all_others_leaves_this_browser(
    app: Flask, teacher: Account, sign_in: SignIn
) -> None:
    here, there = sign_in(teacher), sign_in(teacher)
    assert here.post("/profile/sessions/end").status_code == 303
    assert (is_in(here), is_in(there)) == (True, False)


def test_a_new_password_signs_out_the_others(
    visitor: FlaskClient, teacher: Account, sign_in: SignIn
) -> None:
    here, there, name = sign_in(teacher), sign_in(teacher), teacher.name
    chosen = {"present": PASSWORD, "password": "vier-kleine-wolken"}
    assert here.post("/profile/password", data=chosen).status_code == 303
    assert (is_in(here), is_in(there)) == (True, False)
    assert knock(visitor, name).status_code == 422
    assert knock(visitor, name, "vier-kleine-wolken").status_code == 303


@pytest.mark.parametrize(
    ("present", "wanted"),
    [(WRONG, "vier-kleine-wolken"), (PASSWORD, "kurz"), (PASSWORD, "passwort2026")],
    ids=["wrong present one", "too short", "well known"],
)
def test_a_password_is_not_changed_lightly(
    teacher: Account, sign_in: SignIn, present: str, wanted: str
) -> None:
    here = sign_in(teacher)
    answer = here.post("/profile/password", data={"present": present, "password": wanted})
    assert answer.status_code == 422


def test_language_and_look_are_kept(teacher: Account, sign_in: SignIn) -> None:
    here = sign_in(teacher)
    here.post("/profile", data={"phone": "0231 12", "locale": "en", "theme": "dark"})
    page = here.get("/profile").text
    assert '<html lang="en" data-theme="dark">' in page
    assert "0231 12" in page


def test_disabling_an_account_ends_its_sign_ins(
    teacher: Account, sign_in: SignIn, make: Make, session: Session
) -> None:
    here = sign_in(teacher)
    teacher.state = AccountState.DISABLED
    session.commit()
    assert here.get("/profile").status_code == 302


def copy_of(browser: FlaskClient, app: Flask) -> FlaskClient:
    """Another browser with the same cookie, as a thief would have."""
    thief = app.test_client()
    with browser.session_transaction() as cookie:
        values = dict(cookie)
    with thief.session_transaction() as cookie:
        cookie.update(values)
    return thief


def _without_form_values(answer: TestResponse, name: str) -> list[str]:
    hidden = ("csrf_token", "idem", 'type="password"')
    lines = answer.text.replace(name, "NAME").splitlines()
    return [line for line in lines if not any(mark in line for mark in hidden)]
