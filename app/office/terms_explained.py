"""The page that explains the terms: every effective value, and the row that gave it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from werkzeug.exceptions import NotFound

from app.office.terms import centres_in_reach, editing_reach, rows_at
from app.office.terms_form import ExplainForm
from app.office.terms_subject import Choice, Subject, subject_of
from app.office.terms_words import GROUPS, NAMES, counted, row_name, said
from app.security import requires
from app.visitor import actor
from loans.rules.terms import VALUE_NAMES, Effective, TermsKey, TermsRow, effective
from schools.rules.roles import Right
from schools.vocabularies.media_types import MediaCategory

terms_explained = Blueprint("office_terms_explained", __name__, url_prefix="/office/terms")


@dataclass(frozen=True, slots=True)
class Given:
    """One row as the source of a value: its name, and where it is changed, if by this visitor."""

    name: str
    value: str
    address: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One effective value.

    Attributes:
        name: of the value, in code.
        words: what it is called.
        value: in words.
        origin: the row that gave it; None if it is built in.
        passed_over: less specific rows that set it as well.
        note: what counts against a limit.
        asked: the page was opened to explain this one.
    """

    name: str
    words: LazyString
    value: str
    origin: Given | None
    passed_over: list[Given]
    note: str
    asked: bool


@terms_explained.get("/explain")
@requires(Right.SEE_TERMS)
def explain() -> ResponseReturnValue:
    """Explain the terms of a customer for a kind of medium, a school for a title, and so on."""
    form = ExplainForm(request.args)
    form.validate()
    centres = centres_in_reach()
    subject = subject_of(form, centres.chosen_id)
    centre_id = centres.chosen_id if subject.thing is None else subject.thing.centre_id
    if centre_id is None and not actor().scope(Right.SEE_TERMS).everything:
        raise NotFound
    key = TermsKey(centre_id, subject.customer_class, subject.category)
    rows = rows_at(centre_id)
    found = effective(rows, key)
    form.customer_class.data, form.media_category.data = key.customer_class, key.media_category
    return render_template(
        "office/terms_explained.html",
        form=form,
        centres=centres,
        centre_id=centre_id,
        subject=subject,
        heading=row_name(key, centres.names),
        groups=_groups(rows, found, centres.names),
        asked=[NAMES[name] for name in _asked()],
        lends=found.terms is not None,
        online=subject.category == MediaCategory.ONLINE,
        new_address=_new_address(key),
        addresses=_choices(subject),
    )


def _asked() -> list[str]:
    """Return the values that the address asks about, in the order of the pages."""
    wanted = set(request.args.getlist("why"))
    return [name for name in VALUE_NAMES if name in wanted]


def _groups(
    rows: tuple[TermsRow, ...], found: Effective, centres: Mapping[int, str]
) -> list[tuple[LazyString, list[Explained]]]:
    values = {name: value for name, value, _row_id in found.explain()}
    asked = set(_asked())
    setting = {name: _setting(rows, found, name, centres) for name in VALUE_NAMES}

    def explained(name: str) -> Explained:
        built_in = name not in found.origins
        return Explained(
            name=name,
            words=NAMES[name],
            value=said(name, values[name]),
            origin=None if built_in else setting[name][0],
            passed_over=setting[name][1:],
            note="" if built_in else counted(name, found.limit_scope(name)),
            asked=name in asked,
        )

    return [(heading, [explained(name) for name in names]) for heading, names in GROUPS]


def _setting(
    rows: tuple[TermsRow, ...], found: Effective, name: str, centres: Mapping[int, str]
) -> list[Given]:
    """Return the rows that apply and set a value, the one that wins first."""
    applying = [
        row for row in rows if row.key.covers(found.key) and getattr(row.values, name) is not None
    ]
    applying.sort(key=lambda row: row.key.rank, reverse=True)
    return [
        Given(
            row_name(row.key, centres), said(name, getattr(row.values, name)), _edit_address(row)
        )
        for row in applying
    ]


def _edit_address(row: TermsRow) -> str:
    """Return where a row is changed; empty for who may not."""
    if not editing_reach().covers_centre(row.key.centre_id):
        return ""
    return url_for("office_terms_edit.edit_form", terms_id=row.id)


def _new_address(key: TermsKey) -> str:
    """Return where a row for exactly this is added; empty for who may not."""
    if not editing_reach().covers_centre(key.centre_id):
        return ""
    return url_for(
        "office_terms_edit.new_form",
        centre=key.centre_id or "all",
        customer_class=key.customer_class,
        media_category=key.media_category,
    )


def _choices(subject: Subject) -> list[tuple[str, Choice]]:
    """Return what the visitor may have meant, each with its address."""
    kept: dict[str, Any] = {
        "institution": subject.institution_id,
        "holding": None if subject.thing is None else subject.thing.holding_id,
        "customer_class": subject.customer_class,
        "media_category": subject.category,
        "why": _asked(),
    }
    typed: dict[str, dict[str, Any]] = {
        "institution": {"what": request.args.get("what") or None},
        "holding": {"who": request.args.get("who") or None},
    }
    found = []
    for choice in subject.choices:
        values = kept | choice.values
        for name in choice.values:
            values |= typed[name]
        found.append((url_for("office_terms_explained.explain", **values), choice))
    return found
