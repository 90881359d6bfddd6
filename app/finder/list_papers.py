"""A list to take away: on paper, and as a table for spreadsheets."""

from collections.abc import Iterator

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.addresses import public_address
from app.dates import language
from app.exports import Cell, csv_answer
from app.facet_words import words_for
from app.finder.hits import grades_words
from app.finder.listed import Whole, own_list, whole_list
from app.finder.shared_links import shared_address
from app.qr import qr_drawing
from app.security import requires
from app.sessions import session
from catalogue.queries.found_titles import FoundTitle
from catalogue.queries.title_lists import entries_of
from schools.rules.roles import Right
from schools.vocabularies.media_types import media_type
from search_index.engine import Facet

list_papers = Blueprint("list_papers", __name__, url_prefix="/lists")


@list_papers.get("/<int:list_id>/print")
@requires(Right.KEEP_LISTS)
def sheet(list_id: int) -> ResponseReturnValue:
    """Show the whole list as a table to print, with its code if it is shared."""
    found = own_list(list_id)
    whole = whole_list(entries_of(session(), found.id))
    address = shared_address(found)
    return render_template(
        "lists/print.html",
        list={"id": found.id, "name": found.name, "remark": found.remark},
        rows=[_cells(title) for title in whole.titles],
        hidden=_hidden_words(whole),
        drawing=qr_drawing(address) if address else None,
    )


@list_papers.get("/<int:list_id>/titles.csv")
@requires(Right.KEEP_LISTS)
def table(list_id: int) -> ResponseReturnValue:
    """Give the whole list as a table."""
    found = own_list(list_id)
    whole = whole_list(entries_of(session(), found.id))
    head = (
        _("Title"),
        _("Kind of medium"),
        _("Year"),
        _("Minutes"),
        _("Grades"),
        _("Subjects"),
        _("Shelf mark"),
        _("Address"),
    )
    rows = [_row(title) for title in whole.titles]
    if whole.hidden:
        rows.append((_hidden_words(whole),))
    return csv_answer(found.name, head, rows)


def _hidden_words(whole: Whole) -> str:
    """Say what is left out; empty if nothing is."""
    if not whole.hidden:
        return ""
    return str(
        ngettext(
            "%(num)s title of this list is not offered at present and is left out.",
            "%(num)s titles of this list are not offered at present and are left out.",
            whole.hidden,
        )
    )


def _row(title: FoundTitle) -> tuple[Cell, ...]:
    address = public_address("titles.title", title_id=title.id)
    return (*_cells(title), address)


def _cells(title: FoundTitle) -> tuple[Cell, ...]:
    return (
        f"{title.name}: {title.subtitle}" if title.subtitle else title.name,
        media_type(title.media_type).name(language()),
        title.year,
        title.duration_minutes,
        grades_words(title.grade_from, title.grade_to),
        ", ".join(_subjects(title)),
        ", ".join(filter(None, (offer.shelf_mark for offer in title.offers))),
    )


def _subjects(title: FoundTitle) -> Iterator[str]:
    return (words_for(Facet.SUBJECT, code, language()) for code in title.subjects)
