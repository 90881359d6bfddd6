"""Who has the copies of a title, as staff see it beside each."""

import pytest

from catalogue.rules.copy_states import CopyState
from loans.queries.holders import holders_of
from schools.rules.roles import Right, Role
from tests.make import MONDAY, Make

pytestmark = pytest.mark.both_stores


@pytest.mark.lending("8.4")
def test_what_waits_to_be_looked_over_is_still_somebodys_but_due_on_no_day(make: Make) -> None:
    make.centre()
    holding = make.holding()
    out, received = make.copy(holding), make.copy(holding)
    loan = make.loan(out)
    make.loan(received, state=CopyState.RECEIVED, received_on=MONDAY)
    scope = make.actor(Role.STAFF).scope(Right.LEND)
    found = holders_of(make.session, scope, holding.title_id)
    assert {key: each.due_on for key, each in found.items()} == {
        out.id: loan.due_on,
        received.id: None,
    }
