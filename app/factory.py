"""Puts the parts together that do not know each other."""

from flask import Flask
from flask_babel import Babel
from flask_compress import Compress
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from app.addresses import LOOPBACK
from app.areas import AREAS
from app.errors import register_error_pages
from app.headers import set_headers
from app.languages import choose_locale
from app.logs import log_requests
from app.navigation import remember_paths
from app.outbox import bind_mailer
from app.retries import RetryingFlask
from app.routing import bound_keys
from app.search_engine import bind_search_engine
from app.security import check_requests, guard
from app.sessions import bind_sessions
from app.settings import Settings, bind_settings, read_settings
from app.template_words import add_words
from app.visitor import make_login_manager
from app.worker import wake_after_writes
from catalogue.changes import watch_titles
from database.engine import make_engine

MEGABYTE = 1024 * 1024
FORM_MEMORY_BYTES = 2 * MEGABYTE
FORM_PARTS = 2000
"""Fields of the largest form: a class list, a box with all its parts."""


def create_app(settings: Settings | None = None, *, testing: bool = False) -> Flask:
    """Build the application.

    Args:
        settings: read from the environment when left out.
        testing: form tokens are not asked for, so that tests can post plainly.

    Raises:
        app.settings.SettingsError: the environment is faulty.
        app.security.UnlabelledViewError: a view names no right.
    """
    settings = read_settings() if settings is None else settings
    app = RetryingFlask(__name__)
    app.config.update(_configuration(settings), TESTING=testing, WTF_CSRF_ENABLED=not testing)
    bind_settings(app, settings)
    bind_sessions(app, make_engine(settings.store_url, pool_size=settings.threads + 2))
    log_requests(app)
    check_requests(app)
    watch_titles(Session)
    bind_search_engine(app, settings)
    bind_mailer(app, settings)
    wake_after_writes(app)
    _add_extensions(app)
    add_words(app)
    bound_keys(app)
    for area in AREAS:
        app.register_blueprint(area)
    remember_paths(app)
    register_error_pages(app)
    set_headers(app, settings)
    guard(app)
    if settings.trusted_proxies:
        _trust_proxies(app, settings.trusted_proxies)
    return app


def _configuration(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SESSION_COOKIE_NAME": "__Host-medienbruecke" if settings.https else "medienbruecke",
        "SESSION_COOKIE_SECURE": settings.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_DOMAIN": None,
        "TRUSTED_HOSTS": _trusted_hosts(settings),
        "MAX_CONTENT_LENGTH": settings.upload_limit_mb * MEGABYTE,
        "MAX_FORM_MEMORY_SIZE": FORM_MEMORY_BYTES,
        "MAX_FORM_PARTS": FORM_PARTS,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "COMPRESS_MIN_SIZE": 500,
        "COMPRESS_ALGORITHM": ["zstd", "br", "gzip"],
        "PROPAGATE_EXCEPTIONS": False,
    }


def _trusted_hosts(settings: Settings) -> list[str]:
    host = settings.public_url.split("//", 1)[1].split("/", 1)[0].rsplit("@", 1)[-1]
    named = host if host.endswith("]") else host.rsplit(":", 1)[0]
    return [named] if settings.production else sorted({named, *LOOPBACK})


def _add_extensions(app: Flask) -> None:
    Babel(
        app,
        default_locale="de",
        default_timezone="Europe/Berlin",
        locale_selector=choose_locale,
    )
    make_login_manager().init_app(app)
    CSRFProtect(app)
    Compress(app)


def _trust_proxies(app: Flask, hops: int) -> None:
    app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's documented way
        app.wsgi_app, x_for=hops, x_proto=hops, x_host=0, x_prefix=0
    )
