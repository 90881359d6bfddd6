"""A letter's HTML beside a page of ours: in a frame that may do nothing but show it."""

import base64
import hashlib

from flask import Response, current_app, make_response

from app.headers import CONTENT_POLICY


def framed(page: str) -> Response:
    """Return a page that shows a letter in a frame, from an address of ours or in itself.

    The frame is sandboxed by its tag; what the page itself may load stays as it is, but for the
    one style of letters, named by its hash.
    """
    answer = make_response(page)
    policy = CONTENT_POLICY.replace("style-src 'self'", f"style-src 'self' {_style_hash()}")
    answer.headers["Content-Security-Policy"] = f"{policy}; frame-src 'self'"
    return answer


def letter_alone(html: str) -> Response:
    """Return a letter as a page of its own: no script, no form, nothing fetched, no origin."""
    answer = make_response(html)
    answer.headers["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'none'",
            f"style-src {_style_hash()}",
            "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'self'",
            "sandbox",
        )
    )
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def _style_hash() -> str:
    style = current_app.jinja_env.get_template("letters/style.css").render()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"'sha256-{digest}'"
