"""Every form sent eight times at once with one key: one effect, and everybody the same answer.

Two centres that are alike are walked side by side: at one each form is sent once, at the other
eight times at once. As much comes to stand in the store for the one as for the other.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from database.base import Base
from schools.rules.roles import Role
from tests.app.conftest import SignIn
from tests.app.shown_forms import shown_forms
from tests.app.tenants import Tenant, tenant
from tests.app.test_access import Walk, ends_sessions, foreign_body, may, walks
from tests.make import MONDAY, Make

pytestmark = [pytest.mark.both_stores, pytest.mark.slow, pytest.mark.lending("5.2", "8.7")]

AT_ONCE = 8
UNCOUNTED = frozenset({"sign_in_session", "sign_in_attempt", "idempotency_key"})
"""Tables that count requests, not effects."""

SLOWED = frozenset({"/reset"})
"""Forms that a stranger sends: too many at once are told to wait."""

ENDS = re.compile(r"/(end|remove|delete|withdraw|cancel|decline|disable|reset|unshare|abort)$")
AT_LEAST = 65
"""So many forms have an effect that can be counted; the others only change or are refused."""

LATER = (MONDAY + timedelta(days=14)).isoformat()
Fields = Callable[[Tenant], Mapping[str, object]]


def _wish(whose: Tenant) -> Mapping[str, object]:
    days = {"from": LATER, "until": LATER}
    what = {"holding": whose.holding.id, "place": whose.place.id, "quantity": "1"}
    return {**days, **what, "reason": "preview"}


DONE: tuple[tuple[str, Role, Fields], ...] = (
    ("/bookings", Role.TEACHER, _wish),
    ("/basket/lines", Role.TEACHER, _wish),
    ("/bookings/<number>/cancel", Role.TEACHER, lambda _: {}),
    ("/bookings/<number>/revive", Role.TEACHER, lambda _: {}),
    ("/holds/<int:hold_id>/move", Role.STAFF, lambda _: {"move": "top"}),
    ("/loans/<int:loan_id>/purpose", Role.TEACHER, lambda _: {"purpose": "reason:preview"}),
    ("/loans/<int:loan_id>/renew", Role.TEACHER, lambda _: {}),
    ("/lists/<int:list_id>/share", Role.TEACHER, lambda _: {}),
    ("/wishes", Role.TEACHER, lambda t: {"what": "Mikroskop", "institution": t.school.id}),
    ("/desk/scan", Role.STAFF, lambda t: {"code": t.person.card}),
    ("/desk/people/<int:person_id>/block", Role.STAFF, lambda _: {"reason": "Klärung"}),
    ("/office/accounts/<int:account_id>/disable", Role.CENTRE_ADMIN, lambda _: {}),
    ("/office/letters/<int:letter_id>/send", Role.CENTRE_ADMIN, lambda _: {}),
)
"""Forms as people send them, each with the role that does; they are sent first."""


@dataclass(frozen=True)
class Form:
    """A form, who sends it, and with what; `page` shows it, filled in, to whoever looks."""

    walk: Walk
    role: Role
    fields: Fields
    does_something: bool = False
    page: Walk | None = None


def test_whatever_is_sent_eight_times_at_once_happens_once(
    app: Flask, make: Make, session: Session, sign_in: SignIn
) -> None:
    once, often = tenant(make, "EINMAL"), tenant(make, "ACHTMAL")
    alone = {role: sign_in(account) for role, account in once.accounts.items()}
    crowd = {role: sign_in(account) for role, account in often.accounts.items()}
    wrong: list[tuple[object, ...]] = []
    effective: set[str] = set()
    for form in _forms(app, alone, once):
        before = _rows(session)
        single = _send(app, alone[form.role], form, once, times=1)
        between = _rows(session)
        answers = _send(app, crowd[form.role], form, often, times=AT_ONCE)
        by_one, by_eight = between - before, _rows(session) - between
        idle = form.does_something and not by_one
        alike = len(set(answers)) == 1 or form.walk.rule.rule in SLOWED
        if idle or by_one != by_eight or not alike or max(answers) >= 500:
            wrong.append((form.walk.rule.rule, form.role, by_one, by_eight, single, set(answers)))
        if by_one:
            effective.add(form.walk.rule.rule)
    assert wrong == []
    assert len(effective) >= AT_LEAST


def _forms(app: Flask, browsers: Mapping[Role, FlaskClient], whose: Tenant) -> Iterator[Form]:
    """Yield forms as people send them, then as pages show them, then those no page showed."""
    unsafe = [each for each in walks(app) if each.method != "GET" and not ends_sessions(each)]
    by_rule = {walk.rule.rule: walk for walk in unsafe}
    for rule, role, fields in DONE:
        yield Form(by_rule[rule], role, fields, does_something=True)
    shown = dict(_shown(app, browsers, whose))
    for walk in sorted(unsafe, key=_gently):
        if walk.rule.rule in shown:
            page, role = shown[walk.rule.rule]
            yield Form(walk, role, foreign_body, page=page)
        whoever = [role for role in Role if may(role, walk.right)]
        if whoever and walk.rule.rule not in shown:
            yield Form(walk, whoever[0], foreign_body)


def _shown(
    app: Flask, browsers: Mapping[Role, FlaskClient], whose: Tenant
) -> Iterator[tuple[str, tuple[Walk, Role]]]:
    """Yield the rule of each form that a page shows, with the page and who sees it."""
    for page in walks(app):
        for role in Role:
            if page.method == "GET" and may(role, page.right):
                text = browsers[role].get(page.path(whose)).text
                for form in shown_forms(text):
                    yield _rule_of(app, form.action), (page, role)


def _rule_of(app: Flask, address: str) -> str:
    adapter = app.url_map.bind("localhost")
    rule, _values = adapter.match(urlsplit(address).path, method="POST", return_rule=True)
    return str(rule.rule)


def _gently(walk: Walk) -> bool:
    """Put last what ends, removes or withdraws what other forms are about."""
    return bool(ENDS.search(walk.rule.rule))


def _send(app: Flask, browser: FlaskClient, form: Form, whose: Tenant, *, times: int) -> list[int]:
    """Send a form so many times at once with one key; returns the status of each answer."""
    path, body = _filled(app, browser, form, whose)
    with browser.session_transaction() as cookie:
        kept = dict(cookie)
    together = Barrier(times)

    def send(_number: int) -> int:
        client = app.test_client()
        with client.session_transaction() as own:
            own.update(kept)
        together.wait()
        return client.open(path, method=form.walk.method, data=body).status_code

    with ThreadPoolExecutor(times) as crowd:
        return list(crowd.map(send, range(times)))


def _filled(
    app: Flask, browser: FlaskClient, form: Form, whose: Tenant
) -> tuple[str, Mapping[str, Any]]:
    """Return where a form is sent and its fields, with a key of its own."""
    key = {"idem": uuid4().hex}
    if form.page is not None:
        page = browser.get(form.page.path(whose)).text
        for each in shown_forms(page, whose.person.family_name.lower()):
            if _rule_of(app, each.action) == form.walk.rule.rule:
                fields: dict[str, list[str]] = {}
                for name, value in each.fields:
                    fields.setdefault(name, []).append(value)
                return each.action, fields | key
    return form.walk.path(whose), {**form.fields(whose), **key}


def _rows(session: Session) -> Counter[str]:
    """Count the rows of each table."""
    session.rollback()
    tables = [each for each in Base.metadata.sorted_tables if each.name not in UNCOUNTED]
    counts = [select(func.count()).select_from(table).scalar_subquery() for table in tables]
    numbers = session.execute(select(*counts)).one()
    session.rollback()
    return Counter({table.name: count for table, count in zip(tables, numbers, strict=True)})
