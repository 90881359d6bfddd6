"""Sends the letters that are owed, one at a time, with no transaction open while sending."""

import logging

from flask import Flask, current_app

from app.daily_letters import make_daily_letter
from app.letters import WrittenLetter, write_letter
from app.mail import MailError, SmtpMailer, mailer_for
from app.sessions import session
from app.settings import Settings, current_settings
from app.today import now
from database.unit_of_work import unit_of_work
from schools.models.owed_letter import LetterState
from schools.operations.send_letters import (
    ClaimedLetter,
    claim_letter,
    keep_letters,
    stamp_failed,
    stamp_sent,
)
from schools.queries.letters import letters_due

log = logging.getLogger(__name__)

EXTENSION = "medienbruecke_mailer"


def bind_mailer(app: Flask, settings: Settings) -> None:
    """Let `send_next_letter()` work within `app`."""
    app.extensions[EXTENSION] = mailer_for(settings)


def send_next_letter() -> bool:
    """Make the daily letter that is due, or send the next one, or keep all without mail server.

    Returns:
        Whether there was anything to do.
    """
    due = letters_due(session(), now())
    session().rollback()
    if not due:
        return False
    if LetterState.DAILY in due:
        make_daily_letter(now())
        return True
    mailer: SmtpMailer | None = current_app.extensions[EXTENSION]
    if mailer is None:
        with unit_of_work(session()):
            keep_letters(session(), now())
        return True
    with unit_of_work(session()):
        owed = claim_letter(session(), now())
    if owed is None:
        return False
    fault = _send(mailer, owed)
    with unit_of_work(session()):
        if fault is None:
            stamp_sent(session(), owed.id, now())
        else:
            stamp_failed(session(), owed.id, str(fault), now(), for_good=fault.for_good)
    return True


def _send(mailer: SmtpMailer, owed: ClaimedLetter) -> MailError | None:
    """Write and send; no transaction is open here."""
    try:
        mailer.send(_written(owed), owed)
    except MailError as error:
        log.warning("letter %s was not sent", owed.id)
        return error
    return None


def _written(owed: ClaimedLetter) -> WrittenLetter:
    try:
        return write_letter(owed, current_settings().public_url)
    except Exception as error:  # facts that fit no template must not stop the letters behind
        log.exception("letter %s cannot be written", owed.id)
        raise MailError(f"template: {type(error).__name__}", for_good=True) from error
