"""New arrivals: what came into the catalogue lately, the newest first."""

from datetime import timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.dates import language
from app.finder.addresses import Pairs
from app.finder.hits import Shown, hit_row
from app.finder.listed import kept_titles
from app.finder.reading import readers_centres
from app.paging import asked_page
from app.search import Search, hits_of, reader_of, reading_scope
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor, signed_in
from catalogue.queries.shown_titles import MOST_NEW_TITLES, new_titles
from schools.rules.pages import last_page
from schools.rules.roles import Right
from search_index.engine import HITS_PER_PAGE

arrivals = Blueprint("arrivals", __name__)

CHOICES = (7, 30, 90)
"""Days back."""

MOST_DIGITS = 9
"""Of an id in an address; as many surely fit the store's integers."""


@arrivals.get("/new")
@requires(Right.VISIT)
def new() -> ResponseReturnValue:
    """Show the titles described in the last 7, 30 or 90 days, with what is free of each.

    No statement but those of the hits grows with them; the store alone is asked.
    """
    days = next((each for each in CHOICES if str(each) == request.args.get("days")), CHOICES[1])
    centres = readers_centres(_centre_id())
    since = now() - timedelta(days=days)
    every = new_titles(session(), reading_scope(actor()), centres.looked_at, since, now())
    last = last_page(len(every), HITS_PER_PAGE)
    page = min(asked_page(), last)
    here = every[(page - 1) * HITS_PER_PAGE : page * HITS_PER_PAGE]
    reader = reader_of(session(), actor(), centres.ids, today(), now())
    hits = hits_of(session(), here, Search(), reader, today())
    chosen = None if centres.chosen is None or len(centres.every) == 1 else centres.chosen.id
    pairs: Pairs = [] if chosen is None else [("centre", str(chosen))]
    shown = Shown(
        search=Search(),
        pairs=pairs,
        language=language(),
        today=today(),
        may_reserve=not signed_in() or actor().may(Right.BOOK),
    )
    return render_template(
        "finder/new.html",
        rows=[hit_row(hit, shown) for hit in hits],
        kept=kept_titles(here),
        total=len(every),
        most=MOST_NEW_TITLES,
        days=days,
        choices=CHOICES,
        centres=centres,
        page=page,
        last=last,
    )


def _centre_id() -> int | None:
    text = request.args.get("centre", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
