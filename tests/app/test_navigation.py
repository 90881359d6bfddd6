"""The menu shows what the visitor may open, and where they are."""

import pytest
from flask import Flask

from app.navigation import MENU, PATHS, PHONE_ENTRIES, home, menu
from schools.rules.roles import NOBODY, Actor, Grant, Role
from tests.app.conftest import AsRole

CENTRE = 1
SCHOOL = 1


def actor(role: Role) -> Actor:
    return Actor(1, 1, "Somebody", (Grant(role, CENTRE, SCHOOL),))


@pytest.fixture
def complete(app: Flask) -> Flask:
    """The application as if every page of the menu were there."""
    app.extensions[PATHS] = frozenset(entry.path for entry in MENU)
    return app


def paths(app: Flask, who: Actor, at: str = "/") -> list[str]:
    with app.test_request_context(at):
        return [shown.entry.path for shown in menu(who)]


def test_a_stranger_sees_the_search_only(complete: Flask) -> None:
    assert paths(complete, NOBODY) == ["/search"]


def test_a_teacher_begins_with_today(complete: Flask) -> None:
    assert paths(complete, actor(Role.TEACHER))[:2] == ["/mine", "/search"]


def test_staff_begin_with_the_desk(complete: Flask) -> None:
    assert paths(complete, actor(Role.STAFF))[:2] == ["/desk", "/search"]


@pytest.mark.parametrize("role", list(Role))
def test_nobody_is_shown_what_they_may_not_open(complete: Flask, role: Role) -> None:
    shown = paths(complete, actor(role))
    assert shown == [entry.path for entry in MENU if actor(role).may(entry.right)]


@pytest.mark.parametrize("role", list(Role))
def test_every_entry_opens_for_whom_it_is_shown(app: Flask, as_role: AsRole, role: Role) -> None:
    browser = as_role(role)
    answers = {path: browser.get(path).status_code for path in paths(app, actor(role))}
    assert answers == dict.fromkeys(answers, 200)


def test_a_page_that_does_not_exist_is_not_in_the_menu(complete: Flask) -> None:
    complete.extensions[PATHS] = frozenset({"/search"})
    assert paths(complete, actor(Role.CENTRE_ADMIN)) == ["/search"]


def test_five_entries_fit_a_phone_and_the_others_are_more(complete: Flask) -> None:
    with complete.test_request_context("/"):
        shown = menu(actor(Role.CENTRE_ADMIN))
    assert [each.more for each in shown].count(False) == PHONE_ENTRIES
    assert all(each.more for each in shown[PHONE_ENTRIES:])


@pytest.mark.parametrize(
    ("at", "current"),
    [
        ("/search", "/search"),
        ("/school", "/school"),
        ("/school/members", "/school/members"),
        ("/school/devices/7", "/school"),
        ("/titles/7", "/search"),
        ("/searching", None),
        ("/pages/imprint", None),
    ],
)
def test_the_entry_of_this_page_is_marked(complete: Flask, at: str, current: str | None) -> None:
    with complete.test_request_context(at):
        marked = [shown.entry.path for shown in menu(actor(Role.CENTRE_ADMIN)) if shown.current]
    assert marked == ([current] if current else [])


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.TEACHER, "/mine"),
        (Role.STAFF, "/desk"),
        (Role.SCHOOL_ADMIN, "/mine"),
        (Role.PLANNER, "/search"),
    ],
)
def test_everyone_has_a_page_to_begin_with(complete: Flask, role: Role, path: str) -> None:
    with complete.test_request_context("/"):
        assert home(actor(role)) == path
