"""A title's page, and what a barcode found on a thing leads to."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.dates import language
from app.error_pages import TITLE_PAGE
from app.errors import error_answer
from app.finder.addresses import Pairs, pairs_of, search_address, title_address
from app.finder.forms import search_form
from app.finder.free_words import Badge, badge, online_badge, outlook
from app.finder.hits import open_address
from app.finder.likeness import alike, similar_titles
from app.finder.month import Way, month_table, shown_month
from app.finder.nothing_free import nothing_free
from app.finder.reading import Centres, readers_centres
from app.finder.title_facts import age_warning, facts, lead, paragraphs, uses
from app.free_days import FreeDay, Month
from app.reserving import Asked, ReservePanel, reserve_panel
from app.search import Search, reading_scope
from app.security import requires
from app.sessions import session
from app.today import today
from app.visitor import actor
from catalogue.queries.found_titles import OnlineTerm
from catalogue.queries.title_lists import ListChoice, list_choices
from catalogue.queries.title_page import TitlePage, copies_of, tags_of, title_page
from loans.errors import NotFoundError
from loans.queries.holders import holders_of
from schools.rules.roles import Right
from schools.vocabularies.media_types import media_type

titles = Blueprint("titles", __name__)

LONGEST_BARCODE = 40
LARGEST_ID = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Lending:
    """When the title is free at one centre, and how to reserve it there.

    Attributes:
        earlier: address of the month before, empty in this month.
        later: address of the month after, empty at the end of what is looked at.
        overbooked: days of the month on which copies are lacking; for staff alone.
        days: address of the page that says who has it on a day; for staff alone.
    """

    panel: ReservePanel
    badge: Badge
    table: Month
    earlier: str
    later: str
    overbooked: tuple[FreeDay, ...] = ()
    days: str = ""


@titles.get("/titles/<int:title_id>")
@requires(Right.VISIT)
def title(title_id: int) -> ResponseReturnValue:
    """Show a title: what it is, when it is free, what it is good for in class."""
    form = search_form(request.args)
    search = form.search() if form.check(today()) else Search()
    centres = readers_centres(form.centre.data)
    scope = reading_scope(actor())
    page = title_page(session(), scope, centres.looked_at, min(title_id, LARGEST_ID))
    if page is None:
        return error_answer(404, TITLE_PAGE)
    pairs = pairs_of(search, form.centre.data)
    lending = _lending(page, search, pairs)
    like = alike(page.description.id, centres.ids)
    return render_template(
        "finder/title.html",
        page=page,
        said=page.description,
        kind=media_type(page.description.media_type).kind,
        lead=lead(page.description, language()),
        back=search_address(pairs) if pairs else "",
        words=search.words,
        lending=lending,
        opens=_opens(page, centres),
        online=online_badge(open_now=True),
        unopened=online_badge(open_now=False),
        paragraphs=paragraphs(page.description.summary),
        uses=uses(page, language(), today()),
        warning=age_warning(page),
        facts=facts(page, language(), today()),
        others=_others(page, centres, search),
        lists=_lists(page),
        ways_out=lending and nothing_free(lending.panel, page, search, pairs, like),
        similar=similar_titles(like),
        may_wish=actor().may(Right.RESERVE),
        **_stock(page),
    )


@titles.get("/x/<barcode>")
@requires(Right.VISIT)
def thing(barcode: str) -> ResponseReturnValue:
    """Say whose a thing is that carries a barcode, and no more; who may do more is led on."""
    tags = tags_of(session(), barcode.strip().upper()[:LONGEST_BARCODE])
    if not tags:
        raise NotFound
    ours = actor().scope(Right.SEE_STOCK)
    return render_template(
        "finder/thing.html",
        barcode=barcode.strip().upper(),
        tags=[(tag, ours.covers_centre(tag.centre_id)) for tag in tags],
        may_report=actor().may(Right.REPORT_DEFECT),
    )


def _lending(page: TitlePage, search: Search, pairs: Pairs) -> Lending | None:
    """Return free days and reserve form at the first centre that offers the title."""
    if not page.offers:
        return None
    asked = Asked(
        period=search.period, quantity=search.quantity, back=search_address(pairs) if pairs else ""
    )
    try:
        panel = reserve_panel(page.offers[0].holding_id, asked)
    except NotFoundError:
        return None
    first = shown_month(request.args.get("month", ""), panel.found, today(), search.period)
    staffed = actor().scope(Right.RESERVE_FOR_OTHERS).covers_centre(panel.thing.centre_id)
    way = Way(page.description.id, pairs, for_staff=staffed)
    table = month_table(panel.found, first, search.period, search.quantity, way)
    wish = search.wish(today())
    return Lending(
        panel=panel,
        badge=badge(outlook(panel.found, wish, wished=search.period is not None)),
        table=table,
        earlier=way.to_month(table.previous) if first > today() else "",
        later=way.to_month(table.following) if table.following <= panel.found.period.last else "",
        overbooked=_overbooked(table),
        days=f"/bookings/day?holding={panel.thing.holding_id}" if staffed else "",
    )


def _overbooked(table: Month) -> tuple[FreeDay, ...]:
    """Return the days of a month that are overbooked; none where the reader may not see it."""
    cells = (cell for week in table.weeks for cell in week if cell is not None)
    return tuple(cell.day for cell in cells if cell.day.lacking)


def _opens(page: TitlePage, centres: Centres) -> str | None:
    here = {None, *centres.ids}
    terms = tuple(
        OnlineTerm(each.first, each.last, each.centre_id in here)
        for each in page.licences
        if each.online
    )
    return open_address(page.description.online_url, terms, today())


def _others(page: TitlePage, centres: Centres, search: Search) -> list[tuple[str, str]]:
    """Return name and address of the same title at the reader's other centres that offer it."""
    names = {centre.id: centre.name for centre in centres.every}
    return [
        (
            names[offer.centre_id],
            title_address(page.description.id, pairs_of(search, offer.centre_id)),
        )
        for offer in page.offers[1:]
    ]


def _lists(page: TitlePage) -> tuple[ListChoice, ...] | None:
    """Return the visitor's lists; None for whoever keeps none."""
    if not actor().may(Right.KEEP_LISTS):
        return None
    return list_choices(session(), actor(), page.description.id)


def _stock(page: TitlePage) -> dict[str, Any]:
    """Return the copies and who has them, for staff of the centre only."""
    scope = actor().scope(Right.SEE_STOCK)
    if not scope.centre_ids:
        return {"copies": (), "holders": {}, "may_edit": False}
    title_id = page.description.id
    return {
        "copies": copies_of(session(), scope, title_id),
        "holders": holders_of(session(), scope, title_id),
        "may_edit": actor().may(Right.CATALOGUE),
    }
