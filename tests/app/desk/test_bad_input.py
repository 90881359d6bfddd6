"""Whatever a scanner sends is answered with a sentence that says what to do; nothing is lost."""

from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from loans.models.loan import Loan
from tests.app.desk.scanning import JSON, OURS, HttpDesk, text_of
from tests.effort import times
from tests.make import Make

pytestmark = pytest.mark.both_stores

BAD = {
    "unknown": "MZ-999999",
    "damaged": "MZ-0000",
    "half a card": "P-01234567",
    "of a foreign shop": "4006381333931",
    "a foreign system's": "a~b^c|d",
    "no booking": "R-0",
    "a box of no tour": "B-77777",
    "no command": "CMD-TANZEN",
    "a number too many": "CMD-99999999999999999999",
    "a prefix alone": "MZ-",
    "control signs alone": "\x00\x01\x1b",
    "signs of direction": "\u202eMZ-1\u2066",
    "a sign of four bytes": "💩" * 20,
    "a formula": "=1+1",
    "quotes": "'\";--",
    "like everything": "%_%",
    "half a surrogate": "%ED%A0%80",
    "just long enough": "x" * 200,
    "ten kilobytes": "MZ-" + "9" * 10_000,
}


def said(text: str) -> str:
    return text[text.index('id="say"') :].split("</p>", maxsplit=1)[0]


def served(make: Make, counter: HttpDesk) -> None:
    counter.scan(make.person(family_name="Schmidt").card, make.copy().barcode)


@pytest.mark.parametrize("code", BAD.values(), ids=BAD.keys())
def test_a_bad_code_is_told_and_the_customer_stays(
    make: Make, counter: HttpDesk, code: str
) -> None:
    served(make, counter)
    for headers in (OURS, None):
        answer = counter.send("/desk/scan", headers, code=code)
        assert answer.status_code in {200, 303, 422}
    text = counter.page()
    assert "Ada Schmidt" in text
    make.session.rollback()
    assert len(make.session.scalars(select(Loan)).all()) == 1


@pytest.mark.parametrize("code", BAD.values(), ids=BAD.keys())
def test_our_script_always_finds_a_sentence(make: Make, counter: HttpDesk, code: str) -> None:
    text = text_of(counter.send("/desk/scan", OURS, code=code))
    sound = said(text).split('data-sound="')[1].split('"')[0]
    sentence = said(text).rpartition("<span>")[2]
    assert (sound in {"no", "again"}, len(sentence) > len("Nichts")) == (True, True)


@pytest.mark.lending("8.0")
@pytest.mark.parametrize("suffix", ["\r", "\n", "\r\n", "\t", "\x1d", "\x03", " \r\n"])
def test_what_a_scanner_sends_behind_the_code_is_let_go(
    make: Make, counter: HttpDesk, suffix: str
) -> None:
    counter.scan(make.person().card)
    barcode = make.copy().barcode
    assert counter.asked(f"\x02{barcode}{suffix}")["outcome"] == "done"


@pytest.mark.lending("8.0")
@pytest.mark.parametrize(
    "typed",
    ["mz-004711", "MYß004711", "MY/004711", "httpsÖ--mz.example-x-MYß004711"],
    ids=["small letters", "German keyboard", "English keyboard", "an address"],
)
def test_another_keyboard_layout_finds_the_copy(make: Make, counter: HttpDesk, typed: str) -> None:
    make.copy(barcode="MZ-004711")
    counter.scan(make.person().card)
    assert counter.asked(typed)["code"] == "MZ-004711"


@pytest.mark.lending("8.0")
def test_swapped_letters_are_tried_only_after_a_miss(make: Make, counter: HttpDesk) -> None:
    plain = make.copy(barcode="ZY-1")
    make.copy(barcode="YZ-1")
    counter.scan(make.person().card)
    assert counter.asked("ZY-1")["code"] == plain.barcode


def test_a_card_in_the_middle_of_a_return_says_what_happens_and_loses_nothing(
    make: Make, counter: HttpDesk
) -> None:
    first, second, card = make.loan(), make.loan(), make.person().card
    codes = (first.copy.barcode, second.copy.barcode)
    counter.scan("CMD-RUECK", codes[0])
    text = text_of(counter.send("/desk/scan", OURS, code=card))
    assert "Die Rücknahme läuft weiter" in said(text)
    assert codes[0] in text
    counter.scan(codes[1])
    make.session.rollback()
    assert make.session.scalars(select(Loan).where(Loan.returned_on.is_(None))).all() == []


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/desk/parts", {"line": "0"}),
        ("/desk/answer", {"line": "1"}),
        ("/desk/brief", {"line": "x"}),
        ("/desk/brief", {"line": "999999999999"}),
        ("/desk/persons", {"person": "1"}),
        ("/desk/parked", {"session": "-1"}),
    ],
)
def test_a_form_without_its_shape_is_422(
    counter: HttpDesk, path: str, fields: dict[str, str]
) -> None:
    assert counter.send(path, None, **fields).status_code == 422


@pytest.mark.parametrize("number", ["²", "٣", pytest.param("9" * 5000, id="long"), "-1", ""])
def test_what_only_looks_like_a_number_counts_and_answers_nothing(
    counter: HttpDesk, number: str
) -> None:
    make = counter.make
    part = make.part()
    key, code, card = part.id, part.copy.barcode, make.person().card
    counter.scan(card)
    question = counter.asked(code)["question"]["line"]
    answer = counter.send("/desk/answer", JSON, line=question, answer=number[:10] or "x")
    assert answer.status_code == 200
    question = counter.asked(code)["question"]["line"]
    fields = {"line": question, "listed": [str(key), number], f"part-{key}": number}
    assert counter.send("/desk/parts", JSON, **fields).status_code == 200
    make.session.refresh(part)
    assert part.missing == 1


@pytest.mark.parametrize("branch", ["0", "x", "-1", "99999999999", "\x00"])
def test_a_counter_that_is_none_does_no_harm(counter: HttpDesk, branch: str) -> None:
    assert counter.status(f"/desk?branch={branch}") in {200, 404}
    answer = counter.send("/desk/scan", code="CMD-LEND", branch=branch)
    assert answer.status_code in {303, 404, 422}


@pytest.mark.parametrize("letters", ["", "\x00\x00\x00", "%%%", "___", "x" * 5000])
def test_whatever_name_is_looked_for_is_answered(counter: HttpDesk, letters: str) -> None:
    answer = counter.client.get("/desk/persons", query_string={"q": letters})
    assert answer.status_code == 200


@settings(
    max_examples=times(ci=40, soak=4000),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(code=st.text(max_size=220))
def test_any_text_at_all_is_answered_and_lends_nothing(
    make: Make, counter: HttpDesk, code: str
) -> None:
    answer = counter.client.post(
        "/desk/scan", data={"code": code, "idem": uuid4().hex}, headers=OURS
    )
    assert answer.status_code in {200, 422}
    assert 'id="say"' in text_of(answer)
    assert make.session.scalar(select(func.count(Loan.id))) == 0
    make.session.rollback()
