"""What every answer says about itself to the browser, and where static files get their names."""

import hashlib
from functools import cache

from flask import Flask, Response, request, url_for

from app.icons import STATIC
from app.settings import Settings
from app.visitor import signed_in

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ONE_YEAR_SECONDS = 31_536_000
FOREVER = f"public, max-age={ONE_YEAR_SECONDS}, immutable"
"""Of files whose name changes with their content, and that hold nothing of anybody's."""


def set_headers(app: Flask, settings: Settings) -> None:
    """Add the headers to every answer of `app`, and `asset_url` to its templates."""

    def add(response: Response) -> Response:
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        if settings.https:
            response.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR_SECONDS}"
        _set_cache(response)
        return response

    app.after_request(add)
    app.jinja_env.globals["asset_url"] = asset_url


def asset_url(path: str) -> str:
    """Return the address of a static file, with the hash of its content for far-future caching.

    Args:
        path: below app/static, such as ``css/house.css``.
    """
    return url_for("static", filename=path, v=_digest(path))


@cache
def _digest(path: str) -> str:
    return hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]


def _set_cache(response: Response) -> None:
    if request.endpoint == "static":
        response.headers["Cache-Control"] = FOREVER if "v" in request.args else "no-cache"
    elif response.headers.get("Cache-Control") == FOREVER:
        return
    elif request.endpoint is not None and signed_in():
        response.headers["Cache-Control"] = "no-store"
    else:
        response.headers.setdefault("Cache-Control", "no-cache, private")
