"""The night looks whether everything in the store holds; what does not, the office shows."""

from typing import Any

from app.jobs import Job, Progress
from app.store_check import Found, check_store

SHOWN = 50
"""So many breaches are kept with the job; the command names all."""


def check_at_night(_job: Job, progress: Progress) -> dict[str, Any]:
    """Recount what must hold between rows; a breach is a result, not a failure of the job."""
    progress(0, None)
    return kept(check_store())


def kept(found: Found) -> dict[str, Any]:
    """Return what the office shows of a check, as plain values."""
    shown = [
        [breach.invariant.value, breach.row_id, breach.stored, breach.found]
        for breach in found.breaches[:SHOWN]
    ]
    result: dict[str, Any] = {"breaches": len(found.breaches)}
    if shown:
        result["first"] = shown
    if found.file_fault:
        result["file_fault"] = found.file_fault
    return result
