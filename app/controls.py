"""How form fields are drawn: their kind, attributes and first fault; used by macros/forms.html."""

from typing import Any

from wtforms import BooleanField, Field, RadioField, SelectField, SelectMultipleField
from wtforms.widgets import Select

from app.forms import first_sentence

KINDS: tuple[tuple[type[Field], str], ...] = (
    (BooleanField, "check"),
    (RadioField, "radios"),
)


def field_kind(field: Field) -> str:
    """Return ``check``, ``radios``, ``checks``, ``select`` or ``text``."""
    for parent, kind in KINDS:
        if isinstance(field, parent):
            return kind
    if isinstance(field, SelectMultipleField) and not isinstance(field.widget, Select):
        return "checks"
    return "select" if isinstance(field, SelectField) else "text"


def first_error(field: Field) -> str:
    """Return the first fault of a field as one sentence; empty without one."""
    return first_sentence(field.errors) if field.errors else ""


def anchor(field: Field) -> str:
    """Return the id that a link to the field needs: of its control, or of its first choice."""
    if field_kind(field) in {"radios", "checks"}:
        return f"{field.id}-0"
    return str(field.id)


def described(field: Field, hint: str | None) -> str:
    """Return the ids of the texts that describe the field, parted by blanks."""
    ids = [f"{field.id}-hint"] if hint else []
    if field.errors:
        ids.append(f"{field.id}-error")
    return " ".join(ids)


def control(field: Field, hint: str | None, options: str, extra: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes of the field's control.

    Args:
        field: the field.
        hint: the sentence below its label, if any.
        options: further classes, such as ``short``.
        extra: further attributes as the template names them.
    """
    base = {"select": "form-select", "check": ""}.get(field_kind(field), "form-control")
    classes = [base, options, "is-invalid" if field.errors else ""]
    attributes: dict[str, Any] = {"class": " ".join(filter(None, classes)), **extra}
    texts = described(field, hint)
    if texts:
        attributes["aria-describedby"] = texts
    if field.errors:
        attributes["aria-invalid"] = "true"
    return attributes


TEMPLATE_WORDS = {
    "anchor": anchor,
    "control": control,
    "described": described,
    "field_kind": field_kind,
    "first_error": first_error,
}
