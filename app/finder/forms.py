"""The search as it stands in the address."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Field,
    IntegerField,
    SearchField,
    ValidationError,
)
from wtforms.validators import Length, Optional

from app.facet_words import PARAMETERS, is_known
from app.forms import DayField, QueryForm, first_sentence
from app.search import PeriodFault, Search, period_fault
from schools.rules.periods import Period
from search_index.engine import Facet, Sort

LONGEST_WORDS = 300
MOST_PIECES = 99
MOST_VALUES = 40
LAST_PAGE = 1_000_000
NO = ("", "0", "false")


FAULTS: Mapping[PeriodFault, LazyString] = {
    PeriodFault.PAST: _("This day has passed. Enter today or a later day."),
    PeriodFault.REVERSED: _("The last day lies before the first one."),
    PeriodFault.TOO_FAR: _("Nothing can be reserved so far ahead."),
    PeriodFault.TOO_LONG: _("A period has at most 92 days."),
}


class NumberField(IntegerField):
    """A whole number within bounds, with a sentence of ours for what is none."""

    def __init__(self, *args: Any, least: int, most: int, **kwargs: Any) -> None:  # noqa: ANN401  # WTForms' own
        """Take the bounds, both included."""
        super().__init__(*args, **kwargs)
        self.least = least
        self.most = most

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number, or say which are taken."""
        text = valuelist[0].strip() if valuelist else ""
        plain = text.removeprefix("-")
        digits = plain.isascii() and plain.isdigit() and len(plain) <= len(str(self.most)) + 1
        number = int(text) if digits else self.least - 1
        if not self.least <= number <= self.most:
            self.data = None
            raise ValueError(
                gettext(
                    "Enter a whole number from %(least)s to %(most)s.",
                    least=self.least,
                    most=self.most,
                )
            )
        self.data = number


class CodesField(Field):
    """Any number of values of one facet."""

    def __init__(self, *args: Any, facet: Facet, **kwargs: Any) -> None:  # noqa: ANN401  # WTForms' own
        """Take the facet whose values are known."""
        super().__init__(*args, **kwargs)
        self.facet = facet
        self.data: tuple[str, ...] = ()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take each value once, empty ones not at all."""
        self.data = tuple(dict.fromkeys(value for value in valuelist if value))[:MOST_VALUES]

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401, ARG002  # WTForms' own
        """Refuse what the vocabulary does not know."""
        for value in self.data:
            if not is_known(self.facet, value):
                raise ValidationError(gettext("“%(value)s” is no choice here.", value=value[:40]))


class ChoiceField(Field):
    """One of few values, empty for the first."""

    def __init__(self, *args: Any, values: tuple[str, ...], **kwargs: Any) -> None:  # noqa: ANN401  # WTForms' own
        """Take the values."""
        super().__init__(*args, **kwargs)
        self.values = values

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the value as it is."""
        self.data = (valuelist[0] if valuelist else "") or self.values[0]

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401, ARG002  # WTForms' own
        """Refuse any other value."""
        if self.data not in self.values:
            raise ValidationError(
                gettext("“%(value)s” is no choice here.", value=str(self.data)[:40])
            )


class SearchForm(QueryForm):
    """Words, period, quantity, filters, order and page, named as in the address."""

    words = SearchField(
        _("What are you looking for?"),
        [Length(max=LONGEST_WORDS, message=_("Search for at most 300 characters."))],
    )
    first = DayField(_("Free from"), [Optional()], name="from")
    last = DayField(_("until"), [Optional()], name="until")
    quantity = NumberField(_("Quantity"), [Optional()], least=1, most=MOST_PIECES)
    subject = CodesField(facet=Facet.SUBJECT)
    content_field = CodesField(facet=Facet.CONTENT_FIELD)
    grade = CodesField(facet=Facet.GRADE)
    school_form = CodesField(facet=Facet.SCHOOL_FORM)
    media_type = CodesField(facet=Facet.MEDIA_TYPE)
    media_competence = CodesField(facet=Facet.MEDIA_COMPETENCE)
    learning_competence = CodesField(facet=Facet.LEARNING_COMPETENCE)
    language = CodesField(facet=Facet.LANGUAGE)
    year = CodesField(facet=Facet.YEAR)
    group = CodesField(facet=Facet.GROUP)
    access = CodesField(facet=Facet.AVAILABILITY)
    free = BooleanField(false_values=NO)
    exact = BooleanField(false_values=NO)
    sort = ChoiceField(values=tuple(Sort))
    page = NumberField(validators=[Optional()], least=-LAST_PAGE, most=LAST_PAGE)
    centre = NumberField(validators=[Optional()], least=1, most=2**31 - 1)

    def check(self, today: date) -> bool:
        """Say whether the search can be made; each field that keeps it from being knows why."""
        if not self.validate():
            return False
        return self._check_period(today)

    def sentences(self) -> dict[str, str]:
        """Return the first error of each field by its name in the address."""
        return {field.name: first_sentence(field.errors) for field in self if field.errors}

    def search(self) -> Search:
        """Return what was asked for; only after `check` said yes."""
        return Search(
            words=(self.words.data or "").strip(),
            period=self.period(),
            quantity=self.quantity.data or 1,
            filters={
                facet: frozenset(self[name].data)
                for facet, name in PARAMETERS.items()
                if self[name].data
            },
            only_free=bool(self.free.data) and self.first.data is not None,
            as_written=bool(self.exact.data),
            sort=Sort(self.sort.data or Sort.RELEVANCE),
            page=max(1, self.page.data or 1),
        )

    def period(self) -> Period | None:
        """Return the wished period; a first day alone is a period of one day."""
        if self.first.data is None:
            return None
        return Period(self.first.data, self.last.data or self.first.data)

    def _check_period(self, today: date) -> bool:
        first, last = self.first.data, self.last.data
        if first is None:
            return last is None or self._refuse(
                self.first, gettext("Enter the first day as well.")
            )
        fault = period_fault(first, last or first, today)
        if fault is None:
            return True
        wrong = self.first if fault is PeriodFault.PAST else self.last
        return self._refuse(wrong, str(FAULTS[fault]))

    @staticmethod
    def _refuse(field: Field, sentence: str) -> bool:
        field.errors = [*field.errors, sentence]
        return False


def search_form(args: MultiDict[str, str]) -> SearchForm:
    """Return the form with what the address says."""
    return SearchForm(args)
