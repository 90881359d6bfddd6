"""Which titles show in a centre's catalogue, and which of them are new."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from catalogue.models.title import Title
from catalogue.queries import shown_titles as module
from catalogue.queries.shown_titles import new_titles, shown_titles
from catalogue.rules.licences import LicenceScope
from schools.models.media_centre import MediaCentre
from schools.queries.open_centres import Centre
from schools.rules.roles import Scope
from tests.make import NOW, Make
from tests.statements import counted

pytestmark = pytest.mark.both_stores

NOBODY = Scope()
DORTMUND = "05913"


@pytest.fixture
def here(make: Make) -> MediaCentre:
    return make.the_centre()


def centre(row: MediaCentre, district: str | None = None) -> Centre:
    return Centre(row.id, row.name, "", district)


def shows(
    session: Session, title: Title, at: MediaCentre, scope: Scope = NOBODY, district: str = ""
) -> bool:
    return title.id in shown_titles(session, scope, [centre(at, district or None)], [title.id])


def online(make: Make, **facts: object) -> Title:
    return make.title("Online", media_type="online_video", online_url="https://x.example", **facts)


def test_what_a_centre_offers_shows_there_only(
    session: Session, make: Make, here: MediaCentre
) -> None:
    title, elsewhere = make.title(), make.centre()
    make.holding(title, centre=here)
    assert (shows(session, title, here), shows(session, title, elsewhere)) == (True, False)


def test_a_hidden_offer_shows_to_its_staff(
    session: Session, make: Make, here: MediaCentre
) -> None:
    title = make.title()
    make.holding(title, centre=here, visible=False)
    staff = Scope(centre_ids=frozenset({here.id}))
    assert (shows(session, title, here), shows(session, title, here, staff)) == (False, True)


def test_a_withdrawn_title_shows_to_nobody(
    session: Session, make: Make, here: MediaCentre
) -> None:
    title = make.title(withdrawn_at=NOW, keeper_id=here.id)
    make.holding(title, centre=here)
    assert not shows(session, title, here, Scope(everything=True))


def test_what_nobody_offers_shows_to_its_keepers_staff(
    session: Session, make: Make, here: MediaCentre
) -> None:
    title = make.title(keeper_id=here.id)
    staff = Scope(centre_ids=frozenset({here.id}))
    assert (shows(session, title, here), shows(session, title, here, staff)) == (False, True)


def test_online_without_licence_shows_at_its_keeper_or_everywhere(
    session: Session, make: Make, here: MediaCentre
) -> None:
    elsewhere = make.centre()
    kept, free = online(make, keeper_id=elsewhere.id), online(make)
    assert (shows(session, kept, here), shows(session, kept, elsewhere)) == (False, True)
    assert shows(session, free, here)


def test_an_online_licence_says_where_it_shows(
    session: Session, make: Make, here: MediaCentre
) -> None:
    of_one, of_district = online(make), online(make)
    make.licence(of_one, centre_id=make.centre().id, online=True)
    make.licence(of_district, scope=LicenceScope.DISTRICT, area=[DORTMUND], online=True)
    assert not shows(session, of_one, here)
    assert not shows(session, of_district, here)
    assert shows(session, of_district, here, district=DORTMUND)


def test_new_titles_are_those_since_the_newest_first(
    session: Session, make: Make, here: MediaCentre
) -> None:
    days = {
        name: make.title(name, created_at=NOW - timedelta(days=ago))
        for name, ago in (("heute", 0), ("alt", 40), ("gestern", 1), ("morgen", -1))
    }
    for title in days.values():
        make.holding(title, centre=here)
    make.title("nirgends", created_at=NOW)
    found = new_titles(session, NOBODY, [centre(here)], NOW - timedelta(days=30), NOW)
    assert found == (days["heute"].id, days["gestern"].id)
    since_then = new_titles(session, NOBODY, [centre(here)], NOW - timedelta(days=1), NOW)
    assert since_then == (days["heute"].id,)


def test_of_very_many_the_newest_are_told(
    session: Session, make: Make, here: MediaCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_NEW_TITLES", 2)
    module._newest.cache_clear()
    titles = [make.title(str(ago), created_at=NOW - timedelta(days=ago)) for ago in range(3)]
    for title in titles:
        make.holding(title, centre=here)
    found = new_titles(session, NOBODY, [centre(here)], NOW - timedelta(days=9), NOW)
    module._newest.cache_clear()
    assert found == (titles[0].id, titles[1].id)


@pytest.mark.parametrize("as_staff", [False, True], ids=["readers", "staff"])
def test_what_others_took_in_since_leaves_ones_own_in(
    session: Session,
    make: Make,
    here: MediaCentre,
    monkeypatch: pytest.MonkeyPatch,
    *,
    as_staff: bool,
) -> None:
    monkeypatch.setattr(module, "MOST_NEW_TITLES", 2)
    module._newest.cache_clear()
    own = make.title("eigen", created_at=NOW - timedelta(days=1))
    kept = make.title("gepflegt", created_at=NOW - timedelta(days=2), keeper_id=here.id)
    make.holding(own, centre=here)
    elsewhere = make.centre()
    for _ in range(3):
        make.holding(make.title("anderswo", created_at=NOW), centre=elsewhere)
        online(make, created_at=NOW, keeper_id=elsewhere.id)
        make.licence(online(make, created_at=NOW), centre_id=elsewhere.id, online=True)
    scope = Scope(centre_ids=frozenset({here.id})) if as_staff else NOBODY
    found = new_titles(session, scope, [centre(here)], NOW - timedelta(days=9), NOW)
    module._newest.cache_clear()
    assert found == ((own.id, kept.id) if as_staff else (own.id,))


def test_what_opens_here_is_new_here(session: Session, make: Make, here: MediaCentre) -> None:
    for_all, licensed, mine = online(make), online(make), online(make, keeper_id=here.id)
    make.licence(licensed, centre_id=here.id, online=True)
    elsewhere = online(make, keeper_id=make.centre().id)
    since = NOW - timedelta(days=9)
    found = new_titles(session, NOBODY, [centre(here)], since, NOW)
    assert set(found) == {for_all.id, licensed.id, mine.id}
    everything = Scope(everything=True)
    found = new_titles(session, everything, [centre(here)], since, NOW)
    assert set(found) == {for_all.id, licensed.id, mine.id, elsewhere.id}


@pytest.mark.parametrize("number", [1, 30])
def test_two_statements_are_enough(
    engine: Engine, session: Session, make: Make, here: MediaCentre, number: int
) -> None:
    ids = [online(make).id for _ in range(number)]
    centres = [centre(here)]
    with counted(engine) as statements:
        assert len(shown_titles(session, NOBODY, centres, ids)) == number
    assert statements.count == 2
