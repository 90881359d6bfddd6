"""Add, change and remove rows of terms; what runs already stays as it was agreed."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from catalogue.errors import InvalidError
from catalogue.operations.editing import check_edition, take_over
from catalogue.rules.editions import edition_of
from database.audit import Change, Subject, record
from loans.errors import NotFoundError
from loans.models.terms import Terms
from loans.queries.terms import row_of
from loans.rules.terms import TermsKey, TermsRow, TermsValues
from loans.rules.terms_faults import TermsFault, crossed, faults
from schools.models.institution import CustomerClass
from schools.models.media_centre import MediaCentre
from schools.rules.roles import Actor, Right
from schools.vocabularies.media_types import MediaCategory


@dataclass(frozen=True, slots=True)
class NewTerms:
    """A row to be added.

    Attributes:
        key: what it holds for; without a centre, for the whole installation.
        values: those that are None are inherited.
        reason: why, for the audit log; may be empty.
    """

    key: TermsKey
    values: TermsValues
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TermsEdit:
    """New values of a row; what a row holds for never changes.

    Attributes:
        values: all of them; those that are None are inherited from now on.
        edition: of the values that were opened, as `terms_edition` gives it.
        reason: why, for the audit log; may be empty.
    """

    values: TermsValues
    edition: str
    reason: str = ""


def terms_edition(values: TermsValues) -> str:
    """Return what tells these values from any others."""
    return edition_of(_values(values))


def add_terms(session: Session, wish: NewTerms, by: Actor, now: datetime) -> Terms:
    """Add a row; locks the centre.

    Raises:
        NotFoundError: the centre, or the whole installation, is beyond the actor's reach.
        InvalidError: with every fault by the value's name; an empty name means the whole row.

    Source:
        docs/rules.md, Lending 2.1, 2.2 and 12.2.
    """
    _lock_centre(session, wish.key.centre_id, by)
    known = _rows(session, wish.key.centre_id)
    wrong = faults(wish.values)
    if any(row.key == wish.key for row in known):
        wrong[""] = TermsFault.KEY_TAKEN
    _check(wrong, known, [*known, TermsRow(0, wish.key, wish.values)])
    row = Terms(
        centre_id=wish.key.centre_id,
        customer_class=wish.key.customer_class or "",
        media_category=wish.key.media_category or "",
        **_values(wish.values),
    )
    session.add(row)
    session.flush()
    change = Change("add_terms", None, _named(wish.key) | _set(wish.values), wish.reason)
    record(session, by, _subject(row), change, now)
    return row


def change_terms(
    session: Session, terms_id: int, edit: TermsEdit, by: Actor, now: datetime
) -> Terms:
    """Take over new values of a row; locks the centre, then the row.

    Nothing is retroactive: due dates, bookings and reminders that exist are not touched; the
    next decision asks the new values.

    Raises:
        NotFoundError: no such row within the actor's reach.
        ChangedMeanwhileError: it is not the one that was opened any more.
        InvalidError: with every fault by the value's name; an empty name means the whole row.

    Source:
        docs/rules.md, Lending 2.1, 2.2 and 12.2.
    """
    row = _lock(session, terms_id, by)
    stored = row_of(row)
    wished = _values(edit.values)
    check_edition(session, _subject(row), edit.edition, _values(stored.values), wished)
    if stored.values == edit.values:
        return row
    known = _rows(session, row.centre_id)
    changed = TermsRow(row.id, stored.key, edit.values)
    after = [changed if each.id == row.id else each for each in known]
    _check(faults(edit.values), known, after)
    change = Change("change_terms", *take_over(row, wished), edit.reason)
    record(session, by, _subject(row), change, now)
    return row


def remove_terms(
    session: Session, terms_id: int, wished: tuple[str, str], by: Actor, now: datetime
) -> None:
    """Remove a row; what it said is inherited from then on. Locks the centre, then the row.

    Args:
        session: inside a unit of work.
        terms_id: which row.
        wished: the edition that was looked at, and the reason for the audit log.
        by: whoever removes it.
        now: the instant.

    Raises:
        NotFoundError: no such row within the actor's reach.
        ChangedMeanwhileError: it is not the one that was looked at any more.
        InvalidError: reminders would not come in order without it.

    Source:
        docs/rules.md, Lending 2.2 and 12.2.
    """
    edition, reason = wished
    row = _lock(session, terms_id, by)
    stored = row_of(row)
    check_edition(session, _subject(row), edition, _values(stored.values), {})
    known = _rows(session, row.centre_id)
    _check({}, known, [each for each in known if each.id != row.id])
    change = Change("remove_terms", _named(stored.key) | _set(stored.values), None, reason)
    record(session, by, _subject(row), change, now)
    session.delete(row)


def _lock(session: Session, terms_id: int, by: Actor) -> Terms:
    centre_id = session.scalar(select(Terms.centre_id).where(Terms.id == terms_id))
    _lock_centre(session, centre_id, by)
    query = select(Terms).where(Terms.id == terms_id).with_for_update(key_share=True)
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFoundError("terms", terms_id)
    return row


def _lock_centre(session: Session, centre_id: int | None, by: Actor) -> None:
    """Let the editors of one centre's rows come one after the other."""
    if not by.scope(Right.MANAGE_CENTRE).covers_centre(centre_id):
        raise NotFoundError("media_centre", centre_id or 0)
    if centre_id is None:
        return
    query = select(MediaCentre.id).where(MediaCentre.id == centre_id)
    if session.scalar(query.with_for_update(key_share=True)) is None:
        raise NotFoundError("media_centre", centre_id)


def _rows(session: Session, centre_id: int | None) -> list[TermsRow]:
    """Return the rows that can meet those of a centre; without one, all there are."""
    anywhere: ColumnElement[bool] = Terms.centre_id.is_(None)
    query = select(Terms).order_by(Terms.id)
    if centre_id is not None:
        query = query.where(or_(anywhere, Terms.centre_id == centre_id))
    return [row_of(row) for row in session.scalars(query)]


def _check(wrong: dict[str, TermsFault], before: list[TermsRow], after: list[TermsRow]) -> None:
    """Refuse what is wrong, and what would first put reminders out of order somewhere.

    Raises:
        InvalidError: with every fault.
    """
    if not wrong:
        keys = _keys(row.key.centre_id for row in after)
        if crossed(after, keys) - crossed(before, keys):
            wrong = {"": TermsFault.LEVELS_CROSS_INHERITED}
    if wrong:
        raise InvalidError(wrong)


def _keys(centre_ids: Iterable[int | None]) -> list[TermsKey]:
    """Return everything terms are ever asked for at some centres, and at one without rows."""
    every = product({None, *centre_ids}, CustomerClass, MediaCategory)
    return [TermsKey(centre_id, who, what) for centre_id, who, what in every]


def _subject(row: Terms) -> Subject:
    return Subject("terms", row.id, row.centre_id)


def _values(values: TermsValues) -> dict[str, Any]:
    return {each.name: getattr(values, each.name) for each in fields(TermsValues)}


def _set(values: TermsValues) -> dict[str, Any]:
    return {name: value for name, value in _values(values).items() if value is not None}


def _named(key: TermsKey) -> dict[str, Any]:
    said = {"customer_class": key.customer_class, "media_category": key.media_category}
    return {name: value for name, value in said.items() if value is not None}
