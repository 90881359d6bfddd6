"""The words readers see for what the domain names in code.

Each dictionary covers its whole enumeration; a test compares them.
"""

from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from schools.models.media_centre import LegalPageKind
from schools.rules.roles import Role

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

LEGAL_PAGES: Words = {
    LegalPageKind.IMPRINT: _("Imprint"),
    LegalPageKind.PRIVACY: _("Privacy"),
    LegalPageKind.ACCESSIBILITY: _("Accessibility statement"),
}

ALL: tuple[Words, ...] = (ROLES, LEGAL_PAGES)
"""Every dictionary above, for `label` and the tests."""


def label(member: StrEnum) -> str:
    """Return the words for an enum member of any of the dictionaries.

    Raises:
        LookupError: nobody gave the member words.
    """
    for words in ALL:
        if type(next(iter(words))) is type(member):
            return str(words[member])
    raise LookupError(f"{type(member).__name__}.{member.name} has no words in app/labels.py")
