"""Who stands behind the desk, over HTTP and in a real browser."""

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from schools.models.account import Account
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.app.desk.browsing import Open, ready
from tests.app.desk.scanning import HttpDesk
from tests.make import Make

SignIn = Callable[[Account], FlaskClient]


@pytest.fixture
def counter(make: Make, as_role: AsRole) -> HttpDesk:
    """Staff of the first centre at a browser."""
    make.centre()
    return HttpDesk(make, as_role(Role.STAFF))


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_desk(make: Make, sign_in: SignIn, browser: Browser, address: str) -> Iterator[Open]:
    """Opens the desk for a new member of staff, with or without script."""
    make.centre()
    cookie = sign_in(make.account(Role.STAFF)).get_cookie("medienbruecke")
    assert cookie is not None
    opened = []

    def open_desk(*, script: bool = True, init: str = "", path: str = "/desk") -> Page:
        context = browser.new_context(java_script_enabled=script, locale="de-DE")
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
        opened.append(context)
        if init:
            context.add_init_script(init)
        page = context.new_page()
        page.goto(f"{address}{path}")
        if path == "/desk":
            ready(page)
        return page

    yield open_desk
    for context in opened:
        context.close()
