"""Words for what concerns people: roles, schools, accounts, letters, jobs."""

from flask_babel import lazy_gettext as _

from app.words import Words
from database.job_runs import JobState
from schools.models.account import AccountState, RegistrationState, Theme
from schools.models.institution import CustomerClass, InstitutionKind
from schools.models.letter_choice import LetterMode, LetterTopic
from schools.models.media_centre import LegalPageKind
from schools.models.media_concept import VersionState
from schools.models.owed_letter import LetterKind, LetterState
from schools.models.person import MembershipRole
from schools.operations.join_provisionally import NewcomerFault, ProvisionalFault
from schools.operations.send_letters import LetterFault
from schools.rules.granting import GrantFault, RegistrationFault
from schools.rules.letter_placeholders import WordingFault
from schools.rules.passwords import PasswordFault
from schools.rules.roles import Role

ROLES: Words = {
    Role.TEACHER: _("Teacher"),
    Role.SCHOOL_ADMIN: _("School admin"),
    Role.STAFF: _("Staff of the media centre"),
    Role.CENTRE_ADMIN: _("Head of the media centre"),
    Role.ADVISER: _("Media adviser"),
    Role.PLANNER: _("Planner"),
    Role.SYSTEM_ADMIN: _("System administration"),
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
    LetterKind.MEMBERSHIP_PROVISIONAL: _("Membership opened at the desk"),
    LetterKind.BOOKING_CONFIRMED: _("Booking confirmed"),
    LetterKind.BOOKINGS_CONFIRMED: _("Several bookings confirmed"),
    LetterKind.BOOKING_REQUESTED: _("Request received"),
    LetterKind.BOOKING_CHANGED: _("Booking changed"),
    LetterKind.BOOKING_DECLINED: _("Request declined"),
    LetterKind.BOOKING_CANCELLED: _("Booking cancelled"),
    LetterKind.BOOKINGS_CANCELLED: _("Several bookings cancelled"),
    LetterKind.BOOKING_READY: _("Ready for pick-up"),
    LetterKind.ON_ITS_WAY: _("On its way by courier"),
    LetterKind.LOAN_RECEIPT: _("Receipt of the desk"),
    LetterKind.LOAN_RENEWED: _("Loan renewed"),
    LetterKind.DATES_MOVED: _("Dates moved by a closure"),
    LetterKind.DUE_SOON: _("Due soon"),
    LetterKind.OVERDUE: _("Reminder"),
    LetterKind.OVERDUE_COPY: _("Copy of a reminder for the school"),
    LetterKind.RECALL: _("Recall"),
    LetterKind.BOOKING_LAPSED: _("Booking lapsed"),
    LetterKind.PARTS_MISSING: _("Parts missing"),
    LetterKind.DAMAGE_FOUND: _("Damage found at return"),
    LetterKind.HOLD_READY: _("Ready: what was waited for"),
    LetterKind.HOLD_EXPIRED: _("Hold ended"),
    LetterKind.HOLD_AT_DESK: _("For the desk: a copy somebody waits for"),
    LetterKind.CORRECTION: _("Correction of an earlier letter"),
    LetterKind.DEFECT_REPORTED: _("Defect reported"),
    LetterKind.DEFECT_STATE: _("News about a defect"),
    LetterKind.BARRIER_REPORTED: _("Barrier reported"),
    LetterKind.SEARCH_ALERT: _("New titles of a saved search"),
    LetterKind.PURCHASE_ANSWERED: _("Wish for purchase answered"),
    LetterKind.DIGEST: _("Daily letter"),
}
LETTER_TOPICS: Words = {
    LetterTopic.BOOKINGS: _("Bookings"),
    LetterTopic.LOANS: _("Loans and devices"),
    LetterTopic.REMINDERS: _("Before the due date"),
    LetterTopic.HOLDS: _("Waiting list"),
    LetterTopic.SEARCHES: _("Saved searches"),
}
LETTER_MODES: Words = {
    LetterMode.AT_ONCE: _("at once"),
    LetterMode.DAILY: _("once a day"),
    LetterMode.OFF: _("not at all"),
}
LETTER_STATES: Words = {
    LetterState.OWED: _("Waiting"),
    LetterState.SENT: _("Sent"),
    LetterState.FAILED: _("Failed"),
    LetterState.KEPT: _("Kept, no mail server"),
    LetterState.CANCELLED: _("Cancelled"),
    LetterState.DAILY: _("For the daily letter"),
    LetterState.MERGED: _("In a daily letter"),
}
JOB_STATES: Words = {
    JobState.QUEUED: _("Waiting"),
    JobState.RUNNING: _("Running"),
    JobState.DONE: _("Done"),
    JobState.REFUSED: _("Refused"),
    JobState.FAILED: _("Failed"),
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
NEWCOMER_FAULTS: Words = {
    NewcomerFault.ADDRESS_KNOWN: _(
        "Somebody has this address already. Look for the person by name, or leave the address out."
    ),
}
PROVISIONAL_FAULTS: Words = {
    ProvisionalFault.DECIDED: _("This membership is confirmed already."),
}
LETTER_FAULTS: Words = {
    LetterFault.LINK_GONE: _("The link in this letter is gone. Invite the person anew."),
    LetterFault.WAITING: _("This letter is waiting to be sent."),
    LetterFault.OVER: _("This letter is sent or cancelled already."),
    LetterFault.IN_DIGEST: _("This stands in a daily letter. Send that one again."),
}
WORDING_FAULTS: Words = {
    WordingFault.UNKNOWN: _("There is no such placeholder in this letter."),
    WordingFault.BRACE: _("A brace has no partner. Write placeholders like {name}."),
}
