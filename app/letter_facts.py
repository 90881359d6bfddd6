"""The facts of letters: which a kind has, how they read, and made-up ones to look at a letter.

Which facts a kind has says its template: the names it uses and neither the frame nor Jinja knows.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from string import Formatter
from typing import Any

from flask import current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from jinja2 import meta, nodes

from app.dates import day, instant, span
from app.forms import one_line, several_lines
from app.labels import label
from app.letter_words import CALLABLES
from catalogue.models.defect import DefectKind
from catalogue.rules.defect_states import DefectState
from schools.models.owed_letter import LetterKind
from schools.rules.letter_placeholders import Filling

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T.+", re.ASCII)

OF_THE_FRAME = frozenset(
    {
        "to_name",
        "centre",
        "phone",
        "reply_to",
        "link",
        "public_url",
        "struck",
        *CALLABLES,
        "part",
    }
)
"""Names that every template may use."""

PLACEHOLDERS: Mapping[str, LazyString] = {
    "name": _("name of whoever gets the letter"),
    "centre": _("name of the media centre"),
    "phone": _("telephone of the media centre"),
    "titles": _("the titles; alone on its line, a list"),
    "title": _("the title"),
    "parts": _("the parts; alone on its line, a list"),
    "number": _("the number, such as R-1203"),
    "first": _("first day"),
    "last": _("last day"),
    "due_on": _("day by which it is due"),
    "until": _("until when the link works"),
    "place": _("where it is picked up, or where the role is held"),
    "school": _("the school"),
    "unit": _("the teaching unit"),
    "class_name": _("the class"),
    "reason": _("the reason"),
    "state": _("the state"),
    "remark": _("the remark"),
    "text": _("the text"),
    "person": _("name of the person it is about"),
    "email": _("e-mail address of the person it is about"),
    "page": _("the page"),
    "lines": _("the media, each with its number and day; alone on its line, a list"),
    "bookings": _("the bookings, each with its days; alone on its line, a list"),
}
"""Facts that a centre's own words may name in braces; a fact without a line here may not."""

_SOON = date(2026, 12, 3)
SAMPLES: Mapping[str, Any] = {
    "automatic": True,
    "answer": "Kommt im Januar.",
    "back_by": "2026-12-24",
    "blocked": True,
    "bookings": [
        {
            "number": "R-1203",
            "first": "2026-12-03",
            "last": "2026-12-04",
            "titles": ["Der Wald im Winter"],
            "place": "Theke, Hauptstelle",
            "school": "Gesamtschule Nord",
            "class_name": "7b",
            "sequence": 0,
        }
    ],
    "boxes": ["B-17"],
    "brought_on": "2026-12-01",
    "change_until": "2026-12-01T11:00:00+00:00",
    "copied": True,
    "count": 2,
    "days": 10,
    "fee_cents": 100,
    "fetched_on": "2026-12-08",
    "hold": 1,
    "kind": DefectKind.BROKEN.value,
    "lent": [
        {
            "due_on": "2026-12-17",
            "things": [
                {
                    "title": "Koffer",
                    "number": "MZ-000017",
                    "parts": ["Kabel"],
                    "missing": ["Stift"],
                }
            ],
        }
    ],
    "lines": [
        {
            "title": "Der Wald im Winter",
            "number": "MZ-000017",
            "due_on": "2026-12-17",
            "class_name": "7b",
            "before": "2026-12-20",
            "until": "2026-12-24",
        }
    ],
    "moved": [
        {
            "title": "Der Wald im Winter",
            "kind": "loan",
            "before": "2026-12-03",
            "after": "2026-12-04",
        }
    ],
    "no_copying": True,
    "of": LetterKind.PARTS_MISSING.value,
    "open_days": [{"day": "2026-12-03", "hours": ["08:00-16:00"]}],
    "origin": "Zweigstelle Nord",
    "pieces": 2,
    "proposals": [{"first": "2026-12-10", "last": "2026-12-11"}],
    "requested": False,
    "rest": False,
    "returned": [],
    "shelf": "F 3",
    "tour_on": "2026-12-03",
    "unanswered": False,
    "undone": False,
    "value_cents": 12900,
    "was_first": "2026-12-01",
    "was_last": "2026-12-02",
    "was_place": "Theke",
    "what": "Mikroskop",
    "why": "Betriebsausflug",
    "different": 3,
    "class_name": "7b",
    "due_on": (_SOON + timedelta(days=14)).isoformat(),
    "email": "ada.beispiel@schule.example",
    "first": _SOON.isoformat(),
    "items": [
        {
            "kind": "booking_confirmed",
            "facts": {
                "number": "R-1203",
                "first": _SOON.isoformat(),
                "last": (_SOON + timedelta(days=1)).isoformat(),
                "titles": ["2 × Der Wald im Winter", "Sensorkoffer Physik"],
                "place": "Theke, Hauptstelle",
                "sequence": 0,
            },
        },
        {
            "kind": "loan_renewed",
            "facts": {
                "titles": ["Fotosynthese: Energie aus Licht"],
                "due_on": (_SOON + timedelta(days=14)).isoformat(),
            },
        },
    ],
    "last": (_SOON + timedelta(days=1)).isoformat(),
    "level": 1,
    "sequence": 0,
    "number": "R-1203",
    "on": _SOON.isoformat(),
    "page": "/search",
    "parts": ["USB-C-Kabel", "2 × Controller"],
    "person": "Ada Beispiel",
    "place": "Theke, Hauptstelle",
    "reason": "Der Koffer kam beschädigt zurück.",
    "remark": "Das Ersatzgerät liegt bereit.",
    "role": "teacher",
    "school": "Gesamtschule Nord",
    "searches": [
        {
            "name": "Vulkane",
            "path": "/search?words=Vulkane&sort=newest",
            "found": 3,
            "titles": [{"name": "Vulkane: Wenn die Erde Feuer spuckt", "path": "/titles/1"}],
        }
    ],
    "state": DefectState.IN_WORK.value,
    "text": "Der Akku lädt nicht mehr.",
    "title": "VR-Brille, Set 2",
    "titles": ["2 × Der Wald im Winter", "Sensorkoffer Physik"],
    "token": "beispiel",
    "unit": "UV 7.2 Energie des Lebens",
    "until": datetime(2026, 12, 4, 11, tzinfo=UTC).isoformat(),
}
"""A made-up value for each fact by its name, whatever the kind."""


def facts_of(kind: str, path: str) -> frozenset[str]:
    """Return the names of the facts that a kind of letter uses.

    Args:
        kind: with a template of its name.
        path: where the letter leads, with names in braces.
    """
    in_path = {name for _text, name, _spec, _how in Formatter().parse(path) if name}
    return _in_template(kind) | in_path


def sample_facts(kind: str, path: str) -> dict[str, Any]:
    """Return made-up facts of a kind."""
    return {name: SAMPLES[name] for name in facts_of(kind, path)}


def placeholders_of(kind: str, path: str) -> list[str]:
    """Return the names that may stand in braces in a centre's words for a kind of letter."""
    known = facts_of(kind, path) | {"name", "centre", "phone"}
    return [name for name in PLACEHOLDERS if name in known]


def fillings(facts: Mapping[str, Any], form: str) -> dict[str, Filling]:
    """Return what placeholders stand for in the language of the letter.

    Args:
        facts: readable ones.
        form: how days are written, see `app.dates.day`.
    """
    return {name: _spoken(name, facts[name], form) for name in PLACEHOLDERS if facts.get(name)}


def readable(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts as templates take them.

    Days and instants are such. No text holds a control character; those in lists, as titles are,
    stand on one line.
    """
    return {name: _readable(fact, several_lines) for name, fact in facts.items()}


def _readable(fact: Any, clean: Any) -> Any:  # noqa: ANN401  # whatever JSON holds
    if isinstance(fact, str):
        return _moment(fact) or clean(fact)
    if isinstance(fact, Mapping):
        return {name: _readable(value, one_line) for name, value in fact.items()}
    if isinstance(fact, list):
        return [_readable(value, one_line) for value in fact]
    return fact


def _moment(text: str) -> date | datetime | None:
    try:
        if DAY.fullmatch(text):
            return date.fromisoformat(text)
        return datetime.fromisoformat(text) if INSTANT.fullmatch(text) else None
    except ValueError:
        return None


def _spoken(name: str, fact: Any, form: str) -> Filling:  # noqa: ANN401  # whatever JSON holds
    if isinstance(fact, datetime):
        return instant(fact)
    if isinstance(fact, date):
        return day(fact, form)
    if isinstance(fact, list):
        return [_named(each, form) for each in fact]
    if name == "state" and fact in set(DefectState):
        return label(DefectState(fact))
    return str(fact)


def _named(fact: Any, form: str) -> str:  # noqa: ANN401  # a text, or facts of one thing
    """Return one thing of a list in a line: what it is, its number, its days."""
    if not isinstance(fact, Mapping):
        return str(fact)
    what = fact.get("title") or ", ".join(fact.get("titles") or ())
    number = f"({fact['number']})" if fact.get("number") else ""
    named = " ".join(filter(None, (what, number)))
    if isinstance(fact.get("first"), date) and isinstance(fact.get("last"), date):
        return f"{span(fact['first'], fact['last'])}: {named}"
    due_on = fact.get("due_on")
    return f"{named}: {day(due_on, form)}" if isinstance(due_on, date) else named


@cache
def _in_template(kind: str) -> frozenset[str]:
    environment = current_app.jinja_env
    if environment.loader is None:
        raise LookupError("templates have no loader")
    source, *_rest = environment.loader.get_source(environment, f"letters/{kind}.txt")
    parsed = environment.parse(source)
    macros = {macro.name for macro in parsed.find_all(nodes.Macro)}  # Jinja looks into no block
    used = meta.find_undeclared_variables(parsed)
    return frozenset(used) - OF_THE_FRAME - environment.globals.keys() - macros
