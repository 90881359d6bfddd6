"""Every refusal is said in both languages, with who may overrule it and where it is set."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

import pytest
from flask import Flask

from app.labels import label
from app.reasons import About, Reason, reasons, who_may_override
from app.refusals import sentence
from loans.errors import Refused
from loans.rules.codes import (
    OVERRIDES,
    DayReason,
    HoldRefusal,
    LoanRefusal,
    Refusal,
    RenewalRefusal,
    values_behind,
)
from loans.rules.terms import VALUE_NAMES
from schools.rules.periods import ONE_DAY
from schools.rules.roles import RIGHTS, Role
from tests.make import MONDAY

CODES = (*Refusal, *DayReason, *RenewalRefusal, *HoldRefusal, *LoanRefusal)
NOBODY = {"de": "Das darf niemand aufheben.", "en": "Nobody may overrule this."}
LEADS_TO_TERMS = {
    "NO_TERMS",
    "OVERDUE_BLOCK",
    "BRIEFING_MISSING",
    "PERSONAL_PICKUP",
    "LIMIT_PERSON",
    "LIMIT_CATEGORY",
    "LIMIT_SCHOOL",
    "TOO_LONG",
    "LEAD_TIME",
    "HORIZON",
    "RENEWAL_LIMIT",
    "TOO_EARLY",
    "NOT_LATER",
}


@pytest.fixture(params=["de", "en"])
def language(request: pytest.FixtureRequest, app: Flask) -> Iterator[str]:
    with app.test_request_context(headers={"Accept-Language": request.param}):
        yield request.param


def told(app: Flask, language: str, code: StrEnum) -> Reason:
    with app.test_request_context(headers={"Accept-Language": language}):
        return reasons([Refused(code)], About(1, 2))[0]


def test_every_refusal_is_said_in_german_and_in_english(app: Flask) -> None:
    for code in CODES:
        german, english = told(app, "de", code), told(app, "en", code)
        assert german.sentence not in {code, english.sentence}, code
        assert german.who_may not in {"", english.who_may}, code


def test_every_refusal_names_who_may_overrule_it_or_that_nobody_may(language: str) -> None:
    for code in CODES:
        right = OVERRIDES[code]
        said = who_may_override(code)
        named = {role for role in Role if label(role) in said}
        assert named == {role for role in Role if right in RIGHTS[role]}, code
        assert (said == NOBODY[language]) == (right is None), code


def test_what_comes_from_the_terms_leads_to_their_explanation(app: Flask) -> None:
    for code in CODES:
        behind = values_behind(code)
        assert set(behind) <= set(VALUE_NAMES), code
        loans_own_day = code is Refusal.TOO_EARLY
        assert bool(behind) == (code in LEADS_TO_TERMS and not loans_own_day), code
        asked = "".join(f"&why={name}" for name in behind)
        first = "".join(f"#{name}" for name in behind[:1])
        explained = f"/office/terms/explain?institution=1&holding=2{asked}{first}"
        assert told(app, "de", code).address == (explained if behind else ""), code


def test_reasons_that_read_the_same_are_shown_once(app: Flask) -> None:
    twice = [Refused(Refusal.LICENCE_ENDED), Refused(DayReason.LICENCE_ENDED)]
    with app.test_request_context():
        assert [each.code for each in reasons(twice, About())] == ["LICENCE_ENDED"]


@pytest.mark.lending("8.3", "9.1")
def test_a_loan_in_time_is_not_said_to_be_overdue_where_another_is(language: str) -> None:
    late = sentence(Refused(RenewalRefusal.OVERDUE, {"since": date(2026, 11, 20)}))
    another = sentence(Refused(RenewalRefusal.OVERDUE))
    assert (late, another) == {
        "de": (
            "Es ist überfällig; bitte bringen Sie es zurück.",
            "Etwas anderes ist überfällig; das muss zuerst zurück.",
        ),
        "en": (
            "It is overdue; please bring it back.",
            "Something else is overdue; that must come back first.",
        ),
    }[language]


@pytest.mark.lending("8.3")
@pytest.mark.parametrize(
    ("until", "said"), [(MONDAY - ONE_DAY, "endete am 22.11."), (MONDAY, "endet am 23.11.")]
)
@pytest.mark.parametrize(
    "code", [Refusal.LICENCE_ENDED, DayReason.LICENCE_ENDED, Refusal.MEMBERSHIP_ENDED]
)
def test_what_ends_later_is_not_said_to_have_ended(
    app: Flask, code: StrEnum, until: date, said: str
) -> None:
    with app.test_request_context(headers={"Accept-Language": "de"}):
        assert said in sentence(Refused(code, {"until": until}))
