"""What came of a job, in the reader's words."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from app.count_words import CENTRES

WORDS = {
    "attempts": _("Forgotten attempts to sign in"),
    "breaches": _("What does not hold"),
    "changed": _("changed"),
    "detail": _("Details"),
    "documents": _("Titles in the index"),
    "demand": _("Titles counted"),
    "fault": _("Fault"),
    "faults": _("Parts that went wrong"),
    "file_fault": _("Fault of the store's file"),
    "imported": _("imported"),
    "index": _("Search index"),
    "keys": _("Forgotten keys of answered requests"),
    "letters": _("Letters about new titles"),
    "letters_struck": _("Links struck out of letters"),
    "links": _("Forgotten links"),
    "missing": _("missing in the index"),
    "read": _("read"),
    "refused": _("refused"),
    "registrations": _("Forgotten registrations"),
    "reason": _("Reason"),
    "runs": _("Forgotten nights"),
    "same": _("same"),
    "sign_ins": _("Forgotten sign-ins"),
    "stale": _("outdated in the index"),
    "surplus": _("surplus in the index"),
}
"""What numbers of a result are called; others keep the name their job gave them."""

SILENT = frozenset({"run_id", "first", CENTRES})
"""Numbers that mean nothing to readers, or are said elsewhere."""


def result_lines(result: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield names and values of any depth, line by line."""
    for name, value in result.items():
        if name in SILENT:
            continue
        if isinstance(value, Mapping):
            yield from result_lines(value)
        else:
            yield str(WORDS.get(name, name)), str(value)
