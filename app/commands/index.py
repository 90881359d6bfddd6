"""`medienbruecke index`: bring the search index up to date, make it anew, compare it."""

import sys

import click

from app.commands.running import application, refuse
from app.search_engine import index_host, search_engine
from app.sessions import session
from app.today import now
from database.unit_of_work import unit_of_work
from search_index.errors import IndexUnavailableError, SearchIndexError
from search_index.rebuild import rebuild as make_anew
from search_index.rebuild import verify as compare
from search_index.synchronise import register_host, work_off


@click.group()
def index() -> None:
    """Keep the search index as the catalogue is."""


@index.command()
def update() -> None:
    """Work off what has changed; an index that is missing or broken is made anew."""
    with application():
        host_id, unknown = _host()
        worked = 0
        try:
            if unknown:
                make_anew(session(), search_engine(), _show)
            while done := work_off(session(), search_engine(), host_id):
                worked += done
        except IndexUnavailableError:
            _make_anew()
        except SearchIndexError as error:
            raise refuse(str(error)) from error
        click.echo(f"{worked} notes worked off, {search_engine().health().documents} titles")


@index.command()
def rebuild() -> None:
    """Make the index anew beside the live one, then switch."""
    with application():
        _host()
        _make_anew()
        click.echo(f"{search_engine().health().documents} titles")


@index.command()
@click.option("--repair", is_flag=True, help="Write what differs into the index.")
def verify(*, repair: bool) -> None:
    """Compare the index with the catalogue; exit code 1 if they differ and are left so."""
    with application():
        try:
            found = compare(session(), search_engine(), repair=repair)
        except SearchIndexError as error:
            raise refuse(str(error)) from error
        click.echo(
            f"missing {len(found.missing)}, stale {len(found.stale)}, surplus {len(found.surplus)}"
        )
        if found.count and not repair:
            raise refuse("The index differs from the catalogue: run index update, or --repair.")


def _host() -> tuple[int, bool]:
    with unit_of_work(session()):
        return register_host(session(), index_host(), now())


def _make_anew() -> None:
    try:
        make_anew(session(), search_engine(), _show)
    except SearchIndexError as error:
        raise refuse(str(error)) from error


def _show(written: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{written} …", nl=False, err=True)
