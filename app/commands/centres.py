"""`medienbruecke centres`: media centres and their branches, before anybody can sign in there."""

from collections.abc import Callable, Mapping

import click
from sqlalchemy import select

from app.commands.running import application, refuse
from app.sessions import session
from app.store import prepare_store
from app.today import now
from database.unit_of_work import unit_of_work
from loans.operations.open_centre import CentreFault, NewCentre, open_branch, open_centre
from schools.errors import RefusedError
from schools.models.media_centre import MediaCentre
from schools.rules.roles import SYSTEM

SENTENCES: Mapping[str, str] = {
    CentreFault.NO_CODE: "Give the centre a code of at most 20 characters.",
    CentreFault.CODE_TAKEN: "There is a centre with this code already.",
    CentreFault.NO_NAME: "Give the centre a name of at most 200 characters.",
    CentreFault.NO_DISTRICT: "There is no district with this key; name its five digits (AGS).",
    CentreFault.NO_BRANCH: "Give the branch a name of at most 120 characters.",
    CentreFault.BRANCH_TAKEN: "The centre has a branch of this name already.",
}


@click.group()
def centres() -> None:
    """Media centres and their branches."""


@centres.command()
@click.argument("code")
@click.argument("name")
@click.option("--branch", default="Hauptstelle", show_default=True, help="Its first branch.")
@click.option("--district", default="", help="Five digits (AGS): its schools become the centre's.")
def add(*, code: str, name: str, branch: str, district: str) -> None:
    """Open the centre NAME under a short CODE, with a counter, on workdays from 8 to 16.

    Opening days, terms and letters are set in the office; `medienbruecke users add` makes its
    first account.
    """
    wish = NewCentre(code.strip(), name.strip(), branch.strip(), district.strip())
    with application():
        prepare_store()
        _do(lambda: open_centre(session(), wish, SYSTEM, now()))
    click.echo(f"{wish.code} is open.")


@centres.command("add-branch")
@click.argument("code")
@click.argument("name")
def add_branch(*, code: str, name: str) -> None:
    """Open the branch NAME of the centre CODE, with a counter, on workdays from 8 to 16."""
    with application():
        prepare_store()
        centre_id = session().scalar(select(MediaCentre.id).where(MediaCentre.code == code))
        session().rollback()
        if centre_id is None:
            raise refuse(f"There is no centre with the code {code}.")
        _do(lambda: open_branch(session(), centre_id, name.strip(), SYSTEM, now()))
    click.echo(f"{name.strip()} is open.")


def _do(act: Callable[[], object]) -> None:
    try:
        with unit_of_work(session()):
            act()
    except RefusedError as error:
        raise refuse(" ".join(SENTENCES[reason] for reason in error.reasons)) from error
