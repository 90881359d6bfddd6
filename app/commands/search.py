"""`medienbruecke search`: what the search page finds, without the page."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import click
from flask_babel import force_locale

from app.commands.running import application, refuse
from app.facet_words import PARAMETERS, is_known, words_for
from app.search import (
    Findings,
    Hit,
    PeriodFault,
    Search,
    find,
    hits_of,
    period_fault,
    reader_of,
)
from app.search_engine import search_engine
from app.sessions import session
from app.today import now, today
from schools.queries.open_centres import active_centres
from schools.rules.periods import Period
from schools.rules.roles import NOBODY
from search_index.engine import Answer, Facet, Sort

DAY = click.DateTime(["%Y-%m-%d"])
MOST_PIECES = 99
FAULTS: Mapping[PeriodFault, str] = {
    PeriodFault.PAST: "The first day has passed.",
    PeriodFault.REVERSED: "The last day lies before the first one.",
    PeriodFault.TOO_FAR: "Nothing can be reserved so far ahead.",
    PeriodFault.TOO_LONG: "A period has at most 92 days.",
}


@click.command("search")
@click.argument("words", nargs=-1)
@click.option("--subject", multiple=True, help="Code of a subject, as BI; may be repeated.")
@click.option("--grade", multiple=True, help="1 to 13; may be repeated.")
@click.option("--media-type", multiple=True, help="Code of a kind of medium.")
@click.option("--group", multiple=True, help="Code of a subject group (EAF).")
@click.option("--from", "first", type=DAY, help="First day it is wanted.")
@click.option("--until", "last", type=DAY, help="Last day; the first if left out.")
@click.option("--quantity", type=click.IntRange(1, MOST_PIECES), default=1, show_default=True)
@click.option("--free", is_flag=True, help="Leave out what is not free in the period.")
@click.option("--exact", is_flag=True, help="Mend no typo.")
@click.option("--sort", type=click.Choice([sort.value for sort in Sort]), default="relevance")
@click.option("--page", type=click.IntRange(1), default=1)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def search(words: tuple[str, ...], *, as_json: bool, **options: Any) -> None:  # noqa: ANN401  # click's own
    """Search the catalogue of every centre for WORDS."""
    with application(), force_locale("de"):
        wanted = _search(" ".join(words), options, today())
        centres = [centre.id for centre in active_centres(session())]
        reader = reader_of(session(), NOBODY, centres, today(), now())
        findings = find(session(), search_engine(), wanted, reader)
        hits = hits_of(session(), findings.answer.title_ids, wanted, reader, today())
        click.echo(_as_json(findings, hits, wanted) if as_json else _as_text(findings, hits))


def _search(words: str, options: Mapping[str, Any], day: date) -> Search:
    filters = {
        Facet.SUBJECT: frozenset(options["subject"]),
        Facet.GRADE: frozenset(options["grade"]),
        Facet.MEDIA_TYPE: frozenset(options["media_type"]),
        Facet.GROUP: frozenset(options["group"]),
    }
    for facet, values in filters.items():
        for value in values:
            if not is_known(facet, value):
                raise refuse(f"There is no {facet} {value!r}.")
    return Search(
        words=words,
        period=_period(options["first"], options["last"], day),
        quantity=options["quantity"],
        filters={facet: values for facet, values in filters.items() if values},
        only_free=options["free"] and options["first"] is not None,
        as_written=options["exact"],
        sort=Sort(options["sort"]),
        page=options["page"],
    )


def _period(first: datetime | None, last: datetime | None, day: date) -> Period | None:
    if first is None:
        if last is not None:
            raise refuse("Give the first day as well, by --from.")
        return None
    begins, ends = first.date(), (last or first).date()
    fault = period_fault(begins, ends, day)
    if fault is not None:
        raise refuse(FAULTS[fault])
    return Period(begins, ends)


def _as_json(findings: Findings, hits: Sequence[Hit], wanted: Search) -> str:
    facets = {
        PARAMETERS[facet]: [
            {"value": value, "label": words_for(facet, value, "de"), "count": count}
            for value, count in counted
        ]
        for facet, counted in findings.answer.facets.items()
    }
    values = {
        "total": findings.answer.total,
        "ids": list(findings.answer.title_ids),
        "titles": [
            {
                "id": hit.title.id,
                "name": hit.title.name,
                "media_type": hit.title.media_type,
                "year": hit.title.year,
                "free": _free(hit, wanted),
            }
            for hit in hits
        ],
        "facets": facets,
        "free": findings.free,
        "page": findings.page,
        "pages": findings.last,
        "loosened": findings.answer.loosened,
        "correction": findings.answer.correction,
        "corrected": findings.answer.corrected,
        "limited": findings.answer.limited,
    }
    return json.dumps(values, ensure_ascii=False, indent=2)


def _free(hit: Hit, wanted: Search) -> int | None:
    """Return how many are free on every day of the period; None without one, or for online."""
    if hit.availability is None or wanted.period is None:
        return None
    return max(0, hit.availability.free_for(wanted.period))


def _as_text(findings: Findings, hits: Sequence[Hit]) -> str:
    lines = [f"{findings.answer.total} titles, page {findings.page} of {findings.last}"]
    if findings.free is not None:
        lines[0] += f", {findings.free} free"
    lines += _remarks(findings.answer)
    lines += [f"{hit.title.id}\t{hit.title.name}" for hit in hits]
    for facet, counted in findings.answer.facets.items():
        shown = ", ".join(f"{words_for(facet, value, 'de')} {count}" for value, count in counted)
        if shown:
            lines.append(f"{PARAMETERS[facet]}: {shown}")
    return "\n".join(lines)


def _remarks(answer: Answer) -> Iterator[str]:
    """Yield what must be said of titles that are not simply those with all the words."""
    if answer.corrected:
        yield f"nothing as written; these are the titles for: {answer.correction}"
    elif answer.correction:
        yield f"did you mean: {answer.correction}"
    if answer.loosened:
        yield "few or none have all of these words, the others some of them"
    if answer.limited:
        yield "the index is away, the store answers"
