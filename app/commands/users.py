"""`medienbruecke users`: accounts from the command line, above all the first."""

import sys

import click
from sqlalchemy import select

from app.commands.running import application, refuse
from app.labels import label
from app.passwords import hash_password
from app.sessions import session
from app.store import prepare_store
from app.today import now
from database.unit_of_work import unit_of_work
from schools.errors import RefusedError
from schools.models.account import Account
from schools.models.institution import Institution
from schools.models.media_centre import MediaCentre
from schools.operations.invite import NewAccount, add_account, invite
from schools.operations.open_account import Held, PersonFacts
from schools.rules.granting import AT_SCHOOL
from schools.rules.passwords import password_faults
from schools.rules.roles import SYSTEM, Role


@click.group()
def users() -> None:
    """Accounts of people."""


@users.command()
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--at", default="", help="Code of the centre or number of the school.")
@click.option("--person", default="", help="First and last name; asked for if missing.")
@click.option("--invite", "by_letter", is_flag=True, help="Mail a link instead of a password.")
def add(*, name: str, role: str, at: str, person: str, by_letter: bool) -> None:
    """Add an account that signs in as NAME, an e-mail address or a short name.

    The password is asked for, or read as one line from standard input.
    """
    name = name.strip().lower()
    given_name, _blank, family_name = (person or _asked("First and last name")).rpartition(" ")
    facts = PersonFacts(given_name, family_name, name if "@" in name else "")
    if by_letter and not facts.email:
        raise refuse("An invitation needs an e-mail address as NAME.")
    with application():
        prepare_store()
        held = _held(Role(role), at)
        password = "" if by_letter else _password((name, person))
        _add(facts, held, name, password)
    click.echo(f"{name} is {'invited' if by_letter else 'added'} as {role}.")


def _add(facts: PersonFacts, held: Held, name: str, password: str) -> None:
    if session().scalar(select(Account.id).where(Account.name == name)) is not None:
        raise refuse(f"There is an account {name} already.")
    session().rollback()
    password_hash = hash_password(password) if password else None
    try:
        with unit_of_work(session()):
            if password_hash is None:
                invite(session(), facts, held, SYSTEM, now())
            else:
                new = NewAccount(facts, held, name, password_hash)
                add_account(session(), new, SYSTEM, now())
    except RefusedError as refused:
        raise refuse(" ".join(label(reason) for reason in refused.reasons)) from refused


def _held(role: Role, at: str) -> Held:
    centre_id = institution_id = None
    if role in AT_SCHOOL:
        institution_id = session().scalar(select(Institution.id).where(Institution.number == at))
        if institution_id is None:
            raise refuse(f"There is no school with the number {at or '(none given)'}.")
    elif role is not Role.SYSTEM_ADMIN:
        centre_id = _centre_id(at)
    session().rollback()
    return Held(role, centre_id, institution_id)


def _centre_id(code: str) -> int:
    query = select(MediaCentre.id)
    ids = session().scalars(query.where(MediaCentre.code == code) if code else query).all()
    if len(ids) != 1:
        what = f"There is no centre with the code {code}." if code else "Name the centre."
        raise refuse(what)
    return ids[0]


def _asked(what: str) -> str:
    if not sys.stdin.isatty():
        raise click.UsageError(f"{what} is missing; see --help.")
    return str(click.prompt(what, err=True))


def _password(about: tuple[str, ...]) -> str:
    if sys.stdin.isatty():
        password = str(
            click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        )
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    faults = password_faults(password, about)
    if faults:
        raise refuse(" ".join(label(fault) for fault in faults))
    return password
