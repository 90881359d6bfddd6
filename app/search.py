"""Searching as page and command share it: the index ranks, the store says what is free."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from catalogue.queries.found_titles import FoundTitle, found_titles
from catalogue.queries.shown_titles import shown_titles
from loans.errors import NotFoundError
from loans.queries.availability import HoldingFacts, stocks_of
from loans.queries.unavailable import unavailable_titles
from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from loans.rules import availability as rules
from loans.rules.availability import Availability, Wish
from loans.rules.booking_days import LONGEST_BOOKING_DAYS
from loans.rules.free_periods import search_period
from schools.queries.open_centres import active_centres
from schools.rules.pages import last_page
from schools.rules.periods import ONE_DAY, Period
from schools.rules.roles import Actor, Right, Scope
from search_index.engine import HITS_PER_PAGE, Answer, Facet, Question, SearchEngine, Sort
from search_index.errors import SearchIndexError
from search_index.store_search import search_store

log = logging.getLogger(__name__)

STRIP_DAYS = 28
FURTHEST = timedelta(days=400)
"""How far ahead free days are looked for."""


class PeriodFault(StrEnum):
    """Why free days of a period are not looked for."""

    PAST = "past"
    REVERSED = "reversed"
    TOO_FAR = "too_far"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for.

    Attributes:
        words: free text.
        period: the days in which it is wanted; None leaves availability to be shown only.
        quantity: how many are wanted.
        filters: wanted values by facet.
        only_free: leave out what is not free in the period.
        as_written: mend no typo.
        page: from 1; one behind the last shows the last.
    """

    words: str = ""
    period: Period | None = None
    quantity: int = 1
    filters: Mapping[Facet, frozenset[str]] = field(default_factory=dict)
    only_free: bool = False
    as_written: bool = False
    sort: Sort = Sort.RELEVANCE
    page: int = 1

    def wish(self, today: date) -> Wish:
        """Return period and quantity; without a period, today's."""
        return Wish(period=self.period or Period(today, today), quantity=self.quantity)


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found.

    Attributes:
        answer: one page of it, and what to narrow it by.
        free: how many of all can be had in the period; None if it names none.
        unavailable: titles of the whole catalogue that cannot be had in the period.
        page: the page shown.
        last: the last page, at least 1.
    """

    answer: Answer
    free: int | None
    unavailable: frozenset[int]
    page: int
    last: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A title found, with what is free of its first offer; None for what is only online."""

    title: FoundTitle
    availability: Availability | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose catalogue is searched, and from where availability is seen.

    Attributes:
        centre_ids: the centres looked at.
        home_centre_ids: the reader's own; what they hold comes first among what ranks alike.
        scope: where hidden offers are seen, and whose units are told.
        views: one for each centre that hands anything out.
    """

    centre_ids: frozenset[int]
    home_centre_ids: frozenset[int]
    scope: Scope
    views: tuple[Viewpoint, ...]


def period_fault(first: date, last: date, today: date) -> PeriodFault | None:
    """Return the first thing wrong with a period to search for; None if nothing is."""
    if first < today:
        return PeriodFault.PAST
    if last < first:
        return PeriodFault.REVERSED
    if last > today + FURTHEST:
        return PeriodFault.TOO_FAR
    too_long = (last - first).days >= LONGEST_BOOKING_DAYS
    return PeriodFault.TOO_LONG if too_long else None


def reading_scope(actor: Actor) -> Scope:
    """Return where the actor sees hidden offers, and of which institutions the units."""
    return Scope(
        centre_ids=actor.scope(Right.SEE_STOCK).centre_ids,
        institution_ids=actor.scope(Right.SEE_CONCEPTS).institution_ids,
    )


def shown_to(session: Session, actor: Actor, title_ids: Collection[int]) -> frozenset[int]:
    """Return those of some titles that the actor's own centres show; three statements at most."""
    own = actor.centre_ids()
    centres = [each for each in active_centres(session) if each.id in own]
    return shown_titles(session, reading_scope(actor), centres, title_ids)


def reader_of(
    session: Session, actor: Actor, centre_ids: Sequence[int], today: date, now: datetime
) -> Reader:
    """Return the actor as a reader of some centres' catalogues; five statements a centre."""
    scope = reading_scope(actor)
    views = []
    for centre_id in centre_ids:
        where = Where(centre_id, institution_id=institution_at(actor, centre_id))
        try:
            views.append(viewpoint_of(session, scope, where, today, now))
        except NotFoundError:
            log.warning("centre %s has no pick-up place", centre_id)
    return Reader(frozenset(centre_ids), actor.centre_ids(), scope, tuple(views))


def institution_at(actor: Actor, centre_id: int) -> int | None:
    """Return the actor's institution that a centre serves, the first joined; None without one."""
    served = (
        grant.institution_id
        for grant in actor.grants
        if grant.centre_id == centre_id and grant.institution_id is not None
    )
    return next(served, None)


def find(session: Session, engine: SearchEngine, search: Search, reader: Reader) -> Findings:
    """Search the catalogue; without an index the store answers, marked as limited."""
    unavailable: frozenset[int] = frozenset()
    if search.period is not None:
        wish = Wish(period=search.period, quantity=search.quantity)
        unavailable = unavailable_titles(session, reader.views, wish)
    question = question_of(search, reader, unavailable)
    answer = ask(session, engine, question)
    last = last_page(answer.total, HITS_PER_PAGE)
    if search.page > last:
        answer = ask(session, engine, replace(question, page=last))
    free = None
    if search.period is not None:
        only_free = replace(question, excluded=unavailable)
        free = answer.total if search.only_free else count(session, engine, only_free)
    return Findings(answer, free, unavailable, min(search.page, last), last)


def question_of(search: Search, reader: Reader, unavailable: frozenset[int]) -> Question:
    """Return what the index is asked; `unavailable` is left out if only free ones are wanted."""
    return Question(
        words=search.words,
        filters=search.filters,
        centre_ids=reader.centre_ids,
        home_centre_ids=reader.home_centre_ids,
        excluded=unavailable if search.only_free else frozenset(),
        as_written=search.as_written,
        sort=search.sort,
        page=search.page,
    )


def count(session: Session, engine: SearchEngine, question: Question) -> int:
    """Return how many titles a question finds; sooner than `ask`, as nothing else is told."""
    return ask(session, engine, replace(question, facets=frozenset(), page=1, per_page=1)).total


def ask(session: Session, engine: SearchEngine, question: Question) -> Answer:
    """Ask the index, or the store while there is none to be trusted."""
    try:
        return engine.search(question)
    except SearchIndexError as error:
        log.warning("the store answers for the index: %s", error)
        return search_store(session, question)


def hits_of(
    session: Session, title_ids: Sequence[int], search: Search, reader: Reader, today: date
) -> tuple[Hit, ...]:
    """Return titles in their order with what is free of them, at the first centre offering them.

    Five statements and two a centre; two more where copies are booked by number.
    """
    titles = found_titles(session, reader.scope, reader.centre_ids, title_ids)
    period = days_looked_at(search, today)
    found: dict[int, Availability] = {}
    for view in reader.views:
        facts = [
            HoldingFacts(
                offer.holding_id,
                title.id,
                offer.centre_id,
                offer.capacity,
                title.media_type,
                by_number=offer.by_number,
            )
            for title in titles
            for offer in title.offers[:1]
            if offer.centre_id == view.centre_id
        ]
        stocks = stocks_of(session, view, facts, period)
        found |= rules.availability(stocks, view.rules_place(), period, today=today)
    return tuple(
        Hit(title, found.get(title.offers[0].holding_id) if title.offers else None)
        for title in titles
    )


def days_looked_at(search: Search, today: date) -> Period:
    """Return the days from which strip, wish and the next free period can all be told."""
    first = strip_start(search.period, today)
    within = search_period(search.wish(today).period, today)
    return Period(first, max(within.last, first + STRIP_DAYS * ONE_DAY))


def strip_start(period: Period | None, today: date) -> date:
    """Return the Monday with which the strip of four weeks begins.

    This week's, as long as the period then lies in the strip; else that of the week before it.
    """
    monday = today - today.weekday() * ONE_DAY
    if period is None or period.last < monday + STRIP_DAYS * ONE_DAY:
        return monday
    return max(monday, period.first - (period.first.weekday() + 7) * ONE_DAY)
