"""The page and status for each error that no view handles itself."""

import logging
from collections.abc import Callable, Sequence
from enum import StrEnum
from errno import ENOSPC

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException, SecurityError

from app.answers import wants_json
from app.dates import day
from app.error_pages import (
    CHANGED_PAGE,
    INDEX_PAGE,
    LINK_PAGE,
    PAGES,
    REFUSED_PAGE,
    TOKEN_PAGE,
    Page,
    never_open,
)
from app.labels import label
from app.refusals import coded
from app.sessions import session
from app.today import now
from app.visitor import forget_visitor
from catalogue import errors as catalogue_errors
from database.idempotency import KeyReusedError
from loans import errors as loan_errors
from schools import errors as school_errors
from search_index.errors import SearchIndexError

log = logging.getLogger(__name__)

RETRY_SECONDS = 5
UNAVAILABLE = 503
FIRST_SERVER_STATUS = 500

Reasons = Sequence[tuple[str, str]]
_RefusedAct = catalogue_errors.ActRefusedError | school_errors.RefusedError


DOMAIN_PAGES: dict[type[Exception], tuple[int, Page]] = {
    catalogue_errors.NotFoundError: (404, PAGES[404]),
    catalogue_errors.DuplicateError: (409, PAGES[409]),
    catalogue_errors.ChangedMeanwhileError: (409, CHANGED_PAGE),
    catalogue_errors.InvalidError: (422, PAGES[422]),
    loan_errors.NotFoundError: (404, PAGES[404]),
    loan_errors.ImpossibleStepError: (409, PAGES[409]),
    loan_errors.ChangedMeanwhileError: (409, CHANGED_PAGE),
    school_errors.NotFoundError: (404, PAGES[404]),
    school_errors.LinkDeadError: (404, LINK_PAGE),
    school_errors.ChangedMeanwhileError: (409, CHANGED_PAGE),
    KeyReusedError: (422, PAGES[422]),
    IntegrityError: (409, PAGES[409]),
    SearchIndexError: (503, INDEX_PAGE),
    OperationalError: (503, PAGES[503]),
    PoolTimeoutError: (503, PAGES[503]),
}
"""Status and page of each error that comes from below the pages."""


def register_error_pages(app: Flask) -> None:
    """Answer every error with a page or JSON, never with a traceback."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _token_error)
    for error, (status, page) in DOMAIN_PAGES.items():
        app.register_error_handler(error, _answer_with(status, page))
    app.register_error_handler(loan_errors.NoOpenDayError, _never_open)
    app.register_error_handler(loan_errors.RefusedError, _refused_wish)
    app.register_error_handler(catalogue_errors.ActRefusedError, _refused_act)
    app.register_error_handler(school_errors.RefusedError, _refused_act)
    app.register_error_handler(school_errors.TooManyAttemptsError, _too_many)
    app.register_error_handler(DBAPIError, _store_error)
    app.register_error_handler(OSError, _system_error)
    app.register_error_handler(Exception, _unforeseen)


def error_answer(status: int, page: Page | None = None, reasons: Reasons = ()) -> Response:
    """Return the page or JSON of an error status.

    Args:
        status: one of `PAGES`.
        page: other words than those of the status.
        reasons: code and sentence of each refusal.
    """
    shown = page or PAGES[status]
    if wants_json():
        answer = jsonify(_as_json(status, shown, reasons))
    else:
        answer = make_response(_page(status, shown, reasons))
    answer.status_code = status
    if status == UNAVAILABLE:
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _as_json(status: int, page: Page, reasons: Reasons) -> dict[str, object]:
    said: dict[str, object] = {
        "status": status,
        "error": str(page.heading),
        "sentence": str(page.sentence),
    }
    if reasons:
        said["refusals"] = [{"code": code, "sentence": words} for code, words in reasons]
    return said


def _page(status: int, page: Page, reasons: Reasons) -> str:
    bare = status >= FIRST_SERVER_STATUS
    return render_template(
        "errors/error.html", status=status, page=page, reasons=reasons, bare=bare
    )


def _answer_with(status: int, page: Page) -> Callable[[Exception], ResponseReturnValue]:
    def answer(error: Exception) -> ResponseReturnValue:
        if status >= FIRST_SERVER_STATUS:
            log.warning("store: %s", error)
            _let_go()
        return error_answer(status, page)

    return answer


def _refused_wish(error: loan_errors.RefusedError) -> ResponseReturnValue:
    return error_answer(409, REFUSED_PAGE, coded(error.refusals))


def _never_open(error: loan_errors.NoOpenDayError) -> ResponseReturnValue:
    return error_answer(409, never_open(day(error.near)))


def _refused_act(error: _RefusedAct) -> ResponseReturnValue:
    reasons = [(str(reason), _said(reason)) for reason in error.reasons]
    return error_answer(409, REFUSED_PAGE, reasons)


def _said(reason: StrEnum) -> str:
    try:
        return label(reason)
    except LookupError:
        log.warning("no words for %s.%s", type(reason).__name__, reason.name)
        return str(reason)


def _too_many(error: school_errors.TooManyAttemptsError) -> ResponseReturnValue:
    answer = error_answer(429)
    seconds = max(1, round((error.until - now()).total_seconds()))
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    if isinstance(error, SecurityError):
        return Response("This host is not served here.\n", 400, mimetype="text/plain")
    status = error.code or 500
    answer = error_answer(status if status in PAGES else _nearest(status))
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            answer.headers.setdefault(name, value)
    return answer


def _nearest(status: int) -> int:
    return 400 if status < FIRST_SERVER_STATUS else 500


def _token_error(_error: CSRFError) -> ResponseReturnValue:
    return error_answer(400, TOKEN_PAGE)


def _store_error(error: DBAPIError) -> ResponseReturnValue:
    if error.connection_invalidated:
        log.warning("store: connection lost: %s", error)
        _let_go()
        return error_answer(UNAVAILABLE)
    return _unforeseen(error)


def _system_error(error: OSError) -> ResponseReturnValue:
    if error.errno == ENOSPC:
        log.error("the disk is full")
        _let_go()
        return error_answer(UNAVAILABLE)
    return _unforeseen(error)


def _unforeseen(error: Exception) -> ResponseReturnValue:
    page = "an unknown page" if request.url_rule is None else request.url_rule.rule
    log.error("unforeseen error at %s", page, exc_info=error)  # a path may hold a secret link
    _let_go()
    return error_answer(500)


def _let_go() -> None:
    """Drop what the failed request held; the page must not need the store again."""
    forget_visitor()
    try:
        session().rollback()
    except Exception:  # the store itself may be what failed
        log.exception("the session could not be let go")
