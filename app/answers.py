"""Answers that a view gives in two ways, as a page or as JSON, and answers given only once."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Response, abort, g, jsonify, request
from flask_wtf import FlaskForm

from app.forms import sentences_of
from app.sessions import session
from app.today import now
from app.visitor import visitor
from database.idempotency import Request, claim, digest_of, keep
from database.unit_of_work import unit_of_work

JSON = "application/json"
HTML = "text/html"
UNCOUNTED_FIELDS = frozenset({"csrf_token", "idem"})
"""Fields that differ between a request and its repeat without changing what is wanted."""

LONGEST_KEY = 80


def wants_json() -> bool:
    """Tell whether whoever asks is a program: JSON is accepted and preferred to a page."""
    accepted = request.accept_mimetypes
    return accepted.quality(JSON) > accepted.quality(HTML)


def wants_fragment() -> str | None:
    """Return the id of the part of the page that our script asks for, without ``#``."""
    return request.headers.get("X-Fragment") or None


def accepted(values: dict[str, Any], *, made: bool = False) -> tuple[Response, int]:
    """Return JSON for something done: 201 if it was made, else 200."""
    return jsonify(values), 201 if made else 200


def invalid(form: FlaskForm) -> tuple[Response, int]:
    """Return JSON 422: what was sent does not have the right shape, field by field."""
    return jsonify(errors=sentences_of(form)), 422


def refused(reasons: Iterable[tuple[str, str]]) -> tuple[Response, int]:
    """Return JSON 409: the rules say no, with every code and its sentence."""
    listed = [{"code": str(code), "sentence": str(sentence)} for code, sentence in reasons]
    return jsonify(refusals=listed), 409


def earlier_answer() -> dict[str, Any] | None:
    """Claim this request's key inside the unit of work, before any other lock.

    Returns:
        What `keep_answer` kept when the same request came before; None if this is the first,
        or if it carries no key.

    Raises:
        database.idempotency.KeyReusedError: the key came before with other fields.
    """
    asked = _asked()
    return None if asked is None else claim(session(), asked, now())


def keep_answer(answer: dict[str, Any]) -> None:
    """Keep plain values from which a repeat of this request is answered the same way."""
    asked = _asked()
    if asked is not None:
        keep(session(), asked, answer)


def once(act: Callable[[], object]) -> None:
    """Do something in one unit of work, unless this request did it before."""
    with unit_of_work(session()):
        if earlier_answer() is None:
            act()
            keep_answer({})


def _asked() -> Request | None:
    if "asked" not in g:
        g.asked = _read_key()
    found: Request | None = g.asked
    return found


def _read_key() -> Request | None:
    key = request.headers.get("Idempotency-Key") or request.form.get("idem", "")
    if not key:
        return None
    if len(key) > LONGEST_KEY:
        abort(422)
    fields = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in UNCOUNTED_FIELDS
    ]
    return Request(_who(), key, digest_of(request.path, fields))


def _who() -> str:
    found = visitor()
    return "nobody" if found is None else f"account:{found.actor.account_id}"
