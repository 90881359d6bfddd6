"""The audit log is append-only, and every act that is recorded has words."""

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from app.audit_names import ACTS, FIELDS, KINDS
from app.audit_words import SILENT
from catalogue.operations.describe import Description
from catalogue.operations.edit_copy import CopyFacts
from catalogue.operations.license import LicenceFacts
from catalogue.operations.offer import Offering
from loans.rules.choices import CentreChoices
from loans.rules.terms import TermsKey, TermsValues
from schools.operations.edit_centre import CentreFacts

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "catalogue", "database", "loans", "schools", "search_index")
READERS = {
    "loans/operations/undo.py",
    "catalogue/operations/editing.py",
    "loans/queries/audit_log.py",
    "loans/queries/renewal_acts.py",
}
WRITER = "database/audit.py"

MADE = {
    "cancel_letter": "schools/operations/send_letters.py, by its name",
    "send_letter_again": "schools/operations/send_letters.py, by its name",
    "import_copies": "made of the kind of the import",
    "import_groups": "made of the kind of the import",
    "import_schools": "made of the kind of the import",
    "import_titles": "made of the kind of the import",
    "registration_confirmed": "made of its state",
    "registration_declined": "made of its state",
    "registration_proved": "made of its state",
    "check_in": "loans/operations/check_in.py, by its word",
    "receive": "loans/operations/check_in.py, by its word",
    "cancel_hold": "loans/operations/serve_hold.py, by its word",
    "expire_hold": "loans/operations/serve_hold.py, by its word",
    "fulfil_hold": "loans/operations/serve_hold.py, by its word",
    "hold_arrived": "loans/operations/serve_hold.py, by its word",
    "put_back_hold": "loans/operations/serve_hold.py, by its word",
    "serve_hold": "loans/operations/serve_hold.py, by its word",
    "settle_claim": "loans/operations/claim.py, by its word",
    "withdraw_claim": "loans/operations/claim.py, by its word",
    "repair": "a step of a shelf",
    "put_back": "a step of a shelf",
    "missing": "a step of a shelf",
    "look_at_history": "named by a constant",
    "undo_renewal": "named by a constant",
    "make_feed": "loans/operations/keep_feeds.py, by its name",
    "renew_feed": "loans/operations/keep_feeds.py, by its name",
    "end_feed": "loans/operations/keep_feeds.py, by its name",
}
"""Acts that no literal in a `Change(...)` names."""

FACTS = (
    Description,
    CopyFacts,
    LicenceFacts,
    Offering,
    CentreChoices,
    TermsKey,
    TermsValues,
    CentreFacts,
)
"""What is written with every value that changed."""


def sources() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text()


def literals(call: str) -> set[str]:
    """The texts that stand first in calls of that name, also behind a condition."""
    found = set()
    for _, text in sources():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == call and node.args:
                for part in ast.walk(node.args[0]):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        found.add(part.value)
    return found


def test_only_one_module_adds_changes_or_deletes_entries() -> None:
    """`record` adds; the night alone cuts borrowers and deletes what is too old."""
    named = {path for path, text in sources() if "AuditEntry" in text}
    outside = {path for path in named if not path.startswith("app/")} - READERS - {WRITER}
    assert outside == set()
    for path, text in sources():
        if path in READERS or path.startswith("app/"):
            for forbidden in ("AuditEntry(", "delete(AuditEntry", "update(AuditEntry"):
                assert forbidden not in text, path
    changing = {
        path for path, text in sources() if "cut_people(" in text or "forget_old_entries(" in text
    }
    assert changing == {
        WRITER,
        "app/night_memory.py",
        "loans/operations/forget_borrowers.py",
        "loans/operations/forget_traces.py",
    }


def test_pages_that_read_the_log_assign_nothing_to_its_entries() -> None:
    for path, text in sources():
        if "AuditEntry" not in text or path == WRITER:
            continue
        for node in ast.walk(ast.parse(text)):
            targets = node.targets if isinstance(node, ast.Assign) else []
            assigned = [each.attr for each in targets if isinstance(each, ast.Attribute)]
            assert not set(assigned) & {"act", "before", "after", "reason", "account_id"}, path


def test_every_act_has_words() -> None:
    """An act that is added gets its words in `app.audit_names`."""
    literal = {each for each in literals("Change") if not each.endswith("_")}
    recorded = literal | set(MADE)
    assert recorded - set(ACTS) == set()
    assert set(ACTS) - recorded == set()


def test_every_kind_of_thing_has_words() -> None:
    assert literals("Subject") - set(KINDS) == set()


def test_every_value_has_words() -> None:
    """What an act writes before and after, one by one or as facts that were typed."""
    kept_whole = {each.name for facts in FACTS for each in fields(facts)}
    assert (kept_whole | set(written_keys())) - set(FIELDS) - SILENT == set()


def written_keys() -> Iterator[str]:
    """The keys of tables that stand in a `Change(...)`, or are called what it takes."""
    for _path, text in sources():
        for node in ast.walk(ast.parse(text)):
            is_change = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Change"
            targets = node.targets if isinstance(node, ast.Assign) else []
            if is_change or any(
                getattr(each, "id", "") in {"after", "before"} for each in targets
            ):
                for table in ast.walk(node):
                    keys = table.keys if isinstance(table, ast.Dict) else []
                    yield from (str(key.value) for key in keys if isinstance(key, ast.Constant))
