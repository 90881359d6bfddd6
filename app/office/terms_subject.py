"""Whose terms for what: read from an address, by keys that pages link or by typed words."""

from dataclasses import dataclass, field
from typing import TypeVar

from flask import request
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.dates import language
from app.labels import label
from app.office.terms_form import ExplainForm
from app.sessions import session
from app.today import today
from app.visitor import actor
from loans.queries.borrowers import Borrower, memberships_of, people_like
from loans.queries.customers import Customer, customer_of
from loans.queries.scanned import ScannedCopy, ScannedPerson, scanned
from loans.queries.terms import VISITORS_CLASS
from loans.queries.terms_subjects import Thing, thing_of_copy, thing_of_holding, things_called
from schools.models.institution import CustomerClass
from schools.queries.institutions import institution_within, institutions_within
from schools.rules.roles import Right, Scope
from schools.vocabularies.media_types import MediaCategory, media_type

HIGHEST_ID = 2**31 - 1
MOST_FOUND = 20

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several that typed words may mean; `values` go into the address."""

    name: str
    more: str
    values: dict[str, int]


@dataclass(slots=True)
class Subject:
    """Whose terms for what.

    Attributes:
        customer_class: whose terms hold.
        category: of the medium.
        institution_id: the school, where one is named.
        institution: its name.
        thing: the holding, where one is named.
        choices: what typed words may mean, where they are not clear.
    """

    customer_class: str = VISITORS_CLASS
    category: str = MediaCategory.MEDIA
    institution_id: int | None = None
    institution: str = ""
    thing: Thing | None = None
    choices: list[Choice] = field(default_factory=list)

    @property
    def thing_words(self) -> str:
        """The title with its media type."""
        if self.thing is None:
            return ""
        return f"{self.thing.title} ({media_type(self.thing.type_code).name(language())})"


def subject_of(form: ExplainForm, centre_id: int | None) -> Subject:
    """Return what the request's address asks about; words that find nothing are told at fields.

    Raises:
        NotFound: a key names nothing within the visitor's reach.
    """
    subject = Subject()
    if form.customer_class.data in set(CustomerClass):
        subject.customer_class = form.customer_class.data
    if form.media_category.data in set(MediaCategory):
        subject.category = form.media_category.data
    _find_customer(subject, form, centre_id)
    _find_thing(subject, form, centre_id)
    return subject


def _find_customer(subject: Subject, form: ExplainForm, centre_id: int | None) -> None:
    named = _number("institution")
    if form.who.data and not form.who.errors:
        found = _customers(form.who.data, centre_id)
        ids = {choice.values["institution"] for choice in found}
        named = ids.pop() if len(ids) == 1 else None
        if named is None:
            subject.choices += found
        if not found:
            form.who.errors = [_("Nobody is called so here. Try a school number or a card.")]
    if named is not None:
        customer = _customer(named)
        subject.institution_id, subject.institution = customer.id, customer.name
        subject.customer_class = customer.customer_class


def _find_thing(subject: Subject, form: ExplainForm, centre_id: int | None) -> None:
    thing = _named_thing()
    if form.what.data and not form.what.errors:
        found = _things(form.what.data, centre_id)
        thing = found[0] if len(found) == 1 else None
        if len(found) > 1:
            subject.choices += [_thing_choice(each) for each in found]
        if not found:
            form.what.errors = [_("No medium is called so here. Try the number on its label.")]
    if thing is not None:
        subject.thing = thing
        subject.category = media_type(thing.type_code).category


def _named_thing() -> Thing | None:
    holding_id, copy_id = _number("holding"), _number("copy")
    if holding_id is not None:
        return _or_404(thing_of_holding(session(), _reach(), holding_id))
    if copy_id is not None:
        return _or_404(thing_of_copy(session(), _reach(), copy_id))
    return None


def _things(text: str, centre_id: int | None) -> tuple[Thing, ...]:
    labelled = None if centre_id is None else scanned(session(), _reach(), centre_id, text)
    if isinstance(labelled, ScannedCopy):
        thing = thing_of_copy(session(), _reach(), labelled.id)
        return () if thing is None else (thing,)
    here = _reach() if centre_id is None else Scope(centre_ids=frozenset({centre_id}))
    return things_called(session(), here, text)


def _customers(text: str, centre_id: int | None) -> list[Choice]:
    """Return schools and people of that name; people only to who works at the desk."""
    carded = None if centre_id is None else scanned(session(), _reach(), centre_id, text)
    desk = actor().scope(Right.LEND)
    if isinstance(carded, ScannedPerson):
        people = memberships_of(session(), desk, carded.id, today())
        return [_person_choice(each) for each in people]
    schools, _total = institutions_within(session(), _reach(), text, 1, MOST_FOUND)
    people = people_like(session(), desk, text, today())
    return [
        *(Choice(each.name, each.city, {"institution": each.id}) for each in schools),
        *map(_person_choice, people),
    ]


def _person_choice(person: Borrower) -> Choice:
    return Choice(person.name, person.institution, {"institution": person.institution_id})


def _thing_choice(thing: Thing) -> Choice:
    kind = media_type(thing.type_code)
    return Choice(
        thing.title,
        f"{kind.name(language())}, {label(kind.category)}",
        {"holding": thing.holding_id},
    )


def _customer(institution_id: int) -> Customer:
    _or_404(institution_within(session(), _reach(), institution_id))
    return customer_of(session(), institution_id)


def _reach() -> Scope:
    return actor().scope(Right.SEE_TERMS)


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    fits = text.isascii() and text.isdigit() and len(text) <= len(str(HIGHEST_ID))
    return min(int(text), HIGHEST_ID) if fits and text else None


def _or_404(found: Found | None) -> Found:
    if found is None:
        raise NotFound
    return found
