"""The form of a basket: each line's days and amount, and what is asked once for all of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from app.dates import day
from app.forms import DayField, Form, one_line, several_lines
from app.reserving_form import (
    LONGEST_CLASS,
    LONGEST_REMARK,
    MOST_PIECES,
    REASON,
    UNIT,
    near_day,
    number_in,
    purpose_in,
)
from loans.operations.basket import LineChange
from loans.queries.basket import BasketItem
from schools.rules.periods import Period

FIRST, LAST, QUANTITY = "from_", "until_", "quantity_"
PURPOSE, CLASS, PLACE = "purpose_", "class_", "place_"
"""What the names of a line's fields begin with; its id follows."""

Places = Mapping[int, Sequence[SelectChoice]]
"""By line, the pick-up places it may name."""


class BasketForm(Form):
    """A basket; the fields of its lines are added by `basket_form_of`."""

    person = IntegerField(widget=HiddenInput(), validators=[Optional()])
    purpose = SelectField(_("What is it for?"), choices=[], validate_choice=False)
    class_name = StringField(
        _("Class"),
        filters=[one_line],
        validators=[Length(max=LONGEST_CLASS, message=_("This is too long."))],
    )
    all_first = DayField(_("From"), validators=[Optional(), near_day])
    all_last = DayField(_("Until"), validators=[Optional(), near_day])
    remark = TextAreaField(
        _("Remark"),
        filters=[several_lines],
        validators=[Length(max=LONGEST_REMARK, message=_("This is too long."))],
    )
    act = StringField()
    """Which button sent it; no field shows it."""

    def validate_all_last(self, field: DayField) -> None:
        """Refuse a period that ends before it begins."""
        first = self.all_first.data
        if first and field.data and field.data < first:
            raise ValidationError(gettext("Choose an end from %(day)s on.", day=day(first)))

    def of(self, item: BasketItem) -> "LineFields":
        """Return the fields of a line."""
        return LineFields(
            **{
                name: self[f"{prefix}{item.id}"]
                for name, prefix in (
                    ("first", FIRST),
                    ("last", LAST),
                    ("quantity", QUANTITY),
                    ("purpose", PURPOSE),
                    ("class_name", CLASS),
                    ("place", PLACE),
                )
            }
        )

    def check_lines(self, items: Iterable[BasketItem]) -> bool:
        """Say whether each line's days are in order; a line that is not says so."""
        in_order = True
        for item in items:
            fields = self.of(item)
            if fields.first.data and fields.last.data and fields.last.data < fields.first.data:
                words = gettext("Choose an end from %(day)s on.", day=day(fields.first.data))
                fields.last.errors = [*fields.last.errors, words]
                in_order = False
        return in_order

    def changes(self, items: Iterable[BasketItem]) -> dict[int, LineChange]:
        """Return what each line shall be, once all are valid."""
        return {item.id: self._change(item) for item in items}

    def _change(self, item: BasketItem) -> LineChange:
        fields = self.of(item)
        unit_id, reason = purpose_in(fields.purpose.data or self.purpose.data or "")
        period = Period(fields.first.data, fields.last.data)
        if self.act.data == "days" and self.all_first.data:
            last = self.all_last.data or self.all_first.data
            period = Period(self.all_first.data, last)
        return LineChange(
            quantity=self._taken(item) or fields.quantity.data,
            period=period,
            place_id=number_in(fields.place.data) or item.place_id,
            copy_id=item.copy_id,
            unit_id=unit_id,
            reason=reason,
            class_name=fields.class_name.data or self.class_name.data or "",
        )

    def _taken(self, item: BasketItem) -> int | None:
        """Return how many of a line are taken instead, if that button was pressed."""
        named = (self.act.data or "").split(":")
        if len(named) == 3 and named[:2] == ["take", str(item.id)]:  # noqa: PLR2004  # a line and a number
            return number_in(named[2])
        return None


@dataclass(frozen=True, slots=True)
class LineFields:
    """The fields of one line."""

    first: Any
    last: Any
    quantity: Any
    purpose: Any
    class_name: Any
    place: Any


def basket_form_of(
    items: Sequence[BasketItem], person_id: int | None, places: Places
) -> BasketForm:
    """Return the form of a basket as it stands, or as it was sent."""
    fields: dict[str, Any] = {}
    for item in items:
        fields |= _fields(item, places.get(item.id, ()))
    form: BasketForm = type("BasketFormOfLines", (BasketForm,), fields)(
        data=_values(items, person_id)
    )
    return form


def _fields(item: BasketItem, places: Sequence[SelectChoice]) -> dict[str, Any]:
    missing = _("Enter how many you need, at least 1.")
    return {
        f"{FIRST}{item.id}": DayField(
            _("From"), validators=[InputRequired(_("Choose the first day.")), near_day]
        ),
        f"{LAST}{item.id}": DayField(
            _("Until"), validators=[InputRequired(_("Choose the last day.")), near_day]
        ),
        f"{QUANTITY}{item.id}": IntegerField(
            _("Pieces"),
            validators=[InputRequired(missing), NumberRange(1, MOST_PIECES, missing)],
        ),
        f"{PURPOSE}{item.id}": SelectField(
            _("What is it for?"), choices=[], validate_choice=False
        ),
        f"{CLASS}{item.id}": StringField(
            _("Class"),
            filters=[one_line],
            validators=[Length(max=LONGEST_CLASS, message=_("This is too long."))],
        ),
        f"{PLACE}{item.id}": SelectField(
            _("How does it reach you?"), choices=list(places), validate_choice=False
        ),
    }


def _values(items: Sequence[BasketItem], person_id: int | None) -> dict[str, Any]:
    """Return the values of the fields; a line says only what differs from the first."""
    purpose = _purpose(items[0]) if items else ""
    class_name = items[0].class_name if items else ""
    values: dict[str, Any] = {
        "person": person_id,
        "purpose": purpose,
        "class_name": class_name,
    }
    for item in items:
        own = _purpose(item)
        values |= {
            f"{FIRST}{item.id}": item.period.first,
            f"{LAST}{item.id}": item.period.last,
            f"{QUANTITY}{item.id}": item.quantity,
            f"{PURPOSE}{item.id}": "" if own == purpose else own,
            f"{CLASS}{item.id}": "" if item.class_name == class_name else item.class_name,
            f"{PLACE}{item.id}": str(item.place_id),
        }
    return values


def _purpose(item: BasketItem) -> str:
    if item.reason is not None:
        return f"{REASON}{item.reason.value}"
    return "" if item.unit_id is None else f"{UNIT}{item.unit_id}"
