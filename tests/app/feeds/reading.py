"""A feed, made on its page and read as a calendar program does."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from icalendar import Calendar

from loans.models.feed import FeedKind
from loans.models.tour import CourierRoute, RouteStop
from schools.models.account import Account
from schools.models.media_centre import PickupPlace, PlaceKind
from schools.models.person import Person
from schools.rules.periods import Period
from tests.make import MONDAY, Make

ADDRESS = re.compile(r'id="link" value="(http[^"]*/feeds/[^"]*\.ics)"')
SOON = Period(MONDAY + timedelta(days=7), MONDAY + timedelta(days=9))
Event = dict[str, Any]


def person_of(make: Make, account: Account) -> Person:
    return make.session.get_one(Person, account.person_id)


def make_feed(browser: FlaskClient, kind: FeedKind, key: int) -> str:
    """Make a feed by the page; gives the path of its page."""
    answer = browser.post("/feeds", data={"kind": kind.value, "key": str(key)})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def link_on(browser: FlaskClient, page: str) -> str:
    found = ADDRESS.search(browser.get(page).text)
    assert found is not None
    return "/feeds/" + unescape(found[1]).rsplit("/", 1)[-1]


def events_at(visitor: FlaskClient, link: str) -> list[Event]:
    """Read a feed as a calendar program does."""
    answer = visitor.get(link)
    assert answer.status_code == 200
    calendar: Any = Calendar.from_ical(answer.data)
    return [
        {
            "uid": str(event["uid"]),
            "first": event["dtstart"].dt,
            "end": event["dtend"].dt,
            "summary": str(event["summary"]),
            "status": str(event["status"]),
            "sequence": int(event["sequence"]),
            "lines": str(event.get("description", "")).splitlines(),
            "place": str(event.get("location", "")),
        }
        for event in calendar.walk("VEVENT")
    ]


def courier(make: Make) -> CourierRoute:
    """A route on Tuesdays with two stops."""
    branch = make.branch()
    route = CourierRoute(
        centre_id=branch.centre_id, branch_id=branch.id, name="Di Nord", weekdays=[1]
    )
    for position, name in enumerate(("GS Nord", "GE Süd"), start=1):
        place = PickupPlace(
            centre_id=branch.centre_id, branch_id=branch.id, kind=PlaceKind.COURIER, name=name
        )
        make.session.add(place)
        make.session.flush()
        route.stops.append(RouteStop(place_id=place.id, position=position))
    make.session.add(route)
    make.session.commit()
    return route
