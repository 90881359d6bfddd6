"""Whatever becomes of the index, every decision on booking and lending stays the same."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.settings import Settings
from schools.rules.roles import Role
from search_index.index_root import IndexRoot
from search_index.whoosh_engine import WhooshEngine
from tests.app.bookings.conftest import fields
from tests.app.conftest import AsRole
from tests.make import Make
from tests.search_index.library import a_document

JSON = {"Accept": "application/json"}


def healthy(folder: Path) -> None:
    """An index that knows nothing of the catalogue: what it says is not believed."""
    WhooshEngine(folder).rebuild([a_document(9999, "Vulkane")], 0)


def missing(folder: Path) -> None:
    shutil.rmtree(folder)


def withdrawn(folder: Path) -> None:
    healthy(folder)
    IndexRoot(folder).withdraw("It is broken.")


def rubbish(folder: Path) -> None:
    healthy(folder)
    for path in IndexRoot(folder).live_folder().iterdir():
        path.write_bytes(b"\x00rubbish")


def no_folder(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("a file in its place")


@pytest.fixture(params=[healthy, missing, withdrawn, rubbish, no_folder])
def _index(request: pytest.FixtureRequest, settings: Settings) -> None:
    spoil: Callable[[Path], None] = request.param
    spoil(settings.index_folder)


def outcome(answer: TestResponse) -> tuple[int, str | None]:
    told = answer.get_json()
    return answer.status_code, told.get("outcome") if isinstance(told, dict) else None


@pytest.mark.usefixtures("_index")
def test_booking_and_lending_decide_as_ever(as_role: AsRole, make: Make) -> None:
    holding = make.holding(make.title("Vulkane"), copies=1)
    copy = make.copy(make.holding(make.title("Gletscher")))
    barcode, card = copy.barcode, make.person().card
    teacher, staff = as_role(Role.TEACHER), as_role(Role.STAFF)

    assert book(teacher, fields(holding)).status_code == 201
    assert book(teacher, fields(holding)).status_code == 409
    assert scan(staff, card).status_code == 200
    assert outcome(scan(staff, barcode)) == (200, "done")
    assert outcome(scan(staff, barcode)) != (200, "done")
    assert teacher.get("/search?words=Vulkane").status_code == 200
    assert teacher.get(f"/titles/{holding.title_id}").status_code == 200
    assert teacher.get("/health").status_code == 200


def book(client: FlaskClient, posted: dict[str, object]) -> TestResponse:
    return client.post("/bookings", data=posted, headers=JSON)


def scan(client: FlaskClient, code: str) -> TestResponse:
    return client.post("/desk/scan", data={"code": code}, headers=JSON)
