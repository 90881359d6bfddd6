"""Words for what the catalogue and the search index name in code."""

from flask_babel import lazy_gettext as _

from app.uploads import ImageFault
from app.words import Words
from catalogue.models.defect import DefectKind
from catalogue.models.holding import BookedBy
from catalogue.models.import_run import ImportKind
from catalogue.rules.completeness import Completeness
from catalogue.rules.copy_states import CopyState
from catalogue.rules.defect_states import DefectFault, DefectState
from catalogue.rules.licences import LicenceScope
from catalogue.rules.stock import StockFault, StockRefusal, WithdrawalReason
from catalogue.rules.title_lists import KeepingRefusal
from schools.models.curriculum import Scheme
from schools.rules.imports import Outcome
from schools.vocabularies.media_types import MediaCategory, MediaKind
from search_index.engine import HealthState

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
IMAGE_FAULTS: Words = {
    ImageFault.NOT_AN_IMAGE: _("This is no picture we can read. Send a JPEG or PNG file."),
    ImageFault.TOO_LARGE: _("This picture is too large. Send one of at most 20 MB."),
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
    KeepingRefusal.TOO_MANY_CODES: _(
        "You have as many class codes as possible. Take one back first."
    ),
    KeepingRefusal.TOO_MANY_SEARCHES: _(
        "You have as many saved searches as one can have. Delete one first."
    ),
}
BOOKED_BY: Words = {
    BookedBy.POOL: _("any copy"),
    BookedBy.NUMBER: _("a certain copy, by its number"),
}
STOCK_REFUSALS: Words = {
    StockRefusal.COPY_ON_LOAN: _("This copy is on loan. Try again once it is back."),
    StockRefusal.COPY_SET_ASIDE: _("This copy is set aside for somebody."),
    StockRefusal.COPY_UNDER_WAY: _(
        "This copy is under way between two branches. Try again once it has arrived."
    ),
    StockRefusal.COPY_WITHDRAWN: _("This copy is withdrawn already."),
    StockRefusal.COPIES_LEFT: _("There are copies of this title. Withdraw all of them first."),
    StockRefusal.NOT_KEEPER: _("Another media centre keeps this description."),
    StockRefusal.NUMBERS_USED_UP: _("There are not so many free numbers left."),
    StockRefusal.BOOKED_AS_POOL: _(
        "Open bookings are for any copy and would have none any more. Wait until they are over, "
        "or cancel them first."
    ),
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
HEALTH_STATES: Words = {
    HealthState.READY: _("ready"),
    HealthState.MISSING: _("not there yet"),
    HealthState.BROKEN: _("broken, being healed"),
}
