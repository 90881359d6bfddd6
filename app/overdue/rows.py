"""Rows of what is overdue, with the words their template needs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from app.dates import day
from app.money import euros
from app.overdue.forms import ALL, LEVELS, PAUSED, TONIGHT, OverdueFilterForm
from loans.operations.tell_overdue import Reminding
from loans.queries.overdue import OverdueLoan

ROWS = 100
"""Loans on a page of the list."""


@dataclass(frozen=True, slots=True)
class Coming:
    """What is overdue today, each loan with the level that the coming night writes.

    Attributes:
        loans: all of the centre.
        night: the day whose night comes next.
        told: who had a letter on that day and waits for the night after.
    """

    loans: tuple[OverdueLoan, ...]
    night: date
    told: frozenset[int]


@dataclass(frozen=True, slots=True)
class Row:
    """One overdue loan of the list.

    Attributes:
        loan: with borrower and title.
        late: since when it is overdue, in words.
        told: the reminders so far; empty for none.
        tonight: what the night will do about it.
        tone: of that.
        notes: what else is to be known.
    """

    loan: OverdueLoan
    late: str
    told: str
    tonight: str
    tone: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class School:
    """The overdue loans of one school on this page."""

    id: int
    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Tonight:
    """What the night will send, or whoever sends now."""

    people: int
    loans: int
    levels: Counter[int]


def tonight_of(remindings: Sequence[Reminding]) -> Tonight:
    """Return what comes of it when everybody is reminded who is to be."""
    levels = Counter(loan.level or 0 for each in remindings for loan in each.due)
    return Tonight(len(remindings), sum(levels.values()), levels)


def coming_of(loans: Iterable[OverdueLoan], night: date) -> Coming:
    """Return the loans as the coming night finds them."""
    found = tuple(loan.on(night) for loan in loans)
    told = (loan for loan in found if any(each.written_on == night for each in loan.case.written))
    return Coming(found, night, frozenset(loan.person_id for loan in told))


def narrowed(coming: Coming, form: OverdueFilterForm) -> list[OverdueLoan]:
    """Return the loans the list is narrowed to."""
    level = form.level.data or ALL
    words = (form.words.data or "").casefold().split()
    return [
        loan
        for loan in coming.loans
        if _is_of(loan, form.school.data or ALL)
        and _is_at(loan, level, coming)
        and _says(loan, words)
    ]


def schools_of(loans: Sequence[OverdueLoan], coming: Coming) -> Iterator[School]:
    """Yield some of the loans by school, in the order given."""
    by_school: dict[int, list[OverdueLoan]] = {}
    for loan in loans:
        by_school.setdefault(loan.institution_id, []).append(loan)
    for key, own in by_school.items():
        yield School(key, own[0].institution, tuple(_row(loan, coming) for loan in own))


def level_words(level: int) -> str:
    """Return what a reminder level is called."""
    words = {1: _("First reminder"), 2: _("Second reminder"), 3: _("Last reminder")}
    return str(words.get(level, ""))


def late_words(days: int) -> str:
    """Return since how many days something is overdue."""
    return str(ngettext("overdue since %(num)s day", "overdue since %(num)s days", days))


def _is_of(loan: OverdueLoan, school: str) -> bool:
    return school in {ALL, str(loan.institution_id)}


def _is_at(loan: OverdueLoan, level: str, coming: Coming) -> bool:
    if level == PAUSED:
        return _paused_until(loan, coming.night) is not None
    if level == TONIGHT:
        return loan.level is not None and loan.person_id not in coming.told
    if level in LEVELS:
        return loan.level == int(level) and loan.person_id not in coming.told
    return True


def _says(loan: OverdueLoan, words: Sequence[str]) -> bool:
    text = f"{loan.title} {loan.person} {loan.barcode} {loan.class_name}".casefold()
    return all(word in text for word in words)


def _row(loan: OverdueLoan, coming: Coming) -> Row:
    tonight, tone = _tonight(loan, coming)
    last = max(loan.case.written, key=lambda each: each.level, default=None)
    said = ""
    if last is not None:
        on = day(last.written_on, "weekday")
        said = str(_("%(reminder)s on %(day)s", reminder=level_words(last.level), day=on))
    return Row(loan, late_words(loan.days), said, tonight, tone, tuple(_notes(loan)))


def _tonight(loan: OverdueLoan, coming: Coming) -> tuple[str, str]:
    paused_until = _paused_until(loan, coming.night)
    if paused_until is not None:
        return str(_("paused until %(day)s", day=day(paused_until, "weekday"))), ""
    if loan.case.claimed:
        return str(_("said to be back, lost or damaged")), "warn"
    if loan.level is None:
        return "", ""
    if loan.person_id in coming.told:
        return str(_("tomorrow: reminded today already")), ""
    return level_words(loan.level), {1: "info", 2: "warn", 3: "bad"}.get(loan.level, "info")


def _paused_until(loan: OverdueLoan, night: date) -> date | None:
    until = loan.case.snoozed_until
    return until if until is not None and until >= night else None


def _notes(loan: OverdueLoan) -> Iterator[str]:
    if loan.class_name:
        yield _("class %(name)s", name=loan.class_name)
    if loan.wanted_from is not None:
        on = day(loan.wanted_from, "weekday")
        yield _("needed by others from %(day)s on", day=on)
    if not loan.email:
        yield (
            _("no address: through the school")
            if loan.institution_email
            else _("no address: please call")
        )
    if loan.fee_cents:
        yield _("fee so far %(amount)s", amount=euros(loan.fee_cents))
    if loan.snooze_reason and loan.case.snoozed_until is not None:
        yield _("paused: %(reason)s", reason=loan.snooze_reason)
