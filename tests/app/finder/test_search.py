"""The search page: what is found, what is free, and how its address says everything."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from app.sessions import ENGINE
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.app.conftest import AsRole, SignIn
from tests.app.finder.conftest import Reindex, Shelf, get_json, hits
from tests.make import Make
from tests.statements import counted

THURSDAY = date(2026, 12, 3)
WISH = "from=2026-12-03&until=2026-12-04"


def values(answer: dict[str, object], facet: str) -> dict[str, int]:
    """Count by value of one facet."""
    facets: Any = answer["facets"]
    return {each["value"]: each["count"] for each in facets[facet]}


def test_a_film_is_found_by_a_word(shelf: Shelf, reindex: Reindex, visitor: FlaskClient) -> None:
    shelf.film("Fotosynthese verstehen")
    shelf.film("Vulkane")
    reindex()
    page = visitor.get("/search?words=fotosynthese").text
    assert [hit.split(" Film")[0] for hit in hits(page)] == ["Fotosynthese verstehen"]
    assert "1 Treffer" in page


def test_filters_narrow_and_count(shelf: Shelf, reindex: Reindex, visitor: FlaskClient) -> None:
    wanted = shelf.film("Fotosynthese")
    shelf.film("Gedichte", subject="DE")
    reindex()
    answer = get_json(visitor, "/search?subject=BI&grade=7")
    assert answer["ids"] == [wanted.id]
    assert values(answer, "subject") == {"BI": 1, "DE": 1}
    assert values(answer, "grade")["7"] == 1


def test_each_filter_that_is_on_can_be_taken_off(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient
) -> None:
    shelf.film("Fotosynthese")
    reindex()
    page = visitor.get(f"/search?words=foto&subject=BI&grade=7&{WISH}").text
    assert f'href="/search?words=foto&amp;{WISH.replace("&", "&amp;")}&amp;grade=7"' in page
    assert f'href="/search?words=foto&amp;{WISH.replace("&", "&amp;")}"' in page


def test_a_hit_says_how_many_are_free_in_the_period(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient, make: Make
) -> None:
    title = shelf.film("Fotosynthese", copies=3)
    make.booking(title.holdings[0], Period(THURSDAY, THURSDAY))
    reindex()
    (hit,) = hits(visitor.get("/search?from=2026-12-03").text)
    assert "3.12. frei: 2 von 3" in hit
    assert "Reservieren" in hit


def test_a_hit_that_is_not_free_says_when_it_is(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient, make: Make
) -> None:
    title = shelf.film("Fotosynthese", copies=1)
    make.booking(title.holdings[0], Period(THURSDAY, date(2026, 12, 4)))
    reindex()
    page = visitor.get("/search?from=2026-12-03").text
    (hit,) = hits(page)
    assert "3.12. ausgebucht, frei ab 7.12." in hit
    assert "Ab 7.12. reservieren" in hit
    assert f'href="/titles/{title.id}?from=2026-12-07&amp;until=2026-12-07#reservieren"' in page


def test_a_closed_day_is_no_day_to_come(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient
) -> None:
    shelf.film("Fotosynthese")
    reindex()
    (hit,) = hits(visitor.get("/search?from=2026-12-05").text)
    assert "5.12. nicht möglich, frei ab 7.12." in hit


def test_without_a_period_a_hit_says_when_it_is_free_next(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient
) -> None:
    shelf.film("Fotosynthese", copies=2)
    reindex()
    (hit,) = hits(visitor.get("/search").text)
    assert "23.11. frei: 2 von 2" in hit


def test_what_is_free_is_counted_and_can_be_asked_for(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient, make: Make
) -> None:
    taken, free = shelf.film("Fotosynthese", copies=1), shelf.film("Zellen", copies=1)
    make.booking(taken.holdings[0], Period(THURSDAY, THURSDAY))
    reindex()
    everything = get_json(visitor, "/search?from=2026-12-03")
    assert everything["total"] == 2
    assert values(everything, "free") == {"1": 1}
    narrowed = get_json(visitor, "/search?from=2026-12-03&free=1")
    assert narrowed["ids"] == [free.id]
    assert values(narrowed, "subject") == {"BI": 1}


def test_the_quantity_counts(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient, make: Make
) -> None:
    shelf.film("Fotosynthese", copies=2)
    enough = shelf.film("Zellen", copies=3)
    reindex()
    answer = get_json(visitor, f"/search?{WISH}&quantity=3&free=1")
    assert answer["ids"] == [enough.id]
    (hit,) = hits(visitor.get("/search?words=fotosynthese&from=2026-12-03&quantity=3").text)
    assert "3.12. nur 2 von 2" in hit


def test_json_says_what_is_free_of_each_title(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient, make: Make
) -> None:
    title = shelf.film("Fotosynthese", copies=1)
    make.booking(title.holdings[0], Period(THURSDAY, THURSDAY))
    reindex()
    answer = get_json(visitor, "/search?from=2026-12-03")
    titles: Any = answer["titles"]
    assert titles[0]["name"] == "Fotosynthese"
    assert titles[0]["free"] == 0
    assert titles[0]["availability"] == {
        "holding": title.holdings[0].id,
        "capacity": 1,
        "free": 0,
        "possible": False,
        "next_free": {"from": "2026-12-04", "until": "2026-12-04"},
    }


def test_an_online_film_can_be_opened_from_the_list(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient
) -> None:
    shelf.title("Blattwerk", media_type="online_video", online_url="https://example.org/b")
    reindex()
    page = visitor.get("/search?access=online").text
    (hit,) = hits(page)
    assert "Jederzeit online" in hit
    assert "Reservieren" not in hit
    assert 'href="https://example.org/b" rel="noopener noreferrer"' in page


def test_an_online_film_whose_licence_has_ended_cannot_be_opened(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient, make: Make
) -> None:
    title = shelf.title("Blattwerk", media_type="online_video", online_url="https://example.org/b")
    make.licence(title, online=True, valid_until=date(2026, 10, 31))
    reindex()
    assert "https://example.org/b" not in visitor.get("/search").text


def test_another_centres_licence_opens_nothing_here(
    shelf: Shelf, reindex: Reindex, as_role: AsRole, make: Make
) -> None:
    title = shelf.title("Blattwerk", media_type="online_video", online_url="https://example.org/b")
    make.licence(title, online=True, centre_id=make.centre("Medienzentrum Nord").id)
    make.licence(
        title, online=True, centre_id=make.the_centre().id, valid_until=date(2026, 10, 31)
    )
    reindex()
    teacher = as_role(Role.TEACHER)
    for address in ("/search", f"/titles/{title.id}"):
        page = teacher.get(address)
        assert page.status_code == 200
        assert "https://example.org/b" not in page.text
        assert "Zurzeit nicht zu öffnen" in page.text


def test_a_unit_of_ones_own_school_stands_at_what_it_plans_with(
    shelf: Shelf, reindex: Reindex, sign_in: SignIn, visitor: FlaskClient, make: Make
) -> None:
    title = shelf.film("Fotosynthese")
    teacher = make.account(Role.TEACHER)
    shelf.plan(make.unit(), title)
    reindex()
    assert "UV 7.2 Energie des Lebens" in hits(sign_in(teacher).get("/search").text)[0]
    assert "Energie des Lebens" not in visitor.get("/search").text


def test_a_teacher_searches_the_catalogue_of_the_own_centre(
    shelf: Shelf, reindex: Reindex, as_role: AsRole, visitor: FlaskClient, make: Make
) -> None:
    ours = shelf.film("Fotosynthese hier")
    theirs = shelf.title("Fotosynthese dort")
    make.holding(theirs, centre=make.centre("Medienzentrum Nord"), copies=1)
    reindex()
    assert get_json(as_role(Role.TEACHER), "/search")["ids"] == [ours.id]
    assert get_json(visitor, "/search")["total"] == 2


def test_visitors_may_choose_one_of_several_centres(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient, make: Make
) -> None:
    shelf.film("Fotosynthese hier")
    theirs = shelf.title("Fotosynthese dort")
    north = make.centre("Medienzentrum Nord")
    make.holding(theirs, centre=north, copies=1)
    reindex()
    page = visitor.get(f"/search?centre={north.id}").text
    assert [hit.split(" Film")[0] for hit in hits(page)] == ["Fotosynthese dort"]
    assert f"/titles/{theirs.id}?centre={north.id}" in page


def test_a_hidden_offer_is_not_found(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient, make: Make
) -> None:
    make.holding(shelf.title("Fotosynthese"), visible=False, copies=1)
    reindex()
    assert get_json(visitor, "/search")["total"] == 0


def test_a_search_can_be_saved_by_those_who_keep_lists(
    shelf: Shelf, reindex: Reindex, as_role: AsRole, visitor: FlaskClient
) -> None:
    shelf.film("Fotosynthese")
    reindex()
    link = 'href="/searches/new?words=foto&amp;grade=7"'
    teacher = as_role(Role.TEACHER)
    page = teacher.get("/search?words=foto&grade=7").text
    assert link in page
    assert teacher.get("/searches/new?words=foto&grade=7").status_code == 200
    assert link not in visitor.get("/search?words=foto&grade=7").text
    assert "/searches/new" not in teacher.get("/search").text


def test_nothing_found_says_what_to_leave_out(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient
) -> None:
    shelf.film("Fotosynthese")
    reindex()
    page = visitor.get("/search?words=fotosynthese&grade=3").text
    assert "Keine Treffer" in page
    assert "ohne Jahrgang 3: 1 Treffer" in page
    assert 'href="/search?words=fotosynthese"' in page


def test_a_page_behind_the_last_shows_the_last(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient
) -> None:
    for number in range(21):
        shelf.film(f"Zellen {number}")
    reindex()
    answer = get_json(visitor, "/search?page=99")
    assert (answer["page"], answer["pages"]) == (2, 2)
    assert len(list(answer["ids"])) == 1  # type: ignore[call-overload]  # JSON


@pytest.mark.parametrize(
    ("query", "field"),
    [
        pytest.param("from=gestern", "from", id="no day"),
        pytest.param("from=2026-11-22", "from", id="a day that has passed"),
        pytest.param("until=2026-12-03", "from", id="an end without a start"),
        pytest.param("from=2026-12-04&until=2026-12-03", "until", id="an end before the start"),
        pytest.param("from=9999-12-31", "from", id="the end of time"),
        pytest.param("from=2100-01-01", "until", id="another century"),
        pytest.param("from=2026-12-01&until=2027-06-01", "until", id="half a year"),
        pytest.param("quantity=0", "quantity", id="none"),
        pytest.param("quantity=1e9", "quantity", id="a number in disguise"),
        pytest.param("subject=XX", "subject", id="an unknown subject"),
        pytest.param("grade=14", "grade", id="an unknown grade"),
        pytest.param("year=MMXX", "year", id="a year in letters"),
        pytest.param("year=00001" + "0" * 5000, "year", id="more digits than Python reads"),
        pytest.param("sort=price", "sort", id="an unknown order"),
        pytest.param("page=two", "page", id="a page in letters"),
        pytest.param("words=" + "a" * 301, "words", id="too many words"),
    ],
)
def test_a_search_out_of_shape_is_told_so(
    visitor: FlaskClient, shelf: Shelf, query: str, field: str
) -> None:
    answer = visitor.get(f"/search?{query}", headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert list(dict(answer.json or {})["errors"]) == [field]
    page = visitor.get(f"/search?{query}")
    assert page.status_code == 422
    assert "Fehler:" in page.text


def test_without_an_index_the_store_answers(shelf: Shelf, visitor: FlaskClient) -> None:
    shelf.film("Fotosynthese")
    page = visitor.get("/search?words=fotosynthese&subject=BI")
    assert page.status_code == 200
    assert len(hits(page.text)) == 1
    assert "Der Suchindex wird gerade aufgebaut" in page.text


@pytest.mark.parametrize(
    "query",
    ["words=%00", "words=%22%27%3B--", "words=" + "%F0%9F%92%A9" * 50, "words=*%3F~&subject=BI"],
)
@pytest.mark.both_stores
def test_hostile_words_find_nothing_and_break_nothing(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient, query: str
) -> None:
    shelf.film("Fotosynthese")
    assert visitor.get(f"/search?{query}").status_code == 200
    reindex()
    assert visitor.get(f"/search?{query}").status_code == 200


@pytest.mark.both_stores
def test_the_number_of_statements_is_the_same_for_one_hit_and_for_twenty(
    shelf: Shelf, reindex: Reindex, sign_in: SignIn, app: Flask, make: Make
) -> None:
    title = shelf.film("Zellen")
    shelf.plan(make.unit(), title)
    make.booking(title.holdings[0], Period(THURSDAY, THURSDAY))
    client = sign_in(make.account(Role.TEACHER))
    reindex()
    one = _statements(app, client)
    for number in range(25):
        other = shelf.film(f"Zellen {number}")
        make.booking(other.holdings[0], Period(THURSDAY, THURSDAY), quantity=2)
    reindex()
    assert _statements(app, client) == one


def _statements(app: Flask, client: FlaskClient) -> tuple[int, int]:
    engine: Engine = app.extensions[ENGINE]
    numbers = []
    for address in ("/search?words=zellen", f"/search?words=zellen&{WISH}&quantity=2"):
        with counted(engine) as sent:
            assert client.get(address).status_code == 200
        numbers.append(sent.count)
    return numbers[0], numbers[1]
