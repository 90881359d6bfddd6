"""The page and status for each error that no view handles itself."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException, SecurityError

from app.answers import wants_json
from app.sessions import session
from app.visitor import forget_visitor
from catalogue import errors as catalogue_errors
from database.idempotency import KeyReusedError

log = logging.getLogger(__name__)

RETRY_SECONDS = 5
UNAVAILABLE = 503
FIRST_SERVER_STATUS = 500


@dataclass(frozen=True, slots=True)
class Page:
    """What an error page says: what happened, and what to do now."""

    heading: LazyString
    sentence: LazyString


PAGES: dict[int, Page] = {
    400: Page(
        _("This request cannot be understood"),
        _("Go back, reload the page and try again. Nothing was changed."),
    ),
    401: Page(_("Please sign in"), _("You have to sign in for this. Nothing was changed.")),
    403: Page(
        _("You may not open this"),
        _("Your account has no right for this. If you need it, ask your media centre."),
    ),
    404: Page(
        _("There is nothing here"),
        _("The address may be mistyped, or the page is gone. Try the search."),
    ),
    405: Page(
        _("This does not work here"),
        _("The page exists but cannot be used this way. Go back and use its buttons."),
    ),
    409: Page(
        _("This does not go together"),
        _("Something stands against it or has changed meanwhile. Nothing was changed."),
    ),
    413: Page(
        _("This is too large"),
        _("The file or text is larger than we take. Send a smaller one."),
    ),
    422: Page(
        _("Something is missing or wrong"),
        _("Go back and check what you entered. Nothing was changed."),
    ),
    429: Page(_("Too many attempts"), _("Wait a few minutes, then try again.")),
    500: Page(
        _("Something went wrong on our side"),
        _("What you just sent was not saved. We have noted the error; please try again later."),
    ),
    503: Page(
        _("Just now we cannot answer"),
        _("The store is busy or cannot be reached. Nothing was saved; try again in a moment."),
    ),
}
TOKEN_PAGE = Page(
    _("This form has expired"),
    _("You were signed out meanwhile, or cookies are off. Go back, reload and send it again."),
)

DOMAIN_STATUS: dict[type[Exception], int] = {
    catalogue_errors.NotFoundError: 404,
    catalogue_errors.DuplicateError: 409,
    catalogue_errors.ChangedMeanwhileError: 409,
    catalogue_errors.ActRefusedError: 409,
    catalogue_errors.InvalidError: 422,
    KeyReusedError: 422,
    OperationalError: 503,
    PoolTimeoutError: 503,
}
"""The status of each error that comes from below the pages."""


def register_error_pages(app: Flask) -> None:
    """Answer every error with a page or JSON, never with a traceback."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _token_error)
    for error, status in DOMAIN_STATUS.items():
        app.register_error_handler(error, _answer_with(status))
    app.register_error_handler(DBAPIError, _store_error)
    app.register_error_handler(Exception, _unforeseen)


def _answer_with(status: int) -> Callable[[Exception], ResponseReturnValue]:
    def answer(error: Exception) -> ResponseReturnValue:
        if status >= FIRST_SERVER_STATUS:
            log.warning("store: %s", error)
            _let_go()
        return error_answer(status)

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
        return error_answer(503)
    return _unforeseen(error)


def _unforeseen(error: Exception) -> ResponseReturnValue:
    log.error("unforeseen error at %s", request.path, exc_info=error)
    _let_go()
    return error_answer(500)


def _let_go() -> None:
    """Drop what the failed request held; the page must not need the store again."""
    forget_visitor()
    try:
        session().rollback()
    except Exception:  # the store itself may be what failed
        log.exception("the session could not be let go")


def error_answer(status: int, page: Page | None = None) -> Response:
    """Return the page or JSON of an error status."""
    shown = page or PAGES[status]
    if wants_json():
        answer = jsonify(status=status, error=str(shown.heading), sentence=str(shown.sentence))
    else:
        answer = make_response(_page(status, shown))
    answer.status_code = status
    if status == UNAVAILABLE:
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _page(status: int, page: Page) -> str:
    bare = status >= FIRST_SERVER_STATUS
    return render_template("errors/error.html", status=status, page=page, bare=bare)
