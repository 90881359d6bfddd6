"""Commands of the desk, and when a scan is only a repeat."""

from datetime import UTC, datetime, timedelta

import pytest

from loans.rules.desk import (
    COMMANDS,
    Command,
    DeskAct,
    LastScan,
    ThisScan,
    command_of,
    is_rescan,
)

pytestmark = pytest.mark.lending("8.1")

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LENT = LastScan(DeskAct.LEND, 7, refused=False, at=NOW)
LENDING = ThisScan(7, returns=False, served=True)


def test_every_command_has_a_german_and_an_english_word() -> None:
    for command in Command:
        assert len([word for word, meant in COMMANDS.items() if meant is command]) >= 2


@pytest.mark.parametrize(
    ("code", "command"),
    [
        ("CMD-FERTIG", Command.DONE),
        ("CMD-DONE", Command.DONE),
        ("CMD-RUECK", Command.RETURN),
        ("CMD-RÜCKGABE", Command.RETURN),
        ("CMD-PRÜFEN", Command.CHECK),
        ("CMD-AUSLEIHE", Command.LEND),
        ("CMD-JA", Command.YES),
        ("CMD-NEIN", Command.NO),
        ("CMD-2", 2),
        ("CMD-TANZEN", None),
        ("CMD-", None),
        ("CMD-²", None),
    ],
)
def test_a_command_card_says(code: str, command: Command | int | None) -> None:
    assert command_of(code) == command


@pytest.mark.parametrize(
    ("last", "this", "seconds", "rescan"),
    [
        pytest.param(LENT, LENDING, 5, True, id="the same label 5 seconds later repeats"),
        pytest.param(LENT, LENDING, 6, False, id="after 6 seconds it is meant"),
        pytest.param(None, LENDING, 0, False, id="the first scan repeats nothing"),
        pytest.param(
            LastScan(DeskAct.LEND, 8, refused=False, at=NOW),
            LENDING,
            1,
            False,
            id="another copy is another scan",
        ),
        pytest.param(
            LastScan(DeskAct.LEND, 7, refused=True, at=NOW),
            LENDING,
            1,
            False,
            id="what was refused may be tried again at once",
        ),
        pytest.param(
            LastScan(DeskAct.PERSON, None, refused=False, at=NOW),
            LENDING,
            1,
            False,
            id="a card in between makes it a scan of its own",
        ),
        pytest.param(
            LENT,
            ThisScan(7, returns=True, served=True),
            1,
            False,
            id="lent and then taken back at once is meant",
        ),
        pytest.param(
            LastScan(DeskAct.RETURN, 7, refused=False, at=NOW),
            ThisScan(7, returns=False, served=False),
            1,
            True,
            id="taken back without a person and scanned again repeats",
        ),
        pytest.param(
            LastScan(DeskAct.RETURN, 7, refused=False, at=NOW),
            LENDING,
            1,
            False,
            id="taken back and then lent to somebody is meant",
        ),
    ],
)
def test_a_repeat_is_told_from_a_scan_of_its_own(
    last: LastScan | None, this: ThisScan, seconds: int, *, rescan: bool
) -> None:
    assert is_rescan(last, this, NOW + timedelta(seconds=seconds)) is rescan
