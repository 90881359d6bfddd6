"""The search page, as page and as JSON."""

from dataclasses import replace

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.answers import wants_json
from app.dates import day, language
from app.facet_words import Wording
from app.finder.addresses import pairs_of, saving_address, search_address
from app.finder.branches import NO_GROUPS, GroupTree, tree_around
from app.finder.forms import SearchForm, search_form
from app.finder.found import Found
from app.finder.free_words import when_words
from app.finder.hits import Shown, hit_row
from app.finder.listed import keeps_lists, kept_titles
from app.finder.mending import mending
from app.finder.panel import Panel, chips, groups, unfiltered
from app.finder.reading import Centres, readers_centres
from app.finder.search_json import as_json
from app.finder.ways_out import ways_out
from app.search import Findings, Search, find, hits_of, reader_of
from app.search_engine import search_engine
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor, signed_in
from schools.rules.roles import Right
from search_index.engine import Facet, Sort

finder = Blueprint("finder", __name__)


@finder.get("/search")
@requires(Right.VISIT)
def search() -> ResponseReturnValue:
    """Find titles by words, filters and period; the address says all of it."""
    form = search_form(request.args)
    if not form.check(today()):
        if wants_json():
            return jsonify(errors=form.sentences()), 422
        page = render_template("finder/search.html", form=form, found=None, sorts=_sorts(None))
        return page, 422
    found = _find(form)
    return jsonify(as_json(found)) if wants_json() else _page(form, found)


def _find(form: SearchForm) -> Found:
    wanted, tree = _narrowest(form.search())
    centres = readers_centres(form.centre.data)
    reader = reader_of(session(), actor(), centres.ids, today(), now())
    findings = find(session(), search_engine(), wanted, reader)
    wanted = replace(wanted, page=findings.page)
    hits = hits_of(session(), findings.answer.title_ids, wanted, reader, today())
    tree = tree or _tops(findings)
    shown = Shown(
        search=wanted,
        pairs=pairs_of(wanted, _named(centres)),
        language=language(),
        today=today(),
        may_reserve=not signed_in() or actor().may(Right.BOOK),
        own_centres=actor().centre_ids() if actor().may(Right.RESERVE) else frozenset(),
    )
    wording = Wording(shown.language, tree.names(shown.language))
    return Found(wanted, centres, reader, findings, hits, shown, wording, tree)


def _narrowest(wanted: Search) -> tuple[Search, GroupTree | None]:
    """Drop groups above others that are wanted as well; the tree comes with it if it was read."""
    chosen = wanted.filters.get(Facet.GROUP)
    if not chosen:
        return wanted, None
    tree = tree_around(session(), chosen)
    filters = {**wanted.filters, Facet.GROUP: tree.narrowest(chosen)}
    return replace(wanted, filters=filters), tree


def _tops(findings: Findings) -> GroupTree:
    return tree_around(session(), ()) if findings.answer.facets.get(Facet.GROUP) else NO_GROUPS


def _named(centres: Centres) -> int | None:
    """Return the centre that addresses name; alone, it need not be named."""
    return centres.chosen.id if centres.chosen is not None and len(centres.every) > 1 else None


def _page(form: SearchForm, found: Found) -> str:
    wanted, shown, findings = found.search, found.shown, found.findings
    panel = Panel(findings, wanted, shown.pairs, found.wording, found.tree)
    return render_template(
        "finder/search.html",
        form=form,
        found=findings,
        words=wanted.words,
        exact=wanted.as_written,
        mending=mending(found),
        when=_when(wanted),
        wished=wanted.period is not None,
        rows=[hit_row(hit, shown) for hit in found.hits],
        kept=kept_titles(findings.answer.title_ids),
        chips=chips(wanted, shown.pairs, found.wording),
        unfiltered=unfiltered(shown.pairs),
        groups=groups(panel),
        centres=found.centres,
        sorts=_sorts(wanted.sort),
        by_relevance=wanted.sort is Sort.RELEVANCE,
        helps=ways_out(found) if findings.answer.total == 0 else (),
        everything=search_address([]),
        saving=saving_address(shown.pairs) if shown.pairs and keeps_lists() else "",
    )


def _when(wanted: Search) -> str:
    if wanted.period is None:
        return ""
    if wanted.period.days == 1:
        return day(wanted.period.first, "weekday")
    return when_words(wanted.period)


def _sorts(chosen: Sort | None) -> list[tuple[str, str, bool]]:
    words = {
        Sort.RELEVANCE: _("By relevance"),
        Sort.NEWEST: _("Newest first"),
        Sort.TITLE: _("Title A–Z"),
        Sort.LENT: _("Often lent"),
    }
    return [(sort.value, words[sort], sort is chosen) for sort in words]
