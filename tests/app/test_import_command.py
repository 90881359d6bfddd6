"""The command ends with 0, 1 or 2 and never with a traceback."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.commands.imports import import_file
from schools.models.curriculum import CurriculumTerm, Scheme
from tests.make import Make

TITLES = "Kennung;Titel;Medienart\nA1;Bäume;Buch\nA2;;Buch\n"


@pytest.fixture
def folder(tmp_path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for files, with the environment set to the test's store."""
    for name in [name for name in os.environ if name.startswith("MEDIENBRUECKE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MEDIENBRUECKE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("MEDIENBRUECKE_DATABASE_URL", store_url)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(import_file, arguments)


def write(folder: Path, text: str) -> str:
    path = folder / "titles.csv"
    path.write_text(text, "utf-8")
    return str(path)


def test_json_has_the_five_counts_and_each_refusal_by_number(folder: Path, make: Make) -> None:
    make.centre()
    answer = run("titles", write(folder, TITLES), "--json")
    assert answer.exit_code == 0
    report = json.loads(answer.stdout)
    assert {name: report[name] for name in ("read", "imported", "changed", "same", "refused")} == {
        "read": 2,
        "imported": 1,
        "changed": 0,
        "same": 0,
        "refused": 1,
    }
    (refusal,) = report["refusals"]
    assert (refusal["number"], refusal["reason"]) == (3, "no_name")
    assert refusal["sentence"].startswith("The title has no name.")


def test_plain_words_name_the_refused_lines(folder: Path, make: Make) -> None:
    make.centre()
    answer = run("titles", write(folder, TITLES), "--dry-run")
    assert answer.exit_code == 0
    assert "read 2: imported 1, changed 0, same 0, refused 1" in answer.stdout
    assert "nothing was changed" in answer.stdout
    assert "  3: The title has no name." in answer.stdout


@pytest.mark.parametrize(
    "text",
    ["", "\0\1\2", "Titel\nohne Nummer\n", "x" * 200_000],
    ids=["empty", "no text", "no number", "one long line"],
)
def test_a_file_that_is_no_table_is_refused_with_a_sentence(
    folder: Path, make: Make, text: str
) -> None:
    make.centre()
    answer = run("titles", write(folder, text))
    assert answer.exit_code == 1
    assert answer.stderr.startswith("Error: titles.csv: ")
    assert "Traceback" not in answer.output


def test_a_file_that_is_not_there_is_refused(folder: Path) -> None:
    answer = run("marc", str(folder / "nothing.xml"))
    assert (answer.exit_code, "There is no file" in answer.stderr) == (1, True)


def test_wrong_usage_ends_with_2(folder: Path) -> None:
    assert run("poems", write(folder, TITLES)).exit_code == 2
    assert run("titles").exit_code == 2


def test_copies_need_a_centre_and_a_centre_must_exist(folder: Path, session: Session) -> None:
    path = write(folder, TITLES)
    assert run("copies", path).exit_code == 1
    assert "no centre with the code X" in run("titles", path, "--centre", "X").stderr


def test_titles_can_come_before_any_centre(folder: Path) -> None:
    assert run("titles", write(folder, TITLES)).exit_code == 0


def test_a_classification_is_loaded_for_everybody(folder: Path, session: Session) -> None:
    table = write(folder, "code;parent;name\n080;;Biologie\n080 04;080;Ökologie\n;;Nichts\n")
    answer = run("groups", table)
    assert answer.exit_code == 0, answer.output
    assert "read 3: imported 2, changed 0, same 0, refused 1" in answer.stdout
    assert "  4: This is no code of a group" in answer.stdout
    assert "imported 0, changed 0, same 2" in run("groups", table).stdout
    query = select(CurriculumTerm.code).where(CurriculumTerm.scheme == Scheme.GROUP)
    assert set(session.scalars(query)) == {"080", "080 04"}
