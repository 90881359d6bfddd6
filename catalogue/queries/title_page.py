"""One title with everything its page says, in a constant number of statements."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, select
from sqlalchemy.orm import Session

from catalogue.models.attachment import Attachment
from catalogue.models.copy import Copy
from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.holding import Holding
from catalogue.models.licence import Licence
from catalogue.models.title import Title
from catalogue.queries.found_titles import Offer, Plan, offers_of, plans_of
from catalogue.rules.copy_states import CopyState
from catalogue.rules.licences import LicenceScope
from catalogue.rules.showing import OnlineReach, shows_online
from schools.models.curriculum import Scheme
from schools.models.media_centre import Branch, MediaCentre
from schools.queries.open_centres import Centre
from schools.rules.roles import Scope
from schools.vocabularies.media_types import media_type

TITLE: BindParameter[int] = bindparam("title_id")


@dataclass(frozen=True, slots=True)
class Cover:
    """A title's picture: the name it is stored under, and its size in pixels."""

    stored_name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Description:
    """What is said of a title, whoever offers it; see `catalogue.models.title`."""

    id: int
    keeper_id: int | None
    media_type: str
    media_number: str | None
    name: str
    subtitle: str
    series: str
    summary: str
    persons: str
    publisher: str
    keywords: str
    languages: str
    year: int | None
    duration_minutes: int | None
    isbn: str | None
    age_rating: str | None
    grade_from: int | None
    grade_to: int | None
    online_url: str | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class LicenceTerm:
    """A licence as pages tell it; `centre_id` None holds at every centre."""

    centre_id: int | None
    licence_type: str
    scope: LicenceScope
    area: tuple[str, ...]
    online: bool
    lending: bool
    showing: bool
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Stock:
    """How many copies of an offer live at a branch, lendable or not, without withdrawn ones."""

    centre_id: int
    branch: str
    copies: int


@dataclass(frozen=True, slots=True)
class TitlePage:
    """A title as its page shows it.

    Attributes:
        codes: scheme and code of each of its links to the curriculum.
        offers: of the centres looked at, by centre.
        plans: units of the reader's own institutions.
    """

    description: Description
    cover: Cover | None
    codes: tuple[tuple[Scheme, str], ...]
    licences: tuple[LicenceTerm, ...]
    offers: tuple[Offer, ...]
    stocks: tuple[Stock, ...]
    plans: tuple[Plan, ...]

    def codes_of(self, scheme: Scheme) -> tuple[str, ...]:
        """Return the codes of one scheme, in order."""
        return tuple(code for each, code in self.codes if each is scheme)


def title_page(
    session: Session, scope: Scope, centres: Collection[Centre], title_id: int
) -> TitlePage | None:
    """Return a title that shows in the catalogue of one of `centres`, in six statements.

    Hidden offers, withdrawn titles and those nobody offers yet are shown only to staff: where the
    scope covers the centre that keeps the title or hides it.

    Returns:
        None if there is no such title, or it does not show in these catalogues.

    Source:
        docs/rules.md, Lending 2.5.
    """
    found = session.execute(_title(), {"title_id": title_id}).one_or_none()
    if found is None:
        return None
    *said, stored_name, width, height = found
    description = Description(*said)
    licences = tuple(_licences(session, title_id))
    centre_ids = [centre.id for centre in centres]
    offers = offers_of(session, scope, centre_ids, [title_id]).get(title_id, ())
    if not _shows(description, licences, offers, scope, centres):
        return None
    return TitlePage(
        description=description,
        cover=Cover(stored_name, width, height) if stored_name else None,
        codes=_codes(session, title_id),
        licences=licences,
        offers=offers,
        stocks=_stocks(session, offers),
        plans=plans_of(session, scope, [title_id]).get(title_id, ()),
    )


@cache
def _title() -> Select[*tuple[Any, ...]]:
    """Build the statement once, as those below: building costs more than asking."""
    return (
        select(
            *(getattr(Title, name) for name in Description.__slots__),
            Attachment.stored_name,
            Attachment.width,
            Attachment.height,
        )
        .outerjoin(Attachment, Attachment.id == Title.cover_id)
        .where(Title.id == TITLE)
    )


@dataclass(frozen=True, slots=True)
class ListedCopy:
    """A copy as staff see it on the title's page."""

    id: int
    centre_id: int
    barcode: str
    inventory_number: str | None
    state: CopyState
    lendable: bool
    not_lendable_reason: str
    branch: str
    note: str


def copies_of(session: Session, scope: Scope, title_id: int) -> tuple[ListedCopy, ...]:
    """Return the copies of a title at the scope's centres, without withdrawn ones."""
    query = (
        select(
            Copy.id,
            Copy.centre_id,
            Copy.barcode,
            Copy.inventory_number,
            Copy.state,
            Copy.lendable,
            Copy.not_lendable_reason,
            Branch.name,
            Copy.note,
        )
        .join(Holding, Holding.id == Copy.holding_id)
        .join(Branch, Branch.id == Copy.home_branch_id)
        .where(Holding.title_id == title_id, Copy.withdrawn_on.is_(None))
        .order_by(Copy.centre_id, Copy.barcode)
    )
    if not scope.everything:
        query = query.where(Copy.centre_id.in_(scope.centre_ids))
    return tuple(ListedCopy(*row) for row in session.execute(query))


@dataclass(frozen=True, slots=True)
class Tag:
    """What a barcode found on a thing leads to."""

    title_id: int
    title: str
    centre_id: int
    centre: str
    phone: str


def tags_of(session: Session, barcode: str) -> tuple[Tag, ...]:
    """Return whose things carry a barcode: one a centre; the page says no more than it must."""
    from_centre = select(Title.id, Title.name, Copy.centre_id, MediaCentre.name, MediaCentre.phone)
    rows = session.execute(
        from_centre.select_from(Copy)
        .join(Holding, Holding.id == Copy.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .join(MediaCentre, MediaCentre.id == Copy.centre_id)
        .where(Copy.barcode == barcode, MediaCentre.active)
        .order_by(Copy.centre_id)
    )
    return tuple(Tag(*row) for row in rows)


def _licences(session: Session, title_id: int) -> Iterable[LicenceTerm]:
    rows = session.execute(_all_licences(), {"title_id": title_id})
    for centre_id, licence_type, scope, area, *rest in rows:
        yield LicenceTerm(centre_id, licence_type, scope, tuple(map(str, area)), *rest)


@cache
def _all_licences() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Licence.centre_id,
            Licence.licence_type,
            Licence.scope,
            Licence.area,
            Licence.online,
            Licence.lending_allowed,
            Licence.public_showing_allowed,
            Licence.valid_from,
            Licence.valid_until,
        )
        .where(Licence.title_id == TITLE)
        .order_by(Licence.id)
    )


def _codes(session: Session, title_id: int) -> tuple[tuple[Scheme, str], ...]:
    rows = session.execute(_all_codes(), {"title_id": title_id})
    return tuple((scheme, code) for scheme, code in rows)


@cache
def _all_codes() -> Select[*tuple[Any, ...]]:
    return (
        select(CurriculumLink.scheme, CurriculumLink.code)
        .where(CurriculumLink.title_id == TITLE)
        .order_by(CurriculumLink.scheme, CurriculumLink.code)
    )


def _stocks(session: Session, offers: Collection[Offer]) -> tuple[Stock, ...]:
    asked = {"holding_ids": [offer.holding_id for offer in offers]}
    return tuple(Stock(*row) for row in session.execute(_all_stocks(), asked))


@cache
def _all_stocks() -> Select[*tuple[Any, ...]]:
    return (
        select(Copy.centre_id, Branch.name, func.count(Copy.id))
        .join(Branch, Branch.id == Copy.home_branch_id)
        .where(Copy.holding_id.in_(bindparam("holding_ids", expanding=True)))
        .where(Copy.withdrawn_on.is_(None), Copy.owner_id.is_(None))
        .group_by(Copy.centre_id, Branch.id, Branch.name)
        .order_by(Copy.centre_id, Branch.id)
    )


def _shows(
    said: Description,
    licences: Collection[LicenceTerm],
    offers: Collection[Offer],
    scope: Scope,
    centres: Collection[Centre],
) -> bool:
    if said.keeper_id is not None and scope.covers_centre(said.keeper_id):
        return True
    if said.withdrawn_at is not None:
        return any(scope.covers_centre(offer.centre_id) for offer in offers)
    return bool(offers) or any(_is_online_at(said, licences, centre) for centre in centres)


def _is_online_at(said: Description, licences: Collection[LicenceTerm], centre: Centre) -> bool:
    reaches = [
        OnlineReach(each.centre_id, each.scope, each.area) for each in licences if each.online
    ]
    opened = bool(said.online_url) or media_type(said.media_type).online
    if not reaches and not opened:
        return False
    return shows_online(reaches, said.keeper_id, centre.id, centre.district)
