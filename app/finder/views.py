"""The search page, as page and as JSON."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.answers import wants_json
from app.dates import day, language
from app.facet_words import LEGENDS, PARAMETERS, words_alone, words_for
from app.finder.addresses import pairs_of, search_address, without_facet
from app.finder.forms import SearchForm, search_form
from app.finder.free_words import when_words
from app.finder.hits import Shown, hit_row, hit_values
from app.finder.panel import chips, groups, unfiltered
from app.finder.reading import Centres, readers_centres
from app.search import Findings, Hit, Search, ask, find, hits_of, question_of, reader_of
from app.search_engine import search_engine
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor, signed_in
from schools.rules.roles import Right
from search_index.engine import Sort

finder = Blueprint("finder", __name__)

MOST_HELPS = 4
"""Ways out of an empty list; each asks the index once more."""

SORTS = (Sort.RELEVANCE, Sort.NEWEST, Sort.TITLE)


@dataclass(frozen=True, slots=True)
class WayOut:
    """What to drop from a search that found nothing, and how much is found without it."""

    words: str
    address: str
    total: int


@dataclass(frozen=True, slots=True)
class Found:
    """A search with everything that answers it."""

    search: Search
    centres: Centres
    findings: Findings
    hits: tuple[Hit, ...]
    shown: Shown


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
    return jsonify(_as_json(found)) if wants_json() else _page(form, found)


def _find(form: SearchForm) -> Found:
    wanted = form.search()
    centres = readers_centres(form.centre.data)
    reader = reader_of(session(), actor(), centres.ids, today(), now())
    findings = find(session(), search_engine(), wanted, reader)
    wanted = replace(wanted, page=findings.page)
    hits = hits_of(session(), findings.answer.title_ids, wanted, reader, today())
    chosen = None if centres.chosen is None or len(centres.every) < 2 else centres.chosen.id  # noqa: PLR2004  # alone, it need not be named
    shown = Shown(
        search=wanted,
        pairs=pairs_of(wanted, chosen),
        language=language(),
        today=today(),
        may_reserve=not signed_in() or actor().may(Right.BOOK),
    )
    return Found(wanted, centres, findings, hits, shown)


def _page(form: SearchForm, found: Found) -> str:
    wanted, shown, findings = found.search, found.shown, found.findings
    empty = findings.answer.total == 0
    return render_template(
        "finder/search.html",
        form=form,
        found=findings,
        words=wanted.words,
        when=_when(wanted),
        wished=wanted.period is not None,
        rows=[hit_row(hit, shown) for hit in found.hits],
        chips=chips(wanted, shown.pairs, shown.language),
        unfiltered=unfiltered(shown.pairs),
        groups=groups(findings, wanted, shown.language),
        centres=found.centres,
        sorts=_sorts(wanted.sort),
        helps=list(_ways_out(found)) if empty else [],
        everything=search_address([]),
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
    }
    return [(sort.value, words[sort], sort is chosen) for sort in SORTS]


def _as_json(found: Found) -> dict[str, Any]:
    findings, shown = found.findings, found.shown
    facets = {
        PARAMETERS[facet]: [
            {"value": value, "label": words_for(facet, value, shown.language), "count": count}
            for value, count in findings.answer.facets.get(facet, ())
        ]
        for facet in LEGENDS
    }
    if findings.free is not None:
        words = _("Free in the period")
        facets["free"] = [{"value": "1", "label": words, "count": findings.free}]
    return {
        "total": findings.answer.total,
        "ids": list(findings.answer.title_ids),
        "titles": [hit_values(hit, shown) for hit in found.hits],
        "facets": facets,
        "page": findings.page,
        "pages": findings.last,
        "loosened": findings.answer.loosened,
        "limited": findings.answer.limited,
    }


def _ways_out(found: Found) -> Iterable[WayOut]:
    """Say which filter to drop, and what that would give; at most `MOST_HELPS` of them."""
    for words, address, without in list(_looser(found))[:MOST_HELPS]:
        question = question_of(without, frozenset(found.centres.ids), found.findings.unavailable)
        total = ask(session(), search_engine(), replace(question, page=1, per_page=1)).total
        if total:
            yield WayOut(words, address, total)


def _looser(found: Found) -> Iterable[tuple[str, str, Search]]:
    wanted, pairs, spoken = found.search, found.shown.pairs, found.shown.language
    if wanted.only_free:
        address = search_address(pairs, ("free", "1"))
        yield _("Free in the period"), address, replace(wanted, only_free=False)
    for facet, values in wanted.filters.items():
        rest = {other: chosen for other, chosen in wanted.filters.items() if other is not facet}
        words = ", ".join(words_alone(facet, value, spoken) for value in sorted(values))
        yield words, without_facet(pairs, facet), replace(wanted, filters=rest)
    if wanted.words:
        address = search_address(pairs, ("words", wanted.words))
        yield f"„{wanted.words}“", address, replace(wanted, words="")
