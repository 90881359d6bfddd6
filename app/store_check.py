"""Whether everything in the store holds: for the command, for the night and for the office."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from sqlalchemy import text

from app.sessions import session
from loans.queries.invariants import Breach, Invariant, breaches

SENTENCES: Mapping[Invariant, LazyString] = {
    Invariant.LENDABLE_MISCOUNTED: _(
        "Holding %(row_id)s counts %(stored)s lendable copies; there are %(found)s."
    ),
    Invariant.ON_LOAN_WITHOUT_LOAN: _("Copy %(row_id)s is on loan, but no loan of it is open."),
    Invariant.LOAN_WITHOUT_ON_LOAN: _(
        "Loan %(row_id)s is open, but its copy %(stored)s is %(found)s."
    ),
    Invariant.RECEIVED_WITHOUT_LOAN: _("Copy %(stored)s is received, but from no open loan."),
    Invariant.LOAN_RECEIVED_WITHOUT_COPY: _(
        "Loan %(row_id)s is received and open, but its copy %(stored)s is %(found)s."
    ),
    Invariant.LOST_WITHOUT_CLAIM: _(
        "Loan %(row_id)s is open though its copy %(stored)s is lost and nobody claimed so."
    ),
    Invariant.HOLD_WITHOUT_COPY: _("Hold %(row_id)s is %(stored)s, but its copy is %(found)s."),
    Invariant.SET_ASIDE_WITHOUT_HOLD: _("Copy %(stored)s is set aside, but for nobody."),
    Invariant.TRANSIT_WITHOUT_COPY: _(
        "Transit %(row_id)s is open, but its copy %(stored)s is %(found)s."
    ),
    Invariant.IN_TRANSIT_WITHOUT_TRANSIT: _(
        "Copy %(stored)s is in transit, but was sent nowhere."
    ),
    Invariant.RANKS_NOT_DENSE: _(
        "Holding %(row_id)s has %(stored)s open holds, but their highest rank is %(found)s."
    ),
    Invariant.LOAN_ELSEWHERE: _("Loan %(row_id)s names holding %(stored)s, its copy %(found)s."),
    Invariant.COPY_ELSEWHERE: _(
        "Copy %(row_id)s is of centre %(stored)s, its holding of %(found)s."
    ),
    Invariant.LOAD_ELSEWHERE: _(
        "Load %(row_id)s of a tour stops at school %(stored)s, its loan is void or of %(found)s."
    ),
    Invariant.PICK_NOT_IN_HOUSE: _("Pick %(row_id)s names copy %(stored)s, which is %(found)s."),
    Invariant.LINE_MISCOUNTED: _(
        "Line %(row_id)s of a booking says %(stored)s handed out; there are %(found)s loans."
    ),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found; `file_fault` is what SQLite says of its file, empty if it is whole."""

    breaches: tuple[Breach, ...]
    file_fault: str = ""

    @property
    def holds(self) -> bool:
        """Say whether everything holds."""
        return not (self.breaches or self.file_fault)


def check_store() -> Found:
    """Recount what must hold between rows, and let SQLite look through its file; reads only."""
    fault = _file_fault()
    found = tuple(breaches(session()))
    session().rollback()
    return Found(found, fault)


def breach_words(breach: Breach) -> str:
    """Return one breach as a sentence."""
    values = {"row_id": breach.row_id, "stored": breach.stored, "found": breach.found}
    return str(SENTENCES[breach.invariant]) % values


def _file_fault() -> str:
    """Return what SQLite finds wrong with its file; PostgreSQL checks its pages itself."""
    if session().get_bind().dialect.name != "sqlite":
        return ""
    for pragma in ("quick_check", "foreign_key_check"):
        said = [str(row[0]) for row in session().execute(text(f"PRAGMA {pragma}"))]
        if said not in ([], ["ok"]):
            return f"{pragma}: {said[0]}"
    return ""
