"""Many edit terms at once: one is saved, the others are told, on every store."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalogue.errors import ChangedMeanwhileError, InvalidError
from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.models.terms import Terms
from loans.operations.edit_terms import (
    NewTerms,
    TermsEdit,
    add_terms,
    change_terms,
    terms_edition,
)
from loans.queries.terms import row_of
from loans.rules.terms import TermsKey, TermsValues
from schools.rules.roles import Role
from tests.make import NOW, Make

pytestmark = pytest.mark.both_stores

EDITORS = 8
TOLD = (ChangedMeanwhileError, InvalidError, IntegrityError)


def race(engine: Engine, act: Callable[[Session, int], object]) -> Counter[str]:
    """Let all act at the same moment; count what came of it."""
    together = Barrier(EDITORS)

    def one(number: int) -> str:
        with Session(engine) as session:
            together.wait()
            try:
                with unit_of_work(session):
                    act(session, number)
            except TOLD:
                return "told"
            return "saved"

    with ThreadPoolExecutor(EDITORS) as pool:
        return Counter(pool.map(one, range(EDITORS)))


def test_of_many_editors_of_one_row_one_saves(
    engine: Engine, session: Session, make: Make
) -> None:
    head = make.actor(Role.CENTRE_ADMIN)
    row = session.scalars(select(Terms)).one()
    row_id, opened = row.id, row_of(row).values
    session.rollback()

    def edit(at: Session, number: int) -> None:
        values = replace(opened, loan_period=20 + number)
        change_terms(at, row_id, TermsEdit(values, terms_edition(opened)), head, NOW)

    assert race(engine, edit) == {"saved": 1, "told": EDITORS - 1}
    assert session.scalar(select(func.count(AuditEntry.id))) == 1


@pytest.mark.parametrize("everywhere", [False, True], ids=["of a centre", "everywhere"])
def test_of_many_who_add_the_same_row_one_does(
    engine: Engine, session: Session, make: Make, *, everywhere: bool
) -> None:
    centre_id = make.the_centre().id
    by = make.actor(Role.SYSTEM_ADMIN if everywhere else Role.CENTRE_ADMIN)
    key = TermsKey(None if everywhere else centre_id, "other", "box")

    def add(at: Session, number: int) -> None:
        add_terms(at, NewTerms(key, TermsValues(loan_period=number + 1)), by, NOW)

    assert race(engine, add) == {"saved": 1, "told": EDITORS - 1}
    session.rollback()
    rows = session.scalars(select(Terms).where(Terms.media_category == "box")).all()
    assert len(rows) == 1
