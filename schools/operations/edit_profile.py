"""Edit one's own profile: telephone, language, look, memory of past loans, keys."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from schools.models.account import Account, Theme
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class Profile:
    """What people decide about themselves.

    Attributes:
        phone: for questions about a booking.
        locale: of pages and letters, ``de`` or ``en``.
        theme: how pages look.
        keeps_history: past loans stay visible to oneself.
        shortcuts: keys of one letter work outside fields.
    """

    phone: str
    locale: str
    theme: Theme
    keeps_history: bool
    shortcuts: bool

    def with_history(self, *, keeps: bool) -> "Profile":
        """Return the same with another wish about past loans."""
        return replace(self, keeps_history=keeps)


def profile_of(session: Session, by: Actor) -> Profile:
    """Return the profile of whoever asks."""
    account = session.get_one(Account, by.account_id)
    person = account.person
    return Profile(
        person.phone, person.locale, account.theme, person.keeps_history, account.shortcuts
    )


def edit_profile(session: Session, profile: Profile, by: Actor) -> None:
    """Take over a person's wishes about themselves."""
    account = session.get_one(Account, by.account_id)
    account.theme = profile.theme
    account.shortcuts = profile.shortcuts
    account.person.phone = profile.phone.strip()
    account.person.locale = profile.locale
    account.person.keeps_history = profile.keeps_history
