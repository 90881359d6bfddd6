"""The audit log in words: acts, things, values before and after."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _

from app.audit_names import ACTS, FIELDS, KINDS
from app.dates import day
from app.labels import label
from app.money import euros
from app.refusals import sentence
from catalogue.models.defect import DefectKind
from catalogue.models.holding import BookedBy
from catalogue.rules.copy_states import CopyState
from catalogue.rules.defect_states import DefectState, defect_number
from database.audit import AuditEntry
from loans.errors import Refused
from loans.models.claim import ClaimKind
from loans.models.feed import FeedKind
from loans.models.hold import HoldState
from loans.queries.audit_log import REFERS, Named
from loans.rules.booking_states import BookingState
from loans.rules.codes import DayReason, Refusal, RenewalRefusal
from schools.models.media_centre import PlaceKind
from schools.rules.roles import Actor, Right

SILENT = frozenset({"line_id", "lines"})
"""Values that mean nothing to readers."""

CHOICES: Mapping[tuple[str, str], type[StrEnum]] = {
    ("booking", "state"): BookingState,
    ("copy", "state"): CopyState,
    ("loan", "state"): CopyState,
    ("loan", "kind"): ClaimKind,
    ("defect", "state"): DefectState,
    ("defect", "kind"): DefectKind,
    ("holding", "booked_by"): BookedBy,
    ("hold", "state"): HoldState,
    ("feed", "kind"): FeedKind,
    ("pickup_place", "kind"): PlaceKind,
}
"""What a value of a thing is one of, by the names of both."""

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
CENTS = "_cents"
ADDRESSES: Mapping[str, tuple[str, Right]] = {
    "loan": ("/loans/{key}", Right.LEND),
    "booking": ("/bookings/{name}", Right.BOOK),
    "person": ("/loans/of/{key}", Right.LEND),
    "account": ("/office/accounts/{key}", Right.MANAGE_CENTRE),
    "defect": ("/school/defects/{key}", Right.REPORT_DEFECT),
    "closure": ("/office/calendar/closures/{key}", Right.MANAGE_CENTRE),
    "courier_route": ("/office/routes/{key}", Right.MANAGE_CENTRE),
    "pickup_place": ("/office/places/{key}", Right.MANAGE_CENTRE),
    "tour": ("/tours/{key}", Right.LEND),
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
    choices = CHOICES.get((entry.subject_kind, name))
    if choices is not None and text in set(choices):
        return label(choices(text))
    if name == "overruled":
        for codes in (Refusal, RenewalRefusal, DayReason):
            if text in set(codes):
                return sentence(Refused(codes(text)))
    if ISO_DAY.fullmatch(text):
        return day(date.fromisoformat(text))
    return text
