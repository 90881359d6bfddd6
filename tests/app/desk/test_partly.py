"""Our script gets the newest lines only, and can always put the whole log together from them."""

import re

import pytest
from flask import Flask

from app.sessions import ENGINE
from loans.queries.desk import NEWEST_LINES
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.app.desk.scanning import OURS, HttpDesk, text_of
from tests.make import Make
from tests.statements import counted

MANY = 25


@pytest.fixture
def staff(make: Make, as_role: AsRole) -> HttpDesk:
    make.centre()
    return HttpDesk(make, as_role(Role.STAFF))


def shown(text: str) -> tuple[str, list[int]]:
    """The session and the lines that a page or a part of it shows."""
    session_id = re.search(r'data-session="(\d+)"', text)
    lines = [int(line) for line in re.findall(r'data-line="(\d+)"', text)]
    return (session_id[1] if session_id else "0"), lines


class Script:
    """What desk.js does with answers, line by line."""

    def __init__(self, desk: HttpDesk) -> None:
        self.desk = desk
        self.session, self.lines = shown(desk.page())
        self.text = ""

    def scan(self, code: str) -> str:
        headers = dict(OURS)
        if self.lines:
            headers["X-Shown"] = f"{self.session}:{self.lines[0]}"
        text = text_of(self.desk.send("/desk/scan", headers, code=code))
        session_id, lines = shown(text)
        if "data-partly" in text:
            assert session_id == self.session
            lines = sorted({*lines, *self.lines}, reverse=True)
        self.session, self.lines, self.text = session_id, lines, text
        return text


def test_a_long_session_is_put_together_from_short_answers(make: Make, staff: HttpDesk) -> None:
    codes = [copy.barcode for copy in make.holding(copies=MANY).copies]
    staff.scan(make.person().card)
    script = Script(staff)
    for code in codes:
        script.scan(code)
    assert script.text.count("data-line=") == NEWEST_LINES
    assert script.lines == shown(staff.page())[1]
    assert len(script.lines) == MANY


def test_all_that_waited_for_one_card_comes_at_once(make: Make, staff: HttpDesk) -> None:
    script = Script(staff)
    for copy in make.holding(copies=MANY).copies:
        script.scan(copy.barcode)
    script.scan(make.person().card)
    assert len(shown(staff.page())[1]) == MANY
    assert set(shown(staff.page())[1]) <= set(script.lines)


def test_an_open_question_far_down_stays(make: Make, staff: HttpDesk) -> None:
    part = make.part()
    barcode = part.copy.barcode
    make.loan(part.copy)
    returned = [make.loan().copy.barcode for _ in range(MANY)]
    script = Script(staff)
    script.scan("CMD-RUECK")
    question = shown(script.scan(barcode))[1][0]
    for code in returned:
        script.scan(code)
    assert question in shown(script.text)[1]
    assert script.lines == sorted(script.lines, reverse=True)


@pytest.mark.parametrize("header", ["", "x", "1", "1:x", "99:1", "1:99999999999", ":", "²:1"])
def test_whatever_a_script_says_it_shows_the_answer_is_whole_or_fits(
    make: Make, staff: HttpDesk, header: str
) -> None:
    staff.scan(make.person().card, make.copy().barcode)
    headers = OURS | {"X-Shown": header.encode().decode("latin-1")}
    answer = staff.send("/desk/scan", headers, code=make.copy().barcode)
    assert answer.status_code == 200
    assert len(shown(text_of(answer))[1]) == 2


@pytest.mark.lending("8.1")
def test_a_scan_over_http_takes_35_statements_whatever_the_session_holds(
    app: Flask, make: Make, staff: HttpDesk
) -> None:
    codes = [copy.barcode for copy in make.holding(copies=MANY).copies]
    branch = str(make.branch().id)
    staff.scan(make.person().card, *codes[:2])
    counts = []
    for code in codes[2:]:
        session_id, lines = shown(staff.page())
        headers = OURS | {"X-Shown": f"{session_id}:{lines[0]}"}
        with counted(app.extensions[ENGINE]) as statements:
            staff.send("/desk/scan", headers, code=code, branch=branch)
        counts.append(statements.count)
    assert set(counts) == {35}
