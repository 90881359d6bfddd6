"""`medienbruecke notices`: letters that are owed."""

import click
from sqlalchemy import func, select

from app.commands.running import application
from app.nightly import OWING_LETTERS, work_tonight
from app.outbox import send_next_letter
from app.sessions import session
from schools.models.owed_letter import LetterState, OwedLetter


@click.group()
def notices() -> None:
    """Letters that are owed."""


@notices.command()
def send() -> None:
    """Owe tonight's letters and send every letter that is due now.

    What lapses, is renewed by itself, is due soon or overdue is told of once a day, whoever does
    it first: safe to run beside the worker, and again.
    """
    with application():
        before = _counts()
        work_tonight(OWING_LETTERS)
        while send_next_letter():
            pass
        after = _counts()
    sent = after.get(LetterState.SENT, 0) - before.get(LetterState.SENT, 0)
    kept = after.get(LetterState.KEPT, 0) - before.get(LetterState.KEPT, 0)
    failed = after.get(LetterState.FAILED, 0) - before.get(LetterState.FAILED, 0)
    waiting = after.get(LetterState.OWED, 0)
    click.echo(f"{sent} sent, {kept} kept for the office, {failed} failed, {waiting} waiting")


def _counts() -> dict[LetterState, int]:
    query = select(OwedLetter.state, func.count()).group_by(OwedLetter.state)
    counts = {row[0]: row[1] for row in session().execute(query)}
    session().rollback()
    return counts
