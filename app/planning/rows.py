"""Units and their planned media as pages show them, with everything that can be chosen."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from app.dates import day, language, span
from app.labels import label
from app.planning.asked import NOTHING, field_name, field_value
from app.refusals import sentences
from loans.errors import Refused
from loans.queries.plan_wishes import ChosenLine
from loans.queries.planned_media import PlannedUnit
from loans.queries.preview import WishAnswer
from loans.queries.year_plan import PlanLine, YearPlan
from loans.rules.codes import Refusal
from loans.rules.plans import LineState, Offer, OfferKind
from schools.rules.grades import grade_label
from schools.rules.periods import Period
from schools.vocabularies.media_types import media_type
from schools.vocabularies.subjects import subject

TONES: Mapping[LineState, str] = {
    LineState.BOOKED: "ok",
    LineState.FREE: "ok",
    LineState.SHORTER: "warn",
    LineState.CONFLICT: "bad",
    LineState.REFUSED: "bad",
    LineState.BEYOND_HORIZON: "info",
    LineState.ONLINE: "info",
}

OF_THE_PERSON = frozenset[str]({Refusal.BLOCKED, Refusal.OVERDUE_BLOCK, Refusal.MEMBERSHIP_ENDED})
"""Refusals that no choice of media or days changes."""

OPEN = frozenset(
    {
        LineState.FREE,
        LineState.SHORTER,
        LineState.CONFLICT,
        LineState.REFUSED,
        LineState.BEYOND_HORIZON,
    }
)
"""States of what is still to be reserved, now or later."""

Refusals = Mapping[tuple[int, int, Period], tuple[Refused, ...]]
"""Why a booking would be refused, by unit, holding and days."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be chosen for a planned medium."""

    value: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class LineRow:
    """A planned medium.

    Attributes:
        field: the name of its choice.
        notes: what else is to be said, in short sentences.
        choices: what can be chosen; none where nothing can be booked.
        opens: address of an online medium.
        missing_here: it is not in the centre's offer.
        waits_for: the offer, where waiting is possible.
        state: how it stands, also where not the days but the person or a limit is in the way.
    """

    field: str
    title_id: int
    title: str
    kind: str
    facts: str
    mark: str
    tone: str
    notes: tuple[str, ...]
    choices: tuple[Choice, ...]
    opens: str | None = None
    missing_here: bool = False
    waits_for: int | None = None
    state: LineState = LineState.FREE


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit with its lines; `days` is None where the school year has no such weeks."""

    id: int
    words: str
    about: str
    weeks: str
    days: Period | None
    lines: tuple[LineRow, ...]

    @property
    def period(self) -> str:
        """The days of its weeks, for reading."""
        return "" if self.days is None else span(self.days.first, self.days.last)

    @property
    def is_open(self) -> bool:
        """Say whether something is still to be reserved for it."""
        return any(line.state in OPEN for line in self.lines)


def unit_rows(
    plan: YearPlan, refusals: Refusals, posted: Sequence[ChosenLine] | None = None
) -> tuple[UnitRow, ...]:
    """Return the units of a plan.

    Args:
        plan: as judged.
        refusals: why single bookings would be refused although the media are free.
        posted: what a form chose that is shown again; None chooses what can be had.
    """
    showing = _Showing(plan.titles, refusals, posted)
    return tuple(
        UnitRow(
            id=each.unit.id,
            words=each.unit.words,
            about=about(each.unit),
            weeks=weeks_words(each.unit),
            days=each.weeks,
            lines=tuple(_row(showing, each.unit, line) for line in each.lines),
        )
        for each in plan.units
    )


def about(unit: PlannedUnit) -> str:
    """Return subject and grade of a unit."""
    return f"{subject(unit.subject).name(language())} {grade_label(unit.grade)}"


def weeks_words(unit: PlannedUnit) -> str:
    """Return the calendar weeks of a unit."""
    if unit.first_week == unit.last_week:
        return str(_("week %(week)s", week=unit.first_week))
    return str(_("weeks %(first)s to %(last)s", first=unit.first_week, last=unit.last_week))


def chosen_by_default(plan: YearPlan) -> tuple[ChosenLine, ...]:
    """Return what is booked unless somebody chooses otherwise."""
    return tuple(
        ChosenLine(unit.id, line.title.title_id, offer.holding_id, offer.period, offer.quantity)
        for unit, line in plan.lines
        for offer in (line.verdict.chosen,)
        if offer is not None
    )


def refusals_of(answers: Iterable[WishAnswer]) -> Refusals:
    """Return why bookings would be refused, for each of their lines."""
    return {
        (answer.wish.unit_id or 0, line.line.holding_id, answer.wish.period): tuple(
            each
            for each in answer.refusals
            if each.facts.get("holding_id", line.line.holding_id) == line.line.holding_id
        )
        for answer in answers
        if not answer.granted
        for line in answer.lines
    }


def personal_sentences(answers: Iterable[WishAnswer]) -> list[str]:
    """Return why the person can book nothing of it, whatever is chosen."""
    return sentences(
        each for answer in answers for each in answer.refusals if each.code in OF_THE_PERSON
    )


@dataclass(frozen=True, slots=True)
class _Showing:
    titles: Mapping[int, str]
    refusals: Refusals
    posted: Sequence[ChosenLine] | None

    def posted_for(self, unit_id: int, title_id: int) -> str | None:
        """Return the value a form chose; None without a form."""
        if self.posted is None:
            return None
        for each in self.posted:
            if (each.unit_id, each.title_id) == (unit_id, title_id):
                return field_value(each.holding_id, each.period, each.quantity)
        return NOTHING


def _row(showing: _Showing, unit: PlannedUnit, line: PlanLine) -> LineRow:
    refused = _refused(showing, unit, line)
    state = LineState.REFUSED if refused else line.verdict.state
    kind = media_type(line.title.type_code)
    return LineRow(
        field=field_name(unit.id, line.title.title_id),
        title_id=line.title.title_id,
        title=line.title.name,
        kind=kind.kind.value,
        facts=" · ".join(_facts(line)),
        mark=label(state),
        tone=TONES.get(state, ""),
        notes=tuple(_notes(line, refused)),
        choices=_choices(showing, unit, line, refused=bool(refused)),
        opens=line.online_url if line.verdict.state is not LineState.BOOKED else None,
        missing_here=state is LineState.NOT_OFFERED,
        waits_for=line.holding_id if state is LineState.CONFLICT else None,
        state=state,
    )


def _refused(showing: _Showing, unit: PlannedUnit, line: PlanLine) -> tuple[Refused, ...]:
    offer = line.verdict.chosen
    if offer is None:
        return ()
    return showing.refusals.get((unit.id, offer.holding_id, offer.period), ())


def _facts(line: PlanLine) -> Iterator[str]:
    yield media_type(line.title.type_code).name(language())
    yield ngettext("%(num)s piece", "%(num)s pieces", line.title.quantity)
    if line.title.note:
        yield line.title.note


def _notes(line: PlanLine, refused: Sequence[Refused]) -> Iterator[str]:
    verdict = line.verdict
    if 0 < line.booked < line.title.quantity:
        yield _(
            "%(booked)s of %(all)s are reserved already.",
            booked=line.booked,
            all=line.title.quantity,
        )
    if line.stand_in:
        yield _("For this unit is reserved: %(title)s.", title=line.stand_in)
    if verdict.state is LineState.NO_SCHOOL_DAY:
        yield _("These weeks have no school day; nothing is reserved for them.")
    elif verdict.state is LineState.BEYOND_HORIZON and verdict.from_day is not None:
        yield _("Can be reserved from %(day)s on.", day=day(verdict.from_day))
    elif refused:
        yield from sentences(refused)
    else:
        yield from sentences(verdict.refused)


def _choices(
    showing: _Showing, unit: PlannedUnit, line: PlanLine, *, refused: bool
) -> tuple[Choice, ...]:
    if not line.verdict.offers:
        return ()
    posted = showing.posted_for(unit.id, line.title.title_id)
    preset = NOTHING
    if line.verdict.chosen is not None and not refused:
        preset = _value(line.verdict.chosen)
    values = [_value(offer) for offer in line.verdict.offers]
    wanted = posted if posted in {*values, NOTHING} else preset
    offered = [
        Choice(value, _offer_words(offer, showing.titles), value == wanted)
        for value, offer in zip(values, line.verdict.offers, strict=True)
    ]
    return (*offered, Choice(NOTHING, _("Leave it out"), wanted == NOTHING))


def _value(offer: Offer) -> str:
    return field_value(offer.holding_id, offer.period, offer.quantity)


def _offer_words(offer: Offer, titles: Mapping[int, str]) -> str:
    days = span(offer.period.first, offer.period.last)
    match offer.kind:
        case OfferKind.AS_PLANNED:
            return str(_("%(days)s: as planned", days=days))
        case OfferKind.LONGEST_PART:
            return str(_("%(days)s: as long as allowed", days=days))
        case OfferKind.OTHER_WEEK:
            return str(_("%(days)s: another week", days=days))
        case OfferKind.SIMILAR:
            title = titles.get(offer.holding_id, "")
            return str(_("%(days)s: “%(title)s” instead", title=title, days=days))
    number = ngettext("only %(num)s piece", "only %(num)s pieces", offer.quantity)
    return f"{days}: {number}"


@dataclass(frozen=True, slots=True)
class Totals:
    """How many planned media stand how."""

    booked: int
    free: int
    conflicts: int
    later: int


def totals(rows: Iterable[UnitRow]) -> Totals:
    """Count media by how they stand."""
    states = Counter(line.state for row in rows for line in row.lines)
    return Totals(
        booked=states[LineState.BOOKED],
        free=states[LineState.FREE] + states[LineState.SHORTER],
        conflicts=states[LineState.CONFLICT] + states[LineState.REFUSED],
        later=states[LineState.BEYOND_HORIZON],
    )


def refused_words(answers: Iterable[WishAnswer], plan: YearPlan) -> list[str]:
    """Return why bookings were refused, each reason with the medium it concerns."""
    names = dict(plan.titles) | {
        line.holding_id: line.title.name for _unit, line in plan.lines if line.holding_id
    }
    said = (_with_title(each, names) for answer in answers for each in answer.refusals)
    return list(dict.fromkeys(said))


def _with_title(refused: Refused, names: Mapping[int, str]) -> str:
    (words,) = sentences([refused])
    holding_id = refused.facts.get("holding_id")
    title = names.get(holding_id, "") if isinstance(holding_id, int) else ""
    return f"{title}: {words}" if title else words
