"""`medienbruecke index`: bring the search index up to date, make it anew, compare it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from app.commands.running import application, refuse
from app.index_work import catch_up, enlist_host, make_anew, mend
from app.search_engine import search_engine
from app.sessions import session
from search_index.engine import HealthState
from search_index.errors import SearchIndexError
from search_index.rebuild import verify as compare


@click.group()
def index() -> None:
    """Keep the search index as the catalogue is."""


@index.command()
def update() -> None:
    """Work off what has changed; an index that is missing or broken is made anew."""
    with application(), _refusing():
        host_id = enlist_host()
        worked = 0
        if search_engine().health().state is not HealthState.READY:
            make_anew(host_id, _show)
        while done := catch_up(host_id):
            worked += done
        click.echo(f"{worked} notes worked off, {search_engine().health().documents} titles")


@index.command()
def rebuild() -> None:
    """Make the index anew beside the live one, then switch."""
    with application(), _refusing():
        make_anew(enlist_host(), _show)
        click.echo(f"{search_engine().health().documents} titles")


@index.command()
@click.option("--repair", is_flag=True, help="Write what differs into the index.")
def verify(*, repair: bool) -> None:
    """Compare the index with the catalogue; exit code 1 if they differ and are left so."""
    with application(), _refusing():
        found = (
            mend(enlist_host(), _show) if repair else compare(session(), search_engine(), _show)
        )
        click.echo(
            f"missing {len(found.missing)}, stale {len(found.stale)}, surplus {len(found.surplus)}"
        )
        if found.count and not repair:
            raise refuse("The index differs from the catalogue: run index update, or --repair.")


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except SearchIndexError as error:
        raise refuse(str(error)) from error


def _show(written: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{written} …", nl=False, err=True)
