"""The queue of a holding as staff see it: who waits, who is served, who is passed over and why."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.hold_rows import TONES, mark, ready_words
from app.labels import label
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from catalogue.models.holding import Holding
from loans.queries.holds import HoldFacts, open_holds_of
from loans.queries.queue import InLine, queue_of
from loans.queries.short_bookings import short_bookings
from loans.rules.holds import Move, obstacles
from schools.rules.roles import Right

hold_queues = Blueprint("hold_queues", __name__)


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A hold in its queue.

    Attributes:
        mark: words of its badge.
        tone: of the badge.
        why: why it is passed over today, in words.
        ready: until when and where it is fetched.
        is_next: it is served next.
    """

    hold: HoldFacts
    mark: str
    tone: str
    why: tuple[str, ...]
    ready: str
    is_next: bool


@hold_queues.get("/holds/queue/<int:holding_id>")
@requires(Right.RESERVE_FOR_OTHERS)
def queue(holding_id: int) -> ResponseReturnValue:
    """Show who waits for a holding, in order, with what staff can do about it."""
    scope = actor().scope(Right.RESERVE_FOR_OTHERS)
    holding = session().get(Holding, holding_id)
    if holding is None or not scope.covers_centre(holding.centre_id):
        raise NotFound
    found = queue_of(session(), holding, today(), now())
    by_id = {each.hold.id: each for each in found.lines}
    first = found.first(today())
    return render_template(
        "holds/queue.html",
        title=holding.title.name,
        title_id=holding.title_id,
        holding_id=holding_id,
        lines=[
            _line(hold, by_id.get(hold.id), first)
            for hold in open_holds_of(session(), scope, holding_id)
        ],
        short=short_bookings(session(), scope, holding, today(), now()),
        can_be_kept=first is not None and found.stays_free(first, today()),
        moves=[(move.value, label(move)) for move in Move],
    )


def _line(hold: HoldFacts, line: InLine | None, first: InLine | None) -> QueueLine:
    why = () if line is None else tuple(label(each) for each in obstacles(line.waiting, today()))
    return QueueLine(
        hold=hold,
        mark=mark(hold),
        tone="warn" if why else TONES[hold.state],
        why=why,
        ready="" if hold.waits else ready_words(hold),
        is_next=first is not None and first.hold.id == hold.id,
    )
