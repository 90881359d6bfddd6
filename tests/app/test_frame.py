"""What surrounds every page: headers, language, look, menu, legal pages, health."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.factory import create_app
from app.headers import CONTENT_POLICY, asset_url
from app.icons import icon, kind_icon
from app.settings import Settings, read_settings
from app.worker_lock import worker_lock
from schools.models.media_centre import LegalPage, LegalPageKind
from schools.models.owed_letter import OwedLetter
from schools.rules.roles import Role
from schools.vocabularies.media_types import MediaKind
from tests.app.conftest import AsRole
from tests.make import NOW, Make

APP = Path(__file__).parents[2] / "app"


def test_every_answer_carries_the_strict_policy(visitor: FlaskClient) -> None:
    for path in ("/pages/imprint", "/health", "/nothing", "/static/mark.svg"):
        headers = visitor.get(path, buffered=True).headers
        assert headers["Content-Security-Policy"] == CONTENT_POLICY
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in headers


def test_the_policy_allows_nothing_unsafe() -> None:
    assert "unsafe" not in CONTENT_POLICY
    assert CONTENT_POLICY.startswith("default-src 'none';")


def test_over_https_the_cookie_is_bound_to_the_host(tmp_path: Path, store_url: str) -> None:
    settings = read_settings(
        {
            "MEDIENBRUECKE_DATA": str(tmp_path / "data"),
            "MEDIENBRUECKE_DATABASE_URL": store_url,
            "MEDIENBRUECKE_PUBLIC_URL": "https://medien.example",
        }
    )
    answer = create_app(settings).test_client().get("/pages/imprint", base_url="https://localhost")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-medienbruecke=")
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_over_plain_http_the_cookie_has_a_plain_name(visitor: FlaskClient) -> None:
    cookie = visitor.get("/pages/imprint").headers["Set-Cookie"]
    assert cookie.startswith("medienbruecke=")
    assert "HttpOnly" in cookie
    assert "Secure" not in cookie


def test_static_files_named_by_their_hash_are_kept_for_a_year(app: Flask) -> None:
    with app.test_request_context():
        address = asset_url("css/house.css")
    visitor = app.test_client()
    assert "immutable" in visitor.get(address, buffered=True).headers["Cache-Control"]
    assert visitor.get("/static/mark.svg", buffered=True).headers["Cache-Control"] == "no-cache"


def test_german_is_the_language_of_who_asks_for_none(visitor: FlaskClient) -> None:
    assert '<html lang="de">' in visitor.get("/pages/privacy").text


@pytest.mark.parametrize(
    ("wish", "language"),
    [("en-GB,en;q=0.9", "en"), ("de-AT", "de"), ("fr,en;q=0.5", "en"), ("fr", "de")],
)
def test_the_browsers_wish_counts(visitor: FlaskClient, wish: str, language: str) -> None:
    page = visitor.get("/pages/privacy", headers={"Accept-Language": wish}).text
    assert f'<html lang="{language}">' in page


def test_a_chosen_language_stays_and_leads_back(visitor: FlaskClient) -> None:
    chosen = visitor.post("/language", data={"language": "en", "next": "/pages/privacy"})
    assert (chosen.status_code, chosen.location) == (303, "/pages/privacy")
    assert '<html lang="en">' in visitor.get("/pages/privacy").text


def test_a_language_we_do_not_speak_changes_nothing(visitor: FlaskClient) -> None:
    visitor.post("/language", data={"language": "xx", "next": "//evil.example"})
    assert '<html lang="de">' in visitor.get("/pages/privacy").text


def test_the_profiles_language_counts_before_the_browsers(
    make: Make, session: Session, as_role: AsRole
) -> None:
    teacher = as_role(Role.TEACHER)
    page = teacher.get("/pages/privacy", headers={"Accept-Language": "en"}).text
    assert '<html lang="de">' in page


@pytest.mark.parametrize(
    ("theme", "written"), [("dark", True), ("light", True), ("device", False)]
)
def test_a_chosen_look_is_written_by_the_server(
    visitor: FlaskClient, theme: str, *, written: bool
) -> None:
    visitor.post("/theme", data={"theme": theme})
    page = visitor.get("/pages/privacy").text
    assert (f'data-theme="{theme}"' in page) == written


def test_someone_signed_in_sees_their_name_and_a_way_out(as_role: AsRole) -> None:
    page = as_role(Role.TEACHER).get("/pages/imprint").text
    assert 'action="/logout"' in page
    assert "Abmelden" in page


@pytest.mark.parametrize(
    ("role", "path"),
    [(Role.TEACHER, "/mine"), (Role.STAFF, "/desk"), (Role.PLANNER, "/search")],
)
def test_the_start_leads_to_where_the_work_is(
    app: Flask, as_role: AsRole, role: Role, path: str
) -> None:
    client = as_role(role)
    if path == "/search" or path in {rule.rule for rule in app.url_map.iter_rules()}:
        assert client.get("/").location == path


@pytest.mark.parametrize("page", list(LegalPageKind))
@pytest.mark.parametrize("language", ["de", "en"])
def test_each_legal_page_has_a_text_without_anybody_writing_one(
    visitor: FlaskClient, make: Make, page: LegalPageKind, language: str
) -> None:
    centre = make.the_centre()
    answer = visitor.get(f"/pages/{page}", headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert centre.name in answer.text


def test_a_centres_own_text_replaces_ours(
    visitor: FlaskClient, make: Make, session: Session
) -> None:
    session.add(
        LegalPage(
            centre_id=make.the_centre().id,
            kind=LegalPageKind.IMPRINT,
            locale="de",
            text="Kreis Beispiel\n\n<b>Landrat</b>",
            changed_at=NOW,
        )
    )
    session.commit()
    page = visitor.get("/pages/imprint").text
    assert "<p>Kreis Beispiel</p>" in page
    assert "&lt;b&gt;Landrat" in page


def test_there_is_no_other_legal_page(visitor: FlaskClient) -> None:
    assert visitor.get("/pages/secrets").status_code == 404


def test_a_barrier_reported_twice_by_one_form_is_one_letter(
    visitor: FlaskClient, make: Make, session: Session
) -> None:
    make.the_centre()
    form = {"text": "Der Kalender", "page": "/titles/7", "email": "", "idem": "abc"}
    for _ in range(2):
        assert visitor.post("/pages/accessibility/report", data=form).status_code == 303
    letters = session.scalars(select(OwedLetter)).all()
    assert [letter.facts["text"] for letter in letters] == ["Der Kalender"]


def test_an_empty_report_says_what_is_missing(visitor: FlaskClient) -> None:
    answer = visitor.post("/pages/accessibility/report", data={"text": "", "email": "nobody"})
    assert answer.status_code == 422
    assert "<title>Fehler: " in answer.text
    assert "Bitte prüfen Sie 2 Angaben" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'href="#text"' in answer.text


def test_reports_of_barriers_do_not_flood_the_centre(visitor: FlaskClient, make: Make) -> None:
    make.the_centre()
    statuses = [
        visitor.post(
            "/pages/accessibility/report", data={"text": "x", "idem": f"k{n}"}
        ).status_code
        for n in range(21)
    ]
    assert statuses == [303] * 20 + [429]


def test_health_names_each_part(visitor: FlaskClient, settings: Settings) -> None:
    with worker_lock(settings):
        answer = visitor.get("/health")
    assert answer.status_code == 200
    assert answer.json is not None
    assert set(answer.json) == {"status", "store", "index", "worker", "outbox"}
    assert answer.json["store"]["status"] == answer.json["worker"]["status"] == "ok"


def test_without_a_worker_health_is_degraded_but_serves(visitor: FlaskClient) -> None:
    answer = visitor.get("/health")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["status"] == "degraded"


def test_health_without_a_store_is_503(tmp_path: Path) -> None:
    settings = read_settings(
        {
            "MEDIENBRUECKE_DATA": str(tmp_path / "data"),
            "MEDIENBRUECKE_DATABASE_URL": f"sqlite:///{tmp_path}/gone/store.sqlite",
        }
    )
    visitor = create_app(settings, testing=True).test_client()
    answer = visitor.get("/health")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["status"] == "down"
    assert visitor.get("/pages/imprint").status_code == 503


def test_an_icon_is_decoration_unless_it_is_named() -> None:
    assert 'aria-hidden="true"' in icon("search")
    named = icon("warn", 'Achtung "<1>"')
    assert 'role="img" aria-label="Achtung &#34;&lt;1&gt;&#34;"' in named
    assert "<path" in named


def test_an_unknown_icon_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        icon("unicorn")


def test_every_kind_of_medium_has_a_drawing() -> None:
    for kind in MediaKind:
        assert icon(kind_icon(kind))


def test_every_icon_that_templates_name_is_there() -> None:
    named = {
        name
        for path in (APP / "templates").rglob("*.html")
        for name in re.findall(r"""\bicon\(["']([a-z0-9-]+)["']""", path.read_text("utf-8"))
    }
    for name in named:
        assert icon(name)
