"""The commands for accounts, letters and checking: what they say, and their exit codes."""

import os
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.commands.main import cli
from app.passwords import is_password
from catalogue.models.holding import Holding
from database.unit_of_work import unit_of_work
from schools.models.account import Account, AccountState
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.operations.owe import Addressee, Letter, owe
from schools.rules.roles import Role
from tests.make import NOW, Make

Run = Callable[..., Result]
PASSWORD = "drei-kleine-wolken\n"


@pytest.fixture
def run(store_url: str, tmp_path: Path, session: Session) -> Run:
    """Runs ``medienbruecke`` on the test's store, with the given lines as its input."""
    variables: dict[str, str | None] = {
        name: None for name in os.environ if name.startswith("MEDIENBRUECKE_")
    } | {
        "MEDIENBRUECKE_DATA": str(tmp_path / "data"),
        "MEDIENBRUECKE_DATABASE_URL": store_url,
    }

    def run(*words: str, lines: str = "") -> Result:
        session.rollback()
        return CliRunner(env=variables).invoke(cli, words, input=lines)

    return run


def account(session: Session, name: str) -> Account:
    session.rollback()
    return session.scalars(select(Account).where(Account.name == name)).one()


def test_the_first_administrator_is_added(run: Run, session: Session) -> None:
    words = ("users", "add", "Chefin", "--role", "system_admin", "--person", "Ada Lovelace")
    added = run(*words, lines=PASSWORD)
    assert (added.exit_code, added.output) == (0, "chefin is added as system_admin.\n")
    row = account(session, "chefin")
    assert is_password(PASSWORD.strip(), row.password_hash)
    assert (row.state, row.person.name, row.person.email) == (
        AccountState.ACTIVE,
        "Ada Lovelace",
        None,
    )
    again = run(*words, lines=PASSWORD)
    assert (again.exit_code, again.stderr) == (1, "Error: There is an account chefin already.\n")


def test_a_centre_is_opened_with_its_first_branch_and_another(run: Run, session: Session) -> None:
    add = ("centres", "add", "MZ-BO", "Medienzentrum Bochum", "--district", "05911")
    assert run(*add).output == "MZ-BO is open.\n"
    again = run(*add)
    assert (again.exit_code, again.stderr) == (
        1,
        "Error: There is a centre with this code already.\n",
    )
    assert run("centres", "add-branch", "MZ-BO", "Nord").output == "Nord is open.\n"
    nowhere = run("centres", "add-branch", "MZ-XX", "Nord")
    assert (nowhere.exit_code, nowhere.stderr) == (
        1,
        "Error: There is no centre with the code MZ-XX.\n",
    )
    person = ("--person", "Ada Lovelace")
    words = ("users", "add", "a", "--role", "centre_admin", "--at", "MZ-BO", *person)
    assert run(*words, lines=PASSWORD).exit_code == 0


def test_people_are_added_at_their_place(run: Run, session: Session, make: Make) -> None:
    code, number = make.the_centre().code, str(make.the_school().number)
    person = ("--person", "Ada Lovelace")
    staff = run("users", "add", "t", "--role", "staff", "--at", code, *person, lines=PASSWORD)
    admin = run(
        "users", "add", "s", "--role", "school_admin", "--at", number, *person, lines=PASSWORD
    )
    assert (staff.exit_code, admin.exit_code) == (0, 0)
    assert [grant.role for grant in account(session, "t").grants] == [Role.STAFF]
    assert len(account(session, "s").person.memberships) == 1


def test_an_invitation_goes_by_letter(run: Run, session: Session, make: Make) -> None:
    code = make.the_centre().code
    words = ("--role", "staff", "--at", code, "--person", "Ada L", "--invite")
    assert run("users", "add", "Ada@Example.org", *words).exit_code == 0
    session.rollback()
    letter = session.scalars(select(OwedLetter)).one()
    assert (letter.kind, letter.to_address) == (LetterKind.INVITATION, "ada@example.org")


@pytest.mark.parametrize(
    ("words", "lines", "exit_code"),
    [
        (["x", "--role", "system_admin", "--person", "A B"], "kurz\n", 1),
        (["x", "--role", "system_admin", "--person", "A B"], "", 1),
        (["x", "--role", "staff", "--person", "A B", "--at", "nowhere"], PASSWORD, 1),
        (["x", "--role", "teacher", "--person", "A B", "--at", "000000"], PASSWORD, 1),
        (["x", "--role", "staff", "--person", "A B", "--invite"], "", 1),
        (["x", "--role", "king", "--person", "A B"], PASSWORD, 2),
        (["x", "--role", "staff"], PASSWORD, 2),
        (["--role", "staff"], PASSWORD, 2),
    ],
)
def test_what_cannot_be_added_is_refused_with_a_sentence(
    run: Run, session: Session, words: list[str], lines: str, exit_code: int
) -> None:
    answer = run("users", "add", *words, lines=lines)
    assert answer.exit_code == exit_code
    assert "Error: " in answer.stderr
    assert answer.exception is None or isinstance(answer.exception, SystemExit)
    session.rollback()
    assert session.scalar(select(Account.id)) is None


def test_without_a_mail_server_letters_are_kept(run: Run, session: Session) -> None:
    with unit_of_work(session):
        letter = Letter(LetterKind.BARRIER_REPORTED, "one", {"text": "x"})
        owe(session, letter, Addressee("ada@example.org"), NOW - timedelta(days=9999))
    first, again = run("notices", "send"), run("notices", "send")
    assert first.output == "0 sent, 1 kept for the office, 0 failed, 0 waiting\n"
    assert again.output == "0 sent, 0 kept for the office, 0 failed, 0 waiting\n"
    assert session.scalars(select(OwedLetter.state)).one() is LetterState.KEPT


def test_a_store_that_holds_is_praised(run: Run, make: Make) -> None:
    make.loan(make.copy(make.holding(copies=2)))
    assert run("check").output == "Everything in the store holds.\n"


def test_what_does_not_hold_is_named(run: Run, session: Session, make: Make) -> None:
    holding_id = make.holding(copies=2).id
    session.execute(update(Holding).values(lendable=5))
    session.commit()
    answer = run("check")
    assert answer.exit_code == 1
    assert f"Holding {holding_id} counts 5 lendable copies; there are 2." in answer.stderr
    assert "1 things" in answer.stderr


def test_a_port_that_is_taken_is_named(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = run("serve", "--port", str(port))
    assert answer.exit_code == 1
    assert f"port {port}: Address already in use" in answer.stderr


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_is_none_is_wrong_usage(run: Run, port: str) -> None:
    assert run("serve", "--port", port).exit_code == 2
