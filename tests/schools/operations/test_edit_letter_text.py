"""A centre's own words for its letters: checked, kept by version, written down in the log."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from schools.errors import ChangedMeanwhileError, NotFoundError, RefusedError
from schools.models.letter_choice import LetterText
from schools.models.owed_letter import LetterKind
from schools.operations.edit_letter_text import Wording, edit_letter_text
from schools.queries.letter_texts import own_words_of
from schools.rules.letter_placeholders import WordingFault
from schools.rules.roles import Actor, Role
from tests.make import NOW, Make

pytestmark = pytest.mark.both_stores

KNOWN = ("name", "titles")


@pytest.fixture
def head(make: Make) -> Actor:
    return make.actor(Role.CENTRE_ADMIN)


def wish(make: Make, text: str, version: int, subject: str = "") -> Wording:
    centre_id = make.the_centre().id
    return Wording(centre_id, LetterKind.BOOKING_CONFIRMED, "de", subject, text, version)


def save(session: Session, wanted: Wording, by: Actor) -> None:
    with unit_of_work(session):
        edit_letter_text(session, wanted, KNOWN, by, NOW)


def stored(session: Session) -> list[tuple[str, str, int]]:
    return [(row.subject, row.text, row.version) for row in session.scalars(select(LetterText))]


def test_words_are_kept_and_changed_and_given_up(
    session: Session, make: Make, head: Actor
) -> None:
    save(session, wish(make, "Hallo {name}", 0, "Da: {titles}"), head)
    assert stored(session) == [("Da: {titles}", "Hallo {name}", 1)]
    save(session, wish(make, "Guten Tag {name}", 1), head)
    assert stored(session) == [("", "Guten Tag {name}", 2)]
    save(session, wish(make, "", 2), head)
    assert stored(session) == [("", "", 3)]
    assert own_words_of(session, [make.the_centre().id]) == {}


def test_who_edits_what_is_in_the_log(session: Session, make: Make, head: Actor) -> None:
    save(session, wish(make, "Hallo", 0), head)
    save(session, wish(make, "Guten Tag", 1), head)
    query = select(AuditEntry).where(AuditEntry.act == "edit_letter_text").order_by(AuditEntry.id)
    entry = session.scalars(query).all()[-1]
    assert entry.account_id == head.account_id
    assert entry.centre_id == make.the_centre().id
    assert entry.before == {"subject": "", "text": "Hallo"}
    assert entry.after["text"] == "Guten Tag"
    assert (entry.after["kind"], entry.after["locale"]) == ("booking_confirmed", "de")


@pytest.mark.parametrize(
    ("subject", "text", "faults"),
    [
        ("", "Hallo {nname}", (WordingFault.UNKNOWN,)),
        ("{token}", "", (WordingFault.UNKNOWN,)),
        ("", "Hallo {name", (WordingFault.BRACE,)),
        ("{x}", "{", (WordingFault.UNKNOWN, WordingFault.BRACE)),
    ],
)
def test_words_with_faults_are_refused_whole(
    session: Session,
    make: Make,
    head: Actor,
    *,
    subject: str,
    text: str,
    faults: tuple[WordingFault, ...],
) -> None:
    with pytest.raises(RefusedError) as refused:
        save(session, wish(make, text, 0, subject), head)
    assert refused.value.reasons == faults
    assert stored(session) == []


def test_the_second_editor_is_told(session: Session, make: Make, head: Actor) -> None:
    save(session, wish(make, "Erster", 0), head)
    with pytest.raises(ChangedMeanwhileError) as told:
        save(session, wish(make, "Zweiter", 0), head)
    assert told.value.current == {"subject": "", "text": "Erster"}
    assert stored(session) == [("", "Erster", 1)]


def test_words_given_up_and_written_anew_are_not_those_of_before(
    session: Session, make: Make, head: Actor
) -> None:
    save(session, wish(make, "Erster", 0), head)
    save(session, wish(make, "", 1), head)
    save(session, wish(make, "Zweiter", 2), head)
    with pytest.raises(ChangedMeanwhileError):
        save(session, wish(make, "Wer dies offen hatte", 1), head)


def test_a_foreign_centre_is_not_there(session: Session, make: Make) -> None:
    wanted = wish(make, "Hallo", 0)
    foreign = make.actor(Role.CENTRE_ADMIN, centre=make.centre())
    with pytest.raises(NotFoundError):
        save(session, wanted, foreign)
