"""Every code that can refuse something is the outcome of some test, beside those of its words."""

from pathlib import Path

from loans.rules.codes import DayReason, HoldRefusal, LoanRefusal, Refusal, RenewalRefusal

TESTS = Path(__file__).parents[1]
OF_WORDS = frozenset({"test_labels.py", "test_reasons.py", "test_refusals.py"})


def test_every_refusal_code_is_met_by_a_test() -> None:
    texts = [path.read_text() for path in TESTS.rglob("*.py") if path.name not in OF_WORDS]
    unmet = [
        code
        for codes in (Refusal, DayReason, RenewalRefusal, HoldRefusal, LoanRefusal)
        for code in codes
        if not any(f"{codes.__name__}.{code}" in text or f'"{code}"' in text for text in texts)
    ]
    assert unmet == []
