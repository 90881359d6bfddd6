"""Words for what lending names in code: days, terms, bookings, holds, loans."""

from flask_babel import lazy_gettext as _

from app.words import Words
from loans.models.hold import HoldState
from loans.models.purpose import OtherReason
from loans.models.tour import TourState
from loans.operations.take_off_shelf import ShelfStep
from loans.queries.school import Standing
from loans.rules.booking_states import BookingState
from loans.rules.due_dates import Basis, ClosedDayRule
from loans.rules.picking import PutBack
from loans.rules.route_faults import PlaceFault, RouteFault
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
TOUR_STATES: Words = {
    TourState.PLANNED: _("Being packed"),
    TourState.UNDER_WAY: _("On the road"),
    TourState.DONE: _("Over"),
}
PUT_BACKS: Words = {
    PutBack.GONE: _("The booking is off"),
    PutBack.LATER: _("The booking begins later now"),
    PutBack.TOO_MANY: _("Fewer are booked now"),
    PutBack.NOT_LENT: _("The copy is not lent any more"),
}
ROUTE_FAULTS: Words = {
    RouteFault.NO_NAME: _("Give the route a name."),
    RouteFault.NAME_TAKEN: _("There is a route of this name already."),
    RouteFault.NO_WEEKDAY: _("Tick at least one weekday."),
    RouteFault.BRANCH_ELSEWHERE: _("Choose a branch of this media centre."),
    RouteFault.PLACE_TAKEN: _("A route stops there already; take it off that route first."),
    RouteFault.OWN_COUNTER: _("The route starts there; choose another place."),
    RouteFault.STOP_PACKED: _(
        "A box is packed for this stop. Take the things out, or send the tour off first."
    ),
}
PLACE_FAULTS: Words = {
    PlaceFault.NO_NAME: _("Give the place a name."),
    PlaceFault.NAME_TAKEN: _("This branch has a place of this name already."),
    PlaceFault.BRANCH_ELSEWHERE: _("Choose a branch of this media centre."),
    PlaceFault.NO_SCHOOL: _("Choose the school the courier drives to."),
    PlaceFault.DAYS_OUT_OF_BOUNDS: _("Enter a whole number from 0 to 10."),
    PlaceFault.STILL_BOOKED: _("There are open bookings for this place; it must stay open."),
    PlaceFault.ON_A_ROUTE: _("A route stops there; take it off the route first."),
    PlaceFault.LAST_COUNTER: _("A branch needs a counter; open another one first."),
}
PLACE_KINDS: Words = {
    PlaceKind.COUNTER: _("Pick-up"),
    PlaceKind.COURIER: _("Courier"),
}
