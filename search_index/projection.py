"""From titles to their search documents, in a constant number of statements a batch."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, raiseload, selectinload

from catalogue.models.copy import Copy
from catalogue.models.demand import TitleDemand
from catalogue.models.holding import Holding
from catalogue.models.licence import Licence
from catalogue.models.title import Title
from catalogue.rules.licences import LicenceScope
from schools.models.authority import District
from schools.models.curriculum import CurriculumTerm, Scheme
from schools.models.media_centre import MediaCentre
from schools.vocabularies.media_types import MediaType, media_types
from search_index.engine import Document
from search_index.german import sort_key

ALL_GRADES = range(1, 14)
SEPARATOR = ";"
"""Between keywords, and between languages, of a title."""

TITLES_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a title's document takes from elsewhere in the store.

    Attributes:
        districts: key of the district (AGS) by active centre; None for a centre without one.
        terms: by scheme and code.
    """

    districts: dict[int, str | None]
    terms: dict[tuple[Scheme, str], CurriculumTerm]


def documents_of(session: Session, title_ids: Iterable[int]) -> tuple[Document, ...]:
    """Project some titles as they now stand; withdrawn and unknown ones are left out."""
    around = surroundings(session)
    titles = session.scalars(_titles().where(Title.id.in_(list(title_ids)))).all()
    lent = _lent(session, titles)
    return tuple(document_of(title, around, lent.get(title.id, 0)) for title in titles)


def all_documents(session: Session) -> Iterator[Document]:
    """Project every title that is not withdrawn, in ascending order of ids.

    Reads a batch at a time and lets go of the store in between: what the session held is gone,
    and no transaction is open while the reader writes.
    """
    around = surroundings(session)
    last = 0
    while True:
        batch = session.scalars(_titles().where(Title.id > last).limit(TITLES_AT_ONCE)).all()
        lent = _lent(session, batch)
        documents = [document_of(title, around, lent.get(title.id, 0)) for title in batch]
        session.expunge_all()
        session.rollback()
        if not documents:
            return
        yield from documents
        last = documents[-1].title_id


def surroundings(session: Session) -> Surroundings:
    """Read what documents take from elsewhere, in two statements."""
    query = select(MediaCentre.id, District.ags).outerjoin(MediaCentre.district)
    centres = session.execute(query.where(MediaCentre.active))
    terms = session.scalars(select(CurriculumTerm)).all()
    return Surroundings(
        districts={centre.id: centre.ags for centre in centres},
        terms={(term.scheme, term.code): term for term in terms},
    )


def document_of(title: Title, around: Surroundings, lent: int = 0) -> Document:
    """Project a title with its links, licences, holdings and copies loaded.

    Args:
        title: not withdrawn.
        around: what documents take from elsewhere.
        lent: its loans of the last year, as counted at night.
    """
    media_type = _MEDIA_TYPES.get(title.media_type)
    online = bool(title.online_url) or (media_type is not None and media_type.online)
    copies = [copy for each in title.holdings for copy in each.copies if not copy.withdrawn_on]
    fields = _codes(title, Scheme.CONTENT_FIELD)
    return Document(
        title_id=title.id,
        name=title.name,
        subtitle=title.subtitle,
        series=title.series,
        keywords=_split(title.keywords),
        summary=title.summary,
        persons=tuple(filter(None, (*_split(title.persons), title.publisher))),
        topics=_topics(title, media_type, around),
        numbers=_numbers(title, copies),
        media_type=title.media_type,
        kind=media_type.kind.value if media_type else "",
        subjects=_codes(title, Scheme.SUBJECT) | _subjects_of(fields, around),
        content_fields=fields,
        grades=_grades(title),
        school_forms=_codes(title, Scheme.SCHOOL_FORM),
        media_competences=_codes(title, Scheme.MEDIA_COMPETENCE),
        learning_competences=_codes(title, Scheme.LEARNING_COMPETENCE),
        languages=frozenset(_split(title.languages)),
        year=title.year,
        online=online,
        lendable=any(_is_lendable(each) for each in title.holdings),
        centre_ids=_centres(title, around, online=online),
        added_on=title.created_at.date(),
        sort_name=sort_key(title.name),
        groups=frozenset(_with_those_above(_codes(title, Scheme.GROUP), around)),
        lent=lent,
    )


def _titles() -> Select[Title]:
    return (
        select(Title)
        .where(Title.withdrawn_at.is_(None))
        .order_by(Title.id)
        .options(
            selectinload(Title.links),
            selectinload(Title.licences),
            selectinload(Title.holdings).selectinload(Holding.copies),
            raiseload("*"),
        )
    )


def _lent(session: Session, titles: Iterable[Title]) -> dict[int, int]:
    query = select(TitleDemand.title_id, TitleDemand.loans)
    asked = query.where(TitleDemand.title_id.in_([title.id for title in titles]))
    return dict(session.execute(asked).all())


def _topics(title: Title, media_type: MediaType | None, around: Surroundings) -> tuple[str, ...]:
    terms = filter(None, (around.terms.get((link.scheme, link.code)) for link in title.links))
    names = [name for term in terms for name in (term.name_de, term.name_en)]
    if media_type:
        names += [media_type.name_de, media_type.name_en]
    return tuple(dict.fromkeys((*names, *_grades_in_words(_grades(title)))))


def _grades_in_words(grades: frozenset[int]) -> tuple[str, ...]:
    """Return «Klasse 5 6 7», so that «Mathe 6» and «Klasse 6» find it; nothing if for all."""
    if len(grades) == len(ALL_GRADES):
        return ()
    return (f"Klasse {' '.join(map(str, sorted(grades)))}",)


def _subjects_of(content_fields: Iterable[str], around: Surroundings) -> frozenset[str]:
    terms = (around.terms.get((Scheme.CONTENT_FIELD, code)) for code in content_fields)
    return frozenset(term.parent for term in terms if term and term.parent)


def _with_those_above(groups: Iterable[str], around: Surroundings) -> Iterator[str]:
    """Yield groups with every group above them; a table that runs in circles ends somewhere."""
    met: set[str] = set()
    for code in groups:
        above: str | None = code
        while above is not None and above not in met:
            met.add(above)
            yield above
            term = around.terms.get((Scheme.GROUP, above))
            above = term.parent if term else None


def _codes(title: Title, scheme: Scheme) -> frozenset[str]:
    return frozenset(link.code for link in title.links if link.scheme is scheme)


def _grades(title: Title) -> frozenset[int]:
    first, last = title.grade_from or ALL_GRADES[0], title.grade_to or ALL_GRADES[-1]
    return frozenset(range(first, last + 1))


def _numbers(title: Title, copies: Iterable[Copy]) -> tuple[str, ...]:
    of_copies = (number for copy in copies for number in (copy.barcode, copy.inventory_number))
    return tuple(filter(None, (title.media_number, title.isbn, *of_copies)))


def _is_lendable(holding: Holding) -> bool:
    """Tell whether a centre offers a copy of its own, wherever the copy is just now."""
    ours = (copy for copy in holding.copies if copy.owner_id is None and not copy.withdrawn_on)
    return holding.visible and any(copy.lendable for copy in ours)


def _centres(title: Title, around: Surroundings, *, online: bool) -> frozenset[int]:
    """Return the active centres in whose catalogue a title shows, licences of any day counted.

    Source: docs/rules.md, Lending 2.5.
    """
    shown = {holding.centre_id for holding in title.holdings if holding.visible}
    if online:
        licences = [licence for licence in title.licences if licence.online]
        shown.update(_licensed(title, licences, around))
    return frozenset(shown & around.districts.keys())


def _licensed(title: Title, licences: list[Licence], around: Surroundings) -> Iterator[int]:
    if not licences:
        yield from around.districts if title.keeper_id is None else [title.keeper_id]
    for licence in licences:
        for centre_id, district in around.districts.items():
            if licence.centre_id not in {None, centre_id}:
                continue
            if licence.scope is not LicenceScope.DISTRICT or district in licence.area:
                yield centre_id


def _split(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in text.split(SEPARATOR))))


_MEDIA_TYPES = {each.code: each for each in media_types()}
