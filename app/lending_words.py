"""Words for what lending names in code: days, terms, bookings, holds, loans."""

from flask_babel import lazy_gettext as _

from app.words import Words
from loans.models.claim import ClaimKind
from loans.models.collective_order import OrderState
from loans.models.feed import FeedKind
from loans.models.hold import HoldState
from loans.models.purpose import OtherReason
from loans.models.tour import TourState
from loans.operations.take_off_shelf import ShelfStep
from loans.queries.moved_dates import DateKind
from loans.queries.school import Standing
from loans.rules.booking_states import BookingState
from loans.rules.calendar import DayKind
from loans.rules.calendar_faults import CalendarFault
from loans.rules.commitments import CommitmentKind
from loans.rules.due_dates import Basis, ClosedDayRule
from loans.rules.holds import Ending, Move, Obstacle
from loans.rules.movable_days import MovableFault
from loans.rules.moved_dates import Stays
from loans.rules.picking import PutBack
from loans.rules.plans import LineState
from loans.rules.purchases import PurchaseState
from loans.rules.renewals import OverduePolicy
from loans.rules.route_faults import PlaceFault, RouteFault
from loans.rules.series import Rhythm
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
COMMITMENT_KINDS: Words = {
    CommitmentKind.LOAN: _("Loan"),
    CommitmentKind.BOOKING: _("Booking"),
    CommitmentKind.BASKET: _("Basket"),
    CommitmentKind.SET_ASIDE: _("Set aside"),
    CommitmentKind.IN_TRANSIT_FOR_HOLD: _("On its way to somebody"),
    CommitmentKind.RECEIVED: _("Back, not looked over yet"),
}
HOLD_STATES: Words = {
    HoldState.WAITING: _("Waiting"),
    HoldState.SET_ASIDE: _("Set aside"),
    HoldState.IN_TRANSIT: _("In transit"),
    HoldState.FULFILLED: _("Fulfilled"),
    HoldState.CANCELLED: _("Cancelled"),
    HoldState.EXPIRED: _("Expired"),
}
PURCHASE_STATES: Words = {
    PurchaseState.OPEN: _("Not answered yet"),
    PurchaseState.ORDERED: _("Ordered"),
    PurchaseState.FULFILLED: _("Bought"),
    PurchaseState.DECLINED: _("Not bought"),
}
LINE_STATES: Words = {
    LineState.BOOKED: _("Reserved"),
    LineState.FREE: _("Free"),
    LineState.SHORTER: _("Free for a part"),
    LineState.CONFLICT: _("Not free"),
    LineState.REFUSED: _("Does not go"),
    LineState.BEYOND_HORIZON: _("Not yet"),
    LineState.ONLINE: _("Online medium"),
    LineState.NOT_OFFERED: _("Not in the offer"),
    LineState.NO_SCHOOL_DAY: _("No school day"),
    LineState.OVER: _("Past"),
}
ORDER_STATES: Words = {
    OrderState.OPEN: _("Open for additions"),
    OrderState.CLOSED: _("Closed for additions"),
}
RHYTHMS: Words = {
    Rhythm.WEEKLY: _("every week, or every few weeks"),
    Rhythm.MONTHLY: _("every month on the same day"),
    Rhythm.DATES: _("on dates of your own"),
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
    ShelfStep.MISSING: _("is missing, nobody finds it"),
    ShelfStep.PUT_BACK: _("is back on the shelf"),
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
    PutBack.ELSEWHERE: _("The booking is collected at another branch now"),
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
    RouteFault.STILL_BOOKED: _(
        "Open bookings wait for its stops; the courier must go on driving there."
    ),
}
PLACE_FAULTS: Words = {
    PlaceFault.NO_NAME: _("Give the place a name."),
    PlaceFault.NAME_TAKEN: _("This branch has a place of this name already."),
    PlaceFault.BRANCH_ELSEWHERE: _("Choose a branch of this media centre."),
    PlaceFault.NO_SCHOOL: _("Choose the school the courier drives to."),
    PlaceFault.DAYS_OUT_OF_BOUNDS: _("Enter a whole number from 0 to 10."),
    PlaceFault.NO_DAY_AFTER: _("Enter at least 1: the courier fetches things the day after."),
    PlaceFault.STILL_BOOKED: _("There are open bookings for this place; it must stay open."),
    PlaceFault.ON_A_ROUTE: _("A route stops there; take it off the route first."),
    PlaceFault.LAST_COUNTER: _("A branch needs a counter; open another one first."),
}
PLACE_KINDS: Words = {
    PlaceKind.COUNTER: _("Pick-up"),
    PlaceKind.COURIER: _("Courier"),
}
FEED_KINDS: Words = {
    FeedKind.PERSON: _("What I reserve and borrow"),
    FeedKind.SCHOOL: _("School"),
    FeedKind.DESK: _("Desk"),
    FeedKind.ROUTE: _("Courier tour"),
}
DAY_KINDS: Words = {
    DayKind.OPEN: _("Regularly open"),
    DayKind.EXCEPTIONAL: _("Exceptional opening"),
    DayKind.CLOSURE: _("Closure"),
    DayKind.PUBLIC_HOLIDAY: _("Public holiday"),
    DayKind.CLOSED_WEEKLY: _("Regularly closed"),
}
CALENDAR_FAULTS: Words = {
    CalendarFault.NO_OPEN_WEEKDAY: _("At least one weekday must be open."),
    CalendarFault.ENDS_BEFORE_START: _("The last day must not lie before the first one."),
    CalendarFault.YEARLY_TOO_LONG: _("A yearly closure must be shorter than a year."),
    CalendarFault.CLOSURES_OVERLAP: _("Two closures of one kind must not overlap."),
    CalendarFault.OPENINGS_OVERLAP: _("There is an exceptional opening on this day already."),
    CalendarFault.HOURS_REVERSED: _("Hours must end later than they begin."),
    CalendarFault.HOURS_OVERLAP: _("Hours of one day may touch, but not overlap."),
}
DATE_KINDS: Words = {
    DateKind.LOAN: _("Return date"),
    DateKind.PICKUP: _("Pick-up deadline"),
}
STAYS: Words = {
    Stays.KEEP: _("the terms leave such days as they are"),
    Stays.LICENCE: _("the licence ends before the next open day"),
    Stays.NOT_NEEDED: _("it is not needed any more by then"),
    Stays.NO_OPEN_DAY: _("no open day follows within a year"),
}
OVERDUE_POLICIES: Words = {
    OverduePolicy.IGNORE: _("nothing; overdue loans may be renewed as well"),
    OverduePolicy.ONLY_THAT: _("only the overdue loan itself is not renewed"),
    OverduePolicy.ALL: _("nothing of that person is renewed until it is back"),
}
MOVABLE_FAULTS: Words = {
    MovableFault.NOT_IN_YEAR: _("This day does not lie in the school year."),
    MovableFault.WEEKEND: _("There is no school on Saturdays and Sundays anyway."),
    MovableFault.PUBLIC_HOLIDAY: _("This day is a public holiday anyway."),
    MovableFault.SCHOOL_HOLIDAY: _("This day lies in the school holidays anyway."),
    MovableFault.KNOWN: _("This day is entered already."),
}
