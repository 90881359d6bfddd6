"""Owe a letter: write it down in the transaction that gives rise to it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from schools.models.letter_choice import LetterMode
from schools.models.letter_topics import TOPICS
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.models.person import Person
from schools.queries.letter_choices import modes_of_people, standing_of
from schools.queries.letters import known_occasions
from schools.queries.signed_in import CENTRE_TIME
from schools.rules.letter_times import next_daily

WHOLE = {"render_nulls": True}
"""Rows without a person or school go in one statement with the others."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who a letter goes to, and whose letter it is.

    Attributes:
        address: e-mail address; without one nothing is owed.
        name: for the salutation.
        locale: ``de`` or ``en``.
        person_id: the person, if the store knows one.
        institution_id: the school it concerns.
        centre_id: the centre whose office sees it and whose desk is answered to.
    """

    address: str | None
    name: str = ""
    locale: str = "de"
    person_id: int | None = None
    institution_id: int | None = None
    centre_id: int | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """What is owed.

    Attributes:
        kind: `app.letters` has a template for each.
        occasion: unique text, such as ``booking_confirmed:R-1203:0``; nobody is told twice.
        facts: plain JSON values that the template names; days as ISO text.
        always: comes at once, whatever the addressee has chosen, as what staff cancelled.
    """

    kind: LetterKind
    occasion: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    always: bool = False


def person_addressed(
    person: Person, *, centre_id: int | None = None, institution_id: int | None = None
) -> Addressee:
    """Return a person as an addressee."""
    return Addressee(
        person.email, person.name, person.locale, person.id, institution_id, centre_id
    )


def owe(session: Session, letter: Letter, to: Addressee, now: datetime) -> bool:
    """Write a letter down for the worker to send; call it inside the act's unit of work.

    An addressee who wants such letters daily finds it in the daily letter of the next morning on
    which the centre is open; one who wants none gets none. What comes at once all the same takes
    along what waits about the same bookings, loans and holds: no letter overtakes one about what
    was before.

    Returns:
        False if the letter of that occasion is owed already, is not wanted, or has no address.
    """
    if not to.address:
        return False
    owed_already, mode = standing_of(session, letter.occasion, to.person_id, letter.kind)
    if owed_already or (mode is LetterMode.OFF and not letter.always):
        return False
    if letter.always:
        mode = LetterMode.AT_ONCE
    if letter.always or letter.kind not in TOPICS:
        _send_what_waits(session, [(letter, to)], now)
    session.add(OwedLetter(**_wanted(letter, to, mode, now)))
    session.flush()
    return True


def _send_what_waits(
    session: Session, told: Iterable[tuple[Letter, Addressee]], now: datetime
) -> None:
    """Let what waits for daily letters, about the same as these letters, go before them."""
    named: dict[int | None, set[tuple[str, Any]]] = defaultdict(set)
    for letter, to in told:
        named[to.person_id].update(_named(letter.facts))
    people = [person_id for person_id, about in named.items() if about and person_id is not None]
    if not people:
        return
    waiting = select(OwedLetter).where(
        OwedLetter.person_id.in_(people), OwedLetter.state == LetterState.DAILY
    )
    for each in session.scalars(waiting.order_by(OwedLetter.id).with_for_update()):
        if named[each.person_id] & set(_named(each.facts)):
            each.state, each.next_try_at = LetterState.OWED, now


def _named(facts: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Go through the bookings, loans and holds that a letter is about, by number and key."""
    yield from ((name, facts[name]) for name in ("number", "loan", "hold") if name in facts)
    for several in ("bookings", "lines", "moved"):
        for each in facts.get(several, ()):
            yield from _named(each)


def owe_wanted(session: Session, owed: Sequence[tuple[Letter, Addressee]], now: datetime) -> int:
    """Write down letters as `owe` does each, all in three statements; for the night.

    Args:
        session: inside the act's unit of work.
        owed: letters of different occasions with whom they go to.
        now: the instant.

    Returns:
        How many are owed: not those without an address, not wanted, or owed already.
    """
    known = known_occasions(session, [letter.occasion for letter, _ in owed])
    chosen = modes_of_people(session, {to.person_id for _, to in owed if to.person_id is not None})
    rows = []
    for letter, to in owed:
        topic = TOPICS.get(letter.kind)
        mode = LetterMode.AT_ONCE
        if to.person_id is not None and topic is not None and not letter.always:
            mode = chosen.get((to.person_id, topic), mode)
        if to.address and letter.occasion not in known and mode is not LetterMode.OFF:
            rows.append(_wanted(letter, to, mode, now))
    if rows:
        session.execute(insert(OwedLetter), rows, execution_options=WHOLE)
    return len(rows)


def owe_many(session: Session, owed: Iterable[tuple[Letter, Addressee]], now: datetime) -> int:
    """Write down letters of occasions that never were before, all in a few statements.

    They come at once, and take along what waits as those of `owe` do.

    Args:
        session: inside the act's unit of work.
        owed: letters with whom they go to; those without an address are left out.
        now: the instant.

    Returns:
        How many are owed.

    Raises:
        sqlalchemy.exc.IntegrityError: an occasion was there before.
    """
    told = [(letter, to) for letter, to in owed if to.address]
    rows = [_values(letter, to, now) for letter, to in told]
    if rows:
        _send_what_waits(session, told, now)
        session.execute(insert(OwedLetter), rows, execution_options=WHOLE)
    return len(rows)


def _wanted(letter: Letter, to: Addressee, mode: LetterMode, now: datetime) -> dict[str, Any]:
    is_daily = mode is LetterMode.DAILY
    return _values(letter, to, now) | {
        "state": LetterState.DAILY if is_daily else LetterState.OWED,
        "next_try_at": _next_morning(now) if is_daily else now,
    }


def _values(letter: Letter, to: Addressee, now: datetime) -> dict[str, Any]:
    return {
        "kind": letter.kind,
        "occasion": letter.occasion,
        "to_address": to.address,
        "to_name": to.name,
        "locale": to.locale,
        "facts": dict(letter.facts),
        "person_id": to.person_id,
        "institution_id": to.institution_id,
        "centre_id": to.centre_id,
        "created_at": now,
        "next_try_at": now,
    }


def _next_morning(now: datetime) -> datetime:
    """Return when the daily letter is made; whether the centre is open then, it looks itself."""
    return next_daily(now.astimezone(CENTRE_TIME), _any_day).astimezone(UTC)


def _any_day(_day: date) -> bool:
    return True
