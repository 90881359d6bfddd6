"""Fields of the office: a value of the terms, the hours of a day, a whole number."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional

from app.exports import amount
from app.office.hours import hours_text, parse_hours
from app.office.terms_words import LIMITLESS, NAMES, said_shortly
from loans.rules.calendar import Hours
from loans.rules.terms import UNLIMITED
from loans.rules.terms_faults import BOUNDS
from schools.formats.figures import parse_cents

FEE = "fee_cents"
LONGEST_HOURS = 120
WORDS_FOR_UNLIMITED = frozenset(
    {"∞", "never", "nie", "unbegrenzt", "unbeschränkt", "unlimited", "ohne grenze", "no limit"}
)
"""In both languages, whichever the page speaks."""


class TermField(StringField):
    """One value of the terms by its name; its data is the stored number, or None to inherit."""

    data: Any

    def __init__(self, value: str, **kwargs: Any) -> None:  # noqa: ANN401  # WTForms' own
        """Take the name of the value."""
        super().__init__(NAMES[value], **kwargs)
        self.value_name = value
        self.bounds = BOUNDS[value]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed, or say what can be."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not typed:
            return
        found = self._number(typed)
        if found is None or not self.bounds.hold(found):
            raise ValueError(self._what_fits())
        self.data = found

    def said(self, value: int | None) -> str:
        """Return a stored value as somebody would type it."""
        if value is None:
            return ""
        if self.value_name == FEE:
            return amount(value)
        return said_shortly(self.value_name, value)

    def _number(self, typed: str) -> int | None:
        if typed.casefold() in WORDS_FOR_UNLIMITED:
            return UNLIMITED
        if self.value_name == FEE:
            return parse_cents(typed)
        fits = typed.isascii() and typed.isdigit() and len(typed) < len(str(UNLIMITED))
        return int(typed) if fits else None

    def _what_fits(self) -> str:
        least, most = self.said(self.bounds.least), self.said(self.bounds.most)
        if self.value_name == FEE:
            return str(_("Enter a sum from %(least)s to %(most)s euros.", least=least, most=most))
        if not self.bounds.or_unlimited:
            return str(
                _("Enter a whole number from %(least)s to %(most)s.", least=least, most=most)
            )
        return str(
            _(
                "Enter a whole number from %(least)s to %(most)s, or “%(word)s”.",
                least=least,
                most=most,
                word=LIMITLESS[self.value_name],
            )
        )

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else self.said(self.data)


class HoursField(StringField):
    """The hours of one day; its data is a tuple of stretches, empty for a closed day."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed, or say how hours look."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = ()
        found = parse_hours(typed) if len(typed) <= LONGEST_HOURS else None
        if found is None:
            raise ValueError(str(_("Enter hours such as 8:00–12:00, 14:00–17:00.")))
        self.data = found

    def said(self, value: Iterable[Hours] | None) -> str:
        """Return stored hours as somebody would type them."""
        return hours_text(value or ())

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else self.said(self.data)


class WholeNumber(IntegerField):
    """A whole number, or nothing where none is needed; a sentence of ours for what is neither."""

    def __init__(
        self,
        label: object,
        bounds: tuple[int, int],
        sentence: object,
        *,
        needed: bool = True,
        **kwargs: Any,  # noqa: ANN401  # WTForms' own
    ) -> None:
        """Take the bounds, both included, and the sentence for everything else."""
        first = InputRequired(sentence) if needed else Optional()
        checks = [first, NumberRange(*bounds, sentence)]
        super().__init__(label, validators=checks, **kwargs)
        self.sentence = sentence

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number, or say which ones fit."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(str(self.sentence)) from None
