"""Tells a second editor what was saved meanwhile, field by field, beside what they typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from wtforms import Field, SelectField, SelectMultipleField

from app.dates import day, instant
from app.exports import amount
from app.forms import Form
from catalogue.errors import ChangedMeanwhileError

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that is stored otherwise than it was typed."""

    label: str
    stored: str
    typed: str


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What happened since the form was opened; `who` and `when` are empty if nobody knows."""

    who: str
    when: str
    differences: tuple[Difference, ...]


def meanwhile(error: ChangedMeanwhileError, form: Form, stored: Mapping[str, Any]) -> Meanwhile:
    """Compare what is stored with what was typed.

    Args:
        error: what the operation found.
        form: as it was sent.
        stored: the values that the form would show now, by field name.
    """
    differences = tuple(
        Difference(str(field.label.text), _said(field, stored[field.name]), _typed(field))
        for field in form
        if field.name in stored and _said(field, stored[field.name]) != _typed(field)
    )
    when = instant(error.changed_at) if isinstance(error.changed_at, datetime) else ""
    return Meanwhile(error.changed_by, when, differences)


def _typed(field: Field) -> str:
    return _said(field, field.data)


def _said(field: Field, value: Any) -> str:  # noqa: ANN401  # whatever a field holds
    if hasattr(field, "said"):  # a field with words of its own
        return str(field.said(value)) or NOTHING
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, date):
        return day(value)
    if field.name.endswith("cents"):
        return amount(value) or NOTHING
    if isinstance(field, SelectField | SelectMultipleField):
        return _chosen(field, value)
    return str(value) if value not in {None, ""} else NOTHING


def _chosen(field: Field, value: Any) -> str:  # noqa: ANN401  # one code or several
    codes = value if isinstance(value, list | tuple) else [value]
    names = [str(name) for code, name, *_further in field.choices if code in codes]
    return "; ".join(names) or NOTHING
