"""What staff are answered while they type into the search field of any page."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, lazy_gettext, ngettext
from flask_babel import gettext as _

from app.desk.forms import printable
from app.desk.recognise import address_of, recognise
from app.desk.who import catalogue_address
from app.desk.who_words import copy_words, number, title_words
from app.search_engine import search_engine
from app.security import requires
from app.sessions import session
from app.today import today
from app.visitor import actor
from catalogue.rules.barcodes import LONGEST_SCAN
from loans.queries.borrowers import people_like
from loans.queries.scanned import ScannedCopy
from loans.queries.who import CopyNow, Out, copies_like, copies_now
from loans.queries.who_titles import titles_now, titles_numbered
from schools.rules.roles import Right, Scope
from search_index.engine import SuggestionKind
from search_index.errors import SearchIndexError

log = logging.getLogger(__name__)

desk_suggest = Blueprint("desk_suggest", __name__)

MOST_TITLES = 3
MOST_PEOPLE = 4
ASKED_OF_INDEX = 7


class Kind(StrEnum):
    """What is answered."""

    COPY = "copy"
    CALL = "call"
    PERSON = "person"
    BOOKING = "booking"
    TITLE = "title"
    CATALOGUE = "catalogue"


LABELS: dict[Kind, LazyString] = {
    Kind.COPY: lazy_gettext("Copies"),
    Kind.CALL: lazy_gettext("Call"),
    Kind.PERSON: lazy_gettext("People"),
    Kind.BOOKING: lazy_gettext("Bookings"),
    Kind.TITLE: lazy_gettext("Titles"),
    Kind.CATALOGUE: lazy_gettext("Catalogue"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, where it leads, and what is to be read without going there."""

    kind: Kind
    text: str
    address: str
    detail: str = ""


@desk_suggest.get("/who/suggest")
@requires(Right.SEE_STOCK)
def answers() -> ResponseReturnValue:
    """Answer what is typed with status, holder, due day and next reservation, as JSON."""
    words = printable(request.args.get("words"))[:LONGEST_SCAN]
    found = list(_answers(words)) if words else []
    shown = [
        {
            "kind": each.kind.value,
            "label": str(LABELS[each.kind]),
            "text": each.text,
            "address": each.address,
            "detail": each.detail,
        }
        for each in found
    ]
    return jsonify(suggestions=shown, said=_said(found))


def _answers(words: str) -> Iterator[Answer]:
    scope = actor().scope(Right.SEE_STOCK)
    found = recognise(scope, words)
    address = address_of(found)
    if isinstance(found, ScannedCopy):
        yield from _copies(scope, (found.id,))
        return
    if address:
        kind = Kind.BOOKING if address.startswith("/bookings/") else Kind.PERSON
        yield Answer(kind, words.upper(), address)
        return
    yield from _copies(scope, copies_like(session(), scope, words))
    yield from _people(words)
    yield from _titles(scope, words)
    yield Answer(
        Kind.CATALOGUE,
        str(_("Search the catalogue for “%(words)s”", words=words)),
        catalogue_address(words),
    )


def _copies(scope: Scope, copy_ids: tuple[int, ...]) -> Iterator[Answer]:
    if not copy_ids:
        return
    for copy in copies_now(session(), scope, copy_ids, today()):
        address = f"/who?code={copy.barcode}"
        yield Answer(Kind.COPY, f"{copy.barcode} {copy.title}", address, copy_words(copy))
        yield from _call(copy)


def _call(copy: CopyNow) -> Iterator[Answer]:
    out = copy.out
    if out is not None and number(out.phone):
        yield Answer(Kind.CALL, f"{_who(out)}: {out.phone}", f"tel:{number(out.phone)}")


def _who(out: Out) -> str:
    return out.person if out.person and out.person_phone else out.institution


def _people(words: str) -> Iterator[Answer]:
    people = people_like(session(), actor().scope(Right.LEND), words, today())
    for each in people[:MOST_PEOPLE]:
        address = f"/desk/people/{each.person_id}"
        yield Answer(Kind.PERSON, each.name, address, each.institution)


def _titles(scope: Scope, words: str) -> Iterator[Answer]:
    title_ids = titles_numbered(session(), scope, words) or _called(scope, words)
    if not title_ids:
        return
    for title in titles_now(session(), scope, title_ids, today()):
        address = f"/titles/{title.title_id}"
        yield Answer(Kind.TITLE, title.title, address, title_words(title))


def _called(scope: Scope, words: str) -> tuple[int, ...]:
    """Return the titles that the index offers for the words; none while it is away."""
    try:
        found = search_engine().suggest(words, scope.centre_ids, ASKED_OF_INDEX)
    except SearchIndexError as error:
        log.warning("no titles are offered without the index: %s", error)
        return ()
    titles = [each.title_id for each in found if each.kind is SuggestionKind.TITLE]
    return tuple(each for each in titles if each is not None)[:MOST_TITLES]


def _said(found: list[Answer]) -> str:
    """Return what a screen reader says of the list: the first answer itself, and how many."""
    if not found:
        return str(_("No suggestions"))
    first = ". ".join(filter(None, (found[0].text, found[0].detail)))
    many = ngettext("%(num)s answer", "%(num)s answers", len(found))
    return f"{many}: {first}"
