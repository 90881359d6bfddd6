"""The audit log: who did what, when, from what to what, and why; to read, never to change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import SearchField, SelectField, StringField
from wtforms.validators import Length, Optional

from app.audit_names import ACTS, KINDS
from app.audit_words import (
    Value,
    act_words,
    actor_words,
    kind_words,
    subject_address,
    subject_words,
    values,
)
from app.dates import instant
from app.exports import Cell, csv_answer
from app.forms import DayField, QueryForm
from app.security import requires
from app.sessions import session
from app.today import midnight, today
from app.visitor import actor
from database.audit import AuditEntry
from loans.queries.audit_log import AuditFilter, Named, audit_page
from schools.rules.periods import ONE_DAY
from schools.rules.roles import Right, Scope

audit = Blueprint("office_audit", __name__, url_prefix="/office/audit")

ROWS = 50
MOST_EXPORTED = 10_000
"""Entries in a table to take away; whoever wants more narrows the days."""

LONGEST = 80
MOST_DIGITS = 9
ANY = ""


class AuditFilterForm(QueryForm):
    """What the log is narrowed to; faults narrow nothing."""

    since = DayField(lazy_gettext("From day"), validators=[Optional()])
    until = DayField(lazy_gettext("Until day"), validators=[Optional()])
    act = SelectField(lazy_gettext("What was done"), validate_choice=False)
    who = StringField(lazy_gettext("By whom"), validators=[Length(max=LONGEST)])
    kind = SelectField(lazy_gettext("To what"), validate_choice=False)
    number = StringField(lazy_gettext("Its number"), validators=[Length(max=LONGEST)])
    words = SearchField(lazy_gettext("Words"), validators=[Length(max=LONGEST)])

    def wanted(self) -> AuditFilter:
        """Return the filter, with the page that the address names."""
        until = self.until.data
        behind = request.args.get("before", "")
        fits = behind.isascii() and behind.isdigit() and len(behind) <= MOST_DIGITS
        return AuditFilter(
            since=None if self.since.data is None else midnight(self.since.data),
            until=None if until is None else midnight(until + ONE_DAY),
            act=self.act.data if self.act.data in ACTS else "",
            who=(self.who.data or "")[:LONGEST],
            subject_kind=self.kind.data if self.kind.data in KINDS else "",
            subject=(self.number.data or "")[:LONGEST],
            words=(self.words.data or "")[:LONGEST],
            before_id=int(behind) if fits else None,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in words; `address` is empty where the thing has no page."""

    at: datetime
    who: str
    act: str
    kind: str
    subject: str
    address: str
    values: tuple[Value, ...]
    reason: str


@audit.get("")
@requires(Right.READ_AUDIT)
def entries() -> ResponseReturnValue:
    """Show the log within reach, the latest first, page by page."""
    form = _form()
    wanted = form.wanted()
    found = audit_page(session(), _scope(), wanted, ROWS)
    return render_template(
        "office/audit.html",
        form=form,
        lines=list(_lines(found.entries, found.named)),
        is_narrowed=bool(request.args.keys() - {"before"}),
        is_first=wanted.before_id is None,
        next_address="" if found.next_before is None else _behind(found.next_before),
        first_address=_behind(None),
        table_address=f"/office/audit/table.csv?{urlencode(_asked())}",
    )


@audit.get("/table.csv")
@requires(Right.READ_AUDIT)
def table() -> Response:
    """Give the log as a table, narrowed as the page was."""
    found = audit_page(session(), _scope(), _form().wanted(), MOST_EXPORTED)
    head = [
        _("Time"),
        _("By whom"),
        _("What was done"),
        _("To what"),
        _("Its number"),
        _("Before"),
        _("After"),
        _("Reason"),
    ]
    name = f"{_('Audit log')} {today().isoformat()}"
    lines = _lines(found.entries, found.named)
    return csv_answer(name, head, [_cells(line) for line in lines])


def _scope() -> Scope:
    return actor().scope(Right.READ_AUDIT)


def _form() -> AuditFilterForm:
    form = AuditFilterForm(request.args)
    acts = sorted((str(words), act) for act, words in ACTS.items())
    kinds = sorted((str(words), kind) for kind, words in KINDS.items())
    form.act.choices = [(ANY, _("Everything")), *((act, words) for words, act in acts)]
    form.kind.choices = [(ANY, _("Everything")), *((kind, words) for words, kind in kinds)]
    form.validate()
    return form


def _lines(found: tuple[AuditEntry, ...], named: Named) -> Iterator[Line]:
    for entry in found:
        yield Line(
            at=entry.at,
            who=actor_words(entry, named),
            act=act_words(entry.act),
            kind=kind_words(entry.subject_kind),
            subject=subject_words(entry, named),
            address=subject_address(entry, named, actor()),
            values=tuple(values(entry, named)),
            reason=entry.reason,
        )


def _cells(line: Line) -> list[Cell]:
    return [
        instant(line.at),
        line.who,
        line.act,
        line.kind,
        line.subject,
        "; ".join(f"{each.name}: {each.before}" for each in line.values if each.before),
        "; ".join(f"{each.name}: {each.after}" for each in line.values if each.after),
        line.reason,
    ]


def _asked() -> list[tuple[str, str]]:
    return [pair for pair in request.args.items(multi=True) if pair[0] != "before" and pair[1]]


def _behind(entry_id: int | None) -> str:
    """Return this page's address with another beginning; everything else stays."""
    pairs = [*_asked(), *([] if entry_id is None else [("before", str(entry_id))])]
    return f"/office/audit?{urlencode(pairs)}" if pairs else "/office/audit"
