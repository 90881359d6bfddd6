"""`medienbruecke check`: recount what must hold between rows."""

import click
from sqlalchemy import text

from app.commands.running import application, refuse
from app.sessions import engine, session
from database.migrate import is_current
from loans.queries.invariants import Breach, Invariant, breaches

SHOWN = 50

SENTENCES = {
    Invariant.LENDABLE_MISCOUNTED: (
        "Holding {row_id} counts {stored} lendable copies; there are {found}."
    ),
    Invariant.ON_LOAN_WITHOUT_LOAN: "Copy {row_id} is on loan, but no loan of it is open.",
    Invariant.LOAN_WITHOUT_ON_LOAN: "Loan {row_id} is open, but its copy {stored} is {found}.",
    Invariant.RECEIVED_WITHOUT_LOAN: "Copy {stored} is received, but from no open loan.",
    Invariant.LOAN_RECEIVED_WITHOUT_COPY: (
        "Loan {row_id} is received and open, but its copy {stored} is {found}."
    ),
    Invariant.LOST_WITHOUT_CLAIM: (
        "Loan {row_id} is open though its copy {stored} is lost and nobody claimed so."
    ),
    Invariant.HOLD_WITHOUT_COPY: "Hold {row_id} is {stored}, but its copy is {found}.",
    Invariant.SET_ASIDE_WITHOUT_HOLD: "Copy {stored} is set aside, but for nobody.",
    Invariant.TRANSIT_WITHOUT_COPY: "Transit {row_id} is open, but its copy {stored} is {found}.",
    Invariant.IN_TRANSIT_WITHOUT_TRANSIT: "Copy {stored} is in transit, but was sent nowhere.",
    Invariant.RANKS_NOT_DENSE: (
        "Holding {row_id} has {stored} open holds, but their highest rank is {found}."
    ),
    Invariant.LOAN_ELSEWHERE: "Loan {row_id} names holding {stored}, its copy {found}.",
    Invariant.COPY_ELSEWHERE: "Copy {row_id} is of centre {stored}, its holding of {found}.",
    Invariant.LINE_MISCOUNTED: (
        "Line {row_id} of a booking says {stored} handed out; there are {found} loans."
    ),
}


@click.command()
def check() -> None:
    """Recount the store; exit code 1 and a sentence for each thing that does not hold."""
    with application():
        if not is_current(engine()):
            raise refuse("The store is not migrated to this version; serve or demo does it.")
        _check_file()
        found = breaches(session())
        session().rollback()
    for breach in found[:SHOWN]:
        click.echo(_sentence(breach), err=True)
    if found:
        raise refuse(f"{len(found)} things in the store do not hold.")
    click.echo("Everything in the store holds.")


def _check_file() -> None:
    """Let SQLite look through its file; PostgreSQL checks its pages itself."""
    if session().get_bind().dialect.name != "sqlite":
        return
    for pragma in ("quick_check", "foreign_key_check"):
        said = [row[0] for row in session().execute(text(f"PRAGMA {pragma}"))]
        if said not in ([], ["ok"]):
            raise refuse(f"SQLite's {pragma} finds: {said[0]}")


def _sentence(breach: Breach) -> str:
    return SENTENCES[breach.invariant].format(
        row_id=breach.row_id, stored=breach.stored, found=breach.found
    )
