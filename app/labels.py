"""The words readers see for what the domain names in code.

Each dictionary covers its whole enumeration; a test compares them. Refusals, which need
facts beside them, stand in `app.refusals`, faults of files in `app.file_faults`.
"""

from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from app.uploads import ImageFault
from catalogue.models.defect import DefectKind
from catalogue.models.import_run import ImportKind
from catalogue.rules.completeness import Completeness
from catalogue.rules.copy_states import CopyState
from catalogue.rules.defect_states import DefectFault, DefectState
from catalogue.rules.licences import LicenceScope
from catalogue.rules.stock import StockFault, StockRefusal, WithdrawalReason
from catalogue.rules.title_lists import KeepingRefusal
from database.job_runs import JobState
from loans.models.hold import HoldState
from loans.models.purpose import OtherReason
from loans.operations.take_off_shelf import ShelfStep
from loans.queries.school import Standing
from loans.rules.booking_states import BookingState
from loans.rules.due_dates import Basis, ClosedDayRule
from loans.rules.terms_faults import TermsFault
from schools.models.account import AccountState, RegistrationState, Theme
from schools.models.curriculum import Scheme
from schools.models.institution import CustomerClass, InstitutionKind
from schools.models.media_centre import LegalPageKind, PlaceKind
from schools.models.media_concept import VersionState
from schools.models.owed_letter import LetterKind, LetterState
from schools.models.person import MembershipRole
from schools.operations.send_letters import LetterFault
from schools.rules.granting import GrantFault, RegistrationFault
from schools.rules.imports import Outcome
from schools.rules.passwords import PasswordFault
from schools.rules.roles import Role
from schools.vocabularies.media_types import MediaCategory, MediaKind
from search_index.engine import HealthState

Words = dict[StrEnum, LazyString]

ROLES: Words = {
    Role.TEACHER: _("Teacher"),
    Role.SCHOOL_ADMIN: _("School admin"),
    Role.STAFF: _("Staff of the media centre"),
    Role.CENTRE_ADMIN: _("Head of the media centre"),
    Role.ADVISER: _("Media adviser"),
    Role.PLANNER: _("Planner"),
    Role.SYSTEM_ADMIN: _("System administration"),
}
MEDIA_KINDS: Words = {
    MediaKind.FILM: _("Film"),
    MediaKind.ONLINE: _("Online"),
    MediaKind.DEVICE: _("Device"),
    MediaKind.BOX: _("Box"),
    MediaKind.PRINT: _("Print"),
    MediaKind.AUDIO: _("Audio"),
}
MEDIA_CATEGORIES: Words = {
    MediaCategory.MEDIA: _("Media"),
    MediaCategory.BOX: _("Boxes and class sets"),
    MediaCategory.EQUIPMENT: _("Equipment"),
    MediaCategory.ONLINE: _("Online media"),
}
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
COPY_STATES: Words = {
    CopyState.AVAILABLE: _("Available"),
    CopyState.ON_LOAN: _("On loan"),
    CopyState.SET_ASIDE: _("Set aside"),
    CopyState.IN_TRANSIT: _("In transit"),
    CopyState.RECEIVED: _("Received, not yet checked"),
    CopyState.INCOMPLETE: _("Incomplete"),
    CopyState.IN_REPAIR: _("In repair"),
    CopyState.MISSING: _("Missing"),
    CopyState.LOST: _("Lost"),
    CopyState.WITHDRAWN: _("Withdrawn"),
}
COMPLETENESS: Words = {
    Completeness.UNCOUNTED: _("Not counted"),
    Completeness.COMPLETE: _("Complete"),
    Completeness.WITH_NOTE: _("Lendable with a note"),
    Completeness.INCOMPLETE: _("Incomplete"),
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
DEFECT_KINDS: Words = {
    DefectKind.BROKEN: _("Broken"),
    DefectKind.PART_MISSING: _("A part is missing"),
    DefectKind.NOT_CHARGING: _("Does not charge"),
    DefectKind.DIRTY: _("Dirty"),
    DefectKind.SOFTWARE: _("Software fault"),
    DefectKind.OTHER: _("Something else"),
}
DEFECT_STATES: Words = {
    DefectState.REPORTED: _("Reported"),
    DefectState.IN_WORK: _("In work"),
    DefectState.DONE: _("Mended"),
    DefectState.DECLINED: _("Declined"),
}
DEFECT_FAULTS: Words = {
    DefectFault.CANNOT_FOLLOW: _("A defect in this state cannot go on like that."),
}
STANDINGS: Words = {
    Standing.OWN: _("The school's own"),
    Standing.PLACED: _("Placed for good"),
    Standing.LENT: _("On loan"),
}
SHELF_STEPS: Words = {
    ShelfStep.REPAIR: _("goes to repair"),
    ShelfStep.PUT_BACK: _("is back on the shelf"),
    ShelfStep.BLOCK: _("is not lent for now"),
    ShelfStep.UNBLOCK: _("is lent again"),
}
IMAGE_FAULTS: Words = {
    ImageFault.NOT_AN_IMAGE: _("This is no picture we can read. Send a JPEG or PNG file."),
    ImageFault.TOO_LARGE: _("This picture is too large. Send one of at most 20 MB."),
}
PLACE_KINDS: Words = {
    PlaceKind.COUNTER: _("Pick-up"),
    PlaceKind.COURIER: _("Courier"),
}
CONCEPT_STATES: Words = {
    VersionState.DRAFT: _("Draft"),
    VersionState.ADOPTED: _("Adopted"),
    VersionState.SUPERSEDED: _("Superseded"),
}
INSTITUTION_KINDS: Words = {
    InstitutionKind.SCHOOL: _("School"),
    InstitutionKind.KITA: _("Kindergarten"),
    InstitutionKind.ADULT_EDUCATION: _("Adult education centre"),
    InstitutionKind.CLUB: _("Club"),
    InstitutionKind.OTHER: _("Other institution"),
}
CUSTOMER_CLASSES: Words = {
    CustomerClass.SCHOOL: _("Public school"),
    CustomerClass.PRIVATE_SCHOOL: _("Private school"),
    CustomerClass.EDUCATION: _("Other education"),
    CustomerClass.OTHER: _("Others"),
}
MEMBERSHIP_ROLES: Words = {
    MembershipRole.TEACHER: _("Teacher"),
    MembershipRole.MEDIA_OFFICER: _("Media officer"),
    MembershipRole.TRAINEE: _("Trainee teacher"),
    MembershipRole.OTHER: _("Other staff"),
}
REGISTRATION_STATES: Words = {
    RegistrationState.REQUESTED: _("Proof is missing"),
    RegistrationState.PROVED: _("To be confirmed"),
    RegistrationState.CONFIRMED: _("Confirmed"),
    RegistrationState.DECLINED: _("Declined"),
}
ACCOUNT_STATES: Words = {
    AccountState.INVITED: _("Invited"),
    AccountState.ACTIVE: _("Active"),
    AccountState.DISABLED: _("Disabled"),
}
THEMES: Words = {
    Theme.DEVICE: _("Like the device"),
    Theme.LIGHT: _("Light"),
    Theme.DARK: _("Dark"),
}
LEGAL_PAGES: Words = {
    LegalPageKind.IMPRINT: _("Imprint"),
    LegalPageKind.PRIVACY: _("Privacy"),
    LegalPageKind.ACCESSIBILITY: _("Accessibility statement"),
}
LETTER_KINDS: Words = {
    LetterKind.INVITATION: _("Invitation"),
    LetterKind.PASSWORD_RESET: _("New password"),
    LetterKind.REGISTRATION_PROOF: _("Registration: proof by the school's mailbox"),
    LetterKind.REGISTRATION_RECEIVED: _("Registration received"),
    LetterKind.MEMBERSHIP_TO_CONFIRM: _("Membership to be confirmed"),
    LetterKind.MEMBERSHIP_CONFIRMED: _("Membership confirmed"),
    LetterKind.MEMBERSHIP_DECLINED: _("Membership declined"),
    LetterKind.BOOKING_CONFIRMED: _("Booking confirmed"),
    LetterKind.BOOKING_CANCELLED: _("Booking cancelled"),
    LetterKind.LOAN_RENEWED: _("Loan renewed"),
    LetterKind.REMINDER: _("Reminder"),
    LetterKind.PARTS_MISSING: _("Parts missing"),
    LetterKind.DEFECT_REPORTED: _("Defect reported"),
    LetterKind.DEFECT_STATE: _("News about a defect"),
    LetterKind.BARRIER_REPORTED: _("Barrier reported"),
    LetterKind.SEARCH_ALERT: _("New titles of a saved search"),
}
LETTER_STATES: Words = {
    LetterState.OWED: _("Waiting"),
    LetterState.SENT: _("Sent"),
    LetterState.FAILED: _("Failed"),
    LetterState.KEPT: _("Kept, no mail server"),
    LetterState.CANCELLED: _("Cancelled"),
}
JOB_STATES: Words = {
    JobState.QUEUED: _("Waiting"),
    JobState.RUNNING: _("Running"),
    JobState.DONE: _("Done"),
    JobState.REFUSED: _("Refused"),
    JobState.FAILED: _("Failed"),
}
HEALTH_STATES: Words = {
    HealthState.READY: _("ready"),
    HealthState.MISSING: _("not there yet"),
    HealthState.BROKEN: _("broken, being healed"),
}
WITHDRAWAL_REASONS: Words = {
    WithdrawalReason.WORN: _("worn out"),
    WithdrawalReason.BROKEN: _("broken"),
    WithdrawalReason.LOST: _("lost"),
    WithdrawalReason.OUTDATED: _("outdated"),
    WithdrawalReason.LICENCE_ENDED: _("licence ended"),
    WithdrawalReason.OTHER: _("other reason"),
}
KEEPING_REFUSALS: Words = {
    KeepingRefusal.TOO_MANY_LISTS: _("You have as many lists as one can have. Delete one first."),
    KeepingRefusal.LIST_FULL: _("This list is full. Start another one."),
    KeepingRefusal.TOO_MANY_SEARCHES: _(
        "You have as many saved searches as one can have. Delete one first."
    ),
}
STOCK_REFUSALS: Words = {
    StockRefusal.COPY_ON_LOAN: _("This copy is on loan. Try again once it is back."),
    StockRefusal.COPY_SET_ASIDE: _("This copy is set aside or on its way to somebody."),
    StockRefusal.COPY_WITHDRAWN: _("This copy is withdrawn already."),
    StockRefusal.COPIES_LEFT: _("There are copies of this title. Withdraw all of them first."),
    StockRefusal.NOT_KEEPER: _("Another media centre keeps this description."),
    StockRefusal.NUMBERS_USED_UP: _("There are not so many free numbers left."),
}
STOCK_FAULTS: Words = {
    StockFault.NUMBER_TAKEN: _("Another copy has this number. Choose another one."),
    StockFault.NO_SUCH_BRANCH: _("Choose a branch of your centre."),
    StockFault.NOT_A_COPYS_NUMBER: _("Numbers of copies do not begin like that. Choose another."),
    StockFault.REASON_MISSING: _("Say why this copy is not lent."),
    StockFault.ENDS_BEFORE_IT_BEGINS: _("The last day lies before the first. Choose a later one."),
    StockFault.UNKNOWN_CODE: _("Choose only what the lists offer."),
}
LICENCE_SCOPES: Words = {
    LicenceScope.EVERYONE: _("Everyone"),
    LicenceScope.STATE: _("Whole state"),
    LicenceScope.DISTRICT: _("Certain districts"),
    LicenceScope.SCHOOL_FORM: _("Certain school forms"),
    LicenceScope.SCHOOL: _("Certain schools"),
}
SCHEMES: Words = {
    Scheme.SUBJECT: _("Subjects"),
    Scheme.CONTENT_FIELD: _("Content fields"),
    Scheme.MEDIA_COMPETENCE: _("Media competences (MKR)"),
    Scheme.LEARNING_COMPETENCE: _("Learning competences"),
    Scheme.SCHOOL_FORM: _("School forms"),
    Scheme.GROUP: _("Subject groups (EAF)"),
}
IMPORT_KINDS: Words = {
    ImportKind.SCHOOLS: _("Schools"),
    ImportKind.MARC: _("Titles from MARC"),
    ImportKind.TITLES: _("Table of titles"),
    ImportKind.COPIES: _("Table of copies"),
    ImportKind.GROUPS: _("Subject groups (EAF)"),
}
OUTCOMES: Words = {
    Outcome.IMPORTED: _("imported"),
    Outcome.CHANGED: _("changed"),
    Outcome.SAME: _("same"),
    Outcome.REFUSED: _("refused"),
}

PASSWORD_FAULTS: Words = {
    PasswordFault.TOO_SHORT: _("Choose a longer password: at least 10 characters."),
    PasswordFault.TOO_LONG: _("Choose a shorter password: at most 200 characters."),
    PasswordFault.COMMON: _("This is one of the first passwords others try. Choose another."),
    PasswordFault.NAMES_YOU: _("This is made of your own name. Choose another."),
}
GRANT_FAULTS: Words = {
    GrantFault.NOT_YOURS_TO_GIVE: _("You may not give or take this role at this place."),
    GrantFault.PLACE_MISSING: _("This role needs a school or a media centre."),
    GrantFault.PLACE_DOES_NOT_FIT: _("This role is not held at such a place."),
    GrantFault.HELD_ALREADY: _("This account holds that role already."),
    GrantFault.ADDRESS_TAKEN: _("Another account has this name."),
    GrantFault.SCHOOL_CLOSED: _("This school is no longer in operation."),
    GrantFault.OWN_ACCOUNT: _("Nobody can do this to their own account."),
    GrantFault.NOT_YOURS_TO_MANAGE: _("This account holds roles beyond your reach."),
}
REGISTRATION_FAULTS: Words = {
    RegistrationFault.NOT_TO_DECIDE: _("This registration is decided already, or not proved yet."),
}
LETTER_FAULTS: Words = {
    LetterFault.LINK_GONE: _("The link in this letter is gone. Invite the person anew."),
    LetterFault.WAITING: _("This letter is waiting to be sent."),
    LetterFault.OVER: _("This letter is sent or cancelled already."),
}

ALL: tuple[Words, ...] = tuple(
    words for name, words in list(globals().items()) if name.isupper() and isinstance(words, dict)
)
"""Every dictionary above, for `label` and the tests."""

_BY_TYPE = {type(next(iter(words))): words for words in ALL}


def label(member: StrEnum) -> str:
    """Return the words for an enum member of any of the dictionaries.

    Raises:
        LookupError: nobody gave the member words.
    """
    words = _BY_TYPE.get(type(member), {})
    if member not in words:
        raise LookupError(f"{type(member).__name__}.{member.name} has no words in app/labels.py")
    return str(words[member])
