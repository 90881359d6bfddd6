"""The audit log in words: acts, things, values before and after."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

from app.dates import day
from app.labels import label
from app.money import euros
from app.refusals import sentence
from catalogue.rules.copy_states import CopyState
from catalogue.rules.defect_states import DefectState, defect_number
from database.audit import AuditEntry
from loans.errors import Refused
from loans.queries.audit_log import REFERS, Named
from loans.rules.booking_states import BookingState
from loans.rules.codes import DayReason, Refusal, RenewalRefusal
from schools.rules.roles import Actor, Right

ACTS: Mapping[str, LazyString] = {
    "accept_invitation": lazy_gettext("Invitation accepted"),
    "add_copies": lazy_gettext("Copies added"),
    "add_licence": lazy_gettext("Licence added"),
    "add_role": lazy_gettext("Role given"),
    "add_terms": lazy_gettext("Terms added"),
    "block": lazy_gettext("Copy taken out of lending"),
    "book": lazy_gettext("Reserved"),
    "cancel": lazy_gettext("Reservation cancelled"),
    "cancel_letter": lazy_gettext("Letter cancelled"),
    "change_offer": lazy_gettext("Offer changed"),
    "change_password": lazy_gettext("Password changed"),
    "change_terms": lazy_gettext("Terms changed"),
    "check_in": lazy_gettext("Taken back"),
    "check_out": lazy_gettext("Lent"),
    "confirm": lazy_gettext("Reservation confirmed"),
    "count_parts": lazy_gettext("Parts counted"),
    "decline": lazy_gettext("Request declined"),
    "describe_title": lazy_gettext("Title described"),
    "disable_account": lazy_gettext("Account disabled"),
    "drop_list": lazy_gettext("List deleted"),
    "edit_centre": lazy_gettext("Address of the centre changed"),
    "edit_copy": lazy_gettext("Copy changed"),
    "edit_legal_page": lazy_gettext("Legal page changed"),
    "enable_account": lazy_gettext("Account enabled"),
    "end_licence": lazy_gettext("Licence ended"),
    "end_membership": lazy_gettext("Membership ended"),
    "handle_defect": lazy_gettext("Defect worked on"),
    "import_copies": lazy_gettext("Copies imported"),
    "import_groups": lazy_gettext("Subject groups imported"),
    "import_schools": lazy_gettext("Schools imported"),
    "import_titles": lazy_gettext("Titles imported"),
    "invite_again": lazy_gettext("Invited again"),
    "lapse": lazy_gettext("Reservation lapsed"),
    "list_parts": lazy_gettext("Parts listed"),
    "look_at_history": lazy_gettext("Past loans of a person looked at"),
    "open_account": lazy_gettext("Account opened"),
    "print_reminders": lazy_gettext("Last reminders printed"),
    "put_back": lazy_gettext("Copy put back on the shelf"),
    "recall": lazy_gettext("Called back"),
    "redescribe_title": lazy_gettext("Description of a title changed"),
    "registration_confirmed": lazy_gettext("Registration confirmed"),
    "registration_declined": lazy_gettext("Registration declined"),
    "registration_proved": lazy_gettext("Registration proved"),
    "remind": lazy_gettext("Reminders sent at once"),
    "remove_terms": lazy_gettext("Terms removed"),
    "renew": lazy_gettext("Renewed"),
    "repair": lazy_gettext("Copy sent to repair"),
    "report_defect": lazy_gettext("Defect reported"),
    "reset_password": lazy_gettext("Password reset"),
    "send_letter_again": lazy_gettext("Letter sent again"),
    "set_cover": lazy_gettext("Cover changed"),
    "share_list": lazy_gettext("List shared"),
    "sign_out_everywhere": lazy_gettext("Signed out everywhere"),
    "snooze_reminders": lazy_gettext("Reminders paused"),
    "spread_parts": lazy_gettext("Parts taken over by other copies"),
    "unblock": lazy_gettext("Copy taken back into lending"),
    "undo_renewal": lazy_gettext("Renewal undone"),
    "withdraw_copy": lazy_gettext("Copy withdrawn"),
    "withdraw_role": lazy_gettext("Role taken away"),
    "withdraw_title": lazy_gettext("Title withdrawn"),
}
"""Every act that code records; `tests/conventions/test_audit.py` sees to it."""

KINDS: Mapping[str, LazyString] = {
    "account": lazy_gettext("Account"),
    "booking": lazy_gettext("Reservation"),
    "copy": lazy_gettext("Copy"),
    "defect": lazy_gettext("Defect"),
    "holding": lazy_gettext("Offer"),
    "import_run": lazy_gettext("Import"),
    "legal_page": lazy_gettext("Legal page"),
    "licence": lazy_gettext("Licence"),
    "loan": lazy_gettext("Loan"),
    "media_centre": lazy_gettext("Media centre"),
    "membership": lazy_gettext("Membership"),
    "owed_letter": lazy_gettext("Letter"),
    "person": lazy_gettext("Person"),
    "registration": lazy_gettext("Account request"),
    "terms": lazy_gettext("Terms of lending"),
    "title": lazy_gettext("Title"),
    "title_list": lazy_gettext("List"),
}
"""Every kind of thing that is acted on, as above."""

FIELDS: Mapping[str, LazyString] = {
    "branch_id": lazy_gettext("branch"),
    "centre_id": lazy_gettext("media centre"),
    "copies": lazy_gettext("copies to schools"),
    "copy": lazy_gettext("copy"),
    "due_on": lazy_gettext("due on"),
    "first": lazy_gettext("from"),
    "holding_id": lazy_gettext("title"),
    "institution_id": lazy_gettext("school"),
    "last": lazy_gettext("until"),
    "lendable": lazy_gettext("is lent"),
    "letters": lazy_gettext("letters"),
    "level_1": lazy_gettext("first reminders"),
    "level_2": lazy_gettext("second reminders"),
    "level_3": lazy_gettext("last reminders"),
    "name": lazy_gettext("name"),
    "number": lazy_gettext("number"),
    "overruled": lazy_gettext("against the rule"),
    "person_id": lazy_gettext("borrower"),
    "reason": lazy_gettext("reason"),
    "role": lazy_gettext("role"),
    "silent": lazy_gettext("without an address"),
    "state": lazy_gettext("state"),
    "title_id": lazy_gettext("title"),
    "until": lazy_gettext("until"),
}
"""What values are called; others keep their name, with blanks."""

SILENT = frozenset({"line_id", "lines"})
"""Values that mean nothing to readers."""

STATES: Mapping[str, type[StrEnum]] = {
    "booking": BookingState,
    "copy": CopyState,
    "loan": CopyState,
    "defect": DefectState,
}
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
CENTS = "_cents"
ADDRESSES: Mapping[str, tuple[str, Right]] = {
    "loan": ("/loans/{key}", Right.LEND),
    "booking": ("/bookings/{name}", Right.BOOK),
    "person": ("/loans/of/{key}", Right.LEND),
    "account": ("/office/accounts/{key}", Right.MANAGE_CENTRE),
    "defect": ("/school/defects/{key}", Right.REPORT_DEFECT),
    "owed_letter": ("/office/letters/{key}", Right.MANAGE_CENTRE),
    "title": ("/titles/{key}", Right.VISIT),
}
"""Where a thing can be seen, and by whom, as far as it has a page."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value that an act changed, in words; empty where there was or is none."""

    name: str
    before: str
    after: str


def act_words(act: str) -> str:
    """Return what an act is called."""
    return str(ACTS.get(act, act.replace("_", " ")))


def kind_words(kind: str) -> str:
    """Return what a kind of thing is called."""
    return str(KINDS.get(kind, kind.replace("_", " ")))


def subject_words(entry: AuditEntry, named: Named) -> str:
    """Return what was acted on, by the name or number that people know it by."""
    if entry.subject_kind == "defect":
        return defect_number(entry.subject_id)
    return named.of(entry.subject_kind, entry.subject_id) or str(entry.subject_id)


def subject_address(entry: AuditEntry, named: Named, by: Actor) -> str:
    """Return where somebody can see the thing; empty if nowhere, or if it is gone."""
    pattern, right = ADDRESSES.get(entry.subject_kind, ("", Right.VISIT))
    name = named.of(entry.subject_kind, entry.subject_id)
    is_gone = not name and entry.subject_kind != "defect"
    return "" if is_gone or not by.may(right) else pattern.format(key=entry.subject_id, name=name)


def actor_words(entry: AuditEntry, named: Named) -> str:
    """Return who acted: a person, the system itself, or somebody who was cut from the entry."""
    if entry.account_id is None:
        return str(_("nobody in person"))
    return named.of("account", entry.account_id) or str(
        _("account %(number)s", number=entry.account_id)
    )


def values(entry: AuditEntry, named: Named) -> Iterator[Value]:
    """Yield what changed, each value in words before and after."""
    for name in dict.fromkeys([*entry.before, *entry.after]):
        if name not in SILENT:
            yield Value(
                field_words(name),
                _said(entry, named, name, entry.before.get(name)),
                _said(entry, named, name, entry.after.get(name)),
            )


def field_words(name: str) -> str:
    """Return what a value is called."""
    return str(FIELDS.get(name, name.removesuffix(CENTS).replace("_", " ")))


def _said(entry: AuditEntry, named: Named, name: str, value: Any) -> str:  # noqa: ANN401  # JSON
    if isinstance(value, list):
        return ", ".join(_said(entry, named, name, each) for each in value)
    if isinstance(value, dict):
        pairs = ((field_words(key), _said(entry, named, key, each)) for key, each in value.items())
        return "; ".join(f"{key}: {each}" for key, each in pairs)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, int):
        return _number(named, name, value)
    return "" if value is None else _text(entry, name, str(value))


def _number(named: Named, name: str, value: int) -> str:
    if name in REFERS:
        return named.of(REFERS[name], value) or str(value)
    return euros(value) if name.endswith(CENTS) else str(value)


def _text(entry: AuditEntry, name: str, text: str) -> str:
    states = STATES.get(entry.subject_kind)
    if name == "state" and states is not None and text in set(states):
        return label(states(text))
    if name == "overruled":
        for codes in (Refusal, RenewalRefusal, DayReason):
            if text in set(codes):
                return sentence(Refused(codes(text)))
    if ISO_DAY.fullmatch(text):
        return day(date.fromisoformat(text))
    return text
