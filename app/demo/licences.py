"""Writes the licences of films and online media; some have run out."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy.orm import Session

from app.demo.county import CentreRow, County
from app.demo.days import ONE_DAY
from app.demo.entries import LicenceEntry
from app.demo.insertion import insert_rows
from app.demo.title_rows import TitleRow, centres_of
from catalogue.models.licence import Licence
from catalogue.rules.licences import LicenceScope
from schools.vocabularies.licence_types import licence_type

FILM_LICENCE = "lend_and_perform"
EARLIEST_YEAR = 2020
RENEWED_FOR = 400 * ONE_DAY
"""An online licence that the content's table ends before today was renewed for so long."""


def build_licences(
    session: Session, titles: Sequence[TitleRow], county: County, today: date
) -> None:
    """Write a licence for each centre that has a film, and those of online media."""
    rows: list[dict[str, object]] = []
    for title in titles:
        if title.entry.licence is not None:
            rows += _online(title, title.entry.licence, county, today)
        elif title.is_film:
            rows += (
                _licence(title, centre, FILM_LICENCE, title.licensed_until)
                for centre in centres_of(title.entry, county)
            )
    insert_rows(session, Licence, rows)


def _online(
    title: TitleRow, licence: LicenceEntry, county: County, today: date
) -> Iterator[dict[str, object]]:
    until = licence.until
    if until is not None:
        until = title.licensed_until or max(until, today + RENEWED_FOR)
    everyone = licence_type(licence.type).scope.value != LicenceScope.DISTRICT
    for centre in (None,) if everyone else county.centres:
        yield _licence(title, centre, licence.type, until) | {"online": True}


def _licence(
    title: TitleRow, centre: CentreRow | None, code: str, until: date | None
) -> dict[str, object]:
    kind = licence_type(code)
    return {
        "title_id": title.id,
        "centre_id": centre.id if centre else None,
        "licence_type": code,
        "scope": LicenceScope(kind.scope.value),
        "area": [centre.ags] if centre else [],
        "online": False,
        "lending_allowed": True,
        "public_showing_allowed": kind.public_showing,
        "valid_from": date(min(title.entry.year, EARLIEST_YEAR), 1, 1),
        "valid_until": until,
    }
