"""Sign-in cards of a demonstration: one made-up person for each role, without a password."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from app.sessions import session
from app.settings import current_settings
from app.today import today
from schools.queries.accounts import first_account_with
from schools.rules.roles import Role


@dataclass(frozen=True, slots=True)
class DemoCard:
    """One card of the sign-in page.

    Attributes:
        role: what is shown.
        account_id: whose account it opens.
        icon: its drawing.
        words: what this role does here.
    """

    role: Role
    account_id: int
    icon: str
    words: LazyString


CARDS = (
    (Role.TEACHER, "book", _("search, book")),
    (Role.STAFF, "scan", _("lend, take back")),
    (Role.SCHOOL_ADMIN, "school", _("devices, members")),
    (Role.CENTRE_ADMIN, "grid", _("accounts, letters")),
)


def demo_cards() -> list[DemoCard]:
    """Return the cards; none outside a demonstration."""
    if not current_settings().demo:
        return []
    found = (
        (first_account_with(session(), role, today()), role, icon, words)
        for role, icon, words in CARDS
    )
    return [
        DemoCard(role, account.id, icon, words)
        for account, role, icon, words in found
        if account is not None
    ]
