"""No page is open by oversight, and none takes orders from another site."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.addresses import local_path
from app.factory import create_app
from app.security import UNLABELLED_BY_DESIGN, UnlabelledViewError, guard, right_of
from app.settings import Settings
from schools.rules.roles import Right, Role
from tests.app.conftest import AsRole


def test_every_view_names_its_right(app: Flask) -> None:
    unlabelled = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint not in UNLABELLED_BY_DESIGN and not isinstance(right_of(view), Right)
    ]
    assert unlabelled == []


def test_a_view_without_a_right_keeps_the_application_from_starting(app: Flask) -> None:
    app.view_functions["forgotten"] = lambda: "open to all"
    with pytest.raises(UnlabelledViewError, match="forgotten"):
        guard(app)


@pytest.fixture
def guarded(app: Flask) -> Flask:
    """The application with one page and one act that need the right to lend."""

    def page() -> str:
        return "only for the desk"

    page.required_right = Right.LEND  # type: ignore[attr-defined]  # what @requires sets
    app._got_first_request = False
    app.add_url_rule("/guarded", "guarded", page, methods=["GET", "POST"])
    return app


def test_a_stranger_is_led_to_sign_in_and_back(guarded: Flask) -> None:
    answer = guarded.test_client().get("/guarded?code=MZ-000001")
    assert answer.status_code == 302
    assert answer.location == "/login?next=%2Fguarded%3Fcode%3DMZ-000001"


def test_a_stranger_who_asks_for_json_or_changes_something_gets_401(guarded: Flask) -> None:
    visitor = guarded.test_client()
    asked = visitor.get("/guarded", headers={"Accept": "application/json"})
    assert (asked.status_code, visitor.post("/guarded").status_code) == (401, 401)
    assert asked.json is not None
    assert asked.json["sentence"]


def test_someone_without_the_right_gets_403(guarded: Flask, as_role: AsRole) -> None:
    assert as_role(Role.TEACHER).get("/guarded").status_code == 403


def test_someone_with_the_right_gets_the_page(guarded: Flask, as_role: AsRole) -> None:
    answer = as_role(Role.STAFF).get("/guarded")
    assert answer.text == "only for the desk"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_what_another_site_sends_changes_nothing(
    visitor: FlaskClient, headers: dict[str, str]
) -> None:
    assert visitor.post("/theme", data={"theme": "dark"}, headers=headers).status_code == 403
    assert "data-theme" not in visitor.get("/pages/imprint").text


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8000", "http://localhost"])
def test_our_own_pages_may_send(visitor: FlaskClient, origin: str) -> None:
    answer = visitor.post("/theme", data={"theme": "dark"}, headers={"Origin": origin})
    assert answer.status_code == 303


def test_a_form_without_its_token_is_refused(settings: Settings) -> None:
    visitor = create_app(settings).test_client()
    answer = visitor.post("/theme", data={"theme": "dark"})
    assert answer.status_code == 400
    assert "abgelaufen" in answer.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8000"])
def test_an_unknown_host_is_refused(visitor: FlaskClient, host: str) -> None:
    assert visitor.get("/pages/imprint", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("path", ["/", "/search?words=wald", "/titles/7#reserve", "/a//b"])
def test_a_path_of_ours_is_followed(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "search",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/\r\nSet-Cookie: a=b",
        " /search",
        "/ search",
    ],
)
def test_any_other_address_leads_to_the_start(address: str | None) -> None:
    assert local_path(address) == "/"
