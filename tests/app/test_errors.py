"""Whatever goes wrong, the reader gets a sentence and the program JSON; nobody a traceback."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from errno import ENOSPC

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError, OperationalError

from app.error_pages import PAGES
from app.security import requires
from catalogue import errors as catalogue_errors
from database.idempotency import KeyReusedError
from loans.errors import NoOpenDayError, NotFoundError, Refused, RefusedError
from loans.rules.codes import Refusal
from schools.errors import LinkDeadError, TooManyAttemptsError
from schools.rules.roles import Right
from tests.make import MONDAY

JSON = {"Accept": "application/json"}


class Odd(StrEnum):
    NOBODY_NAMED_IT = "nobody_named_it"


RAISED: dict[str, tuple[Exception, int]] = {
    "nothing of that number": (NotFoundError("booking", 7), 404),
    "a title of another centre": (catalogue_errors.NotFoundError("title", 7), 404),
    "changed by somebody else": (catalogue_errors.ChangedMeanwhileError({"name": "x"}), 409),
    "never open": (NoOpenDayError(MONDAY, 366), 409),
    "refused without words": (catalogue_errors.ActRefusedError((Odd.NOBODY_NAMED_IT,)), 409),
    "a dead link": (LinkDeadError(), 404),
    "a key used twice": (KeyReusedError("abc"), 422),
    "a constraint has the last word": (IntegrityError("INSERT", {}, Exception("x")), 409),
    "the store is locked": (OperationalError("BEGIN", {}, Exception("locked")), 503),
    "the disk is full": (OSError(ENOSPC, "no space left"), 503),
    "a mistake of ours": (ZeroDivisionError("secret of the code"), 500),
}


@pytest.fixture
def raising(app: Flask) -> FlaskClient:
    """A browser of an application whose pages raise or abort what their address says."""

    @requires(Right.VISIT)
    def abort_with(status: int) -> str:
        abort(status)

    @requires(Right.VISIT)
    def raise_named(name: str) -> str:
        raise RAISED[name][0]

    @requires(Right.VISIT)
    def refuse() -> str:
        reasons = Refused(Refusal.LICENCE_ENDED, {"until": MONDAY}), Refused(Refusal.BLOCKED)
        raise RefusedError(reasons)

    @requires(Right.VISIT)
    def delay() -> str:
        raise TooManyAttemptsError(datetime.now(UTC) + timedelta(days=3650))

    app.add_url_rule("/abort/<int:status>", "abort_with", abort_with)
    app.add_url_rule("/raise/<name>", "raise_named", raise_named)
    app.add_url_rule("/refuse", "refuse", refuse)
    app.add_url_rule("/delay", "delay", delay)
    return app.test_client()


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("status", sorted(PAGES))
def test_every_status_has_a_page_in_the_readers_language(
    raising: FlaskClient, status: int, language: str
) -> None:
    answer = raising.get(f"/abort/{status}", headers={"Accept-Language": language})
    english = str(PAGES[status].heading._args[0])
    assert answer.status_code == status
    assert f'<html lang="{language}"' in answer.text
    assert answer.text.count("<h1>") == 1
    assert (english in answer.text) == (language == "en")


@pytest.mark.parametrize("status", sorted(PAGES))
def test_a_program_gets_the_sentence_as_json(raising: FlaskClient, status: int) -> None:
    answer = raising.get(f"/abort/{status}", headers=JSON)
    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["status"] == status
    assert answer.json["sentence"].endswith(".")


@pytest.mark.parametrize("name", RAISED)
def test_an_error_from_below_becomes_a_page(raising: FlaskClient, name: str) -> None:
    answer = raising.get(f"/raise/{name}")
    assert answer.status_code == RAISED[name][1]
    assert "Traceback" not in answer.text
    assert "secret of the code" not in answer.text


def test_a_busy_store_asks_to_come_again(raising: FlaskClient) -> None:
    answer = raising.get("/raise/the store is locked")
    assert answer.headers["Retry-After"] == "5"


def test_a_refused_wish_names_every_reason(raising: FlaskClient) -> None:
    answer = raising.get("/refuse")
    assert answer.status_code == 409
    assert "Die Lizenz endet am 23.11.2026." in answer.text
    assert "Diese Person ist gesperrt." in answer.text


def test_a_program_gets_code_and_sentence_of_every_reason(raising: FlaskClient) -> None:
    answer = raising.get("/refuse", headers=JSON)
    assert answer.status_code == 409
    assert answer.json is not None
    assert [reason["code"] for reason in answer.json["refusals"]] == ["LICENCE_ENDED", "BLOCKED"]


def test_too_many_attempts_say_when_to_come_again(raising: FlaskClient) -> None:
    answer = raising.get("/delay")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 60


def test_a_wrong_method_names_the_right_ones(raising: FlaskClient) -> None:
    answer = raising.post("/refuse")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_body_too_large_is_refused(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 100
    answer = app.test_client().post("/theme", data={"theme": "x" * 200})
    assert answer.status_code == 413


@pytest.mark.lending("1.4")
def test_a_calendar_without_an_open_day_is_named(raising: FlaskClient) -> None:
    page = raising.get("/raise/never open").text
    assert "<h1>Kein Öffnungstag</h1>" in page
    assert "in den 366 Tagen ab 23.11.2026 nie geöffnet" in page
    answer = raising.get("/raise/never open", headers=JSON | {"Accept-Language": "en"})
    assert answer.json is not None
    assert (
        "In the 366 days from 23 Nov 2026 on this place is never open" in answer.json["sentence"]
    )
