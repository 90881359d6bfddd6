"""Writes the titles with what they are good for in class."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from zlib import crc32

from sqlalchemy.orm import Session

from app.demo.content import county as county_entry
from app.demo.content import homes
from app.demo.content import titles as title_entries
from app.demo.county import CentreRow, County
from app.demo.days import ONE_DAY, instant
from app.demo.entries import TitleEntry
from app.demo.insertion import insert_rows, insert_unseen
from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.title import Title
from schools.models.curriculum import Scheme
from schools.rules.school_year import school_year_of
from schools.vocabularies.media_types import MediaCategory, MediaType, media_type
from schools.vocabularies.school_forms import school_form

FILM_TYPES = frozenset({"film", "didactic_package"})
RUN_OUT_ONE_IN = 24
"""The licence of one film in so many, and of one online medium, has run out."""

NEVER_RUN_OUT = frozenset({"Fotosynthese", "Warum sind Blätter grün?", "Herzschlag", "Atem holen"})
FILM_HOUSES = (
    "Lichtbogen Lehrfilm",
    "Kreisbild Produktion",
    "Medienwerkstatt Erlental",
    "Blickfang Unterrichtsfilm",
    "Filmhof Aar",
)
BOOK_HOUSES = ("Verlag am Lindenberg", "Federkiel Jugendbuch", "Papierboot Verlag")
MAKERS = ("Robolino Lerntechnik", "Nordbild Optik", "Klangkoffer GmbH", "Tafelwerk Systeme")
OWN_HOUSE = "Medienzentrum Kreis Lindenau"
ONLINE_HOST = "https://mediathek.example"
NUMBERS_FROM, NUMBERS_APART = 10_007, 97
NEWEST_YEAR, LATELY_DAYS = 2024, 80


@dataclass(frozen=True, slots=True)
class TitleRow:
    """A title in the store; `licensed_until` is a day its licence has ended on, if it has."""

    id: int
    entry: TitleEntry
    licensed_until: date | None

    @property
    def type(self) -> MediaType:
        """Its type of media."""
        return media_type(self.entry.type)

    @property
    def is_film(self) -> bool:
        """Say whether its copies are under a licence."""
        return self.entry.type in FILM_TYPES

    def is_licensed(self, day: date) -> bool:
        """Say whether its copies may be lent on a day."""
        return self.licensed_until is None or day <= self.licensed_until


def build_titles(session: Session, county: County, today: date) -> tuple[TitleRow, ...]:
    """Write all titles with their links to the curriculum."""
    entries = title_entries()
    rows = [_title(place, each, county, today) for place, each in enumerate(entries)]
    titles = tuple(
        TitleRow(row_id, each, _licensed_until(each, today))
        for row_id, each in zip(insert_rows(session, Title, rows), entries, strict=True)
    )
    insert_unseen(session, CurriculumLink, _links(titles))
    return titles


def centres_of(entry: TitleEntry, county: County) -> list[CentreRow]:
    """Return the centres that have a title, most copies first; all of an online medium."""
    ranked = sorted(homes(entry).items(), key=lambda home: -home[1])
    found = dict.fromkeys(county.branches[branch].centre for branch, _ in ranked)
    return list(found or county.centres)


def _title(place: int, entry: TitleEntry, county: County, today: date) -> dict[str, object]:
    keeper = centres_of(entry, county)[0]
    kind = media_type(entry.type)
    noted = instant(_described_on(place, entry, kind, today), 10)
    return {
        "keeper_id": keeper.id,
        "media_type": entry.type,
        "media_number": _number(kind, place),
        "name": entry.name,
        "subtitle": entry.subtitle,
        "series": entry.series,
        "summary": entry.summary,
        "publisher": _publisher(entry, kind),
        "keywords": ";".join(entry.keywords),
        "languages": ";".join(entry.languages),
        "year": entry.year,
        "duration_minutes": entry.minutes,
        "age_rating": entry.fsk,
        "grade_from": entry.grades[0],
        "grade_to": entry.grades[1],
        "online_url": f"{ONLINE_HOST}/{_slug(entry)}" if kind.online else None,
        "created_at": noted,
        "changed_at": noted,
    }


def _described_on(place: int, entry: TitleEntry, kind: MediaType, today: date) -> date:
    """Return a day; the newest online media, which nobody lends, came lately one by one."""
    if kind.online and entry.year >= NEWEST_YEAR:
        return today - (1 + place % LATELY_DAYS) * ONE_DAY
    return min(date(entry.year, 9, 1), today - 30 * ONE_DAY)


def _number(kind: MediaType, place: int) -> str | None:
    digits = f"{NUMBERS_FROM + NUMBERS_APART * place:05}"
    return f"{kind.prefixes[0]}{digits}" if kind.prefixes else None


def _publisher(entry: TitleEntry, kind: MediaType) -> str:
    if kind.category is MediaCategory.BOX and entry.parts:
        return OWN_HOUSE
    houses: tuple[str, ...] = FILM_HOUSES
    if kind.category is MediaCategory.EQUIPMENT:
        houses = MAKERS
    elif kind.category is MediaCategory.BOX:
        houses = BOOK_HOUSES
    return houses[crc32((entry.series or entry.name).encode()) % len(houses)]


def _slug(entry: TitleEntry) -> str:
    return sha256(entry.name.encode()).hexdigest()[:10]


def _links(titles: Sequence[TitleRow]) -> list[dict[str, object]]:
    return [
        {"title_id": title.id, "scheme": scheme, "code": code}
        for title in titles
        for scheme, codes in (
            (Scheme.SUBJECT, title.entry.subjects),
            (Scheme.CONTENT_FIELD, title.entry.fields),
            (Scheme.MEDIA_COMPETENCE, title.entry.mkr),
            (Scheme.LEARNING_COMPETENCE, title.entry.learn),
            (Scheme.SCHOOL_FORM, _forms(title.entry)),
        )
        for code in dict.fromkeys(codes)
    ]


def _forms(entry: TitleEntry) -> tuple[str, ...]:
    """Return the forms of the county's schools that have one of the title's grades."""
    suitable = set(range(entry.grades[0], entry.grades[1] + 1))
    found = {school.form for school in county_entry().schools}
    return tuple(code for code in sorted(found) if suitable & set(school_form(code).grades))


def _licensed_until(entry: TitleEntry, today: date) -> date | None:
    drawn = crc32(entry.name.encode()) % RUN_OUT_ONE_IN == 0
    licensed = entry.type in FILM_TYPES or (entry.licence and entry.licence.until)
    if not drawn or not licensed or entry.name in NEVER_RUN_OUT:
        return None
    return school_year_of(today).first - ONE_DAY
