"""What is offered while a reader types: from the index, and units of the own school."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, ngettext
from flask_babel import lazy_gettext as _

from app.dates import language
from app.facet_words import PARAMETERS, words_for
from app.finder.addresses import search_address, title_address
from app.finder.reading import readers_centres
from app.search_engine import search_engine
from app.security import requires
from app.sessions import session
from app.visitor import actor
from schools.queries.units import UnitName, own_units
from schools.rules.roles import Right
from search_index.engine import Facet, Suggestion, SuggestionKind
from search_index.errors import SearchIndexError
from search_index.suggestions import LONGEST_BEGINNING, Beginnings, beginnings_of

log = logging.getLogger(__name__)

suggest = Blueprint("suggest", __name__)

MOST_OF_INDEX = 7
MOST_UNITS = 3
"""Together they fit a phone's screen beside its keyboard."""


class Kind(StrEnum):
    """What is offered."""

    SUBJECT = SuggestionKind.SUBJECT.value
    SERIES = SuggestionKind.SERIES.value
    TITLE = SuggestionKind.TITLE.value
    UNIT = "unit"


LABELS: dict[Kind, LazyString] = {
    Kind.SUBJECT: _("Subjects"),
    Kind.SERIES: _("Whole series"),
    Kind.TITLE: _("Titles"),
    Kind.UNIT: _("Teaching units of the school"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to go on, and where it leads."""

    kind: Kind
    text: str
    address: str


@suggest.get("/suggest")
@requires(Right.VISIT)
def suggestions() -> ResponseReturnValue:
    """Offer what the words may become, as JSON; nothing while the index is away but units."""
    words = request.args.get("words", "")[:LONGEST_BEGINNING]
    offers = [*_from_index(words), *_units(words)] if beginnings_of(words) else []
    found = [
        {
            "kind": offer.kind.value,
            "label": str(LABELS[offer.kind]),
            "text": offer.text,
            "address": offer.address,
        }
        for offer in offers
    ]
    return jsonify(suggestions=found, said=_said(len(found)))


def _from_index(words: str) -> Iterator[Offer]:
    centres = readers_centres(request.args.get("centre", type=int))
    try:
        found = search_engine().suggest(words, frozenset(centres.ids), MOST_OF_INDEX)
    except SearchIndexError as error:
        log.warning("nothing is suggested without the index: %s", error)
        return
    yield from map(_offer, found)


def _offer(found: Suggestion) -> Offer:
    if found.kind is SuggestionKind.SUBJECT:
        name = words_for(Facet.SUBJECT, found.text, language())
        address = search_address([(PARAMETERS[Facet.SUBJECT], found.text)])
        return Offer(Kind.SUBJECT, name, address)
    if found.kind is SuggestionKind.SERIES:
        return Offer(Kind.SERIES, found.text, search_address([("words", _quoted(found.text))]))
    return Offer(Kind.TITLE, found.text, title_address(found.title_id or 0, []))


def _units(words: str) -> Iterable[Offer]:
    units = own_units(session(), actor().scope(Right.SEE_CONCEPTS))
    fitting = Beginnings(unit.words for unit in units).matching(beginnings_of(words))
    return [_unit_offer(units[place]) for place in np.flatnonzero(fitting)[:MOST_UNITS].tolist()]


def _unit_offer(unit: UnitName) -> Offer:
    """Lead to what suits a unit: its words, within its subject and grade."""
    pairs = [
        ("words", unit.name),
        (PARAMETERS[Facet.SUBJECT], unit.subject),
        (PARAMETERS[Facet.GRADE], str(unit.grade)),
    ]
    return Offer(Kind.UNIT, unit.words, search_address(pairs))


def _quoted(text: str) -> str:
    """Put a text in quotation marks, so that it is looked for as it stands."""
    plain = text.translate(dict.fromkeys(map(ord, '"„“”»«'), " "))
    return f'"{" ".join(plain.split())}"'


def _said(number: int) -> str:
    """Return what a screen reader says of the list."""
    if number == 0:
        return str(_("No suggestions"))
    return str(
        ngettext(
            "%(num)s suggestion, to be reached by the arrow keys",
            "%(num)s suggestions, to be reached by the arrow keys",
            number,
        )
    )
