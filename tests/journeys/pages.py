"""Every page a person can see: who opens which address, and what they do there to see it.

`endpoint` names the route whose page it is. `test_pages` holds this table against the
application's routes, so a page that is added must be entered here before it can be merged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.demo.logins import LOGINS
from schools.rules.roles import Role
from tests.journeys.additions import FORGOTTEN, INVITED, LONG, NEWCOMERS, UNPROVED

NO_PAGES = frozenset(
    {
        "bookings.booking_calendar",
        "covers.cover",
        "frame.health",
        "frame.start",
        "imports.report",
        "inventory.devices_csv",
        "inventory.members_csv",
        "inventory.photo",
        "list_papers.table",
        "suggest.suggestions",
        "static",
    }
)
"""GET routes that answer with files, JSON or another address."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form sent from the page, past what the browser itself would check.

    Attributes:
        form: selector of the form.
        fields: what is entered, by name; `{thing}` stands for a thing's number, `{turn}` for
            one that never comes again.
    """

    form: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sight:
    """One page as one person sees it.

    Attributes:
        endpoint: of the route.
        who: a sign-in, or nothing for somebody unknown.
        path: its address; `{thing}` stands for the number of a thing of `additions.Things`.
        sent: the form sent there; what comes back is the page meant.
        status: of the answer.
        note: tells it from other sights of the same route.
        typed: into the search field, whose suggestions are then open.
    """

    endpoint: str
    who: str
    path: str
    sent: Sent | None = None
    status: int = 200
    note: str = ""
    typed: str = ""

    @property
    def name(self) -> str:
        """What a test calls it."""
        who = self.who.split("@")[0] or "unknown"
        return "-".join(filter(None, (self.endpoint, self.note, who)))


ANYBODY = ""
TEACHER = LOGINS.of(Role.TEACHER).name
ADMIN = LOGINS.of(Role.SCHOOL_ADMIN).name
STAFF = LOGINS.of(Role.STAFF).name
HEAD = LOGINS.of(Role.CENTRE_ADMIN).name
ADVISER = LOGINS.of(Role.ADVISER).name
PLANNER = LOGINS.of(Role.PLANNER).name
SYSTEM = LOGINS.of(Role.SYSTEM_ADMIN).name
NEW_TEACHER = NEWCOMERS[Role.TEACHER]
NEW_ADMIN = NEWCOMERS[Role.SCHOOL_ADMIN]
NEW_STAFF = NEWCOMERS[Role.STAFF]
NEW_HEAD = NEWCOMERS[Role.CENTRE_ADMIN]

MAIN_FORM = "main form[method=post]"

PUBLIC = (
    Sight("account.sign_in_page", ANYBODY, "/login"),
    Sight("account.sign_in_page", ANYBODY, "/login", Sent(MAIN_FORM), 422, "empty"),
    Sight(
        "account.sign_in_page",
        ANYBODY,
        "/login",
        Sent(MAIN_FORM, {"name": "niemand{turn}", "password": "falsch"}),
        422,
        "wrong",
    ),
    Sight("links.register_page", ANYBODY, "/register"),
    Sight("links.register_page", ANYBODY, "/register", Sent(MAIN_FORM), 422, "empty"),
    Sight("links.proof_page", ANYBODY, f"/register/{UNPROVED}"),
    Sight("links.proof_page", ANYBODY, "/register/dead", None, 404, "dead"),
    Sight("links.ask_page", ANYBODY, "/reset"),
    Sight("links.ask_page", ANYBODY, "/reset", Sent(MAIN_FORM), 422, "empty"),
    Sight(
        "links.ask_page", ANYBODY, "/reset", Sent(MAIN_FORM, {"name": "wer{turn}"}), 200, "asked"
    ),
    Sight("links.reset_page", ANYBODY, f"/reset/{FORGOTTEN}"),
    Sight(
        "links.reset_page",
        ANYBODY,
        f"/reset/{FORGOTTEN}",
        Sent(MAIN_FORM, {"password": "kurz", "again": "anders"}),
        422,
        "short",
    ),
    Sight("links.invitation_page", ANYBODY, f"/invitation/{INVITED}"),
    Sight("frame.legal_page", ANYBODY, "/pages/imprint", note="imprint"),
    Sight("frame.legal_page", ANYBODY, "/pages/privacy", note="privacy"),
    Sight("frame.legal_page", ANYBODY, "/pages/accessibility", note="accessibility"),
    Sight(
        "frame.legal_page", ANYBODY, "/pages/accessibility", Sent(MAIN_FORM), 422, "barrier-empty"
    ),
    Sight("titles.thing", ANYBODY, "/x/{free_copy}"),
    Sight("titles.title", ANYBODY, "/titles/{film}"),
    Sight("finder.search", ANYBODY, "/search?words=Wasser"),
    Sight("finder.search", ANYBODY, "/nowhere", None, 404, "not-found"),
    Sight("finder.search", ANYBODY, "/mine", None, 200, "sign-in-first"),
)

FINDING = (
    Sight("finder.search", TEACHER, "/search"),
    Sight(
        "finder.search",
        TEACHER,
        "/search?words=Fotosynthese&from=2026-12-03&until=2026-12-03&subject=BI&grade=7",
        note="period",
    ),
    Sight("finder.search", TEACHER, "/search?words=Xyzzyqu&grade=3", note="nothing"),
    Sight("finder.search", TEACHER, "/search?words=Fotosyntese&subject=BI", note="mended"),
    Sight("finder.search", TEACHER, "/search?words=Fotosyntese&exact=1", note="as-written"),
    Sight(
        "finder.search",
        TEACHER,
        "/search?subject=BI&content_field=BI.4&grade=5&grade=6&media_competence=2.1&sort=lent",
        note="many-filters",
    ),
    Sight("finder.search", TEACHER, "/search", note="suggestions", typed="energie"),
    Sight(
        "finder.search", TEACHER, "/search?from=2026-12-09&until=2026-12-01", None, 422, "faulty"
    ),
    Sight("finder.search", TEACHER, f"/search?words={LONG}", note="long-word"),
    Sight("finder.search", NEW_TEACHER, "/search", note="nothing-at-all"),
    Sight("finder.search", STAFF, "/search?words=Kamera&from=2026-12-03&quantity=6"),
    Sight("titles.title", TEACHER, "/titles/{film}?from=2026-12-03&until=2026-12-04"),
    Sight("titles.title", TEACHER, "/titles/{online}", note="online"),
    Sight("titles.title", TEACHER, "/titles/{box}", note="box"),
    Sight("titles.title", TEACHER, "/titles/{long}", note="long-word"),
    Sight("titles.title", STAFF, "/titles/{box}", note="copies"),
    Sight("titles.title", ADVISER, "/titles/{film}"),
    Sight("titles.title", TEACHER, "/titles/999999", None, 404, "not-found"),
    Sight("titles.thing", STAFF, "/x/{free_copy}"),
)

KEEPING = (
    Sight("lists.own_lists", TEACHER, "/lists"),
    Sight("lists.own_lists", NEW_TEACHER, "/lists"),
    Sight("lists.own_lists", TEACHER, "/lists", Sent(MAIN_FORM, {"name": ""}), 422, "no-name"),
    Sight("lists.own_lists", STAFF, "/lists"),
    Sight("lists.one_list", TEACHER, "/lists/{list}"),
    Sight("lists.one_list", TEACHER, "/lists/{list}?page=2", note="page-2"),
    Sight("lists.one_list", TEACHER, "/lists/{empty_list}", note="empty"),
    Sight(
        "lists.one_list",
        TEACHER,
        "/lists/{empty_list}",
        Sent("details form[action^='/lists/']", {"name": ""}),
        422,
        "no-name",
    ),
    Sight("lists.one_list", STAFF, "/lists/{list}", None, 404, "of-another"),
    Sight("list_sharing.code", TEACHER, "/lists/{list}/code"),
    Sight("list_sharing.shared", ANYBODY, "/lists/shared/{shared_token}"),
    Sight("list_sharing.shared", STAFF, "/lists/shared/{shared_token}"),
    Sight("list_sharing.shared", ANYBODY, "/lists/shared/1-2-3", None, 404, "dead"),
    Sight("list_papers.sheet", TEACHER, "/lists/{list}/print"),
    Sight("saved_searches.own_searches", TEACHER, "/searches"),
    Sight("saved_searches.own_searches", NEW_TEACHER, "/searches"),
    Sight("saved_searches.new_search", TEACHER, "/searches/new?words=Wasser&grade=7"),
    Sight(
        "saved_searches.new_search",
        TEACHER,
        "/searches/new?words=Wasser",
        Sent(MAIN_FORM, {"name": ""}),
        422,
        "no-name",
    ),
    Sight("saved_searches.one_search", TEACHER, "/searches/{saved_search}"),
    Sight("arrivals.new", ANYBODY, "/new"),
    Sight("arrivals.new", TEACHER, "/new?days=90"),
    Sight("arrivals.new", NEW_TEACHER, "/new?days=7", note="nothing"),
)

RESERVING = (
    Sight("mine.my_page", TEACHER, "/mine"),
    Sight("mine.my_page", NEW_TEACHER, "/mine"),
    Sight("mine.my_page", STAFF, "/mine", None, 403, "refused"),
    Sight("bookings.own_bookings", TEACHER, "/bookings"),
    Sight("bookings.own_bookings", NEW_TEACHER, "/bookings"),
    Sight("bookings.centre_bookings", STAFF, "/bookings/all"),
    Sight("bookings.centre_bookings", STAFF, "/bookings/all?words=Xyzzyqu", note="nothing"),
    Sight("bookings.centre_bookings", NEW_STAFF, "/bookings/all"),
    Sight("bookings.booking_page", TEACHER, "/bookings/{booked}", note="to-come"),
    Sight("bookings.booking_page", TEACHER, "/bookings/{collected}", note="collected"),
    Sight("bookings.booking_page", TEACHER, "/bookings/{past}", note="past"),
    Sight("bookings.booking_page", TEACHER, "/bookings/{requested}", note="requested"),
    Sight("bookings.booking_page", STAFF, "/bookings/{requested}", note="to-decide"),
    Sight(
        "bookings.booking_page",
        STAFF,
        "/bookings/{requested}",
        Sent("form[action$=decline]"),
        422,
        "no-reason",
    ),
    Sight("bookings.booking_page", TEACHER, "/bookings/R-0", None, 404, "not-found"),
    Sight("reserve.reserve_page", TEACHER, "/bookings/new?holding={film_holding}"),
    Sight(
        "reserve.reserve_page",
        TEACHER,
        "/titles/{film}",
        Sent(MAIN_FORM, {"from": "2026-12-09", "until": "2026-12-01", "quantity": "0"}),
        422,
        "invalid",
    ),
    Sight(
        "reserve.reserve_page",
        TEACHER,
        "/titles/{film}",
        Sent(MAIN_FORM, {"from": "2026-12-05", "until": "2026-12-06", "quantity": "90"}),
        409,
        "refused",
    ),
    Sight("reserve.reserve_page", STAFF, "/bookings/new?holding={film_holding}"),
    Sight(
        "reserve.reserve_page", STAFF, "/bookings/new?holding={film_holding}&who=Bri", note="who"
    ),
    Sight(
        "reserve.reserve_page",
        STAFF,
        "/bookings/new?holding={film_holding}&who=Xyzzyqu",
        note="nobody",
    ),
)

DESK = (
    Sight("desk.page", NEW_STAFF, "/desk"),
    Sight("desk.page", STAFF, "/desk", Sent("#scan", {"code": "???"}), 200, "unreadable"),
    Sight("desk.page", STAFF, "/desk", Sent("#scan", {"code": "{card}"}), 200, "person"),
    Sight(
        "desk.page",
        STAFF,
        "/desk",
        Sent("#scan", {"code": "{overdue}", "mode": "lend"}),
        200,
        "question",
    ),
    Sight(
        "desk.page",
        HEAD,
        "/desk",
        Sent("#scan", {"code": "{box_lent}", "mode": "return"}),
        200,
        "count",
    ),
    Sight("desk.persons", STAFF, "/desk/persons?q=Bri"),
    Sight("desk.persons", STAFF, "/desk/persons?q=Xyzzyqu", note="nobody"),
)

CATALOGUING = (
    Sight("catalogue.title_list", STAFF, "/catalogue"),
    Sight("catalogue.title_list", STAFF, "/catalogue?words=Xyzzyqu", note="nothing"),
    Sight("catalogue.title_list", NEW_STAFF, "/catalogue"),
    Sight("catalogue.title", STAFF, "/catalogue/titles/{box}"),
    Sight("catalogue.title", STAFF, "/catalogue/titles/{long}", note="long-word"),
    Sight(
        "catalogue.title",
        STAFF,
        "/catalogue/titles/{box}",
        Sent("form[action$='/copies']", {"number": "0", "barcodes": "MZ"}),
        409,
        "no-copies",
    ),
    Sight("label_sheet.labels", STAFF, "/catalogue/titles/{box}/labels"),
    Sight("catalogue.description_form", STAFF, "/catalogue/titles/{box}/description"),
    Sight("catalogue.new_title_form", STAFF, "/catalogue/titles/new"),
    Sight(
        "catalogue.new_title_form",
        STAFF,
        "/catalogue/titles/new",
        Sent(MAIN_FORM, {"year": "bald"}),
        422,
        "empty",
    ),
    Sight("copies.copy_page", STAFF, "/catalogue/copies/{box_copy}"),
    Sight(
        "copies.copy_page",
        STAFF,
        "/catalogue/copies/{box_copy}",
        Sent(MAIN_FORM, {"barcode": ""}),
        422,
        "empty",
    ),
    Sight("copies.parts_form", STAFF, "/catalogue/copies/{box_copy}/parts"),
    Sight(
        "copies.parts_form",
        STAFF,
        "/catalogue/copies/{box_copy}/parts",
        Sent(MAIN_FORM, {"count-0": "viele"}),
        422,
        "invalid",
    ),
    Sight("imports.import_list", STAFF, "/catalogue/imports"),
    Sight("imports.import_list", NEW_STAFF, "/catalogue/imports"),
    Sight("imports.import_list", STAFF, "/catalogue/imports", Sent(MAIN_FORM), 422, "no-file"),
    Sight("imports.import_page", STAFF, "/catalogue/imports/{import_looked_at}", note="looked-at"),
    Sight("imports.import_page", STAFF, "/catalogue/imports/{import_broken}", note="broken"),
    Sight("imports.import_page", STAFF, "/catalogue/imports/{running_job}", note="running"),
)

SCHOOLS = (
    Sight("inventory.school", ADMIN, "/school"),
    Sight("inventory.school", ADMIN, "/school?words=Xyzzyqu", note="nothing"),
    Sight("inventory.school", NEW_ADMIN, "/school"),
    Sight("inventory.school", STAFF, "/school", note="choice"),
    Sight("inventory.school", STAFF, "/school?words=Xyzzyqu", note="no-choice"),
    Sight("inventory.school", STAFF, "/school/{school}", note="of-a-school"),
    Sight("inventory.members", ADMIN, "/school/members"),
    Sight("inventory.members", NEW_ADMIN, "/school/members"),
    Sight(
        "inventory.members",
        ADMIN,
        "/school/members",
        Sent("form[action$='/members']", {"email": "keine"}),
        422,
        "invalid",
    ),
    Sight("inventory.members", HEAD, "/school/members", note="choice"),
    Sight("inventory.members", TEACHER, "/school/members", None, 403, "refused"),
    Sight("inventory.leavers", ADMIN, "/school/leavers"),
    Sight(
        "inventory.leavers", ADMIN, "/school/leavers", Sent("#leavers-form"), 422, "nobody-chosen"
    ),
    Sight("inventory.leavers", HEAD, "/school/{school}/leavers"),
    Sight("inventory.defects", ADMIN, "/school/defects"),
    Sight("inventory.defects", STAFF, "/school/defects"),
    Sight("inventory.defects", NEW_TEACHER, "/school/defects"),
    Sight("inventory.defect", ADMIN, "/defects/{defect}"),
    Sight("inventory.defect", STAFF, "/defects/{defect}", note="to-decide"),
    Sight("inventory.defect_new", TEACHER, "/school/defects/new", note="which"),
    Sight("inventory.defect_new", TEACHER, "/school/defects/new?copy=MZ-1", None, 404, "unknown"),
    Sight("inventory.defect_new", ADMIN, "/school/defects/new?copy={device}"),
    Sight(
        "inventory.defect_new",
        ADMIN,
        "/school/defects/new?copy={device}",
        Sent(MAIN_FORM),
        422,
        "empty",
    ),
)

ACCOUNTS = (
    Sight("account.profile_page", TEACHER, "/profile"),
    Sight("account.profile_page", PLANNER, "/profile"),
    Sight("account.password_page", TEACHER, "/profile/password"),
    Sight(
        "account.password_page",
        TEACHER,
        "/profile/password",
        Sent(MAIN_FORM, {"present": "a", "password": "b", "again": "c"}),
        422,
        "invalid",
    ),
    Sight("finder.search", PLANNER, "/search"),
    Sight("office.overview", HEAD, "/office"),
    Sight("office.overview", SYSTEM, "/office"),
    Sight("office.overview", TEACHER, "/office", None, 403, "refused"),
    Sight("office.overview", NEW_HEAD, "/office"),
    Sight("office_accounts.account_list", HEAD, "/office/accounts"),
    Sight("office_accounts.account_list", HEAD, "/office/accounts?words=Xyzzyqu", note="nothing"),
    Sight("office_accounts.account_list", SYSTEM, "/office/accounts"),
    Sight("office_accounts.account", HEAD, "/office/accounts/{account}"),
    Sight("office_accounts.account", HEAD, "/office/accounts/{invited_account}", note="invited"),
    Sight("office_accounts.invite_page", HEAD, "/office/accounts/invite"),
    Sight(
        "office_accounts.invite_page",
        HEAD,
        "/office/accounts/invite",
        Sent(MAIN_FORM),
        422,
        "empty",
    ),
    Sight("office_centres.centre", HEAD, "/office/centres/{centre}"),
    Sight(
        "office_centres.centre",
        HEAD,
        "/office/centres/{centre}",
        Sent(MAIN_FORM, {"name": "", "email": "keine"}),
        422,
        "invalid",
    ),
    Sight("office_centres.legal_page", HEAD, "/office/centres/{centre}/pages/imprint/de"),
    Sight("office.job_list", HEAD, "/office/jobs"),
    Sight("office.job_list", NEW_HEAD, "/office/jobs"),
    Sight("office.job", HEAD, "/office/jobs/{done_job}"),
    Sight("office.job", HEAD, "/office/jobs/{running_job}", note="running"),
    Sight("office_index.host_list", SYSTEM, "/office/index"),
    Sight("office_terms.table", HEAD, "/office/terms"),
    Sight("office_terms.table", STAFF, "/office/terms", note="to-read"),
    Sight("office_terms.table", SYSTEM, "/office/terms"),
    Sight("office_terms_edit.new_form", HEAD, "/office/terms/new"),
    Sight(
        "office_terms_edit.new_form",
        HEAD,
        "/office/terms/new",
        Sent(MAIN_FORM, {"loan_period": "viele"}),
        422,
        "invalid",
    ),
    Sight("office_terms_edit.edit_form", HEAD, "/office/terms/{terms}"),
    Sight(
        "office_terms_edit.edit_form",
        HEAD,
        "/office/terms/{terms}",
        Sent(MAIN_FORM, {"edition": "0", "loan_period": "5"}),
        409,
        "meanwhile",
    ),
    Sight("office_terms_explained.explain", HEAD, "/office/terms/explain"),
    Sight(
        "office_terms_explained.explain",
        STAFF,
        "/office/terms/explain?holding={film_holding}&institution={school}&why=limit_open_loans",
        note="asked",
    ),
    Sight(
        "office_terms_explained.explain",
        HEAD,
        "/office/terms/explain?media_category=online&what=Xyzzyqu",
        note="nothing",
    ),
    Sight("office_letters.letter_list", HEAD, "/office/letters"),
    Sight("office_letters.letter_list", NEW_HEAD, "/office/letters"),
    Sight("office_letters.letter", HEAD, "/office/letters/{letter}"),
)

SIGHTS = (*PUBLIC, *FINDING, *KEEPING, *RESERVING, *DESK, *CATALOGUING, *SCHOOLS, *ACCOUNTS)
