"""Words for what lending names in code: days, terms, bookings, holds, loans."""

from flask_babel import lazy_gettext as _

from app.words import Words
from loans.models.claim import ClaimKind
from loans.models.hold import HoldState
from loans.models.purpose import OtherReason
from loans.operations.take_off_shelf import ShelfStep
from loans.queries.school import Standing
from loans.rules.booking_states import BookingState
from loans.rules.due_dates import Basis, ClosedDayRule
from loans.rules.holds import Ending, Move, Obstacle
from loans.rules.terms_faults import TermsFault
from schools.models.media_centre import PlaceKind

BASES: Words = {
    Basis.CALENDAR_DAYS: _("calendar days"),
    Basis.WEEKDAYS: _("weekdays (Monday to Friday)"),
    Basis.WORKING_DAYS: _("working days (without public holidays)"),
    Basis.OPEN_DAYS: _("open days of the media centre"),
    Basis.SCHOOL_DAYS: _("school days"),
}
CLOSED_DAY_RULES: Words = {
    ClosedDayRule.KEEP: _("the day stays"),
    ClosedDayRule.NEXT_OPEN_DAY: _("next open day"),
    ClosedDayRule.KEEP_WEEKDAY: _("same weekday, whole weeks later"),
}
TERMS_FAULTS: Words = {
    TermsFault.OUT_OF_BOUNDS: _("This number is too small or too large."),
    TermsFault.LEVELS_NOT_ASCENDING: _("Each reminder must come later than the one before."),
    TermsFault.LEVELS_CROSS_INHERITED: _(
        "Together with what is inherited, reminders would no longer come one after the other. "
        "Set all three levels in this row, or change the row they come from."
    ),
    TermsFault.SAYS_NOTHING: _("Set at least one value; a row without any says nothing."),
    TermsFault.KEY_TAKEN: _("There is a row for exactly this already. Change that one."),
}
BOOKING_STATES: Words = {
    BookingState.REQUESTED: _("Requested"),
    BookingState.CONFIRMED: _("Reserved"),
    BookingState.READY: _("Ready for pick-up"),
    BookingState.PARTLY_COLLECTED: _("Partly collected"),
    BookingState.COLLECTED: _("Collected"),
    BookingState.CLOSED: _("Closed"),
    BookingState.DECLINED: _("Declined"),
    BookingState.CANCELLED: _("Cancelled"),
    BookingState.LAPSED: _("Lapsed"),
}
HOLD_STATES: Words = {
    HoldState.WAITING: _("Waiting"),
    HoldState.SET_ASIDE: _("Set aside"),
    HoldState.IN_TRANSIT: _("In transit"),
    HoldState.FULFILLED: _("Fulfilled"),
    HoldState.CANCELLED: _("Cancelled"),
    HoldState.EXPIRED: _("Expired"),
}
HOLD_ENDINGS: Words = {
    Ending.NOT_COLLECTED: _("not fetched in time"),
    Ending.NOT_NEEDED: _("the day until which it was needed has passed"),
    Ending.PERIOD_BEGUN: _("the days it was for have begun"),
    Ending.BY_STAFF: _("cancelled by the media centre"),
}
OBSTACLES: Words = {
    Obstacle.SUSPENDED: _("paused"),
    Obstacle.NOT_NEEDED: _("not needed any more"),
    Obstacle.PERIOD_BEGUN: _("its days have begun"),
    Obstacle.PERIOD_NOT_FREE: _("its days are not free"),
    Obstacle.MEMBERSHIP_ENDED: _("no longer a member of the school"),
    Obstacle.BLOCKED: _("blocked"),
}
MOVES: Words = {
    Move.UP: _("One up"),
    Move.DOWN: _("One down"),
    Move.TOP: _("To the top"),
    Move.BOTTOM: _("To the end"),
}
CLAIM_KINDS: Words = {
    ClaimKind.RETURNED: _("Said to be returned"),
    ClaimKind.LOST: _("Lost"),
    ClaimKind.DAMAGED: _("Damaged"),
}
REASONS: Words = {
    OtherReason.PREVIEW: _("Preview of a medium"),
    OtherReason.TRAINING: _("Training of teachers"),
    OtherReason.SCHOOL_EVENT: _("School event"),
    OtherReason.PROJECT: _("Project"),
    OtherReason.TEST: _("Trying out"),
}
SHELF_STEPS: Words = {
    ShelfStep.REPAIR: _("goes to repair"),
    ShelfStep.PUT_BACK: _("is back on the shelf"),
    ShelfStep.BLOCK: _("is not lent for now"),
    ShelfStep.UNBLOCK: _("is lent again"),
}
STANDINGS: Words = {
    Standing.OWN: _("The school's own"),
    Standing.PLACED: _("Placed for good"),
    Standing.LENT: _("On loan"),
}
PLACE_KINDS: Words = {
    PlaceKind.COUNTER: _("Pick-up"),
    PlaceKind.COURIER: _("Courier"),
}
