import pytest

from catalogue.rules.age_ratings import is_above_typical_age

pytestmark = pytest.mark.lending("2.5")


@pytest.mark.parametrize(
    ("lowest_age", "grade", "warns"),
    [
        pytest.param(12, 5, True, id="grade 5 is ten: a film from twelve warns"),
        pytest.param(12, 7, False, id="grade 7 is twelve: no warning"),
        pytest.param(16, 10, True, id="grade 10 is fifteen: a film from sixteen warns"),
        pytest.param(18, 13, False, id="grade 13 is eighteen"),
        pytest.param(6, 1, False, id="grade 1 is six"),
        pytest.param(0, 1, False, id="free for all"),
        pytest.param(None, 1, False, id="a teaching programme needs no rating"),
    ],
)
def test_a_rating_above_the_age_of_the_class_warns(
    lowest_age: int | None,
    grade: int,
    warns: bool,  # noqa: FBT001  # a table
) -> None:
    assert is_above_typical_age(lowest_age, grade) is warns
