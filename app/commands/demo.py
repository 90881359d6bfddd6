"""`medienbruecke demo`: a small county to try everything with."""

import os
import time

import click
from flask_babel import force_locale
from sqlalchemy import exists, select

from app.commands.running import application, refuse
from app.commands.serve import LARGEST_PORT, serve_at
from app.demo.build import fill
from app.demo.logins import LOGINS, has_demo
from app.index_work import enlist_host, make_anew
from app.labels import label
from app.search_engine import search_engine
from app.sessions import session
from app.settings import PREFIX, current_settings
from app.store import prepare_store
from app.today import today
from app.worker_lock import worker_lock
from catalogue.models.title import Title
from schools.models.institution import Institution
from schools.models.media_centre import MediaCentre
from schools.models.person import Person
from search_index.engine import HealthState

HOST = "127.0.0.1"
OF_AN_INSTALLATION = (MediaCentre, Institution, Person, Title)
"""Where any of these is, the demo would mix with somebody's work."""


@click.command()
@click.option("--serve/--no-serve", "serves", default=True, help="Serve, or only fill.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    envvar="PORT",
    type=click.IntRange(1, LARGEST_PORT),
    help="Port to listen at; the variable PORT says the same.",
)
def demo(*, serves: bool, port: int) -> None:
    """Fill an empty store with a fictitious county, and serve it to this machine.

    Called again it finds the county and only serves.
    """
    os.environ[f"{PREFIX}DEMO"] = "on"
    with application():
        prepare_store()
        _fill_if_empty()
        _build_index()
        _say_logins(f"http://{HOST}:{port}")
    if serves:
        serve_at(HOST, port)


def _fill_if_empty() -> None:
    if has_demo(session()):
        click.echo("The demo county is there already.")
        return
    if any(session().scalar(select(exists(select(each.id)))) for each in OF_AN_INSTALLATION):
        raise refuse(
            "The store is in use; the demo needs an empty one. Name another folder in "
            f"{PREFIX}DATA."
        )
    click.echo("Filling a fictitious county …")
    begun = time.monotonic()
    fill(session(), today())
    click.echo(f"Filled in {time.monotonic() - begun:.0f} s.")


def _build_index() -> None:
    """Build the index unless it is ready; a worker that runs already works off its notes."""
    with worker_lock(current_settings()) as ours:
        if not ours:
            return
        host_id = enlist_host()
        if search_engine().health().state is not HealthState.READY:
            click.echo("Building the search index …")
            make_anew(host_id)


def _say_logins(address: str) -> None:
    rows = [("Role", "Name", "Who")]
    with force_locale("en"):
        rows += ((str(label(each.role)), each.name, each.person) for each in LOGINS.logins)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    click.echo(f"\nSign in at {address}/login\n")
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  " + "  ".join(cells).rstrip())
    click.echo(f"\n  Password of all: {LOGINS.password}\n")
