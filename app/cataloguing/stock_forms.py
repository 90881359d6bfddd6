"""Forms for what hangs on a title: offer, copies, licences, cover, and for the list."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FileField, HiddenField, RadioField, SearchField, SelectField
from wtforms.validators import InputRequired, Length, ValidationError

from app.cataloguing.choices import NOTHING, licence_type_choices, media_type_choices
from app.cataloguing.fields import EuroField, NumberField, line, text
from app.forms import DayField, Form, QueryForm, one_line
from app.lending_words import SHELF_STEPS
from app.stock_words import BOOKED_BY, LICENCE_SCOPES, WITHDRAWAL_REASONS
from app.words import Words
from catalogue.formats.records import (
    LONGEST_BARCODE,
    LONGEST_INVENTORY_NUMBER,
    LONGEST_NOTE,
    LONGEST_SERIAL_NUMBER,
    LONGEST_SHELF_MARK,
)
from catalogue.models.holding import BookedBy
from catalogue.operations.acquire import NewCopies
from catalogue.operations.edit_copy import CopyFacts
from catalogue.operations.license import LicenceFacts
from catalogue.operations.offer import Offering
from catalogue.queries.stock_lists import TitleFilter
from catalogue.rules.licences import LicenceScope
from catalogue.rules.stock import MOST_COPIES_AT_ONCE
from loans.operations.take_off_shelf import ShelfStep
from schools.models.media_centre import Branch

LONGEST_REASON = 300
LONGEST_LICENCE_NOTE = 500
LONGEST_AREA = 2000
LONGEST_WORDS = 200
LATEST, BY_NAME = "latest", ""


class TitleListForm(QueryForm):
    """How the list of titles is narrowed."""

    words = SearchField(_("Title, person or number"), filters=[one_line], default="")
    media_type = SelectField(_("Media type"), default="")
    without_copies = BooleanField(_("without copies"))
    order = SelectField(_("Order"), default=BY_NAME)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # WTForms' own
        """Fill the lists."""
        super().__init__(*args, **kwargs)
        self.media_type.choices = [("", _("All")), *media_type_choices()]
        self.order.choices = [(BY_NAME, _("Title A–Z")), (LATEST, _("Changed last"))]

    def narrowed(self) -> TitleFilter:
        """Return what the address asks for; what it does not know narrows nothing."""
        self.validate()
        return TitleFilter(
            words=self.words.data[:LONGEST_WORDS],
            media_type="" if self.media_type.errors else self.media_type.data,
            without_copies=self.without_copies.data,
            latest_first=self.order.data == LATEST,
        )


class SheetForm(Form):
    """One of several forms of a page: the ids of its fields begin with its own word."""

    sheet = ""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  # WTForms' own
        """Give every field an id that no other form of the page has."""
        super().__init__(**kwargs)
        for field in self:
            field.id = field.label.field_id = f"{self.sheet}-{field.short_name}"


class OfferForm(SheetForm):
    """How our centre shelves and books a title."""

    sheet = "offer"

    edition = HiddenField(default="", validators=[Length(max=40)])
    shelf_mark = line(_("Shelf mark"), LONGEST_SHELF_MARK)
    local_note = text(_("Note for our readers"), LONGEST_NOTE)
    visible = BooleanField(_("Readers see it in the catalogue"))
    booked_by = SelectField(_("Readers book"), default="", validate_choice=False)

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  # WTForms' own
        """Fill the list."""
        super().__init__(**kwargs)
        self.booked_by.choices = _choices(BOOKED_BY)

    def validate_booked_by(self, field: Any) -> None:  # noqa: ANN401  # WTForms' own
        """Who does not say leaves it as it is."""
        if field.data and field.data not in set(BookedBy):
            raise ValidationError(_("Choose only what the list offers."))

    def way_to_book(self) -> BookedBy | None:
        """Return how readers are to book it; None if nobody said."""
        return BookedBy(self.booked_by.data) if self.booked_by.data else None

    def offering(self) -> Offering:
        """Return what was typed, once it is valid."""
        return Offering(
            shelf_mark=self.shelf_mark.data,
            local_note=self.local_note.data,
            visible=self.visible.data,
        )


class NewCopiesForm(SheetForm):
    """How many copies are put on the shelf, and where."""

    sheet = "copies"

    count = NumberField(
        _("How many"),
        1,
        MOST_COPIES_AT_ONCE,
        default=1,
        validators=[InputRequired(_("Enter how many copies there are."))],
    )
    branch = SelectField(_("Branch"), coerce=int)
    barcode = line(_("Label of its own"), LONGEST_BARCODE)
    value = EuroField(_("Value of each in euros"))
    acquired_on = DayField(_("Acquired on"))
    note = line(_("Note"), LONGEST_NOTE)

    def __init__(self, branches: Sequence[Branch], **kwargs: Any) -> None:  # noqa: ANN401  # WTForms' own
        """Offer these branches."""
        super().__init__(**kwargs)
        self.branch.choices = [(branch.id, branch.name) for branch in branches]

    def validate_barcode(self, field: Any) -> None:  # noqa: ANN401  # WTForms' own
        """One label belongs to one copy."""
        if field.data and self.count.data != 1:
            raise ValidationError(_("One label belongs to one copy. Leave it empty for several."))

    def wish(self, holding_id: int) -> NewCopies:
        """Return what was typed, once it is valid."""
        return NewCopies(
            holding_id=holding_id,
            count=self.count.data,
            branch_id=self.branch.data,
            barcode=self.barcode.data,
            value_cents=self.value.data,
            acquired_on=self.acquired_on.data,
            note=self.note.data,
        )


class CopyForm(Form):
    """What is said of one copy."""

    edition = HiddenField(default="", validators=[Length(max=40)])
    barcode = line(_("Barcode"), LONGEST_BARCODE, _("Enter the number on the label."))
    inventory_number = line(_("Inventory number"), LONGEST_INVENTORY_NUMBER)
    serial_number = line(_("Serial number"), LONGEST_SERIAL_NUMBER)
    home_branch_id = SelectField(_("Branch"), coerce=int)
    value_cents = EuroField(_("Value in euros"))
    acquired_on = DayField(_("Acquired on"))
    note = line(_("Note"), LONGEST_NOTE)
    lendable = BooleanField(_("is lent"))
    not_lendable_reason = line(_("If not: why not"), LONGEST_REASON)

    def __init__(self, branches: Sequence[Branch], **kwargs: Any) -> None:  # noqa: ANN401  # WTForms' own
        """Offer these branches."""
        super().__init__(**kwargs)
        self.home_branch_id.choices = [(branch.id, branch.name) for branch in branches]

    def facts(self) -> CopyFacts:
        """Return what was typed, once it is valid."""
        values = {name: self[name].data for name in CopyFacts.__slots__}
        values["inventory_number"] = values["inventory_number"] or None
        if values["lendable"]:
            values["not_lendable_reason"] = ""
        return CopyFacts(**values)


class LicenceForm(SheetForm):
    """A licence as the centre bought it."""

    sheet = "licence"

    licence_type = SelectField(_("Type of licence"))
    scope = SelectField(_("For whom"))
    area = line(_("Which districts, school forms or schools"), LONGEST_AREA)
    online = BooleanField(_("for opening it online"))
    lending_allowed = BooleanField(_("lending is allowed"))
    public_showing_allowed = BooleanField(_("public showing is allowed"))
    valid_from = DayField(
        _("First day"), validators=[InputRequired(_("Enter the first day of the licence."))]
    )
    valid_until = DayField(_("Last day"))
    note = line(_("Note"), LONGEST_LICENCE_NOTE)

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  # WTForms' own
        """Fill the lists."""
        super().__init__(**kwargs)
        self.licence_type.choices = licence_type_choices()
        self.scope.choices = _choices(LICENCE_SCOPES)

    def validate_area(self, field: Any) -> None:  # noqa: ANN401  # WTForms' own
        """Ask for codes where the scope names some."""
        narrow = {LicenceScope.DISTRICT, LicenceScope.SCHOOL_FORM, LicenceScope.SCHOOL}
        if self.scope.data in narrow and not _codes(field.data):
            raise ValidationError(_("Name whom it is for by numbers, such as 05315; 05374."))

    def facts(self) -> LicenceFacts:
        """Return what was typed, once it is valid."""
        scope = LicenceScope(self.scope.data)
        values = {
            name: self[name].data
            for name in LicenceFacts.__slots__
            if name not in {"scope", "area"}
        }
        area = () if scope is LicenceScope.EVERYONE else _codes(self.area.data)
        return LicenceFacts(scope=scope, area=area, **values)


class EndLicenceForm(SheetForm):
    """The last day of a licence."""

    sheet = "end"

    valid_until = DayField(_("Last day"), validators=[InputRequired(_("Enter the last day."))])


class CoverForm(SheetForm):
    """A picture of a title."""

    sheet = "cover"

    picture = FileField(_("Picture"))


class ShelfForm(SheetForm):
    """Where a copy goes, or that nobody finds it."""

    sheet = "shelf"

    step = RadioField(_("The copy itself"), validators=[InputRequired(_("Choose what happens."))])
    reason = line(_("Reason"), LONGEST_REASON, _("Say why; it stands in the log."))

    def offer(self, steps: Sequence[ShelfStep]) -> None:
        """Let the possible steps be chosen."""
        self.step.choices = [(step.value, SHELF_STEPS[step]) for step in steps]


class WithdrawCopyForm(SheetForm):
    """Why a copy goes."""

    sheet = "withdraw"

    reason = SelectField(_("Reason"))
    note = line(_("More about it"), LONGEST_REASON)

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  # WTForms' own
        """Fill the list; nothing is chosen beforehand."""
        super().__init__(**kwargs)
        self.reason.choices = [NOTHING, *_choices(WITHDRAWAL_REASONS)]

    def validate_reason(self, field: Any) -> None:  # noqa: ANN401  # WTForms' own
        """Ask for one."""
        if not field.data:
            raise ValidationError(_("Choose why the copy is withdrawn."))


class WithdrawTitleForm(SheetForm):
    """Why a title goes."""

    sheet = "withdraw"

    reason = line(_("Reason"), LONGEST_REASON, _("Say why the title is withdrawn."))


def _choices(words: Words) -> list[tuple[str, str]]:
    return [(member.value, str(said)) for member, said in words.items()]


def _codes(typed: str) -> tuple[str, ...]:
    parts = typed.replace(",", ";").replace(" ", ";").split(";")
    return tuple(dict.fromkeys(part for part in parts if part))
