"""A school year's plan of units against what is free: booked, free, in conflict, or neither."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from catalogue.models.title import Title
from catalogue.queries.found_titles import FoundTitle, found_titles
from loans.queries.availability import availability
from loans.queries.planned_media import BookedTitle, PlannedTitle, PlannedUnit, booked_for
from loans.queries.stand_ins import stand_ins
from loans.queries.viewpoint import Viewpoint
from loans.rules.availability import Availability
from loans.rules.plans import (
    Cover,
    LineState,
    Pieces,
    PlannedLine,
    Verdict,
    covered,
    days_looked_at,
    judge_all,
)
from schools.rules.periods import Period, ReversedPeriodError
from schools.rules.roles import Scope
from schools.rules.school_year import NoSuchWeekError, SchoolYear, calendar_weeks
from schools.vocabularies.media_types import media_type

LACKING = frozenset({LineState.CONFLICT, LineState.REFUSED})
"""States in which something else could stand in."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A planned medium in a school year.

    Attributes:
        title: as planned.
        booked: pieces of it that are booked for the unit.
        stand_in: the name of another title booked for the unit, of the same type; or empty.
        verdict: how the missing pieces stand.
        holding_id: of the centre's offer; None without one.
        online_url: where it is opened today; None where it is not.
    """

    title: PlannedTitle
    booked: int
    stand_in: str
    verdict: Verdict
    holding_id: int | None
    online_url: str | None

    @property
    def missing(self) -> int:
        """Pieces still to be booked."""
        return max(0, self.title.quantity - self.booked)


@dataclass(frozen=True, slots=True)
class UnitInYear:
    """A unit with its lines; `weeks` is None where the school year has no such weeks."""

    unit: PlannedUnit
    weeks: Period | None
    lines: tuple[PlanLine, ...]


@dataclass(frozen=True, slots=True)
class YearPlan:
    """All units asked for, the earliest first; `titles` names by holding what could stand in."""

    year: SchoolYear
    units: tuple[UnitInYear, ...]
    titles: Mapping[int, str]

    @property
    def lines(self) -> Iterator[tuple[PlannedUnit, PlanLine]]:
        """Go through the lines of all units."""
        return ((each.unit, line) for each in self.units for line in each.lines)


def year_plan(
    session: Session, view: Viewpoint, units: Sequence[PlannedUnit], year: SchoolYear
) -> YearPlan:
    """Judge the media of units in a school year, as seen from one place for their school.

    At most 14 statements, whatever the number of units and media: what is on offer, what is
    booked, what is free; and where something is in conflict, what could stand in for it.

    Args:
        session: the session.
        view: of the units' school, at the centre that serves it.
        units: of one school, found within the reader's scope.
        year: the school year.

    Source:
        docs/rules.md, Lending 6.2.
    """
    reading = _read(session, view, units, year)
    drafts = [_draft(reading, unit, title) for unit in units for title in unit.media]
    drafts.sort(key=lambda each: (each.weeks or year.period).first)
    verdicts, names = _judged(session, reading, drafts)
    lines: dict[int, list[PlanLine]] = {unit.id: [] for unit in units}
    for draft, verdict in zip(drafts, verdicts, strict=True):
        lines[draft.unit_id].append(_line(reading, draft, verdict))
    found = [UnitInYear(each, _weeks(each, year), tuple(lines[each.id])) for each in units]
    found.sort(key=lambda each: (each.weeks or year.period).first)
    return YearPlan(year, tuple(found), names)


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    view: Viewpoint
    year: SchoolYear
    titles: Mapping[int, FoundTitle]
    booked: Mapping[int, Sequence[BookedTitle]]
    covers: Mapping[tuple[int, int], Cover]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A line before it is judged; `state` is None where it must be."""

    unit_id: int
    title: PlannedTitle
    weeks: Period | None
    cover: Cover
    holding_id: int
    state: LineState | None


def _read(
    session: Session, view: Viewpoint, units: Sequence[PlannedUnit], year: SchoolYear
) -> _Reading:
    title_ids = {each.title_id for unit in units for each in unit.media}
    offered = found_titles(session, view.scope, [view.centre_id], sorted(title_ids))
    school = frozenset[int]() if view.customer is None else frozenset({view.customer.id})
    unit_ids = [unit.id for unit in units]
    booked = booked_for(session, Scope(institution_ids=school), unit_ids, year.period)
    covers = {
        (unit.id, title_id): cover
        for unit in units
        for title_id, cover in _covered(unit, booked.get(unit.id, ())).items()
    }
    return _Reading(view, year, {each.id: each for each in offered}, booked, covers)


def _covered(unit: PlannedUnit, booked: Iterable[BookedTitle]) -> dict[int, Cover]:
    return covered(
        [Pieces(each.title_id, each.type_code, each.quantity) for each in unit.media],
        [Pieces(each.title_id, each.type_code, each.quantity) for each in booked],
    )


def _draft(reading: _Reading, unit: PlannedUnit, title: PlannedTitle) -> _Draft:
    cover = reading.covers[unit.id, title.title_id]
    found = reading.titles.get(title.title_id)
    holding_id = found.offers[0].holding_id if found is not None and found.offers else 0
    weeks = _weeks(unit, reading.year)
    return _Draft(
        unit_id=unit.id,
        title=title,
        weeks=weeks,
        cover=cover,
        holding_id=holding_id,
        state=_known_state(title, cover, holding_id, weeks),
    )


def _known_state(
    title: PlannedTitle, cover: Cover, holding_id: int, weeks: Period | None
) -> LineState | None:
    """Return how a line stands whatever is free; None if that decides."""
    if cover.pieces >= title.quantity:
        return LineState.BOOKED
    if not holding_id:
        online = media_type(title.type_code).online
        return LineState.ONLINE if online else LineState.NOT_OFFERED
    return LineState.NO_SCHOOL_DAY if weeks is None else None


def _weeks(unit: PlannedUnit, year: SchoolYear) -> Period | None:
    try:
        return calendar_weeks(year, unit.first_week, unit.last_week)
    except (NoSuchWeekError, ReversedPeriodError):
        return None


def _judged(
    session: Session, reading: _Reading, drafts: Sequence[_Draft]
) -> tuple[list[Verdict], dict[int, str]]:
    """Return a verdict for each draft, and the names of titles that could stand in."""
    view = reading.view
    period = days_looked_at(reading.year.period, view.today)
    asked = [each for each in drafts if each.state is None]
    found = availability(session, view, {each.holding_id for each in asked}, period)
    judged = judge_all(_planned(reading, asked, found, {}))
    short = {
        draft.title.title_id
        for draft, verdict in zip(asked, judged, strict=True)
        if verdict.state in LACKING
    }
    similar = stand_ins(session, view, short)
    others = {key for keys in similar.values() for key in keys}
    if others:
        found = found | availability(session, view, others - found.keys(), period)
        judged = judge_all(_planned(reading, asked, found, similar))
    left = iter(judged)
    verdicts = [next(left) if each.state is None else Verdict(each.state) for each in drafts]
    return verdicts, _names(session, others)


def _planned(
    reading: _Reading,
    asked: Iterable[_Draft],
    found: Mapping[int, Availability],
    similar: Mapping[int, Sequence[int]],
) -> Iterator[PlannedLine]:
    for draft in asked:
        if draft.weeks is not None:
            yield PlannedLine(
                weeks=draft.weeks,
                within=reading.year.period,
                quantity=draft.title.quantity - draft.cover.pieces,
                found=found[draft.holding_id],
                similar=tuple(found[key] for key in similar.get(draft.title.title_id, ())),
                replaced=draft.cover.stand_in is not None,
            )


def _line(reading: _Reading, draft: _Draft, verdict: Verdict) -> PlanLine:
    booked = {each.title_id: each.name for each in reading.booked.get(draft.unit_id, ())}
    stand_in = draft.cover.stand_in
    title = reading.titles.get(draft.title.title_id)
    return PlanLine(
        title=draft.title,
        booked=draft.cover.pieces,
        stand_in="" if stand_in is None else booked[stand_in],
        verdict=verdict,
        holding_id=draft.holding_id or None,
        online_url=None if title is None else title.opens_on(reading.view.today),
    )


def _names(session: Session, holding_ids: Iterable[int]) -> dict[int, str]:
    wanted = sorted(holding_ids)
    if not wanted:
        return {}
    rows = session.execute(
        select(Holding.id, Title.name)
        .join(Title, Title.id == Holding.title_id)
        .where(Holding.id.in_(wanted))
    )
    return dict(rows.all())
