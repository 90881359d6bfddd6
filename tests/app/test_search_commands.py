"""`medienbruecke search` and `index`: JSON for programs, sentences for people, 0, 1 or 2."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.commands.index import index
from app.commands.search import search
from tests.make import MONDAY, Make


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MEDIENBRUECKE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MEDIENBRUECKE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("MEDIENBRUECKE_DATABASE_URL", store_url)
    monkeypatch.setenv("MEDIENBRUECKE_TODAY", MONDAY.isoformat())


def run_search(*arguments: str) -> Result:
    return CliRunner().invoke(search, arguments)


def run_index(*arguments: str) -> Result:
    return CliRunner().invoke(index, arguments)


def test_a_title_is_found_with_what_is_free_of_it(make: Make) -> None:
    title = make.title("Fotosynthese", grade_from=7, grade_to=8)
    make.holding(title, copies=2)
    assert run_index("update").exit_code == 0
    period = ("--from", "2026-12-03", "--until", "2026-12-04", "--quantity", "2")
    answer = run_search("foto*", "--grade", "7", *period, "--json")
    assert answer.exit_code == 0, answer.output
    answer = run_search("fotosynthese", "--grade", "7", *period, "--json")
    found = json.loads(answer.stdout)
    assert (found["total"], found["ids"]) == (1, [title.id])
    assert found["titles"][0]["free"] == 2
    assert {"value": "7", "label": "7", "count": 1} in found["facets"]["grade"]


def test_what_is_not_free_can_be_left_out(make: Make) -> None:
    make.holding(make.title("Fotosynthese"), copies=1)
    run_index("rebuild")
    period = ("--from", "2026-12-03", "--quantity", "2")
    assert run_search("fotosynthese", *period).stdout.startswith("1 titles")
    assert run_search("fotosynthese", *period, "--free").stdout.startswith("0 titles")


def test_without_an_index_the_store_answers(make: Make) -> None:
    make.holding(make.title("Fotosynthese"), copies=1)
    found = json.loads(run_search("fotosynthese", "--json").stdout)
    assert (found["total"], found["limited"]) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(("--subject", "XX"), 1, id="an unknown subject"),
        pytest.param(("--from", "2026-11-22"), 1, id="a day that has passed"),
        pytest.param(("--until", "2026-12-03"), 1, id="an end without a start"),
        pytest.param(("--from", "2026-12-04", "--until", "2026-12-03"), 1, id="a reversed period"),
        pytest.param(("--from", "tomorrow"), 2, id="no day"),
        pytest.param(("--quantity", "0"), 2, id="none"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(
    make: Make, arguments: tuple[str, ...], code: int
) -> None:
    answer = run_search(*arguments)
    assert answer.exit_code == code
    assert "Error: " in answer.stderr
    assert "Traceback" not in answer.output


def test_the_index_tells_what_it_lacks_and_repairs_it(make: Make) -> None:
    run_index("rebuild")
    make.holding(make.title("Fotosynthese"), copies=1)
    told = run_index("verify")
    assert (told.exit_code, told.stdout) == (1, "missing 1, stale 0, surplus 0\n")
    assert run_index("verify", "--repair").exit_code == 0
    assert run_index("verify").exit_code == 0


def test_an_update_works_off_what_has_changed(make: Make) -> None:
    run_index("update")
    make.holding(make.title("Fotosynthese"), copies=1)
    assert run_index("update").exit_code == 0
    assert run_index("verify").stdout == "missing 0, stale 0, surplus 0\n"


def test_json_says_what_was_mended_and_loosened(make: Make) -> None:
    make.holding(make.title("Fotosynthese"), copies=1)
    run_index("rebuild")
    found = json.loads(run_search("fotosynthese", "--exact", "--sort", "lent", "--json").stdout)
    names = ("loosened", "correction", "corrected", "limited")
    assert [found[name] for name in names] == [False, "", False, False]


def test_text_says_that_the_store_answers(make: Make) -> None:
    make.holding(make.title("Fotosynthese"), copies=1)
    assert "the index is away, the store answers" in run_search("fotosynthese").stdout
