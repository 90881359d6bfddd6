"""An answer from the store, for as long as there is no index: right, but blunt and slow.

Words are matched as parts of names, series and keywords, nothing is counted by facet, and nothing
is ranked. The answer says that it is limited.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from schools.models.curriculum import Scheme
from search_index import german
from search_index.engine import MOST_HITS_PER_PAGE, Answer, Facet, Question, Reach, Sort
from search_index.projection import ALL_GRADES

MOST_WORDS = 8
LONGEST_QUESTION = 300
MOST_DIGITS = 4
"""Of a year or grade; more would not fit the store's integers."""

Condition = ColumnElement[bool]


def search_store(session: Session, question: Question) -> Answer:
    """Answer a question from the store, in one statement; `Answer.limited` is set."""
    query = select(Title.id).where(Title.withdrawn_at.is_(None), *_conditions(question))
    order = Title.name if question.sort is Sort.TITLE else Title.created_at.desc()
    found = session.scalars(query.order_by(order, Title.id.desc()))
    title_ids = [title_id for title_id in found if title_id not in question.excluded]
    per_page = min(max(1, question.per_page), MOST_HITS_PER_PAGE)
    start = (max(1, question.page) - 1) * per_page
    return Answer(tuple(title_ids[start : start + per_page]), len(title_ids), limited=True)


def _conditions(question: Question) -> Iterator[Condition]:
    text = question.words[:LONGEST_QUESTION]
    words = german.words(text)[:MOST_WORDS]
    if text.strip() and not words:
        yield false()
    for word in [each for each in words if not german.is_stop_word(each)]:
        yield _has_word(word)
    if question.centre_ids is not None:
        yield or_(_is_online(), _is_held(Holding.centre_id.in_(question.centre_ids)))
    for facet, values in question.filters.items():
        if values:
            # Codes are plain ASCII; a database may not even take what is not.
            plain = [value for value in values if value.isascii() and value.isprintable()]
            yield or_(false(), *_FACETS[facet](plain))


def _has_word(word: str) -> Condition:
    texts = (Title.name, Title.subtitle, Title.series, Title.keywords)
    return or_(
        *(text.icontains(word, autoescape=True) for text in texts),
        Title.media_number == word,
        Title.isbn == word,
    )


def _is_held(condition: Condition) -> Condition:
    return Title.holdings.any(and_(Holding.visible, condition))


def _is_online() -> Condition:
    return Title.online_url.is_not(None)


def _linked(scheme: Scheme) -> Callable[[Iterable[str]], Iterator[Condition]]:
    def conditions(codes: Iterable[str]) -> Iterator[Condition]:
        of_scheme = CurriculumLink.scheme == scheme
        yield Title.links.any(and_(of_scheme, CurriculumLink.code.in_(list(codes))))

    return conditions


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
        yield _is_held(Holding.lendable > 0)


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
}
