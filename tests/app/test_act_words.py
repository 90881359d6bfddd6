"""What stands in the way of undoing is told in words."""

from app.act_words import ACTS
from app.audit_names import ACTS as RECORDED
from loans.rules.desk import DeskAct


def test_words_are_kept_for_acts_that_are_recorded() -> None:
    assert set(ACTS) - set(RECORDED) - set(DeskAct) == set()
