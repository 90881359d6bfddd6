"""Lines of the desk's log as programs read them."""

from typing import Any

from app.desk.entries import own_rights
from app.desk.page import status_line
from app.desk.words import refusals_of
from app.refusals import sentence
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from loans.models.desk_session import DeskScan, ScanOutcome
from loans.queries.desk import Customer, current_desk, customer_at
from loans.queries.parked import Parked, parked_at
from loans.rules.codes import may_override
from schools.rules.roles import Right


def as_json(line: DeskScan) -> dict[str, Any]:
    """Return a line as programs see it, with the session and the person served now."""
    by = actor()
    desk = current_desk(session(), by.account_id, now())
    values: dict[str, Any] = {
        "outcome": line.outcome.value,
        "act": line.act,
        "sentence": status_line(line).whole,
        "code": line.facts.get("barcode", line.scanned),
        "line": line.id,
        "session": {"id": line.session_id},
    }
    if desk is not None:
        values["session"] |= {"branch": desk.branch_id, "mode": desk.mode.value}
        waiting = parked_at(session(), by.account_id, desk.branch_id, now())
        values["parked"] = [_parked(each) for each in waiting]
        customer = customer_at(session(), by.scope(Right.LEND), desk, today())
        if customer is not None:
            values["person"] = _person(customer)
    if line.loan_id is not None:
        values["loan"] = _loan(line)
    if line.codes:
        values["refusals"] = refusals_json(line)
    if line.outcome is ScanOutcome.QUESTION:
        values["question"] = {
            "line": line.id,
            "parts": line.facts.get("parts", []),
            "choices": line.facts.get("choices", []),
        }
    return values


def refusals_json(line: DeskScan) -> list[dict[str, Any]]:
    """Return code, sentence and whether whoever asks may overrule it, for every reason."""
    return [
        {
            "code": str(reason.code),
            "sentence": sentence(reason),
            "may_override": may_override((reason,), own_rights()),
        }
        for reason in refusals_of(line)
    ]


def _parked(waiting: Parked) -> dict[str, Any]:
    return {
        "session": waiting.session_id,
        "name": waiting.name,
        "institution": waiting.institution,
        "copies": waiting.count,
    }


def _person(customer: Customer) -> dict[str, Any]:
    return {
        "id": customer.person_id,
        "name": customer.name,
        "institution": customer.institution,
        "open_loans": customer.open_loans,
        "overdue": customer.overdue,
    }


def _loan(line: DeskScan) -> dict[str, Any]:
    wanted = ("due_on", "title", "barcode", "booking", "missing")
    return {
        "id": line.loan_id,
        **{name: line.facts[name] for name in wanted if name in line.facts},
    }
