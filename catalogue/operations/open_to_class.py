"""Open a title or a list to a class by a code, and take the code back."""

from dataclasses import dataclass
from datetime import date, datetime
from secrets import randbelow

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.errors import ActRefusedError, NotFoundError
from catalogue.models.class_code import ClassCode
from catalogue.models.title_list import TitleList
from catalogue.operations.keeper import lock_keeper, own
from catalogue.queries.class_codes import is_alive
from catalogue.rules.class_codes import CODES, MOST_CODES, class_code, code_ends_on
from catalogue.rules.title_lists import KeepingRefusal
from database.audit import Change, Subject, record
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class Opened:
    """What a class gets to see: exactly one of the two."""

    title_id: int | None = None
    list_id: int | None = None


def open_to_class(
    session: Session, thing: Opened, by: Actor, today: date, now: datetime
) -> ClassCode:
    """Give a title, or a list of the actor's, a code that lives until the school year ends.

    The actor's living code for the same thing is given again, so that a card that was printed
    stays right. Locks the account. Whether the actor may see the title is for the caller to ask
    (`catalogue.queries.shown_titles`).

    Raises:
        NotFoundError: the list is not there, or not the actor's.
        ActRefusedError: there are as many living codes as one may have.

    Source:
        docs/rules.md, Lending 3.6.
    """
    account_id = lock_keeper(session, by)
    if thing.list_id is not None:
        own(session, TitleList, thing.list_id, by)
    alive = select(ClassCode).where(ClassCode.account_id == account_id, *is_alive(today))
    same = alive.where(
        ClassCode.title_id.is_not_distinct_from(thing.title_id),
        ClassCode.list_id.is_not_distinct_from(thing.list_id),
    )
    found = session.scalars(same.order_by(ClassCode.id).limit(1)).first()
    if found is not None:
        return found
    if (session.scalar(alive.with_only_columns(func.count(ClassCode.id))) or 0) >= MOST_CODES:
        raise ActRefusedError((KeepingRefusal.TOO_MANY_CODES,))
    return _made(session, thing, by, today, now)


def close_to_class(session: Session, code_id: int, by: Actor, now: datetime) -> ClassCode:
    """Take back a code of the actor's: card, link and QR code are dead at once.

    Raises:
        NotFoundError: there is none, or it is somebody else's.
    """
    found = own(session, ClassCode, code_id, by)
    if found.ended_at is None:
        found.ended_at = now
        record(session, by, Subject("class_code", found.id), Change("close_to_class"), now)
    return found


def _made(session: Session, thing: Opened, by: Actor, today: date, now: datetime) -> ClassCode:
    if by.account_id is None:
        raise NotFoundError("account", by.account_id)
    made = ClassCode(
        code=_unused(session),
        account_id=by.account_id,
        title_id=thing.title_id,
        list_id=thing.list_id,
        made_at=now,
        ends_on=code_ends_on(today),
    )
    session.add(made)
    session.flush()
    after = {"title_id": thing.title_id, "list_id": thing.list_id}
    record(session, by, Subject("class_code", made.id), Change("open_to_class", after=after), now)
    return made


def _unused(session: Session) -> str:
    """Return a new code; also one of a code long dead is not given again."""
    while True:
        code = class_code(randbelow(CODES))
        if session.scalar(select(ClassCode.id).where(ClassCode.code == code)) is None:
            return code
