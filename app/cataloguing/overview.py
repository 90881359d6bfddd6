"""What the page of a title shows to those who keep its stock."""

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from flask import render_template
from werkzeug.exceptions import NotFound

from app.cataloguing.reach import working_centre, working_scope
from app.cataloguing.stock_forms import (
    CoverForm,
    EndLicenceForm,
    LicenceForm,
    NewCopiesForm,
    OfferForm,
    WithdrawTitleForm,
)
from app.dates import language
from app.sessions import session
from app.today import today
from catalogue.models.holding import BookedBy, Holding
from catalogue.models.licence import Licence
from catalogue.models.title import Title
from catalogue.operations.editing import may_describe
from catalogue.operations.offer import offering_of
from catalogue.queries.stock_lists import (
    ListedCopy,
    branches_of,
    copies_within,
    holding_within,
    licences_within,
    title_within,
)
from catalogue.rules.copy_states import LENDABLE_STATES, CopyState
from catalogue.rules.editions import edition_of
from catalogue.rules.licences import LicenceScope
from schools.rules.grades import grades_text
from schools.vocabularies.licence_types import licence_type
from schools.vocabularies.media_types import media_type
from schools.vocabularies.tables import UnknownCodeError

TONES = {
    CopyState.AVAILABLE: "ok",
    CopyState.ON_LOAN: "info",
    CopyState.SET_ASIDE: "info",
    CopyState.INCOMPLETE: "bad",
    CopyState.IN_REPAIR: "warn",
    CopyState.MISSING: "bad",
    CopyState.LOST: "bad",
}


@dataclass(frozen=True, slots=True)
class LicenceRow:
    """A licence as the list shows it; only our own can be ended."""

    id: int
    type: str
    scope: LicenceScope
    area: str
    online: bool
    first: date
    last: date | None
    over: bool
    ours: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """A title with its offer here, its copies and licences.

    Attributes:
        keeper: name of the centre that keeps the description; empty if nobody does.
        describable: whether the visitor may edit the description.
        cover: the stored name of its picture and its size, if there is one.
        lendable: how many copies can be lent, of the pool or by their number.
    """

    id: int
    name: str
    subtitle: str
    media_type: str
    kind: str
    facts: str
    keeper: str
    describable: bool
    cover: tuple[str, int, int] | None
    links: int
    lendable: int
    by_number: bool
    copies: tuple[ListedCopy, ...]
    licences: tuple[LicenceRow, ...]


@dataclass(slots=True)
class Forms:
    """Forms as they were sent; those that were not are made fresh."""

    offer: OfferForm | None = None
    copies: NewCopiesForm | None = None
    licence: LicenceForm | None = None
    end_licence: EndLicenceForm | None = None
    cover: CoverForm | None = None
    withdraw: WithdrawTitleForm | None = None
    more: dict[str, Any] = field(default_factory=dict)


def own_title(title_id: int) -> Title:
    """Return a title that the working centre keeps or offers.

    Raises:
        NotFound: there is none.
    """
    found = title_within(session(), working_scope(), title_id)
    if found is None:
        raise NotFound
    return found


def own_holding(title_id: int) -> Holding:
    """Return the working centre's offer of a title.

    Raises:
        NotFound: it does not offer it.
    """
    found = holding_within(session(), working_scope(), title_id)
    if found is None:
        raise NotFound
    return found


def overview_page(title_id: int, forms: Forms, status: int = 200) -> tuple[str, int]:
    """Return the page of a title with these forms on it."""
    title, scope = own_title(title_id), working_scope()
    holding = holding_within(session(), scope, title_id)
    centre_id = working_centre()
    branches = branches_of(session(), scope, centre_id)
    page = render_template(
        "cataloguing/title.html",
        shown=_overview(title, holding),
        offer=forms.offer or offer_form(holding),
        new_copies=forms.copies or NewCopiesForm(branches, formdata=None),
        licence=forms.licence or LicenceForm(formdata=None, valid_from=today(), scope="state"),
        end_licence=forms.end_licence,
        cover=forms.cover or CoverForm(formdata=None),
        withdraw=forms.withdraw or WithdrawTitleForm(formdata=None),
        faulty=_faulty(forms),
        tones=TONES,
        **forms.more,
    )
    return page, status


def offer_form(holding: Holding | None) -> OfferForm | None:
    """Return the form of an offer as it stands."""
    if holding is None:
        return None
    values = asdict(offering_of(holding)) | {"booked_by": holding.booked_by.value}
    return OfferForm(formdata=None, data=values | {"edition": offer_edition(holding)})


def offer_edition(holding: Holding) -> str:
    """Return which edition of an offer is open."""
    return edition_of(asdict(offering_of(holding)))


def _faulty(forms: Forms) -> Any:  # noqa: ANN401  # whichever form it is
    """Return the form with faults, for the summary on top."""
    sent = (
        forms.offer,
        forms.copies,
        forms.licence,
        forms.end_licence,
        forms.cover,
        forms.withdraw,
    )
    return next((form for form in sent if form is not None and form.errors), None)


def _overview(title: Title, holding: Holding | None) -> Overview:
    scope = working_scope()
    kind, type_name = _kind(title.media_type)
    cover = title.cover
    copies = copies_within(session(), scope, title.id)
    by_number = holding is not None and holding.booked_by is BookedBy.NUMBER
    return Overview(
        id=title.id,
        name=title.name,
        subtitle=title.subtitle,
        media_type=type_name,
        kind=kind,
        facts=_facts(title),
        keeper=title.keeper.name if title.keeper else "",
        describable=may_describe(title, scope),
        cover=(cover.stored_name, cover.width, cover.height) if cover else None,
        links=len(title.links),
        lendable=_by_number(copies) if by_number else (holding.lendable if holding else 0),
        by_number=by_number,
        copies=copies,
        licences=tuple(map(_licence, licences_within(session(), scope, title.id))),
    )


def _by_number(copies: tuple[ListedCopy, ...]) -> int:
    return sum(copy.lendable and copy.state in LENDABLE_STATES for copy in copies)


def _kind(code: str) -> tuple[str, str]:
    try:
        found = media_type(code)
    except UnknownCodeError:
        return "box", code
    return found.kind.value, found.name(language())


def _facts(title: Title) -> str:
    grades: tuple[int, ...] = ()
    if title.grade_from:
        grades = tuple(range(title.grade_from, (title.grade_to or title.grade_from) + 1))
    said = (title.publisher, title.year, title.media_number, title.isbn, grades_text(grades))
    return " · ".join(str(each) for each in said if each)


def _licence(licence: Licence) -> LicenceRow:
    try:
        name = licence_type(licence.licence_type).name(language())
    except UnknownCodeError:
        name = licence.licence_type
    return LicenceRow(
        id=licence.id,
        type=name,
        scope=LicenceScope(licence.scope),
        area=", ".join(map(str, licence.area)),
        online=licence.online,
        first=licence.valid_from,
        last=licence.valid_until,
        over=licence.valid_until is not None and licence.valid_until < today(),
        ours=licence.centre_id is not None,
    )
