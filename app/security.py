"""Who may open which page: each view is labelled, one check reads the labels."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, redirect, request
from flask.typing import ResponseReturnValue

from app.addresses import LOOPBACK, login_address
from app.answers import wants_json
from app.settings import current_settings
from app.visitor import actor, signed_in
from schools.rules.roles import EVERYONE, Right

View = TypeVar("View", bound=Callable[..., Any])

LABEL = "required_right"
UNLABELLED_BY_DESIGN = frozenset({"static"})
"""Endpoints that carry no label: files that hold nothing of anybody's."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FOREIGN_SITES = frozenset({"cross-site", "same-site"})


class UnlabelledViewError(RuntimeError):
    """A view names no right; the application does not start."""


def requires(right: Right) -> Callable[[View], View]:
    """Label a view with the right it needs; put it directly above the function."""

    def label(view: View) -> View:
        setattr(view, LABEL, right)
        return view

    return label


def check_requests(app: Flask) -> None:
    """Check origin and right before every view, and before the form token."""
    app.before_request(_check_origin)
    app.before_request(_check_right)


def guard(app: Flask) -> None:
    """Refuse to start with an unlabelled view; called last, when all views are registered.

    Raises:
        UnlabelledViewError: naming every view without a right.
    """
    unlabelled = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint not in UNLABELLED_BY_DESIGN and not isinstance(right_of(view), Right)
    ]
    if unlabelled:
        raise UnlabelledViewError(f"views without a right: {', '.join(sorted(unlabelled))}")


def right_of(view: Callable[..., Any]) -> Right | None:
    """Return the right a view is labelled with."""
    right: Right | None = getattr(view, LABEL, None)
    return right


def _check_origin() -> None:
    """Refuse what another site's page sends; the form token is the second lock."""
    if request.method in SAFE_METHODS:
        return
    if request.headers.get("Sec-Fetch-Site", "") in FOREIGN_SITES:
        abort(403)
    origin = request.headers.get("Origin")
    if origin is not None and not _is_ours(origin):
        abort(403)


def _is_ours(origin: str) -> bool:
    if origin == current_settings().public_url.rstrip("/"):
        return True
    local = urlsplit(origin).hostname in LOOPBACK and origin == request.host_url.rstrip("/")
    return local and not current_settings().production


def _check_right() -> ResponseReturnValue | None:
    if request.endpoint is None or request.endpoint in UNLABELLED_BY_DESIGN:
        return None
    right = right_of(current_app.view_functions[request.endpoint])
    if right in EVERYONE:
        return None
    if not signed_in():
        return _ask_to_sign_in()
    if right is None or not actor().may(right):
        abort(403)
    return None


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.method not in SAFE_METHODS or wants_json():
        abort(401)
    return redirect(login_address(request.full_path))
