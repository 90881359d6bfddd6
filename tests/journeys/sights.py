"""What a page is to the tests: who opens which address, and what they do there to see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.demo.logins import LOGINS
from schools.rules.roles import Role
from tests.journeys.additions import NEWCOMERS

NO_PAGES = frozenset(
    {
        "bookings.booking_calendar",
        "covers.cover",
        "desk_loans.photo",
        "feeds.read",
        "desk_offline.template",
        "desk_suggest.answers",
        "frame.health",
        "frame.start",
        "imports.report",
        "inventory.devices_csv",
        "inventory.members_csv",
        "inventory.photo",
        "list_papers.table",
        "purchases.shortage_csv",
        "office_audit.table",
        "office_letters.letter_html",
        "overdue.overdue_table",
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
