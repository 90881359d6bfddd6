"""Who acts for two schools reserves for either: its units, its days off, its courier's stop."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from catalogue.models.curriculum_link import CurriculumLink
from loans.models.basket import BasketLine
from loans.models.booking import Booking
from loans.models.closure import MovableHoliday
from loans.rules.codes import Refusal
from schools.models.account import Grant
from schools.models.curriculum import Scheme
from schools.models.media_centre import PickupPlace
from schools.models.person import Membership, Person
from schools.operations.load_vocabulary import load_vocabulary
from schools.rules.periods import ONE_DAY
from schools.rules.roles import Role
from tests.app.bookings.conftest import DAYS, JSON, Stored
from tests.app.conftest import SignIn
from tests.make import LONG_AGO, Make

WEEK = timedelta(weeks=1)
ELSEWHERE = "Dort hält der Kurier für eine andere Schule."

pytestmark = pytest.mark.lending("2.4")


@dataclass
class Between:
    """A teacher of two schools at a browser, with the keys of both and of their stops."""

    browser: FlaskClient
    stored: Stored
    holding: int
    schools: tuple[int, int]
    stops: tuple[int, int]
    units: tuple[int, int]

    def post(self, path: str, headers: Any = None, **more: Any) -> TestResponse:
        data = {
            "holding": self.holding,
            "from": DAYS.first.isoformat(),
            "until": DAYS.last.isoformat(),
            "quantity": 1,
            "purpose": "reason:preview",
        }
        self.stored.forget()
        return self.browser.post(path, data=data | more, headers=headers)

    def made(self) -> list[tuple[int, int]]:
        """School and place of each booking."""
        return [(each.institution_id, each.place_id) for each in self.stored(Booking)]


@pytest.fixture
def between(make: Make, person: Person, sign_in: SignIn, stored: Stored) -> Between:
    first, second = make.the_school(), make.school("Schule B")
    make.session.add(Membership(person_id=person.id, institution_id=second.id, first=LONG_AGO))
    account = make.account(Role.TEACHER, person=person)
    account.grants.append(Grant(role=Role.TEACHER, institution_id=second.id, first=LONG_AGO))
    make.session.commit()
    made = Between(
        browser=sign_in(account),
        stored=stored,
        holding=make.holding(copies=1).id,
        schools=(first.id, second.id),
        stops=(make.courier_stop(first).id, make.courier_stop(second).id),
        units=(make.unit(first).id, make.unit(second).id),
    )
    stored.forget()
    return made


def test_it_is_brought_to_the_school_it_is_for(between: Between) -> None:
    first, second = between.schools
    page = between.browser.get(f"/bookings/new?holding={between.holding}").text
    assert all(f'name="place" type="radio" value="{stop}"' in page for stop in between.stops)
    stop_of_second = between.stops[1]
    assert between.post("/bookings", institution=second, place=stop_of_second).status_code == 303
    assert between.made() == [(second, stop_of_second)]
    wrong = {"institution": first, "place": stop_of_second, "class_name": "7b"}
    refused = between.post("/bookings", **wrong)
    assert (refused.status_code, ELSEWHERE in refused.text) == (409, True)
    assert 'value="7b"' in refused.text
    told = between.post("/bookings", headers=JSON, **wrong)
    assert told.json is not None
    assert [each["code"] for each in told.json["refusals"]] == [Refusal.PLACE_ELSEWHERE]


@pytest.mark.lending("11.1")
def test_what_the_tours_of_both_schools_would_do_is_told(between: Between, make: Make) -> None:
    for name, key in zip(("Nord", "Süd"), between.stops, strict=True):
        make.route(make.session.get_one(PickupPlace, key), name=name)
    between.stored.forget()
    days = f"from={DAYS.first}&until={DAYS.last}"
    page = between.browser.get(f"/bookings/new?holding={between.holding}&{days}").text
    assert [f"„{name}“ bringt es am" in page for name in ("Nord", "Süd")] == [True, True]


@pytest.mark.parametrize("path", ["/bookings/series", "/basket/lines"])
def test_the_stop_of_the_other_school_is_refused_with_a_sentence(
    between: Between, path: str
) -> None:
    more = {"place": between.stops[0], "institution": between.schools[1]}
    rhythm = {"rhythm": "weekly", "count": 2, "act": "all"}
    answer = between.post(path, **more, **rhythm)
    assert (answer.status_code, ELSEWHERE in answer.text) == (409, True)
    assert between.made() == []


@pytest.mark.lending("1.2", "5.4")
def test_a_series_leaves_out_the_days_off_of_the_school_it_is_for(
    between: Between, make: Make
) -> None:
    first, second = between.schools
    for school, weeks in ((first, 1), (second, 2)):
        day = DAYS.first + weeks * WEEK
        make.session.add(MovableHoliday(institution_id=school, day=day, name="Brückentag"))
    make.session.commit()
    asked: dict[str, Any] = {"rhythm": "weekly", "count": 3, "skips": "y", "act": "all"}
    unit = f"unit:{between.units[1]}"
    assert between.post("/bookings/series", purpose=unit, **asked).status_code == 303
    begun = [each.first for each in between.stored(Booking)]
    assert begun == [DAYS.first, DAYS.first + WEEK]
    assert {school for school, _place in between.made()} == {second}


@pytest.mark.lending("5.4")
def test_a_series_for_another_reason_is_for_the_school_that_is_named(between: Between) -> None:
    second = between.schools[1]
    shown = between.browser.get(
        f"/bookings/series?holding={between.holding}&institution={second}"
    ).text
    assert f'<option selected value="{second}">' in shown
    asked: dict[str, Any] = {"rhythm": "weekly", "count": 2, "act": "all"}
    assert between.post("/bookings/series", institution=second, **asked).status_code == 303
    assert {school for school, _place in between.made()} == {second}


@pytest.mark.lending("5.5")
def test_the_basket_proposes_a_unit_of_the_school_it_is_for(between: Between, make: Make) -> None:
    """Though one of the other school fits as well, and comes first."""
    load_vocabulary(make.session)
    title = make.title(grade_from=5, grade_to=8)
    make.session.add(CurriculumLink(title_id=title.id, scheme=Scheme.SUBJECT, code="BI"))
    fitting, second = make.holding(title, copies=1).id, between.schools[1]
    answer = between.post("/basket/lines", holding=fitting, purpose="", institution=second)
    assert answer.status_code == 303
    assert [each.unit_id for each in between.stored(BasketLine)] == [between.units[1]]


@pytest.mark.lending("5.8")
@pytest.mark.parametrize("path", ["/bookings/new", "/holds/new"])
def test_staff_act_for_the_school_at_which_they_found_the_caller(
    between: Between, staff: FlaskClient, person: Person, path: str
) -> None:
    second, person_id = between.schools[1], person.id
    name = person.family_name
    between.stored.forget()
    found = staff.get(f"{path}?holding={between.holding}&who={name}").text
    address = f"person={person_id}&amp;institution={second}"
    assert address in found
    page = staff.get(f"{path}?holding={between.holding}&{address.replace('&amp;', '&')}").text
    assert f'<option selected value="{second}">' in page
    assert f"Für Ada {name}, Schule B" in page


@pytest.fixture
def moving(between: Between, make: Make, person: Person) -> Between:
    """The same teacher, who leaves the first school for the second while the days last."""
    old, new = (
        next(each for each in person.memberships if each.institution_id == school)
        for school in between.schools
    )
    old.last, new.first = DAYS.first - ONE_DAY, DAYS.first
    make.session.commit()
    between.stored.forget()
    return between


def test_whoever_changes_schools_reserves_for_the_new_one_from_then_on(moving: Between) -> None:
    old, new = moving.schools
    days = f"from={DAYS.first}&until={DAYS.last}"
    for address, school in ((days, new), ("from=2026-11-25&until=2026-11-26", old)):
        page = moving.browser.get(f"/bookings/new?holding={moving.holding}&{address}").text
        assert f'<option selected value="{school}">' in page
    assert moving.post("/bookings").status_code == 303
    assert [school for school, _place in moving.made()] == [new]


@pytest.mark.lending("5.4", "5.5")
def test_basket_and_series_are_for_the_school_that_the_days_belong_to(moving: Between) -> None:
    told = moving.post("/basket/lines", headers=JSON)
    assert told.json is not None
    assert told.json["held"]
    moving.stored.forget()
    days = f"from={DAYS.first}&until={DAYS.last}"
    page = moving.browser.get(f"/bookings/series?holding={moving.holding}&{days}").text
    assert f'<option selected value="{moving.schools[1]}">' in page


def test_a_contract_that_goes_on_names_the_school_once(
    make: Make, person: Person, teacher: FlaskClient, staff: FlaskClient, stored: Stored
) -> None:
    unit, (term,) = make.unit(), person.memberships
    term.last = DAYS.first
    more = Membership(
        person_id=person.id, institution_id=term.institution_id, first=DAYS.first + ONE_DAY
    )
    make.session.add(more)
    make.session.commit()
    holding, name, unit_id = make.holding(copies=1).id, person.family_name, unit.id
    stored.forget()
    page = teacher.get(f"/bookings/new?holding={holding}").text
    assert "Für welche Schule?" not in page
    assert page.count(f'value="unit:{unit_id}"') == 1
    found = staff.get(f"/bookings/new?holding={holding}&who={name}").text
    assert found.count("&amp;institution=") == 1
