"""A field for one value of the terms: a number, a sum, «unlimited», or nothing to inherit."""

from typing import Any

from flask_babel import gettext as _
from wtforms import StringField

from app.exports import amount
from app.office.terms_words import LIMITLESS, NAMES, said_shortly
from loans.rules.terms import UNLIMITED
from loans.rules.terms_faults import BOUNDS
from schools.formats.figures import parse_cents

FEE = "fee_cents"
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
