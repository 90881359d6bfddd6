"""How many statements a page sends to the store: as many for a large one as for a small one."""

from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from app.factory import create_app
from app.sessions import ENGINE
from tests.benchmarks.figures import Figure, at_most
from tests.benchmarks.installation import HOST, SETTINGS, Installation, installed
from tests.benchmarks.pages import scans, searches, title_pages
from tests.benchmarks.stock import LARGE, PASSWORD, SMALL, day_here
from tests.statements import counted

BASE_URL = SETTINGS["public_url"]
EVERYTHING = ("",)
"""Words that find something in the small store too."""


def figures(folder: Path) -> Iterator[Figure]:
    """Count at 10 titles and at 10,000; the small store's number is the goal."""
    few = _counts(installed(folder, SMALL))
    many = _counts(installed(folder, LARGE))
    for name, number in many.items():
        yield at_most(f"statements of {name}", number, "statements", few[name])


def _counts(installation: Installation) -> dict[str, int]:
    app = create_app(installation.settings(), testing=True)
    stock = installation.stock
    teacher = _signed_in(app, stock.teacher)
    staff = _signed_in(app, stock.desks[0].name)
    card, copy, *_ = scans(stock.desks[0])
    counts = {
        "title page": _asked(app, teacher, title_pages(stock)[0]),
        "search page": _asked(app, teacher, *searches(words=EVERYTHING)),
        "search page with a period": _asked(app, teacher, *searches(day_here(), EVERYTHING)),
        "desk scan of a person": _scanned(app, staff, card),
        "desk scan that lends": _scanned(app, staff, copy),
    }
    _scanned(app, staff, "CMD-RETURN")
    counts["desk scan that takes back"] = _scanned(app, staff, copy)
    _scanned(app, staff, "CMD-DONE")
    app.extensions[ENGINE].dispose()
    return counts


def _signed_in(app: Flask, name: str) -> FlaskClient:
    client = app.test_client()
    fields = {"name": name, "password": PASSWORD}
    answer = client.post("/login", data=fields, base_url=BASE_URL)
    assert answer.status_code in {302, 303}, answer.text
    return client


def _asked(app: Flask, client: FlaskClient, path: str) -> int:
    with counted(app.extensions[ENGINE]) as statements:
        answer = client.get(path, base_url=BASE_URL)
    assert answer.status_code == 200, answer.text
    return statements.count


def _scanned(app: Flask, client: FlaskClient, code: str) -> int:
    headers = {"Accept": "application/json", "Host": HOST}
    with counted(app.extensions[ENGINE]) as statements:
        answer = client.post("/desk/scan", data={"code": code}, headers=headers, base_url=BASE_URL)
    assert answer.status_code == 200, answer.text
    return statements.count
