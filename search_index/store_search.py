"""An answer from the store, for as long as there is no index: right, but blunt and slow.

Words are matched as parts of names, series and keywords, nothing is counted by facet, nothing is
ranked and no typo mended. The answer says that it is limited.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    String,
    and_,
    case,
    cast,
    false,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.demand import TitleDemand
from catalogue.models.holding import BookedBy, Holding
from catalogue.models.licence import Licence
from catalogue.models.title import Title
from catalogue.rules.licences import LicenceScope
from schools.models.authority import District
from schools.models.curriculum import CurriculumTerm, Scheme
from schools.models.media_centre import MediaCentre
from schools.vocabularies.media_types import media_types
from search_index.engine import MOST_HITS_PER_PAGE, Answer, Facet, Question, Reach, Sort
from search_index.projection import ALL_GRADES
from search_index.query import LONGEST_QUERY, Clause, Query, parse

MOST_CLAUSES = 8
MOST_DIGITS = 4
"""Of a year or grade; more would not fit the store's integers."""

FOLDED = (
    *(("Ä", "a"), ("Ö", "o"), ("Ü", "u"), ("ä", "a"), ("ö", "o"), ("ü", "u"), ("ß", "ss")),
    *(("ae", "a"), ("oe", "o"), ("ue", "u"), ("ph", "f")),
)
"""Spellings that are one, replaced in this order in small letters; SQLite leaves Ä as it is."""

_ONLINE_TYPES = [each.code for each in media_types() if each.online]

Condition = ColumnElement[bool]
Text = SQLColumnExpression[str]


def search_store(session: Session, question: Question) -> Answer:
    """Answer a question from the store, in one statement; `Answer.limited` is set."""
    query = select(Title.id).where(Title.withdrawn_at.is_(None), *_conditions(question))
    if question.sort is Sort.LENT:
        query = query.outerjoin(TitleDemand, TitleDemand.title_id == Title.id)
    found = session.scalars(query.order_by(*_order(question), Title.id.desc()))
    title_ids = [title_id for title_id in found if title_id not in question.excluded]
    per_page = min(max(1, question.per_page), MOST_HITS_PER_PAGE)
    start = (max(1, question.page) - 1) * per_page
    return Answer(tuple(title_ids[start : start + per_page]), len(title_ids), limited=True)


def _order(question: Question) -> Iterator[SQLColumnExpression[Any]]:
    if question.sort is Sort.TITLE:
        yield _folded(Title.name)
    elif question.sort is Sort.LENT:
        yield func.coalesce(TitleDemand.loans, 0).desc()
    elif question.sort is Sort.RELEVANCE and question.home_centre_ids:
        yield case((_is_held(Holding.centre_id.in_(question.home_centre_ids)), 0), else_=1)
    if question.sort is not Sort.TITLE:
        yield Title.created_at.desc()


def _conditions(question: Question) -> Iterator[Condition]:
    query = parse(question.words)
    if not query.blank:
        yield _is_meant(query, question.words[:LONGEST_QUERY].strip())
    if question.centre_ids is not None:
        held = _is_held(Holding.centre_id.in_(question.centre_ids))
        yield or_(_opens_at(question.centre_ids), held)
    for facet, values in question.filters.items():
        if values:
            # Codes are plain ASCII; a database may not even take what is not.
            plain = [value for value in values if value.isascii() and value.isprintable()]
            yield or_(false(), *_FACETS[facet](plain))


def _is_meant(query: Query, text: str) -> Condition:
    wanted = [_has(clause) for clause in query.wanted[:MOST_CLAUSES]]
    unwanted = [not_(_has(clause)) for clause in query.unwanted[:MOST_CLAUSES]]
    by_words = and_(*wanted, *unwanted) if wanted or unwanted else false()
    numbers = {each for each in (text, text.upper(), query.number) if each.isprintable()}
    return or_(by_words, _has_number([each for each in numbers if each]))


def _has(clause: Clause) -> Condition:
    parts = (Title.name, Title.subtitle, Title.series, Title.keywords)
    whole = parts[0] + " " + parts[1] + " " + parts[2] + " " + parts[3]
    return _folded(whole).contains(_fold(" ".join(clause.words)), autoescape=True)


def _has_number(numbers: list[str]) -> Condition:
    on_copy = or_(Copy.barcode.in_(numbers), Copy.inventory_number.in_(numbers))
    on_shelf = Holding.copies.any(and_(Copy.withdrawn_on.is_(None), on_copy))
    return or_(
        Title.media_number.in_(numbers), Title.isbn.in_(numbers), Title.holdings.any(on_shelf)
    )


def _folded(text: Text) -> Text:
    folded: Text = func.lower(text)
    for written, spelling in FOLDED:
        folded = func.replace(folded, written, spelling)
    return folded


def _fold(word: str) -> str:
    for written, spelling in FOLDED:
        word = word.replace(written, spelling)
    return word


def _is_held(condition: Condition) -> Condition:
    return Title.holdings.any(and_(Holding.visible, condition))


def _is_online() -> Condition:
    return or_(Title.online_url.is_not(None), Title.media_type.in_(_ONLINE_TYPES))


def _opens_at(centre_ids: frozenset[int]) -> Condition:
    """Leave out what opens at other centres only, as `catalogue.rules.showing` decides it."""
    in_area = cast(Licence.area, String).contains('"' + District.ags + '"')
    reached = (
        select(MediaCentre.id)
        .outerjoin(MediaCentre.district)
        .where(MediaCentre.id.in_(centre_ids))
        .where(or_(Licence.centre_id.is_(None), Licence.centre_id == MediaCentre.id))
        .where(or_(Licence.scope != LicenceScope.DISTRICT, in_area))
    )
    reaches = Title.licences.any(and_(Licence.online, reached.exists()))
    kept_here = or_(Title.keeper_id.is_(None), Title.keeper_id.in_(centre_ids))
    unlicensed = and_(not_(Title.licences.any(Licence.online)), kept_here)
    return and_(_is_online(), or_(reaches, unlicensed))


def _linked(scheme: Scheme) -> Callable[[Iterable[str]], Iterator[Condition]]:
    def conditions(codes: Iterable[str]) -> Iterator[Condition]:
        of_scheme = CurriculumLink.scheme == scheme
        yield Title.links.any(and_(of_scheme, CurriculumLink.code.in_(list(codes))))

    return conditions


def _groups(codes: Iterable[str]) -> Iterator[Condition]:
    """Yield the condition to be filed at or below one of these groups (EAF)."""
    terms = select(CurriculumTerm.code).where(CurriculumTerm.scheme == Scheme.GROUP)
    below = terms.where(CurriculumTerm.code.in_(list(codes))).cte("below", recursive=True)
    below = below.union(terms.where(CurriculumTerm.parent == below.c.code))
    of_scheme = CurriculumLink.scheme == Scheme.GROUP
    yield Title.links.any(and_(of_scheme, CurriculumLink.code.in_(select(below.c.code))))


def _grades(grades: Iterable[str]) -> Iterator[Condition]:
    first = func.coalesce(Title.grade_from, ALL_GRADES[0])
    last = func.coalesce(Title.grade_to, ALL_GRADES[-1])
    for grade in _integers(grades):
        yield and_(first <= grade, last >= grade)


def _media_types(codes: Iterable[str]) -> Iterator[Condition]:
    yield Title.media_type.in_(list(codes))


def _languages(codes: Iterable[str]) -> Iterator[Condition]:
    return (Title.languages.contains(code, autoescape=True) for code in codes)


def _years(years: Iterable[str]) -> Iterator[Condition]:
    yield Title.year.in_(list(_integers(years)))


def _ways(ways: Iterable[str]) -> Iterator[Condition]:
    if Reach.ONLINE in ways:
        yield _is_online()
    if Reach.LENDABLE in ways:
        yield _is_held(or_(Holding.lendable > 0, Holding.booked_by == BookedBy.NUMBER))


def _integers(texts: Iterable[str]) -> Iterator[int]:
    return (int(text) for text in texts if text.isdigit() and len(text) <= MOST_DIGITS)


_FACETS: Mapping[Facet, Callable[[Iterable[str]], Iterator[Condition]]] = {
    Facet.SUBJECT: _linked(Scheme.SUBJECT),
    Facet.CONTENT_FIELD: _linked(Scheme.CONTENT_FIELD),
    Facet.GRADE: _grades,
    Facet.SCHOOL_FORM: _linked(Scheme.SCHOOL_FORM),
    Facet.MEDIA_TYPE: _media_types,
    Facet.MEDIA_COMPETENCE: _linked(Scheme.MEDIA_COMPETENCE),
    Facet.LEARNING_COMPETENCE: _linked(Scheme.LEARNING_COMPETENCE),
    Facet.LANGUAGE: _languages,
    Facet.YEAR: _years,
    Facet.AVAILABILITY: _ways,
    Facet.GROUP: _groups,
}
