"""Answers in two ways, and one effect for a request that comes twice."""

from collections import Counter

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from app.answers import (
    accepted,
    earlier_answer,
    invalid,
    keep_answer,
    refused,
    wants_json,
)
from app.forms import Form
from app.security import requires
from app.sessions import session
from database.unit_of_work import unit_of_work
from schools.rules.roles import Right

JSON = {"Accept": "application/json"}


class Wish(Form):
    number = IntegerField("Number", [InputRequired("Say how many."), NumberRange(min=1)])


@pytest.fixture
def done() -> Counter[str]:
    """How often the act was really done."""
    return Counter()


@pytest.fixture
def client(app: Flask, done: Counter[str]) -> FlaskClient:
    @requires(Right.VISIT)
    def act() -> ResponseReturnValue:
        form = Wish()
        if not form.validate():
            return invalid(form)
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                done["act"] += 1
                answer = {"number": form.number.data, "time": done["act"]}
                keep_answer(answer)
        return accepted(answer, made=True)

    @requires(Right.VISIT)
    def refuse() -> ResponseReturnValue:
        return refused([("ON_LOAN", "This copy is on loan.")])

    @requires(Right.VISIT)
    def asked() -> ResponseReturnValue:
        return {"json": wants_json(), "method": request.method}

    app.add_url_rule("/act", "act", act, methods=["POST"])
    app.add_url_rule("/refuse", "refuse", refuse, methods=["POST"])
    app.add_url_rule("/asked", "asked", asked)
    return app.test_client()


@pytest.mark.parametrize(
    ("accept", "json"),
    [
        ("application/json", True),
        ("application/json, text/html;q=0.5", True),
        ("text/html,application/xhtml+xml,*/*;q=0.8", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_only_who_prefers_json_gets_it(client: FlaskClient, accept: str, *, json: bool) -> None:
    answer = client.get("/asked", headers={"Accept": accept}).json
    assert answer is not None
    assert answer["json"] is json


def test_a_wrong_shape_is_422_with_a_sentence_a_field(client: FlaskClient) -> None:
    answer = client.post("/act", data={"number": ""}, headers=JSON)
    assert (answer.status_code, answer.json) == (422, {"errors": {"number": "Say how many."}})


def test_a_refusal_is_409_with_code_and_sentence(client: FlaskClient) -> None:
    answer = client.post("/refuse", headers=JSON)
    reasons = [{"code": "ON_LOAN", "sentence": "This copy is on loan."}]
    assert (answer.status_code, answer.json) == (409, {"refusals": reasons})


def test_the_same_request_sent_twice_is_done_once_and_answered_alike(
    client: FlaskClient, done: Counter[str]
) -> None:
    form = {"number": "2", "idem": "key-1"}
    first, again = (client.post("/act", data=form) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json == again.json
    assert done["act"] == 1


def test_the_key_may_stand_in_a_header(client: FlaskClient, done: Counter[str]) -> None:
    for _ in range(2):
        client.post("/act", data={"number": "2"}, headers={"Idempotency-Key": "key-2"})
    assert done["act"] == 1


def test_a_key_that_comes_back_with_another_wish_is_refused(client: FlaskClient) -> None:
    client.post("/act", data={"number": "2", "idem": "key-3"})
    assert client.post("/act", data={"number": "3", "idem": "key-3"}).status_code == 422


def test_a_wrong_form_uses_up_no_key(client: FlaskClient) -> None:
    client.post("/act", data={"number": "", "idem": "key-4"})
    assert client.post("/act", data={"number": "2", "idem": "key-4"}).status_code == 201


def test_a_key_longer_than_we_keep_is_refused(client: FlaskClient, done: Counter[str]) -> None:
    assert client.post("/act", data={"number": "2", "idem": "k" * 81}).status_code == 422
    assert done["act"] == 0


def test_without_a_key_each_request_counts(client: FlaskClient, done: Counter[str]) -> None:
    for _ in range(2):
        client.post("/act", data={"number": "2"})
    assert done["act"] == 2
