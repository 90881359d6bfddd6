"""How the installation is, measured without writing anything."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from app.search_engine import search_engine
from app.sessions import session
from app.settings import current_settings
from app.today import now
from app.worker_lock import worker_runs
from catalogue.models.change import TitleChange
from schools.models.owed_letter import LetterState, OwedLetter
from search_index.engine import HealthState

log = logging.getLogger(__name__)

LATE = timedelta(minutes=15)
"""A letter owed for longer means that nobody works off what is owed."""


class State(StrEnum):
    """How a part is."""

    OK = "ok"
    DEGRADED = "degraded"
    """Works, but somebody should look."""
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the installation, with plain facts for whoever looks."""

    state: State
    facts: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the part as it stands in the answer."""
        return {"status": self.state.value, **self.facts}


@dataclass(frozen=True, slots=True)
class Report:
    """All parts; without the store nothing is served, without the others most is."""

    store: Part
    index: Part
    worker: Part
    outbox: Part

    @property
    def serves(self) -> bool:
        """Tell whether requests can be answered."""
        return self.store.state is State.OK

    def as_json(self) -> dict[str, Any]:
        """Return the report as the answer of ``/health``."""
        parts = {
            "store": self.store,
            "index": self.index,
            "worker": self.worker,
            "outbox": self.outbox,
        }
        states = [part.state for part in parts.values()]
        whole = State.OK if set(states) == {State.OK} else State.DEGRADED
        status = whole if self.serves else State.DOWN
        return {"status": status.value, **{name: part.as_json() for name, part in parts.items()}}


def measure() -> Report:
    """Look at each part; a broken one is reported, never raised."""
    store = _store()
    if store.state is State.DOWN:
        unknown = Part(State.DOWN, {"reason": "store"})
        return Report(store, unknown, _worker(), unknown)
    return Report(store, _index(), _worker(), _outbox(now()))


def _store() -> Part:
    try:
        session().execute(text("SELECT 1"))
    except SQLAlchemyError:
        log.exception("the store does not answer")
        return Part(State.DOWN, {})
    return Part(State.OK, {"kind": session().get_bind().dialect.name})


def _index() -> Part:
    health = search_engine().health()
    waiting = session().scalar(select(func.count(TitleChange.id))) or 0
    facts = {"state": health.state.value, "documents": health.documents, "waiting": waiting}
    return Part(State.OK if health.state is HealthState.READY else State.DEGRADED, facts)


def _worker() -> Part:
    runs = worker_runs(current_settings())
    return Part(State.OK if runs else State.DEGRADED, {"running": runs})


def _outbox(at: datetime) -> Part:
    rows = session().execute(
        select(OwedLetter.state, func.count().label("number"))
        .where(OwedLetter.state.in_({LetterState.OWED, LetterState.FAILED}))
        .group_by(OwedLetter.state)
    )
    counted = {row.state: row.number for row in rows}
    late = session().scalar(
        select(func.count()).where(
            OwedLetter.state == LetterState.OWED, OwedLetter.next_try_at < at - LATE
        )
    )
    failed = counted.get(LetterState.FAILED, 0)
    facts = {"owed": counted.get(LetterState.OWED, 0), "failed": failed, "late": late or 0}
    return Part(State.DEGRADED if late or failed else State.OK, facts)
