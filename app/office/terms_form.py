"""A row of terms as a form: each value empty to inherit it."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice

from app.forms import Form, QueryForm
from app.lending_words import BASES, CLOSED_DAY_RULES
from app.office.fields import TermField
from app.office.forms import line
from app.office.terms_words import NAMES
from app.people_words import CUSTOMER_CLASSES
from app.stock_words import MEDIA_CATEGORIES
from app.words import Words
from loans.rules.due_dates import Basis, ClosedDayRule
from loans.rules.terms import VALUE_NAMES, TermsKey, TermsValues
from loans.rules.terms_faults import BOUNDS
from schools.models.media_centre import MediaCentre

EVERYWHERE = "all"
YES_OR_NO = {"yes": True, "no": False}
LONGEST_REASON = 300
INHERITS = SelectChoice("", _("inherits"))


def _chosen_of(words: Words) -> list[SelectChoice]:
    return [SelectChoice(str(member.value), said) for member, said in words.items()]


def _yes_or_no(value: str) -> SelectField:
    choices = [INHERITS, SelectChoice("yes", _("yes")), SelectChoice("no", _("no"))]
    return SelectField(NAMES[value], choices=choices)


class TermsForm(Form):
    """The values of a row; `edition` tells which were opened."""

    loan_period = TermField("loan_period")
    basis = SelectField(NAMES["basis"], choices=[INHERITS, *_chosen_of(BASES)])
    closed_day_rule = SelectField(
        NAMES["closed_day_rule"], choices=[INHERITS, *_chosen_of(CLOSED_DAY_RULES)]
    )
    renewals = TermField("renewals")
    renewal_period = TermField("renewal_period")
    renewal_window = TermField("renewal_window")
    limit_open_loans = TermField("limit_open_loans")
    limit_open_bookings = TermField("limit_open_bookings")
    limit_school_loans = TermField("limit_school_loans")
    limit_school_bookings = TermField("limit_school_bookings")
    booking_horizon = TermField("booking_horizon")
    lead_time = TermField("lead_time")
    service_days_before = TermField("service_days_before")
    service_days_after = TermField("service_days_after")
    needs_approval = _yes_or_no("needs_approval")
    needs_briefing = _yes_or_no("needs_briefing")
    personal_pickup = _yes_or_no("personal_pickup")
    reminder_level_1 = TermField("reminder_level_1")
    reminder_level_2 = TermField("reminder_level_2")
    reminder_level_3 = TermField("reminder_level_3")
    block_level = TermField("block_level")
    fee_cents = TermField("fee_cents")
    reason = line(_("Why (for the audit log)"), LONGEST_REASON)
    edition = HiddenField(default="")

    def values(self) -> TermsValues:
        """Return what was typed, once it is valid."""
        typed = {name: self[name].data for name in VALUE_NAMES}
        for name in VALUE_NAMES:
            if isinstance(self[name], SelectField):
                typed[name] = YES_OR_NO.get(typed[name])
        basis, rule = self.basis.data, self.closed_day_rule.data
        typed["basis"] = Basis(basis) if basis else None
        typed["closed_day_rule"] = ClosedDayRule(rule) if rule else None
        return TermsValues(**typed)


class NewTermsForm(TermsForm):
    """A row with what it holds for."""

    centre = SelectField(_("Holds at"))
    customer_class = SelectField(
        _("Customer class"),
        choices=[SelectChoice("", _("all customers")), *_chosen_of(CUSTOMER_CLASSES)],
    )
    media_category = SelectField(
        _("Kind of medium"),
        choices=[SelectChoice("", _("all media")), *_chosen_of(MEDIA_CATEGORIES)],
    )

    def offer(self, centres: Iterable[MediaCentre], *, everywhere: bool) -> None:
        """Offer the centres within reach, and the whole installation where that is."""
        offered = [SelectChoice(str(each.id), each.name) for each in centres]
        if everywhere:
            offered.append(SelectChoice(EVERYWHERE, _("Whole installation")))
        self.centre.choices = offered

    def key(self) -> TermsKey:
        """Return what the row holds for, once the form is valid."""
        chosen = self.centre.data
        return TermsKey(
            centre_id=None if chosen == EVERYWHERE else int(chosen),
            customer_class=self.customer_class.data or None,
            media_category=self.media_category.data or None,
        )


class RemoveForm(Form):
    """Removing a row; `edition` tells which was looked at."""

    why = line(_("Why (for the audit log)"), LONGEST_REASON)
    edition = HiddenField(default="")


class ExplainForm(QueryForm):
    """Whose terms for what are explained."""

    customer_class = SelectField(
        _("Customer class"), choices=_chosen_of(CUSTOMER_CLASSES), validate_choice=False
    )
    media_category = SelectField(
        _("Kind of medium"), choices=_chosen_of(MEDIA_CATEGORIES), validate_choice=False
    )
    who = line(_("or a school or person"), 100)
    what = line(_("or a medium"), 100)


def form_values(values: TermsValues) -> dict[str, Any]:
    """Return the values as the form's fields take them."""
    return {name: _field_value(name, getattr(values, name)) for name in VALUE_NAMES}


def _field_value(name: str, value: object) -> object:
    if name in BOUNDS:
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
