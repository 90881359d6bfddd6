"""A list kept without connection: looked through first, then entered once, line by line."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.desk.offline_file import MOST_LINES
from app.exports import BYTE_ORDER_MARK
from loans.models.desk_session import DeskScan, DeskSession
from loans.models.loan import Loan
from tests.app.desk.scanning import HttpDesk, text_of
from tests.make import LONG_AGO, MONDAY, Make

pytestmark = pytest.mark.lending("8.7")

HEAD = "Zeit;Person;Code;Aktion\n"


def look(counter: HttpDesk, table: str | bytes) -> TestResponse:
    content = table if isinstance(table, bytes) else table.encode()
    return counter.send("/desk/offline/try", list=(BytesIO(content), "liste.csv"))


def enter(counter: HttpDesk, table: str, **fields: object) -> TestResponse:
    return counter.send("/desk/offline/enter", table=table, **fields)


def loans(make: Make) -> list[Loan]:
    make.session.rollback()
    return list(make.session.scalars(select(Loan).order_by(Loan.id)))


def example(make: Make) -> str:
    """Two copies to one person, of whom the card is said once, and one that comes back."""
    first, second = make.copy(), make.copy()
    loan = make.loan(lent_on=LONG_AGO)
    return HEAD + (
        f"20.11.2026 14:05;{make.person().card};{first.barcode};Ausleihe\n"
        f"20.11.2026 14:06;;{second.barcode};Ausleihe\n"
        f"2026-11-20 14:20;;{loan.copy.barcode};Rückgabe\n"
    )


def test_the_empty_list_is_what_is_read_again(make: Make, counter: HttpDesk) -> None:
    answer = counter.client.get("/desk/offline/list.csv")
    text = answer.get_data(as_text=True)
    assert text == f'{BYTE_ORDER_MARK}"Zeit";"Person";"Code";"Aktion"\r\n'
    filled = text + example(make).removeprefix(HEAD)
    assert text_of(look(counter, filled)).count("geht</span>") == 3


def test_looking_through_says_what_would_come_of_it_and_changes_nothing(
    make: Make, counter: HttpDesk
) -> None:
    table = example(make)
    page = text_of(look(counter, table))
    assert "ausgeliehen bis Fr, 4.12." in page
    assert "zurückgenommen" in page
    assert "Liste übernehmen" in page
    assert len(loans(make)) == 1
    assert make.session.scalar(select(func.count(DeskScan.id))) == 0
    assert make.session.scalar(select(func.count(DeskSession.id))) == 0


def test_entering_lends_and_takes_back_by_the_lines_own_days(
    make: Make, counter: HttpDesk
) -> None:
    page = text_of(enter(counter, example(make)))
    assert "Was übernommen wurde" in page
    back, first, second = loans(make)
    friday = MONDAY - timedelta(days=3)
    assert (first.lent_on, second.lent_on, back.returned_on) == (friday, friday, friday)
    assert first.person_id == second.person_id


def test_a_list_entered_twice_is_entered_once(make: Make, counter: HttpDesk) -> None:
    table = example(make)
    enter(counter, table)
    again = text_of(enter(counter, table))
    assert again.count("Das ist schon übernommen.") == 3
    assert text_of(look(counter, table)).count("Das ist schon übernommen.") == 3
    assert len(loans(make)) == 3


def test_the_same_request_twice_is_one(make: Make, counter: HttpDesk) -> None:
    table = example(make)
    enter(counter, table, idem="same")
    answer = enter(counter, table, idem="same")
    assert (answer.status_code, answer.location) == (303, "/desk/offline")
    assert "schon übernommen" in counter.page("/desk/offline")


def test_lines_are_done_in_the_order_of_their_times(make: Make, counter: HttpDesk) -> None:
    copy, first, second = make.copy(), make.person(), make.person()
    table = HEAD + (
        f"20.11.2026 16:00;{second.card};{copy.barcode};a\n"
        f"20.11.2026 15:00;;{copy.barcode};r\n"
        f"20.11.2026 14:00;{first.card};{copy.barcode};lend\n"
    )
    enter(counter, table)
    assert [loan.person_id for loan in loans(make)] == [first.id, second.id]


def test_whoever_is_served_now_is_left_alone(make: Make, counter: HttpDesk) -> None:
    present = make.person(family_name="Schmidt")
    counter.scan(present.card)
    enter(counter, example(make))
    assert "Ada Schmidt" in counter.page()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("gestern;P-1;MZ-1;Ausleihe", "Geben Sie Tag und Uhrzeit ein"),
        ("31.02.2026 10:00;P-1;MZ-1;Ausleihe", "Geben Sie Tag und Uhrzeit ein"),
        ("24.11.2026 23:59;P-1;MZ-1;Ausleihe", "liegt in der Zukunft"),
        ("01.11.2026 10:00;P-1;MZ-1;Ausleihe", "mehr als 7 Tage her"),
        ("20.11.2026 10:00;P-1;;Ausleihe", "was auf dem Etikett steht"),
        ("20.11.2026 10:00;;MZ-1;Ausleihe", "Bisher ist niemand genannt"),
        ("20.11.2026 10:00;P-1;MZ-1;verschenkt", "Geben Sie Ausleihe oder Rückgabe ein"),
        ("20.11.2026 10:00;P-1;MZ-1;Ausleihe", "Dieser Code ist hier nicht bekannt"),
        ("20.11.2026 10:00;;MZ-999999;Rückgabe", "Dieser Code ist hier nicht bekannt"),
        ("20.11.2026 10:00;P-1", "weniger Zellen"),
    ],
)
def test_each_line_says_what_is_wrong_with_it(
    make: Make, counter: HttpDesk, line: str, sentence: str
) -> None:
    good = make.loan(lent_on=LONG_AGO).copy.barcode
    table = f"{HEAD}{line}\n20.11.2026 11:00;;{good};Rückgabe\n"
    page = text_of(look(counter, table))
    assert sentence in page
    assert "zurückgenommen" in page


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "200 kB"),
        (b"\0\1\2\3" * 100, "kein lesbarer Text"),
        (b"Zeit;Person;Code\n", "Eine Spalte fehlt"),
        (b"x" * 300_000, "200 kB"),
    ],
    ids=["empty", "binary", "a column is missing", "too large"],
)
def test_what_is_no_list_is_told_with_what_to_do(
    counter: HttpDesk, content: bytes, sentence: str
) -> None:
    answer = look(counter, content)
    assert answer.status_code == 422
    assert "Fehler:" in text_of(answer)
    assert sentence in text_of(answer) or "nichts" in text_of(answer)


def test_english_names_and_commas_are_read_too(make: Make, counter: HttpDesk) -> None:
    barcode = make.loan(lent_on=LONG_AGO).copy.barcode
    table = f"time,person,code,action\n2026-11-20T10:00:30,,{barcode},return\n"
    assert "zurückgenommen" in text_of(look(counter, table))


def test_a_list_has_an_end(make: Make, counter: HttpDesk) -> None:
    lines = [f"20.11.2026 10:00;;MZ-99{number:04};Rückgabe\n" for number in range(205)]
    page = text_of(look(counter, HEAD + "".join(lines)))
    assert "Eine Liste hat höchstens 200 Zeilen" in page
    assert page.count('class="mono">MZ-99') == MOST_LINES + 1


def test_a_line_that_stands_there_twice_is_done_once(make: Make, counter: HttpDesk) -> None:
    copy, card = make.copy(), make.person().card
    line = f"20.11.2026 10:00;{card};{copy.barcode};Ausleihe\n"
    back = f"20.11.2026 10:00;;{copy.barcode};Rückgabe\n"
    page = text_of(enter(counter, HEAD + line + line + back))
    assert page.count("Das ist schon übernommen.") == 1
    (loan,) = loans(make)
    assert loan.returned_on == MONDAY - timedelta(days=3)


def test_an_unknown_card_refuses_each_of_its_lines(make: Make, counter: HttpDesk) -> None:
    codes = [make.copy().barcode for _ in range(3)]
    lines = [f"20.11.2026 10:00;P-NOBODY;{code};Ausleihe\n" for code in codes]
    page = text_of(enter(counter, HEAD + "".join(lines)))
    assert page.count("Dieser Code ist hier nicht bekannt") >= len(codes)
    assert loans(make) == []


def test_a_foreign_branch_is_not_there(make: Make, counter: HttpDesk) -> None:
    foreign = make.branch(make.centre())
    assert enter(counter, example(make), branch=foreign.id).status_code == 404
    assert len(loans(make)) == 1
