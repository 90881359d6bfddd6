"""What the numbers are called that a night or a run of staff comes to."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from schools.rules.roles import Scope

COUNTS: Mapping[str, LazyString] = {
    "bookings": _("Bookings"),
    "requests": _("Requests nobody answered"),
    "rests": _("Rests of bookings"),
    "renewed": _("Loans renewed"),
    "refused": _("Not to be renewed"),
    "loans": _("Loans"),
    "level_1": _("First reminders"),
    "level_2": _("Second reminders"),
    "level_3": _("Last reminders"),
    "letters": _("Letters"),
    "copies": _("Copies to schools"),
    "silent": _("People without an address"),
    "scans": _("Lines of the desk's log"),
    "defects": _("Closed defects"),
    "holds": _("Holds that are over"),
    "wishes": _("Wishes to buy"),
    "orders": _("Collective orders"),
    "baskets": _("Baskets"),
    "other_letters": _("Other letters"),
    "audit_entries": _("Entries of the log"),
}
"""In the order in which they are shown; a number without words is not."""

CENTRES = "centres"


def counted(result: Mapping[str, Any], scope: Scope) -> Iterator[tuple[str, int]]:
    """Yield names and numbers of a night's result, added up over the centres within a scope."""
    total: Counter[str] = Counter()
    for key, counts in (result.get(CENTRES) or {}).items():
        if scope.everything or int(key) in scope.centre_ids:
            total.update(counts)
    for name, words in COUNTS.items():
        if total[name]:
            yield str(words), total[name]
