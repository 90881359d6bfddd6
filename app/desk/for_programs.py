"""Lines of the desk's log as programs read them."""

from typing import Any

from app.desk.page import DeskPage, own_rights, status_line
from app.desk.words import refusals_of
from app.refusals import sentence
from loans.models.desk_session import DeskScan, ScanOutcome
from loans.rules.codes import may_override


def as_json(line: DeskScan, page: DeskPage) -> dict[str, Any]:
    """Return a line as programs see it."""
    values: dict[str, Any] = {
        "outcome": line.outcome.value,
        "act": line.act,
        "sentence": status_line(line).whole,
        "code": line.facts.get("barcode", line.scanned),
        "line": line.id,
        "session": {"id": line.session_id, "branch": page.branch_id, "mode": page.mode.value},
    }
    if page.customer is not None:
        values["person"] = {
            "id": page.customer.person_id,
            "name": page.customer.name,
            "institution": page.customer.institution,
            "open_loans": page.customer.open_loans,
            "overdue": page.customer.overdue,
        }
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


def _loan(line: DeskScan) -> dict[str, Any]:
    wanted = ("due_on", "title", "barcode", "booking", "missing")
    return {
        "id": line.loan_id,
        **{name: line.facts[name] for name in wanted if name in line.facts},
    }
