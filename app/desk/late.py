"""When something was scanned: now, or while the desk had no connection."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import request

from app.today import HOUSE_TIME, now, today
from loans.rules.late_scans import own_instant

SENT_AT = "X-Sent-At"
"""When our script sent a scan, by the same clock as the scan's own time."""


@dataclass(frozen=True, slots=True)
class When:
    """The instant and day of a scan; `late_at` is when it came in, if that was later."""

    instant: datetime
    day: date
    late_at: datetime | None = None


def scanned_when(at: str | None) -> When:
    """Return when a code was scanned, from its own time and that of sending it."""
    scanned, sent = _read(at), _read(request.headers.get(SENT_AT))
    present = now()
    late = None if scanned is None or sent is None else own_instant(scanned, sent, present)
    if late is None:
        return When(present, today())
    return When(late, late.astimezone(HOUSE_TIME).date(), present)


def _read(text: str | None) -> datetime | None:
    try:
        read = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read
