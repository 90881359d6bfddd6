"""Addresses that may be followed: own paths from outside, and absolute links for letters."""

import re
from urllib.parse import urlencode, urlsplit

from flask import url_for

from app.settings import current_settings

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
UNSAFE = re.compile(r"[\x00-\x20\\\x7f]")
"""Browsers drop or rewrite these, so a path that holds one may lead elsewhere."""


def local_path(address: str | None, default: str = "/") -> str:
    """Return `address` if it is a path on this site, else `default`.

    Nothing with a scheme, a host, a backslash or a control character passes, so a link that
    brings someone to our sign-in page cannot send them elsewhere afterwards.
    """
    if not address or not address.startswith("/") or address.startswith("//"):
        return default
    if UNSAFE.search(address):
        return default
    try:
        parts = urlsplit(address)
    except ValueError:
        return default
    return default if parts.scheme or parts.netloc else address


def login_address(wanted: str) -> str:
    """Return the address of the sign-in page that leads on to `wanted`."""
    path = local_path(wanted.rstrip("?"))
    return "/login" if path == "/" else f"/login?{urlencode({'next': path})}"


def public_address(endpoint: str, **values: str | int) -> str:
    """Return an absolute address for letters and feeds, whatever host the request named."""
    path = url_for(endpoint, _anchor=None, _external=False, **values)  # type: ignore[arg-type]  # path values
    return current_settings().public_url.rstrip("/") + path
