"""Every route, every role, our own things and those of a foreign centre: as the one table says.

`schools.rules.roles.RIGHTS` is the table. What is walked is read from the application itself,
so a new route is walked from the day it exists; one whose address names a thing that
`FOREIGN` does not know fails until it is added there.
"""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.security import UNLABELLED_BY_DESIGN, right_of
from loans.models.purpose import OtherReason
from schools.rules.roles import EVERYONE, RIGHTS, Right, Role
from tests.app.conftest import SignIn
from tests.app.tenants import CANARY, Tenant, rows_of, tenant
from tests.make import MONDAY, Make

HOME = "HEIMISCH"

THINGS: dict[str, Callable[[Tenant], object]] = {
    "account_id": lambda t: t.accounts[Role.TEACHER].id,
    "barcode": lambda t: t.copy.barcode,
    "branch_id": lambda t: t.branch.id,
    "load_id": lambda t: t.load_id,
    "pick_id": lambda t: t.pick_id,
    "place_id": lambda t: t.place.id,
    "route_id": lambda t: t.route.id,
    "route_stop_id": lambda t: t.route_stop_id,
    "stop_id": lambda t: t.stop_id,
    "tour_id": lambda t: t.tour.id,
    "centre_id": lambda t: t.centre.id,
    "code_id": lambda t: t.code_id,
    "briefing_id": lambda t: t.briefing_id,
    "claim_id": lambda t: t.claim.id,
    "closure_id": lambda t: t.closure_id,
    "copy_id": lambda t: t.copy.id,
    "defect_id": lambda t: t.defect.id,
    "feed_id": lambda t: t.feed.id,
    "grant_id": lambda t: t.accounts[Role.TEACHER].grants[0].id,
    "group_key": lambda t: t.booking.group_key,
    "hold_id": lambda t: t.hold.id,
    "holding_id": lambda t: t.holding.id,
    "holiday_id": lambda t: t.holiday_id,
    "institution_id": lambda t: t.school.id,
    "job_id": lambda t: t.job.id,
    "letter_id": lambda t: t.letter.id,
    "licence_id": lambda t: t.licence.id,
    "list_id": lambda t: t.list_id,
    "loan_id": lambda t: t.loan.id,
    "membership_id": lambda t: t.membership.id,
    "number": lambda t: t.booking.number,
    "order_number": lambda t: t.order.number,
    "opening_id": lambda t: t.opening_id,
    "part_id": lambda t: t.part.id,
    "person_id": lambda t: t.person.id,
    "registration_id": lambda t: t.registration.id,
    "run_id": lambda t: t.run.id,
    "search_id": lambda t: t.search_id,
    "session_id": lambda t: t.session_id,
    "terms_id": lambda t: t.terms.id,
    "stored_name": lambda t: t.photo.stored_name,
    "title_id": lambda t: t.holding.title_id,
    "unit_id": lambda t: t.unit.id,
    "wish_id": lambda t: t.wish_id,
    "transit_id": lambda t: t.transit.id,
}
"""What an address may name, for either tenant."""

NEUTRAL: dict[str, object] = {
    "filename": "css/house.css",
    "host_id": "1",
    "kind": "imprint",
    "letter_kind": "booking_confirmed",
    "listing": "loans",
    "locale": "de",
    "token": "no-such-token",
}
"""Parts of addresses that belong to nobody."""

PUBLIC = frozenset({"/x/<barcode>"})
"""Addresses that show a little of everybody's things to everybody, by design."""

ASKED: dict[str, Callable[[Tenant], str]] = {
    "/bookings/day": lambda t: f"?holding={t.holding.id}",
    "/bookings/new": lambda t: f"?holding={t.holding.id}",
    "/plan": lambda t: f"?school={t.school.id}",
    "/wishes/new": lambda t: f"?title={t.holding.title_id}",
    "/holds/new": lambda t: f"?holding={t.holding.id}",
    "/office/attention": lambda t: f"?centre={t.centre.id}",
    "/office/calendar": lambda t: f"?branch={t.branch.id}",
    "/office/choices": lambda t: f"?centre={t.centre.id}",
    "/bookings/series": lambda t: f"?holding={t.holding.id}",
    "/office/terms/explain": lambda t: f"?holding={t.holding.id}",
    "/desk/picking": lambda t: f"?branch={t.branch.id}",
    "/desk/picking/labels": lambda t: f"?branch={t.branch.id}",
    "/tours": lambda t: f"?branch={t.branch.id}",
    "/overdue": lambda t: f"?centre={t.centre.id}",
    "/overdue.csv": lambda t: f"?centre={t.centre.id}",
    "/overdue/preview": lambda t: f"?centre={t.centre.id}",
    "/overdue/print": lambda t: f"?centre={t.centre.id}",
    "/overdue/recall": lambda t: f"?centre={t.centre.id}",
    "/office/places": lambda t: f"?centre={t.centre.id}",
    "/office/places/new": lambda t: f"?centre={t.centre.id}",
    "/who": lambda t: f"?code={t.copy.barcode}",
}
"""Addresses that name their thing behind a question mark."""

BODY: dict[str, Callable[[Tenant], object]] = {
    "account": lambda t: t.accounts[Role.TEACHER].id,
    "branch": lambda t: t.branch.id,
    "centre": lambda t: t.centre.id,
    "barcode": lambda t: t.copy.barcode,
    "closure": lambda t: t.closure_id,
    "code": lambda t: t.copy.barcode,
    "copy": lambda t: t.copy.id,
    "holding": lambda t: t.holding.id,
    "holiday": lambda t: t.holiday_id,
    "institution": lambda t: t.school.id,
    "list": lambda t: t.list_id,
    "loan": lambda t: t.loan.id,
    "membership": lambda t: t.membership.id,
    "order": lambda t: t.order.id,
    "opening": lambda t: t.opening_id,
    "part": lambda t: t.part.id,
    "asked": lambda t: t.copy.id,
    "box": lambda t: t.box_id,
    "route": lambda t: t.route.id,
    "person": lambda t: t.person.id,
    "place": lambda t: t.place.id,
    "school": lambda t: t.school.id,
    "session": lambda t: t.session_id,
    "unit": lambda t: t.unit.id,
}
"""Fields that name things; a body may try any of them, alone, in plural or with `_id`."""

PLAIN_BODY = {
    "from": MONDAY.isoformat(),
    "until": MONDAY.isoformat(),
    "first": MONDAY.isoformat(),
    "last": MONDAY.isoformat(),
    "quantity": "1",
    "reason": OtherReason.PREVIEW.value,
    "mode": "lend",
    "day": (MONDAY + timedelta(days=1)).isoformat(),
    "tap": "delivered",
    "role": Role.TEACHER.value,
    "name": "Neu",
    "text": "Neu",
    "version": "1",
    "review_on": "2030-01-01",
    "dropped_on": MONDAY.isoformat(),
    "lent_on": MONDAY.isoformat(),
    "due_on": MONDAY.isoformat(),
    "not_after": MONDAY.isoformat(),
    "move": "top",
    "kind": "broken",
}


@dataclass(frozen=True)
class Walk:
    """One route with one method."""

    rule: Rule
    method: str
    right: Right

    def path(self, whose: Tenant) -> str:
        """The address with a tenant's things in it."""
        values = {
            name: THINGS[name](whose) if name in THINGS else NEUTRAL[name]
            for name in self.rule.arguments
        }
        built = self.rule.build(values)
        assert built is not None, self.rule.rule
        asked = ASKED.get(self.rule.rule)
        return built[1] + (asked(whose) if asked else "")

    def names_a_thing(self) -> bool:
        named = bool(self.rule.arguments & THINGS.keys()) or self.rule.rule in ASKED
        return named and self.rule.rule not in PUBLIC


@dataclass(frozen=True)
class Stage:
    """Two tenants, and a browser for everybody at home."""

    home: Tenant
    foreign: Tenant
    browsers: dict[Role | None, FlaskClient]


@pytest.fixture
def stage(app: Flask, make: Make, sign_in: SignIn) -> Stage:
    home, foreign = tenant(make, HOME), tenant(make, CANARY)
    browsers: dict[Role | None, FlaskClient] = {None: app.test_client()}
    browsers |= {role: sign_in(home.accounts[role]) for role in Role}
    return Stage(home, foreign, browsers)


def walks(app: Flask) -> Iterator[Walk]:
    for rule in app.url_map.iter_rules():
        right = right_of(app.view_functions[rule.endpoint])
        if rule.endpoint in UNLABELLED_BY_DESIGN or right is None:
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            yield Walk(rule, method, right)


def ask(browser: FlaskClient, walk: Walk, path: str, body: dict[str, Any]) -> TestResponse:
    if walk.method == "GET":
        return browser.get(path)
    return browser.open(path, method=walk.method, data=body | {"idem": uuid4().hex})


def may(role: Role | None, right: Right) -> bool:
    return right in EVERYONE or (role is not None and right in RIGHTS[role])


def ends_sessions(walk: Walk) -> bool:
    """Say whether the walk would sign its own browser out."""
    return walk.rule.rule in {"/logout", "/profile/sessions/end", "/profile/password"}


def test_every_address_names_things_the_walk_knows(app: Flask) -> None:
    named = {name for walk in walks(app) for name in walk.rule.arguments}
    assert named <= THINGS.keys() | NEUTRAL.keys()


def test_each_address_asks_for_the_right_that_is_written_down_for_it(app: Flask) -> None:
    asked: dict[str, set[str]] = {}
    for walk in walks(app):
        asked.setdefault(walk.right.value, set()).add(f"{walk.method} {walk.rule.rule}")
    written = tomllib.loads(Path(__file__).with_name("rights.toml").read_text())
    assert asked == {right: set(addresses) for right, addresses in written.items()}


def test_whoever_lacks_the_right_is_refused(app: Flask, stage: Stage) -> None:
    wrong: list[tuple[object, ...]] = []
    for walk in walks(app):
        for role, browser in stage.browsers.items():
            if may(role, walk.right):
                continue
            answer = ask(browser, walk, walk.path(stage.home), {})
            to_sign_in = answer.status_code == 302 and "/login" in answer.headers["Location"]
            refused = (to_sign_in or answer.status_code == 401) if role is None else False
            if not (refused or answer.status_code == 403):
                wrong.append((role, walk.method, walk.rule.rule, answer.status_code))
    assert wrong == []


def test_whoever_has_the_right_is_let_in(app: Flask, stage: Stage) -> None:
    wrong: list[tuple[object, ...]] = []
    seen: set[str] = set()
    for walk in walks(app):
        if walk.method != "GET":
            continue
        for role, browser in stage.browsers.items():
            if not may(role, walk.right):
                continue
            status = browser.get(walk.path(stage.home)).status_code
            if status < 400:
                seen.add(walk.rule.rule)
            if status in {401, 403} or status >= 500:
                wrong.append((role, walk.rule.rule, status))
    never = {
        walk.rule.rule
        for walk in walks(app)
        if walk.method == "GET" and "token" not in walk.rule.arguments
    } - seen
    files = {"/covers/<stored_name>", "/photos/<stored_name>", "/desk/photos/<stored_name>"}
    assert (wrong, never - files) == ([], set())


def test_the_things_of_a_foreign_centre_are_not_found(app: Flask, stage: Stage) -> None:
    wrong: list[tuple[object, ...]] = []
    for walk in walks(app):
        if not walk.names_a_thing():
            continue
        for role, browser in stage.browsers.items():
            if role in {None, Role.SYSTEM_ADMIN} or not may(role, walk.right):
                continue
            answer = ask(browser, walk, walk.path(stage.foreign), PLAIN_BODY)
            if answer.status_code not in {403, 404}:
                wrong.append((role, walk.method, walk.rule.rule, answer.status_code))
    assert wrong == []


def test_no_page_shows_a_word_of_a_foreign_centre(app: Flask, stage: Stage) -> None:
    wrong: list[tuple[object, ...]] = []
    for walk in walks(app):
        if walk.method != "GET" or walk.rule.rule in PUBLIC:
            continue
        for role, browser in stage.browsers.items():
            if role in {None, Role.SYSTEM_ADMIN} or not may(role, walk.right):
                continue
            if CANARY in browser.get(walk.path(stage.home)).text:
                wrong.append((role, walk.rule.rule))
    assert wrong == []


def test_a_search_for_a_foreign_word_finds_nothing(app: Flask, stage: Stage) -> None:
    """Lists with a field for words: what comes back holds the word only where it was typed."""
    wrong: list[tuple[object, ...]] = []
    for walk in walks(app):
        if walk.method != "GET" or walk.rule.rule in PUBLIC or walk.rule.rule in ASKED:
            continue
        for role, browser in stage.browsers.items():
            if role in {None, Role.SYSTEM_ADMIN} or not may(role, walk.right):
                continue
            word = CANARY[:6].lower()
            text = browser.get(f"{walk.path(stage.home)}?words={word}&q={word}").text
            if CANARY in text:
                wrong.append((role, walk.rule.rule))
    assert wrong == []


def test_foreign_ids_in_a_body_change_nothing(app: Flask, stage: Stage, session: Session) -> None:
    before = rows_of(session, stage.foreign)
    wrong: list[tuple[object, ...]] = []
    for walk in walks(app):
        if walk.method == "GET" or ends_sessions(walk):
            continue
        for role, browser in stage.browsers.items():
            if role in {None, Role.SYSTEM_ADMIN} or not may(role, walk.right):
                continue
            answer = ask(browser, walk, walk.path(stage.home), foreign_body(stage.foreign))
            if answer.status_code >= 500:
                wrong.append((role, walk.method, walk.rule.rule, answer.status_code))
            after = rows_of(session, stage.foreign)
            if after != before:
                changed = [name for name in after if after[name] != before[name]]
                wrong.append((role, walk.method, walk.rule.rule, str(changed)))
                before = after
    assert wrong == []


def foreign_body(foreign: Tenant) -> dict[str, Any]:
    named = {name: str(thing(foreign)) for name, thing in BODY.items()}
    spelt = {f"{name}_id": value for name, value in named.items()}
    plural = {f"{name}s": value for name, value in named.items()}
    return PLAIN_BODY | named | spelt | plural
