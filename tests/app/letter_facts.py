"""The table of facts in the docstring of `app.letters`, and letters made from it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask

import app.letters
from app.factory import create_app
from app.letter_facts import sample_facts
from app.letters import PATHS
from app.settings import read_settings
from schools.models.owed_letter import LetterKind
from schools.operations.send_letters import ClaimedLetter

ADDRESS = "https://medien.example"
RULE = re.compile(r"^=+ +=+$", re.MULTILINE)
ROW = re.compile(r"^(\w+) +(\S.*(?:\n +\S.*)*)$", re.MULTILINE)
NAME = re.compile(r"([a-z_]+)(\*?)")
BRACKETS = re.compile(r"\([^()]*\)")


def plain_app(data: Path) -> Flask:
    """An application that may look at templates, but has no store."""
    variables = {
        "MEDIENBRUECKE_DATA": str(data),
        "MEDIENBRUECKE_DATABASE_URL": f"sqlite:///{data}/store.sqlite",
    }
    return create_app(read_settings(variables), testing=True)


def facts_in_docs() -> dict[str, dict[str, bool]]:
    """The facts of each kind by name, and whether it must be there."""
    found: dict[str, dict[str, bool]] = {}
    _before, _head, table, _after = RULE.split(app.letters.__doc__ or "")
    for kind, text in ROW.findall(table):
        found[kind] = _facts(" ".join(text.split()), found)
    return found


def _facts(text: str, before: Mapping[str, dict[str, bool]]) -> dict[str, bool]:
    while BRACKETS.search(text):
        text = BRACKETS.sub("", text)
    text = text.split(";")[0]
    alike = re.match(r"as (\w+)(?:, and (.*))?$", text)
    if alike:
        return {**before[alike[1]], **_facts(alike[2] or "", before)}
    return {name: bool(star) for name, star in NAME.findall(text)}


def sample(
    kind: LetterKind, locale: str = "de", facts: Mapping[str, Any] | None = None, **more: Any
) -> ClaimedLetter:
    """A letter as the worker holds it, with made-up facts where none are given."""
    if facts is None:
        facts = sample_facts(kind.value, PATHS.get(kind, ""))
    values: dict[str, Any] = {
        "id": 7,
        "to_address": "ada@example.org",
        "to_name": "Ada Lehrerin",
        "centre": "Medienzentrum Nord",
        "reply_to": "mz@example.org",
        "phone": "0231 1234",
        "person_id": 1,
    } | more
    return ClaimedLetter(kind=kind.value, locale=locale, facts=facts, **values)
