"""A log line is one line of JSON, whatever the event holds."""

import json
import logging

import pytest
from flask.testing import FlaskClient

from app.logs import JsonLines


def written(message: str, *values: object, **extra: object) -> str:
    record = logging.LogRecord("app", logging.INFO, __file__, 1, message, values, None)
    record.__dict__.update(extra)
    return JsonLines().format(record)


@pytest.mark.parametrize("text", ["a\nb", "a\r\nfake", "\x1b[31mred", "\u2028", '"}, {"', "ü\x00"])
def test_no_text_can_begin_a_second_event(text: str) -> None:
    line = written("name %s", text)
    assert len(line.splitlines()) == 1
    assert json.loads(line)["event"] == f"name {text}"


def test_facts_stand_beside_the_event() -> None:
    event = json.loads(written("request", facts={"status": 200, "account": None}))
    assert (event["event"], event["status"], event["level"]) == ("request", 200, "info")


def test_a_request_is_logged_by_its_page_without_what_was_asked(
    visitor: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="app.requests")
    visitor.get("/pages/imprint?secret=canary")
    visitor.get("/canary")
    facts = [
        record.__dict__["facts"] for record in caplog.records if record.name == "app.requests"
    ]
    assert [each["page"] for each in facts] == ["/pages/<kind>", None]
    assert "canary" not in str(facts)
