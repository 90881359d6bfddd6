"""What staff must look at: everything that the rules let happen and nobody may forget."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.attention import Matter, Section
from app.office.attention_sections import SECTIONS
from app.office.pages import Pages, named_among
from app.paging import asked_page
from app.security import requires
from app.sessions import session
from app.visitor import actor
from schools.queries.centres import centres_within
from schools.rules.pages import last_page
from schools.rules.roles import Right

attention = Blueprint("office_attention", __name__, url_prefix="/office/attention")

FIRST = 10
"""Matters of a section on the page of all."""

A_PAGE = 50
"""Matters of one section by itself."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A section with the part of its matters that the page shows."""

    section: Section
    matters: Sequence[Matter]
    total: int
    pages: Pages


@attention.get("")
@requires(Right.RESERVE_FOR_OTHERS)
def overview() -> ResponseReturnValue:
    """Show the beginning of every section, or one of them whole, of a centre within reach."""
    offered = list(centres_within(session(), actor().scope(Right.RESERVE_FOR_OTHERS)))
    centre = named_among(offered, "centre")
    asked = request.args.get("section", "")
    chosen = [each for each in SECTIONS if each.code == asked]
    shown = [] if centre is None else _shown(centre.id, chosen)
    return render_template(
        "office/attention.html",
        centre=centre,
        offered=offered,
        shown=shown,
        whole=bool(chosen),
        total=sum(each.total for each in shown),
    )


def _shown(centre_id: int, chosen: list[Section]) -> list[Shown]:
    size = A_PAGE if chosen else FIRST
    page = asked_page() if chosen else 1
    found = []
    for section in chosen or SECTIONS:
        matters = section.matters(centre_id)
        last = last_page(len(matters), size)
        first = (min(page, last) - 1) * size
        pages = Pages(min(page, last), last)
        found.append(Shown(section, matters[first : first + size], len(matters), pages))
    return found
